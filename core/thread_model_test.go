package core_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/core"
	"parley/storage"
)

// talkKey names a conversation of the model. Two who talk stand in order, notices have their sender first, and the one
// group has no accounts.
type talkKey struct {
	kind string // "direct", "notices", "events" or "group"
	a, b int
}

// line is a message of the model, and seqSet says which places of a conversation a member has read or hidden.
type line struct {
	id, seq, time int64
	from          int
	text          string
	deleted       bool
	revokedBy     int // negative unless it is revoked
	revokedAt     int64
	revokerRole   core.GroupRole
}

type seqSet map[int64]bool

// talk is a conversation as a plain list, with what each member has done to it.
type talk struct {
	lines        []*line
	read, hidden map[int]seqSet
	// In a group, everything up to these places is read and hidden for all members, later ones included.
	allRead, allHidden int64
}

// circleMember is what the group knows of an account; one who has left keeps what was said until then.
type circleMember struct {
	present    bool
	left       bool
	until      int64
	role       core.GroupRole
	mutedUntil int64
}

// threadModel drives an engine and the lists beside it with random operations on conversations of every kind.
type threadModel struct {
	engine  *core.Engine // the one that is asked next
	engines []*core.Engine
	turn    int
	app     *core.App
	store   storage.Store
	clock   time.Time
	users   []*core.User
	talks   map[talkKey]*talk
	options []map[talkKey]core.ThreadOptions // by account
	members []*circleMember                  // by account
	muted   bool
	lastID  int64
	sent    int
	entries []core.Entry // memory for pages
	poller  poller
}

const (
	threadAccounts = 5
	notifier       = threadAccounts - 1 // the account that announces
	threadGroup    = "circle"
)

func groupTalk() talkKey { return talkKey{kind: "group"} }

