package migrate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"

	"parley/core"
	"parley/core/archive"
)

// Reader is a user of a live platform: what it can read of its conversations.
type Reader interface {
	core.Transcript
	// Conversations tells the times of the last messages; see core.Messenger.
	Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error)
}

// LiveOptions say what is read of a live platform.
type LiveOptions struct {
	// Name names the migration.
	Name string
	// Directory lists the accounts; nil, or one that is Unsupported, leaves those of Readers and whoever they talk to.
	Directory core.Directory
	// Readers are the users whose conversations can be read, by their addresses, if they are known beforehand.
	Readers map[string]Reader
	// As returns the view of any other account; nil if the platform shows it to nobody else.
	As func(u *core.User) Reader
}

// Live is a platform that goes on while it is read, through the views of its users.
//
// A conversation is read whole from the view of the one of its two members with the smaller address (or who alone can be
// read), and conversations come in the order of their newest messages, so that chat lists come out right; each is taken
// over together with its cursor. Asked again with a cursor it yields the conversations in which something was said since,
// and of these only the new messages as long as the same Live is asked. Origins make whatever is read again known.
//
// It remembers about 300 bytes a conversation and as much a user.
type Live struct {
	options LiveOptions
	read    map[string]*chatPlace
}

// chatPlace is how far a conversation was read.
type chatPlace struct {
	after, seq int64
	// sent are the places of the newest messages of either side, for what is unread.
	sent map[string][]int64
}

// NewLive returns a live platform as a source.
func NewLive(o LiveOptions) *Live { return &Live{options: o, read: make(map[string]*chatPlace)} }

// Name implements Source.
func (l *Live) Name() string { return l.options.Name }

// liveCursor is the last conversation that was read: the newest message had this time then.
type liveCursor struct {
	Time int64  `json:"time"`
	Key  string `json:"key"`
}

// liveChat is a conversation as one round finds it.
type liveChat struct {
	key    string
	time   int64
	reader Reader
	owner  string // whose view it is read from
	ref    core.Ref
	unread map[string]int // by member, as far as the platform tells
}

// Records implements Source: users, and conversations by the times of their newest messages.
func (l *Live) Records(ctx context.Context, cursor []byte) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		var at liveCursor
		if cursor != nil {
			if err := json.Unmarshal(cursor, &at); err != nil {
				at = liveCursor{}
			}
		}
		r := &liveRound{live: l, at: at, yield: yield, chats: make(map[string]*liveChat), users: make(map[string]*archive.User)}
		if err := r.run(ctx); err != nil && !r.ended {
			yield(Item{}, err)
		}
	}
}

// liveRound is one walk through a platform.
type liveRound struct {
	live  *Live
	at    liveCursor
	yield func(Item, error) bool
	ended bool
	chats map[string]*liveChat
	users map[string]*archive.User // by address, as they were given
	bytes int64
}

// user gives an account, under the address by which messages name it.
func (r *liveRound) user(address string, u *archive.User) bool {
	r.users[address] = u
	return r.give(archive.Record{Type: archive.TypeUser, User: u}, nil)
}

func (r *liveRound) give(record archive.Record, cursor []byte) bool {
	r.bytes++
	r.ended = r.ended || !r.yield(Item{Record: record, Cursor: cursor, Bytes: r.bytes}, nil)
	return !r.ended
}

func (r *liveRound) run(ctx context.Context) error {
	known := make(map[string]bool)
	for address, reader := range r.live.options.Readers {
		known[address] = true
		if err := r.look(ctx, address, reader); err != nil {
			return err
		}
	}
	if err := r.directory(ctx, known); err != nil || r.ended {
		return err
	}
	chats := make([]*liveChat, 0, len(r.chats))
	for _, c := range r.chats {
		chats = append(chats, c)
		for _, address := range [...]string{c.owner, c.ref.Peer} {
			if address != "" && !known[address] {
				known[address] = true
				if !r.user(address, &archive.User{ID: address}) {
					return nil
				}
			}
		}
	}
	slices.SortFunc(chats, func(a, b *liveChat) int { return cmp.Or(cmp.Compare(a.time, b.time), strings.Compare(a.key, b.key)) })
	for _, c := range chats {
		if c.time < r.at.Time || c.time == r.at.Time && c.key <= r.at.Key {
			continue
		}
		if err := r.chat(ctx, c); err != nil || r.ended {
			return err
		}
	}
	return nil
}

