package core_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/coretest"
	"parley/storage"
)

// modelMessage is a message as a list of everything that was ever sent remembers it.
type modelMessage struct {
	id       int64
	from, to int
	text     string
	read     bool
}

// model drives an engine and the list beside it with random operations.
type model struct {
	world    world
	engines  []*core.Engine
	store    storage.Store
	clock    time.Time
	members  []core.Messenger
	uuids    []string
	messages []*modelMessage
}

const modelMembers = 4

func newModel(t *rapid.T, gateways int) *model {
	m := &model{store: storeFor(gateways), clock: time.Unix(1_700_000_000, 0)}
	m.open(t, 1)
	app, err := m.world.engine.PutApp(context.Background(), core.App{})
	if err != nil {
		t.Fatal(err)
	}
	m.world.app = app
	m.open(t, gateways-1)
	for i := range modelMembers {
		u, err := m.world.engine.Register(context.Background(), app, core.NewUser{ID: fmt.Sprint("user", i)})
		if err != nil {
			t.Fatal(err)
		}
		m.uuids = append(m.uuids, u.UUID)
	}
	m.login(t)
	return m
}

// open adds engines.
func (m *model) open(t *rapid.T, gateways int) {
	env := environment()
	env.Now = func() time.Time { return m.clock }
	for range gateways {
		e, err := core.Open(context.Background(), m.store, env, core.Options{CacheMiB: 1})
		if err != nil {
			t.Fatal(err)
		}
		m.world.engine, m.engines = e, append(m.engines, e)
	}
}

