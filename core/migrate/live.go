package migrate

import (
	"cmp"
	"context"
	"encoding/json"
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
	// UUIDs tells that addresses are uuids, which the users keep; others get uuids that are derived from their IDs.
	UUIDs bool
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
	given   map[string]bool // the accounts that were yielded, by their IDs
}

// chatPlace is how far a conversation was read.
type chatPlace struct {
	after, seq int64
	unread     map[string]int // what the platform said then
	// sent are the places of the newest messages of either side, for what is unread.
	sent map[string][]int64
}

// NewLive returns a live platform as a source.
func NewLive(o LiveOptions) *Live {
	return &Live{options: o, read: make(map[string]*chatPlace), given: make(map[string]bool)}
}

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
		if cursor == nil {
			l.read, l.given = make(map[string]*chatPlace), make(map[string]bool)
		}
		if cursor != nil {
			if err := json.Unmarshal(cursor, &at); err != nil {
				at = liveCursor{}
			}
		}
		r := &liveRound{live: l, at: at, yield: yield, chats: make(map[string]*liveChat)}
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
	bytes int64
	held  *archive.Record
}

// user gives an account that is new. What is there of the others stays as it is.
func (r *liveRound) user(u *archive.User) bool {
	if r.live.given[u.ID] {
		return true
	}
	r.live.given[u.ID] = true
	return r.give(archive.Record{Type: archive.TypeUser, User: u})
}

// give yields the record before this one: the last record of a conversation goes out with its cursor.
func (r *liveRound) give(record archive.Record) bool {
	held := r.held
	r.held = &record
	return held == nil || r.out(held, nil)
}

// settle yields the record that is held back, with a cursor that says that what came so far is done.
func (r *liveRound) settle(cursor []byte) bool {
	held := r.held
	r.held = nil
	return held == nil || r.out(held, cursor)
}

func (r *liveRound) out(record *archive.Record, cursor []byte) bool {
	r.bytes++
	r.ended = r.ended || !r.yield(Item{Record: *record, Cursor: cursor, Bytes: r.bytes}, nil)
	return !r.ended
}

func (r *liveRound) run(ctx context.Context) error {
	known := make(map[string]bool)
	if err := r.directory(ctx, known); err != nil || r.ended {
		return err
	}
	for _, address := range slices.Sorted(maps.Keys(r.live.options.Readers)) {
		if !known[address] && !r.user(r.named(address)) {
			return nil
		}
		known[address] = true
		if err := r.look(ctx, address, r.live.options.Readers[address]); err != nil {
			return err
		}
	}
	chats := make([]*liveChat, 0, len(r.chats))
	for _, c := range r.chats {
		chats = append(chats, c)
		for _, address := range [...]string{c.owner, c.ref.Peer} {
			if address != "" && !known[address] {
				known[address] = true
				if !r.user(r.named(address)) {
					return nil
				}
			}
		}
	}
	slices.SortFunc(chats, func(a, b *liveChat) int { return cmp.Or(cmp.Compare(a.time, b.time), strings.Compare(a.key, b.key)) })
	for _, c := range chats {
		old := c.time < r.at.Time || c.time == r.at.Time && c.key <= r.at.Key
		if at := r.live.read[c.key]; old && c.time < r.at.Time-tick && (at == nil || maps.Equal(at.unread, c.unread)) {
			continue
		}
		if err := r.chat(ctx, c, old); err != nil || r.ended {
			return err
		}
	}
	r.settle(nil)
	return nil
}

// directory yields the accounts and looks at the conversations of those that can be read only as As says.
func (r *liveRound) directory(ctx context.Context, known map[string]bool) error {
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
			if !r.user(r.record(u)) {
				return nil
			}
			if r.live.options.As != nil && r.live.options.Readers[u.UUID] == nil {
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

// named is an account of which nothing but its address is known.
func (r *liveRound) named(address string) *archive.User {
	return r.record(&core.User{ID: address, UUID: address})
}

func (r *liveRound) record(u *core.User) *archive.User {
	a := &archive.User{
		ID: u.ID, Username: u.Username, Banned: u.Banned, Nickname: u.Nickname, Avatar: u.Avatar, Extra: u.Extra,
		Ext: string(u.Ext), Registered: u.Registered, RegisteredIP: u.RegisteredIP,
	}
	if u.UUID != u.ID || r.live.options.UUIDs {
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

// tick is how coarse platforms' clocks are, in milliseconds. Within it a conversation that has been read may have got a
// newer message at the same time: it is looked at again.
const tick = 1000

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
