package core

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"parley/storage/memory"
)

// What has been cleared costs nothing: no list looks through it message by message.
func TestClearedMessagesAreNotRead(t *testing.T) {
	ctx := context.Background()
	store := &countingStore{Store: memory.New()}
	e, err := Open(ctx, store, Environment{Now: time.Now, Random: rand.Reader}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	app, err := e.PutApp(ctx, App{})
	if err != nil {
		t.Fatal(err)
	}
	var members [2]Caller
	for i, id := range []string{"alice", "bob"} {
		u, err := e.Register(ctx, app, NewUser{ID: id})
		if err != nil {
			t.Fatal(err)
		}
		members[i] = Caller{App: app, User: u}
	}
	alice, bob, ref := members[0], members[1], Ref{Peer: "alice"}
	say := func(n int) []Dispatched {
		results, err := e.Dispatch(ctx, alice, Outgoing{
			To: slices.Repeat([]string{"bob"}, n), Content: Content{Kind: KindText, Body: []byte("hello")},
		})
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	const length, most = 3000, 40
	said := say(length)
	if err := e.Clear(ctx, bob, ref, false); err != nil {
		t.Fatal(err)
	}
	cost := func(what string, do func() error) {
		t.Helper()
		keys, count := talk(bob, alice.User)
		for _, k := range keys[:count] {
			e.conversations.drop(k)
		}
		before := store.reads.Load()
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if n := store.reads.Load() - before; n > most {
			t.Errorf("%s took %d reads", what, n)
		}
	}
	check := func(newer int) {
		t.Helper()
		cost("one conversation", func() error { _, err := e.Thread(ctx, bob, ref); return err })
		cost("the chat list", func() error { _, err := e.Conversations(ctx, bob, 0, 10); return err })
		for _, q := range []HistoryQuery{
			{Limit: 5},
			{Limit: 5, After: said[length/2].ID, Direction: Newer},
			{Limit: 5, After: maxMessageID, Direction: Older},
		} {
			for _, q.Peer = range []string{"alice", ""} {
				cost("a history", func() error {
					h, err := e.History(ctx, bob, q, nil)
					if len(h.Messages) != newer {
						t.Errorf("%+v gave %d messages, want %d", q, len(h.Messages), newer)
					}
					return err
				})
			}
		}
		cost("a history before the clearing", func() error {
			h, err := e.History(ctx, bob, HistoryQuery{Peer: "alice", Limit: 5, After: said[length/2].ID, Direction: Older}, nil)
			if len(h.Messages) != 0 {
				t.Errorf("cleared messages are shown: %+v", h.Messages)
			}
			return err
		})
	}
	check(0)
	say(2)
	check(2)
}