func newThreadModel(t *rapid.T, gateways int) *threadModel {
	ctx := context.Background()
	m := &threadModel{store: storeFor(gateways), clock: time.Unix(1_700_000_000, 0), talks: make(map[talkKey]*talk)}
	m.open(t, 1)
	app, err := m.engine.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	m.app = app
	m.open(t, gateways-1)
	for i := range threadAccounts {
		n := core.NewUser{ID: fmt.Sprint("user", i)}
		if i == notifier {
			n.Role = core.RoleNotifier
		}
		u, err := m.engine.Register(ctx, app, n)
		if err != nil {
			t.Fatal(err)
		}
		m.users = append(m.users, u)
		m.options = append(m.options, make(map[talkKey]core.ThreadOptions))
		m.members = append(m.members, &circleMember{present: i < 3})
	}
	m.members[0].role, m.members[1].role = core.GroupOwner, core.GroupAdmin
	_, err = m.engine.CreateGroup(ctx, m.caller(0), core.NewGroup{
		ID: threadGroup, Admins: []string{m.users[1].ID}, Members: []string{m.users[2].ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// open adds engines.
func (m *threadModel) open(t *rapid.T, gateways int) {
	env := environment()
	env.Now = func() time.Time { return m.clock }
	for range gateways {
		e, err := core.Open(context.Background(), m.store, env, core.Options{CacheMiB: 1})
		if err != nil {
			t.Fatal(err)
		}
		m.engine, m.engines = e, append(m.engines, e)
	}
}

func (m *threadModel) close(t *rapid.T) {
	for _, e := range m.engines {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	m.engines = nil
}

// Check is run after every action: the next one goes to another engine.
func (m *threadModel) Check(t *rapid.T) {
	m.poll(t)
	m.turn++
	m.engine = m.engines[m.turn%len(m.engines)]
}

func (m *threadModel) now() int64 { return m.clock.UnixMilli() }

func (m *threadModel) caller(user int) core.Caller {
	return core.Caller{App: m.app, User: m.users[user]}
}

func (m *threadModel) talk(k talkKey) *talk {
	found := m.talks[k]
	if found == nil {
		found = &talk{read: make(map[int]seqSet), hidden: make(map[int]seqSet)}
		for i := range threadAccounts {
			found.read[i], found.hidden[i] = make(seqSet), make(seqSet)
		}
		m.talks[k] = found
	}
	return found
}

// with returns the conversation of user with peer in a channel, as user names it.
func with(user, peer int, channel core.Channel) talkKey {
	switch channel {
	case core.Notices:
		return talkKey{"notices", peer, user}
	case core.Events:
		return talkKey{"events", min(user, peer), max(user, peer)}
	case core.Direct:
	}
	return talkKey{"direct", min(user, peer), max(user, peer)}
}

// readable tells whether the line counts as read or unread for user: in a group every line, else what the peer said.
func (k talkKey) readable(user int, l *line) bool { return k.kind == "group" || l.from != user }

// lists tells whether the conversation stands in the chat list of user.
func (k talkKey) lists(user int) bool {
	return k.kind == "direct" && (k.a == user || k.b == user) || k.kind == "notices" && k.b == user
}

func (k talkKey) peer(user int) int { return k.a + k.b - user }

func (c *talk) isRead(user int, seq int64) bool { return seq <= c.allRead || c.read[user][seq] }

func (c *talk) isHidden(user int, seq int64) bool { return seq <= c.allHidden || c.hidden[user][seq] }

func (c *talk) conceals(user int, l *line) bool { return l.deleted || c.isHidden(user, l.seq) }

// unread counts what user has not read up to the place last.
func (c *talk) unread(k talkKey, user int, last int64) (n int) {
	for _, l := range c.lines[:last] {
		if k.readable(user, l) && !c.isRead(user, l.seq) {
			n++
		}
	}
	return n
}

// markUpTo marks everything up to a place as read and returns how many lines that changed.
func (c *talk) markUpTo(k talkKey, user int, seq int64) (changed int) {
	for _, l := range c.lines[:seq] {
		if k.readable(user, l) && !c.read[user][l.seq] {
			c.read[user][l.seq] = true
			changed++
		}
	}
	return changed
}

// minSeq is the first place that user has not hidden.
func (c *talk) minSeq(user int) int64 {
	seq := int64(1)
	for c.isHidden(user, seq) {
		seq++
	}
	return seq
}

// readSeq is the place before the first unread line.
func (c *talk) readSeq(k talkKey, user int, last int64) int64 {
	for _, l := range c.lines[:last] {
		if k.readable(user, l) && !c.isRead(user, l.seq) {
			return l.seq - 1
		}
	}
	return last
}

// last returns the last place that user may see of a conversation, or Forbidden.
func (m *threadModel) last(c core.Caller, user int, k talkKey) (int64, core.Code) {
	end := int64(len(m.talk(k).lines))
	if k.kind != "group" || c.Privileged {
		return end, 0
	}
	switch member := m.members[user]; {
	case member.present:
		return end, 0
	case member.left:
		return min(end, member.until), 0
	}
	return 0, core.Forbidden
}

// sentence is one drawn request: who asks, about which conversation, and how the caller names it.
type sentence struct {
	user   int
	caller core.Caller
	key    talkKey
	talk   *talk
	ref    core.Ref
	last   int64
	denied core.Code
}

// drawTalk draws who asks about which conversation. Some callers are privileged if that is allowed.
func (m *threadModel) drawTalk(t *rapid.T, privileged bool) (s sentence) {
	s.user = rapid.IntRange(0, threadAccounts-1).Draw(t, "user")
	s.caller = m.caller(s.user)
	s.caller.Privileged = privileged && rapid.IntRange(0, 4).Draw(t, "privileged") == 0
	if kind := rapid.IntRange(0, 7).Draw(t, "kind"); kind < 3 {
		s.key, s.ref = groupTalk(), core.Ref{Group: threadGroup}
	} else {
		peer := rapid.IntRange(0, threadAccounts-1).Draw(t, "peer")
		s.ref = core.Ref{Peer: m.users[peer].ID}
		switch kind {
		case 3:
			s.ref.Channel = core.Notices
		case 4:
			s.ref.Channel = core.Events
		}
		s.key = with(s.user, peer, s.ref.Channel)
	}
	s.talk = m.talk(s.key)
	s.last, s.denied = m.last(s.caller, s.user, s.key)
	return s
}

// drawSeq draws a place of the conversation, rarely one outside.
func (s *sentence) drawSeq(t *rapid.T, label string) int64 {
	return rapid.Int64Range(-1, int64(len(s.talk.lines))+1).Draw(t, label)
}

func wantFault(t *rapid.T, what string, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

// Conversations of every kind agree with plain lists of what was sent, read, hidden, revoked and deleted, whichever of the
// gateways on a store is asked.
func TestThreadModel(t *testing.T) {
	for _, gateways := range []int{1, 3} {
		t.Run(fmt.Sprint(gateways, " gateways"), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := newThreadModel(t, gateways)
				defer m.close(t)
				for range 8 { // a run is short; several in a row reach the states that need many messages
					t.Repeat(rapid.StateMachineActions(m))
				}
				for user := range threadAccounts {
					m.Check(t)
					m.checkAll(t, user)
				}
			})
		})
	}
}