// directory yields the accounts and looks at the conversations of those that can be read.
func (r *liveRound) directory(ctx context.Context, known map[string]bool) error {
	for address := range r.live.options.Readers {
		if !r.user(address, &archive.User{ID: address}) {
			return nil
		}
	}
	if r.live.options.Directory == nil {
		return nil
	}
	for cursor := ""; ; {
		page, err := r.live.options.Directory.Accounts(ctx, cursor, core.MaxPage)
		if core.CodeOf(err) == core.Unsupported {
			return nil
		}
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			if known[u.UUID] {
				continue
			}
			known[u.UUID] = true
			if !r.user(u.UUID, userRecord(u)) {
				return nil
			}
			if r.live.options.As != nil {
				if err := r.look(ctx, u.UUID, r.live.options.As(u)); err != nil {
					return err
				}
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

func userRecord(u *core.User) *archive.User {
	a := &archive.User{
		ID: u.ID, Username: u.Username, Banned: u.Banned, Nickname: u.Nickname, Avatar: u.Avatar, Extra: u.Extra,
		Ext: string(u.Ext), Registered: u.Registered, RegisteredIP: u.RegisteredIP,
	}
	if u.UUID != u.ID {
		a.UUID = u.UUID
	}
	switch u.Role {
	case core.RoleAdmin:
		a.Role = "admin"
	case core.RoleNotifier:
		a.Role = "notifier"
	case core.RoleRobot:
		a.Role = "robot"
	case core.RoleUser:
	}
	return a
}

// chatPage is how many conversations, or messages, are asked for at once: every platform gives as many.
const chatPage = 100

// look notes the conversations of one user.
func (r *liveRound) look(ctx context.Context, address string, reader Reader) error {
	times := make(map[string]int64)
	for offset := 0; ; offset += chatPage {
		page, err := reader.Conversations(ctx, offset, chatPage)
		if core.CodeOf(err) == core.Unsupported {
			break
		}
		if err != nil {
			return err
		}
		for i := range page.Conversations {
			c := &page.Conversations[i]
			times[c.Peer.UUID] = c.Last.Time
		}
		if offset+chatPage >= page.Total {
			break
		}
	}
	chats, err := reader.Chats(ctx)
	if core.CodeOf(err) == core.Unsupported || core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range chats {
		t := &chats[i]
		key := keyOf(address, t.Ref)
		c := r.chats[key]
		if c == nil || address < c.owner {
			fresh := &liveChat{key: key, reader: reader, owner: address, ref: t.Ref, unread: make(map[string]int)}
			if c != nil {
				fresh.unread, fresh.time = c.unread, c.time
			}
			c = fresh
			r.chats[key] = c
		}
		c.unread[address] = t.Unread
		c.time = max(c.time, times[t.Ref.Peer])
	}
	return nil
}

func keyOf(address string, ref core.Ref) string {
	if ref.Group != "" {
		return "group " + ref.Group
	}
	return string(rune('0'+ref.Channel)) + min(address, ref.Peer) + " " + max(address, ref.Peer)
}

// chat yields what is new in a conversation.
func (r *liveRound) chat(ctx context.Context, c *liveChat) error {
	at := r.live.read[c.key]
	if at == nil {
		at = &chatPlace{sent: make(map[string][]int64)}
	}
	fresh := chatPlace{after: at.after, seq: at.seq, sent: maps.Clone(at.sent)}
	members := make(map[string]bool)
	for {
		page, err := c.reader.Pull(ctx, c.ref, fresh.after, chatPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for i := range page {
			m := &page[i]
			if c.ref.Group != "" && !members[m.Sender] {
				members[m.Sender] = true
				if !r.join(c.ref.Group, m.Sender, len(members) == 1 && fresh.seq == 0) {
					return nil
				}
			}
			fresh.after = m.ID
			fresh.seq++
			fresh.note(m.Sender)
			if !r.give(archive.Record{Type: archive.TypeMessage, Message: c.record(m, fresh.seq)}, nil) {
				return nil
			}
		}
	}
	cursor, err := json.Marshal(liveCursor{Time: c.time, Key: c.key})
	if err != nil {
		return errors.Join(errors.New("migrate: a cursor can not be written"), err)
	}
	for _, read := range c.reads(&fresh) {
		if !r.give(archive.Record{Type: archive.TypeRead, Read: read}, nil) {
			return nil
		}
	}
	// Whoever is in it is named once more, with the cursor: the conversation is done.
	if !r.give(archive.Record{Type: archive.TypeUser, User: r.users[c.owner]}, cursor) {
		return nil
	}
	r.live.read[c.key] = &fresh
	return nil
}

// join makes the sender of a message a member of its group, which begins with the first one.
func (r *liveRound) join(group, sender string, first bool) bool {
	if first {
		members := []archive.Member{{User: sender, Role: "owner"}}
		return r.give(archive.Record{Type: archive.TypeGroup, Group: &archive.Group{ID: group, Name: group, Owner: sender, Members: members}}, nil)
	}
	members := []archive.Member{{User: sender}}
	return r.give(archive.Record{Type: archive.TypeMembers, Members: &archive.Members{Group: group, Members: members}}, nil)
}

// maxUnread is how many places of either side are remembered for what is unread.
const maxUnread = 256

func (p *chatPlace) note(sender string) {
	list := p.sent[sender]
	p.sent[sender] = append(list[max(0, len(list)-maxUnread+1):], p.seq)
}

// record is a message as it is taken over. Whether it is read is told by the marks behind it.
func (c *liveChat) record(m *core.TranscriptMessage, seq int64) *archive.Message {
	a := &archive.Message{
		Seq: seq, Origin: m.Origin, From: m.Sender, Group: c.ref.Group, Channel: channelOf(c.ref), Time: m.Time, Body: NewBody(&m.Content),
	}
	if c.ref.Group == "" {
		if a.To = c.ref.Peer; m.Sender == c.ref.Peer {
			a.To = c.owner
		}
	}
	return a
}

func channelOf(ref core.Ref) string {
	switch ref.Channel {
	case core.Notices:
		return "notices"
	case core.Events:
		return "events"
	case core.Direct:
	}
	return ""
}

// reads tells what the members have read: all but as many of the newest messages of others as the platform says.
func (c *liveChat) reads(p *chatPlace) (reads []*archive.Read) {
	for member, unread := range c.unread {
		upTo := p.seq
		if unread > 0 {
			var others []int64
			for sender, places := range p.sent {
				if sender != member {
					others = append(others, places...)
				}
			}
			slices.Sort(others)
			upTo = 0
			if n := len(others); unread <= n {
				upTo = others[n-unread] - 1
			}
		}
		if unread < 0 || upTo < 1 {
			continue
		}
		read := &archive.Read{Member: member, Group: c.ref.Group, Channel: channelOf(c.ref), Read: []archive.Run{{1, upTo}}}
		if c.ref.Group == "" {
			if read.Peer = c.ref.Peer; member == c.ref.Peer {
				read.Peer = c.owner
			}
		}
		reads = append(reads, read)
	}
	return reads
}
