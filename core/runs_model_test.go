package core_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"parley/core"
	"parley/storage"
)

// fate is what becomes of a transaction that fails: what its caller is told, and whether it has been committed.
type fate struct {
	name      string
	err       error
	committed bool
}

var errCut = errors.New("the connection was cut")

// fates are the ends of a transaction after which an engine goes on.
func fates() []fate {
	return []fate{
		{"refused", storage.ErrConflict, false},
		{"full", storage.ErrFull, false},
		{"committed", storage.ErrConflict, true},
		{"cut before", errCut, false},
		{"cut after", errCut, true},
	}
}

// fateStore lets one transaction fail.
type fateStore struct {
	storage.Store
	mu   sync.Mutex
	left int // transactions until the one that fails, which is the first at one; zero if none does
	fate fate
}

// arm makes the k-th transaction from now on fail, or none if k is zero. It tells whether an earlier one is still to fail.
func (s *fateStore) arm(k int, f fate) (pending bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pending = s.left > 0
	s.left, s.fate = k, f
	return pending
}

func (s *fateStore) Update(ctx context.Context, fn func(storage.Writer) error) error {
	s.mu.Lock()
	hit := s.left == 1
	s.left = max(0, s.left-1)
	f := s.fate
	s.mu.Unlock()
	if hit && !f.committed {
		return f.err
	}
	err := s.Store.Update(ctx, fn)
	if hit && err == nil {
		return f.err
	}
	return err
}

// runsMessage is a message as a plain list of everything that was ever sent remembers it.
type runsMessage struct {
	id       int64
	from, to int
	channel  core.Channel
}

// runsModel drives an engine whose store fails, and the list beside it.
type runsModel struct {
	store    *fateStore
	engine   *core.Engine
	app      *core.App
	users    []*core.User
	numbers  map[string]int // by UUID
	messages []runsMessage
	sends    int
}

