package core_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"parley/core"
	"parley/storage"
	"parley/storage/memory"
)

// Two engines on one store commit into the same conversations: ids increase, sequences stay dense, and a third engine
// finds chat lists and counters in agreement. Nothing of it depends on what one of them remembers.
func TestTwoEnginesOnOneStore(t *testing.T) {
	ctx := context.Background()
	store := storeFor(2)
	first := newWorld(t, store)
	names := []string{"alice", "bob", "carol"}
	for _, name := range names {
		first.Member(t, name)
	}
	second := openEngine(t, store)
	defer closeEngine(t, second)
	var wg sync.WaitGroup
	const each = 150
	for i, e := range []*core.Engine{first.engine, second, first.engine, second} {
		app, _ := e.App(first.app.Key)
		wg.Go(func() {
			for n := range each {
				from, to := names[(i+n)%3], names[(i+n+1)%3]
				u, err := e.Find(ctx, app, from)
				if err == nil {
					_, err = e.Send(ctx, core.Caller{App: app, User: u}, core.Outgoing{
						To: []string{to}, Content: core.Content{Kind: core.KindText, Body: fmt.Append(nil, i, n)},
					})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	third := openEngine(t, store)
	defer closeEngine(t, third)
	app, _ := third.App(first.app.Key)
	total := 0
	for i, name := range names {
		u, err := third.Find(ctx, app, name)
		if err != nil {
			t.Fatal(err)
		}
		c := core.Caller{App: app, User: u}
		received := 0
		for _, peer := range []string{names[(i+1)%3], names[(i+2)%3]} {
			messages := wholeHistory(t, third, c, peer)
			for n, m := range messages {
				if m.Seq != int64(n+1) || n > 0 && m.ID <= messages[n-1].ID {
					t.Fatalf("message %d of %s and %s has seq %d and id %d", n+1, name, peer, m.Seq, m.ID)
				}
				if !m.Own {
					received++
				}
			}
		}
		total += received
		if unread, err := third.Unread(ctx, c); err != nil || unread != received {
			t.Errorf("%s has %d unread, received %d: %v", name, unread, received, err)
		}
		page, err := third.Conversations(ctx, c, 0, 10)
		if err != nil || page.Total != 2 || len(page.Conversations) != 2 {
			t.Errorf("%s lists %d chats of %d: %v", name, len(page.Conversations), page.Total, err)
		}
	}
	if total != 4*each {
		t.Errorf("%d messages are there, want %d", total, 4*each)
	}
}

// failingStore refuses the commits that fail tells it to.
type failingStore struct {
	storage.Store
	fail func() error
}

func (s *failingStore) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := s.fail(); err != nil {
		return err
	}
	return s.Store.Update(ctx, fn)
}

func TestFullDiskRefusesWritesAndServesReads(t *testing.T) {
	ctx := context.Background()
	var mu sync.Mutex
	var refusal error
	set := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		refusal = err
	}
	store := &failingStore{Store: memory.New(), fail: func() error {
		mu.Lock()
		defer mu.Unlock()
		return refusal
	}}
	w := newWorld(t, store)
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	out := core.Outgoing{To: []string{bob.Address}, Content: w.Content(core.KindText, "x")}
	send := func() error {
		_, err := alice.Send(ctx, out)
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	set(storage.ErrFull)
	wantCode(t, "a send to a full disk", send(), core.Unavailable)
	if h, err := bob.History(ctx, core.HistoryQuery{Limit: 10}); err != nil || len(h.Messages) != 1 {
		t.Errorf("reading gave %d messages, %v", len(h.Messages), err)
	}
	set(nil)
	if err := send(); err != nil {
		t.Errorf("after space was made: %v", err)
	}
	h, err := bob.History(ctx, core.HistoryQuery{Peer: alice.Address, Limit: 10})
	if err != nil || len(h.Messages) != 2 || h.Messages[1].Seq != 2 {
		t.Errorf("%+v, %v", h.Messages, err)
	}
}

// A commit that fails in an unknown way ends all writing: a retried sync would report as durable what is lost.
func TestUnknownFailureStopsWriting(t *testing.T) {
	ctx := context.Background()
	broken := errors.New("input/output error")
	var mu sync.Mutex
	var failure error
	store := &failingStore{Store: memory.New(), fail: func() error {
		mu.Lock()
		defer mu.Unlock()
		return failure
	}}
	e, err := core.Open(ctx, store, environment(), core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.PutApp(ctx, core.App{}); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	failure = broken
	mu.Unlock()
	_, err = e.PutApp(ctx, core.App{})
	wantCode(t, "the failed write", err, core.Unavailable)
	mu.Lock()
	failure = nil
	mu.Unlock()
	_, err = e.PutApp(ctx, core.App{})
	wantCode(t, "a write after it", err, core.Unavailable)
	if !errors.Is(e.Health(), broken) {
		t.Errorf("health is %v", e.Health())
	}
	if err := e.Close(); !errors.Is(err, broken) {
		t.Errorf("close gave %v", err)
	}
}

func TestClosedEngineRefuses(t *testing.T) {
	ctx := context.Background()
	e := openEngine(t, memory.New())
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := e.PutApp(ctx, core.App{})
	wantCode(t, "a write after close", err, core.Unavailable)
}