func (m *model) close(t *rapid.T) {
	for _, e := range m.engines {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	m.engines = nil
}

// login lets every member ask its engines in turn.
func (m *model) login(t *rapid.T) {
	m.members = m.members[:0]
	for _, uuid := range m.uuids {
		var views []core.Messenger
		for _, e := range m.engines {
			u, err := e.Find(context.Background(), m.world.app, uuid)
			if err != nil {
				t.Fatal(err)
			}
			views = append(views, e.As(core.Caller{App: m.world.app, User: u}))
		}
		m.members = append(m.members, coretest.InTurn(views))
	}
}

func drawMember(t *rapid.T, label string) int {
	return rapid.IntRange(0, modelMembers-1).Draw(t, label)
}

func (m *model) Send(t *rapid.T) {
	from := drawMember(t, "from")
	text := fmt.Sprint("message ", len(m.messages))
	var targets []int
	out := core.Outgoing{Content: m.world.Content(core.KindText, text)}
	for range rapid.IntRange(1, 3).Draw(t, "recipients") {
		to := drawMember(t, "to")
		out.To = append(out.To, m.uuids[to])
		if to != from && !slices.Contains(targets, to) {
			targets = append(targets, to)
		}
	}
	deliveries, err := m.members[from].Send(context.Background(), out)
	if len(targets) == 0 {
		if core.CodeOf(err) != core.Conflict {
			t.Fatalf("a message to oneself: %v", err)
		}
		return
	}
	if err != nil || len(deliveries) != len(targets) {
		t.Fatalf("%d deliveries, want %d: %v", len(deliveries), len(targets), err)
	}
	for i, to := range targets {
		if n := len(m.messages); n > 0 && deliveries[i].ID <= m.messages[n-1].id {
			t.Fatalf("id %d after %d", deliveries[i].ID, m.messages[n-1].id)
		}
		m.messages = append(m.messages, &modelMessage{id: deliveries[i].ID, from: from, to: to, text: text})
	}
}

// between lists the messages of two members, or of one with everybody if peer is negative.
func (m *model) between(user, peer int) (found []*modelMessage) {
	for _, msg := range m.messages {
		if msg.from == user && (peer < 0 || msg.to == peer) || msg.to == user && (peer < 0 || msg.from == peer) {
			found = append(found, msg)
		}
	}
	return found
}

func (m *model) History(t *rapid.T) {
	user, peer := drawMember(t, "user"), rapid.IntRange(-1, modelMembers-1).Draw(t, "peer")
	if user == peer {
		t.Skip("nobody talks to oneself")
	}
	all := m.between(user, peer)
	q := core.HistoryQuery{Limit: rapid.IntRange(1, 8).Draw(t, "limit")}
	if peer >= 0 {
		q.Peer = m.uuids[peer]
	}
	if n := len(m.messages); n > 0 && rapid.Bool().Draw(t, "from a message") {
		q.After = m.messages[rapid.IntRange(0, n-1).Draw(t, "after")].id
	}
	if rapid.Bool().Draw(t, "older") {
		q.Direction = core.Older
	}
	want := slices.Clone(all)
	switch {
	case q.After == 0:
		want = want[max(0, len(want)-q.Limit):]
	case q.Direction == core.Newer:
		want = slices.DeleteFunc(want, func(msg *modelMessage) bool { return msg.id <= q.After })
		want = want[:min(len(want), q.Limit)]
	default:
		want = slices.DeleteFunc(want, func(msg *modelMessage) bool { return msg.id >= q.After })
		want = want[max(0, len(want)-q.Limit):]
	}
	h, err := m.members[user].History(context.Background(), q)
	if err != nil || len(h.Messages) != len(want) {
		t.Fatalf("%+v gave %d messages, want %d: %v", q, len(h.Messages), len(want), err)
	}
	for i, got := range h.Messages {
		own := want[i].from == user
		other := want[i].from + want[i].to - user
		if got.ID != want[i].id || string(got.Content.Body) != want[i].text || got.Own != own ||
			got.Read != (own || want[i].read) || got.Peer != m.uuids[other] {
			t.Fatalf("message %d of %+v: %+v, want %+v", i, q, got, want[i])
		}
	}
	if unread := m.unread(user, peer); peer >= 0 && h.Unread != unread {
		t.Fatalf("%d unread, want %d", h.Unread, unread)
	}
}

func (m *model) unread(user, peer int) (n int) {
	for _, msg := range m.between(user, peer) {
		if msg.to == user && !msg.read {
			n++
		}
	}
	return n
}

func (m *model) MarkRead(t *rapid.T) {
	user, peer := drawMember(t, "user"), drawMember(t, "peer")
	if user == peer {
		t.Skip("nobody talks to oneself")
	}
	var id int64
	if n := len(m.messages); n > 0 && rapid.Bool().Draw(t, "one") {
		id = m.messages[rapid.IntRange(0, n-1).Draw(t, "which")].id
	}
	want := 0
	for _, msg := range m.between(user, peer) {
		if msg.to == user && !msg.read && (id == 0 || msg.id == id) {
			msg.read = true
			want++
		}
	}
	if got, err := m.members[user].MarkRead(context.Background(), m.uuids[peer], id); err != nil || got != want {
		t.Fatalf("marked %d, want %d: %v", got, want, err)
	}
}

func (m *model) Chats(t *rapid.T) {
	user := drawMember(t, "user")
	type chat struct {
		peer int
		last *modelMessage
	}
	var want []chat
	for peer := range modelMembers {
		if all := m.between(user, peer); peer != user && len(all) > 0 {
			want = append(want, chat{peer, all[len(all)-1]})
		}
	}
	slices.SortFunc(want, func(a, b chat) int { return cmp.Compare(b.last.id, a.last.id) })
	offset := rapid.IntRange(0, modelMembers).Draw(t, "offset")
	page, err := m.members[user].Conversations(context.Background(), offset, 2)
	if err != nil || page.Total != len(want) {
		t.Fatalf("%d chats, want %d: %v", page.Total, len(want), err)
	}
	want = want[min(offset, len(want)):]
	want = want[:min(2, len(want))]
	if len(page.Conversations) != len(want) {
		t.Fatalf("a page of %d chats, want %d", len(page.Conversations), len(want))
	}
	for i, got := range page.Conversations {
		if got.Peer.UUID != m.uuids[want[i].peer] || got.Last.ID != want[i].last.id || got.Unread != m.unread(user, want[i].peer) {
			t.Fatalf("chat %d: %+v, want %+v", i, got, want[i])
		}
	}
	if n, err := m.members[user].Unread(context.Background()); err != nil || n != m.unread(user, -1) {
		t.Fatalf("%d unread, want %d: %v", n, m.unread(user, -1), err)
	}
}

func (m *model) Clock(t *rapid.T) {
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(-3600, 86400).Draw(t, "seconds")) * time.Second)
}

func (m *model) Follow(t *rapid.T) {
	e := m.engines[rapid.IntRange(0, len(m.engines)-1).Draw(t, "gateway")]
	if err := e.FollowOnce(rapid.IntRange(1, 5).Draw(t, "entries")); err != nil && len(m.engines) == 1 {
		t.Fatal(err) // of several, another one may have followed
	}
}

func (m *model) Reopen(t *rapid.T) {
	gateways := len(m.engines)
	m.close(t)
	m.open(t, gateways)
	app, ok := m.world.engine.App(m.world.app.Key)
	if !ok {
		t.Fatal("the app is gone")
	}
	m.world.app = app
	m.login(t)
}

func (m *model) Check(*rapid.T) {}

func TestModel(t *testing.T) {
	for _, gateways := range []int{1, 3} {
		t.Run(fmt.Sprint(gateways, " gateways"), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := newModel(t, gateways)
				defer m.close(t)
				for range 8 { // a run is short; several in a row reach the states that need many messages
					t.Repeat(rapid.StateMachineActions(m))
				}
			})
		})
	}
}
