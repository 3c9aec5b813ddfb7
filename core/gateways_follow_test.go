package core_test

import (
	"context"
	"testing"

	"parley/core"
)

// A gateway that finds the chat lists further on than what it has read of the feed knows that it has missed something: the
// conversations in it are not answered from memory.
func TestFollowerThatWasOvertakenForgets(t *testing.T) {
	ctx := context.Background()
	w := newGatewaysWorld(t, 2, inMemory())
	here, there := w.engine, w.others[0]
	here.StopFollower()
	there.StopFollower()
	app, _ := there.App(w.app.Key)
	alice := core.Caller{App: w.app, User: register(t, w.world, "alice")}
	bob := core.Caller{App: app, User: register(t, w.world, "bob")}
	say := func() {
		t.Helper()
		if _, err := here.Send(ctx, alice, textTo("bob")); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(want int) {
		t.Helper()
		h, err := there.History(ctx, bob, core.HistoryQuery{Peer: "alice", Limit: 10}, nil)
		if err != nil || len(h.Messages) != want || h.Unread != want {
			t.Fatalf("%d messages, %d unread, want %d: %v", len(h.Messages), h.Unread, want, err)
		}
	}
	say()
	hear(1)
	say()
	here.Follow() // the entry of the second message leaves the feed
	if _, err := there.Send(ctx, bob, textTo("alice")); err != nil {
		t.Fatal(err)
	}
	there.Follow()
	say()
	here.Follow()
	if err := there.FollowOnce(10); err == nil {
		t.Fatal("the gateway has not noticed that the chat lists have moved on")
	}
	h, err := there.History(ctx, bob, core.HistoryQuery{Peer: "alice", Limit: 10}, nil)
	if err != nil || len(h.Messages) != 4 {
		t.Fatalf("%d messages of 4, %v", len(h.Messages), err)
	}
}
