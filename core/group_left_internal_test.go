package core

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/memory"
)

// Whoever leaves keeps what was said up to then, and gets everything when it comes back.
func TestLeavingRemembersTheNewestMessage(t *testing.T) {
	ctx := context.Background()
	e, err := Open(ctx, memory.New(), Environment{Now: time.Now, Random: rand.Reader}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}()
	app, err := e.PutApp(ctx, App{OpenUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	caller := func(id string) Caller {
		u, err := e.Find(ctx, app, id)
		if err != nil {
			t.Fatal(err)
		}
		return Caller{App: app, User: u}
	}
	owner, member := caller("owner"), caller("member")
	group, err := e.CreateGroup(ctx, owner, NewGroup{ID: "g", Members: []string{"member", "other"}})
	if err != nil {
		t.Fatal(err)
	}
	say := func(times int) {
		for range times {
			if _, err := e.SendToGroup(ctx, owner, "g", Outgoing{Content: Content{Kind: KindText, Body: []byte("x")}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(what string, c Caller, want joinedRecord) {
		t.Helper()
		var got *joinedRecord
		err := e.store.View(ctx, func(r storage.Reader) (err error) {
			got, err = readJoined(r, app.Number, c.User.Number, group.Number)
			return err
		})
		if err != nil || got == nil || *got != want {
			t.Errorf("%s: %+v, %v; want %+v", what, got, err, want)
		}
	}
	say(3)
	want("a member", member, joinedRecord{})
	if err := e.LeaveGroup(ctx, member, "g"); err != nil {
		t.Fatal(err)
	}
	say(2)
	want("who left", member, joinedRecord{left: true, until: 3})
	if err := e.RemoveMembers(ctx, owner, "g", []string{"other"}); err != nil {
		t.Fatal(err)
	}
	want("who was removed", caller("other"), joinedRecord{left: true, until: 5})
	if err := e.JoinGroup(ctx, member, "g"); err != nil {
		t.Fatal(err)
	}
	want("who came back", member, joinedRecord{})
}
