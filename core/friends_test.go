package core_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

func TestFriends(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	for _, id := range []string{"alice", "bob", "carol", "dave"} {
		w.Member(t, id)
	}
	friends := func(owner string, want ...string) {
		t.Helper()
		got, err := w.engine.Friends(ctx, w.app, owner)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s is a friend of %q, %v; want %q", owner, got, err, want)
		}
	}
	befriend := func(owner string, others ...string) error { return w.engine.Befriend(ctx, w.app, owner, others) }
	friends("alice")
	for range 2 {
		if err := befriend("alice", "carol", "bob", "carol"); err != nil {
			t.Fatal(err)
		}
	}
	if err := befriend("bob", "alice", "dave"); err != nil {
		t.Fatal(err)
	}
	if err := befriend("bob"); err != nil {
		t.Errorf("nobody: %v", err)
	}
	friends("alice", "bob", "carol")
	friends("bob", "alice", "dave")
	friends("carol", "alice")
	wantNoted(t, "an unknown friend", befriend("carol", "dave", "nobody"), core.NotFound, core.FieldUser, "nobody")
	wantNoted(t, "an unknown owner", befriend("nobody", "dave"), core.NotFound, core.FieldUser, "nobody")
	err := befriend("carol", "dave", "carol")
	wantCode(t, "oneself", err, core.Conflict)
	friends("carol", "alice")
	_, err = w.engine.Friends(ctx, w.app, "nobody")
	wantNoted(t, "the friends of nobody", err, core.NotFound, core.FieldUser, "nobody")
}

func TestManyFriends(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	list := newUsers("u", 450)
	if err := w.engine.RegisterAll(ctx, w.app, list); err != nil {
		t.Fatal(err)
	}
	var others []string
	for i := range list[1:] {
		others = append(others, list[i+1].ID)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := w.engine.Befriend(ctx, w.app, "u0", others); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got, err := w.engine.Friends(ctx, w.app, "u0")
	if err != nil || !slices.Equal(got, others) {
		t.Errorf("%d friends, %v", len(got), err)
	}
	if got, err = w.engine.Friends(ctx, w.app, "u449"); err != nil || !slices.Equal(got, []string{"u0"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "late"}); err != nil {
		t.Error(err)
	}
}