func newRunsModel(t *testing.T, store storage.Store, users int) *runsModel {
	t.Helper()
	m := &runsModel{store: &fateStore{Store: store}, numbers: make(map[string]int)}
	m.open(t)
	var err error
	if m.app, err = m.engine.PutApp(context.Background(), core.App{OpenUsers: true}); err != nil {
		t.Fatal(err)
	}
	m.users = make([]*core.User, users)
	var wg sync.WaitGroup
	for part := range 16 {
		wg.Go(func() {
			for i := part; i < users; i += 16 {
				u, err := m.engine.Find(context.Background(), m.app, fmt.Sprint("user", i))
				if err != nil {
					t.Error(err)
				}
				m.users[i] = u
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		t.FailNow()
	}
	for i, u := range m.users {
		m.numbers[u.UUID] = i
	}
	t.Cleanup(func() { m.close(t) })
	return m
}

func (m *runsModel) open(t *testing.T) {
	t.Helper()
	e, err := core.Open(context.Background(), m.store, environment(), core.Options{
		CacheMiB: 16, MaxRecipients: 1500, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	e.StopFollower()
	m.engine = e
}

func (m *runsModel) close(t *testing.T) {
	t.Helper()
	if err := m.engine.Close(); err != nil && !errors.Is(err, errCut) {
		t.Error(err)
	}
}

// reopen leaves the engine and everything that it remembers.
func (m *runsModel) reopen(t *testing.T) {
	t.Helper()
	m.close(t)
	m.open(t)
	m.app, _ = m.engine.App(m.app.Key)
}

func (m *runsModel) caller(user int) core.Caller { return core.Caller{App: m.app, User: m.users[user]} }

// send sends again with the same key until nothing fails, as a client would.
func (m *runsModel) send(t *testing.T, from int, channel core.Channel, to ...int) {
	t.Helper()
	m.sends++
	out := core.Outgoing{
		Channel: channel, Key: fmt.Sprint("send", m.sends), Content: core.Content{Kind: core.KindText, Body: []byte("x")},
	}
	for _, user := range to {
		out.To = append(out.To, m.users[user].UUID)
	}
	deliveries, err := m.engine.Send(context.Background(), m.caller(from), out)
	for attempt := 0; err != nil; attempt++ {
		if attempt == 3 || core.CodeOf(err) != core.Unavailable {
			t.Fatal(err)
		}
		if m.engine.Health() != nil {
			m.reopen(t)
		}
		deliveries, err = m.engine.Send(context.Background(), m.caller(from), out)
	}
	for _, d := range deliveries {
		m.messages = append(m.messages, runsMessage{d.ID, from, m.numbers[d.To], channel})
	}
}

// follow brings the chat lists up to date in steps of n entries.
func (m *runsModel) follow(t *testing.T, n int) {
	t.Helper()
	for failures := 0; m.engine.Lag() > 0; {
		if err := m.engine.FollowOnce(n); err != nil {
			if failures++; failures > 2 { // one may be the store's and one the engine's who learns of it
				t.Fatalf("the chat lists do not get ahead: %v", err)
			}
		}
	}
}

type runsChat struct {
	peer    int
	channel core.Channel
	newest  int64
	unread  int
}

// chats lists a user's chats, the newest first, and its messages, the oldest first.
func (m *runsModel) chats(user int) (chats []runsChat, own []runsMessage) {
	type key struct {
		peer    int
		channel core.Channel
	}
	places := make(map[key]int)
	for _, msg := range m.messages {
		if msg.to != user && (msg.from != user || msg.channel != core.Direct) {
			continue
		}
		own = append(own, msg)
		k := key{msg.from + msg.to - user, msg.channel}
		i, ok := places[k]
		if !ok {
			i = len(chats)
			places[k] = i
			chats = append(chats, runsChat{peer: k.peer, channel: k.channel})
		}
		chats[i].newest = max(chats[i].newest, msg.id)
		if msg.to == user {
			chats[i].unread++
		}
	}
	slices.SortFunc(chats, func(a, b runsChat) int { return cmp.Compare(b.newest, a.newest) })
	slices.SortFunc(own, func(a, b runsMessage) int { return cmp.Compare(a.id, b.id) })
	return chats, own
}

// check compares everything that is derived from a user's runs with the plain list.
func (m *runsModel) check(t *testing.T, user, limit int) {
	t.Helper()
	want, own := m.chats(user)
	m.checkPages(t, user, limit, want)
	m.checkThreads(t, user, want)
	m.checkHistory(t, user, own)
	unread := 0
	for _, chat := range want {
		unread += chat.unread
	}
	if got, err := m.engine.Unread(context.Background(), m.caller(user)); err != nil || got != unread {
		t.Fatalf("user %d has %d unread, want %d: %v", user, got, unread, err)
	}
}

func (m *runsModel) checkPages(t *testing.T, user, limit int, want []runsChat) {
	t.Helper()
	for offset := 0; ; offset += limit {
		page, err := m.engine.Conversations(context.Background(), m.caller(user), offset, limit)
		if err != nil || page.Total != len(want) {
			t.Fatalf("user %d has %d chats, want %d: %v", user, page.Total, len(want), err)
		}
		rest := want[min(offset, len(want)):]
		rest = rest[:min(limit, len(rest))]
		if len(page.Conversations) != len(rest) {
			t.Fatalf("user %d: %d chats from %d on, want %d", user, len(page.Conversations), offset, len(rest))
		}
		for i, got := range page.Conversations {
			if m.numbers[got.Peer.UUID] != rest[i].peer || got.Last.ID != rest[i].newest || got.Unread != rest[i].unread {
				t.Fatalf("user %d: chat %d is %+v, want %+v", user, offset+i, got, rest[i])
			}
		}
		if len(rest) < limit {
			return
		}
	}
}

func (m *runsModel) checkThreads(t *testing.T, user int, want []runsChat) {
	t.Helper()
	threads, err := m.engine.Threads(context.Background(), m.caller(user))
	if err != nil || len(threads) != len(want) {
		t.Fatalf("user %d has %d threads, want %d: %v", user, len(threads), len(want), err)
	}
	for i, got := range threads { // they come from the same walk
		if m.numbers[got.Peer.UUID] != want[i].peer || got.Channel != want[i].channel || got.Last.ID != want[i].newest ||
			got.Unread != want[i].unread {
			t.Fatalf("user %d: thread %d is %+v, want %+v", user, i, got, want[i])
		}
	}
}

func (m *runsModel) checkHistory(t *testing.T, user int, own []runsMessage) {
	t.Helper()
	const limit = 30
	middle := int64(0)
	if len(own) > 0 {
		middle = own[len(own)/2].id
	}
	above := slices.IndexFunc(own, func(msg runsMessage) bool { return msg.id > middle })
	if above < 0 {
		above = len(own)
	}
	below := max(0, above-1)
	for _, c := range []struct {
		query core.HistoryQuery
		want  []runsMessage
	}{
		{core.HistoryQuery{}, own[max(0, len(own)-limit):]},
		{core.HistoryQuery{After: middle, Direction: core.Newer}, own[above:min(len(own), above+limit)]},
		{core.HistoryQuery{After: middle, Direction: core.Older}, own[max(0, below-limit):below]},
	} {
		c.query.Limit = limit
		h, err := m.engine.History(context.Background(), m.caller(user), c.query, nil)
		if err != nil || len(h.Messages) != len(c.want) && middle > 0 {
			t.Fatalf("user %d: %+v gave %d messages, want %d: %v", user, c.query, len(h.Messages), len(c.want), err)
		}
		for i := range h.Messages {
			if h.Messages[i].ID != c.want[i].id {
				t.Fatalf("user %d: %+v gave message %d, want %d", user, c.query, h.Messages[i].ID, c.want[i].id)
			}
		}
	}
}
