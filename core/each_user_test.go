package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

func TestEachUser(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	for range 2 {
		sender(t, w, "first shadow")
	}
	if err := w.engine.RegisterAll(ctx, w.app, newUsers("u", 1099)); err != nil {
		t.Fatal(err)
	}
	sender(t, w, "last shadow")
	var seen []string
	err := w.engine.EachUser(ctx, w.app, func(u *core.User) error {
		seen = append(seen, u.ID)
		if len(seen) == 1 { // made while walking
			_, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "u1099"})
			return err
		}
		return nil
	})
	if err != nil || len(seen) != 1100 {
		t.Fatalf("%d users, %v", len(seen), err)
	}
	for i, id := range seen {
		if id != fmt.Sprint("u", i) {
			t.Fatalf("user %d is %s", i, id)
		}
	}
	stop := errors.New("enough")
	visited := 0
	err = w.engine.EachUser(ctx, w.app, func(*core.User) error {
		if visited++; visited == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || visited != 3 {
		t.Errorf("%d visits, %v", visited, err)
	}
	given, cancel := context.WithCancel(ctx)
	cancel()
	err = w.engine.EachUser(given, w.app, func(*core.User) error { return nil })
	wantCode(t, "a walk that was given up", err, core.Timeout)
}

// A last page that is full is followed by an empty one.
func TestEachUserOfFullPages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	count := func(want int) {
		t.Helper()
		n := 0
		if err := w.engine.EachUser(ctx, w.app, func(*core.User) error { n++; return nil }); err != nil || n != want {
			t.Errorf("%d users, %v; want %d", n, err, want)
		}
	}
	count(0)
	if err := w.engine.RegisterAll(ctx, w.app, newUsers("u", 500)); err != nil {
		t.Fatal(err)
	}
	count(500)
}

func TestUsersThatMatch(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	list := newUsers("u", 40)
	for i := range list {
		list[i].Role = core.Role(i % 4)
	}
	if err := w.engine.RegisterAll(ctx, w.app, list); err != nil {
		t.Fatal(err)
	}
	sender(t, w, "u100")
	match := func(u *core.User) bool { return strings.HasSuffix(u.ID, "0") }
	page, err := w.engine.Users(ctx, w.app, core.UserQuery{Offset: 1, Limit: 2, Match: match})
	if err != nil || page.Total != 4 || len(page.Users) != 2 || page.Users[0].ID != "u10" || page.Users[1].ID != "u20" {
		t.Errorf("%+v, %v", page, err)
	}
	notifier := core.RoleNotifier
	page, err = w.engine.Users(ctx, w.app, core.UserQuery{Limit: 10, Match: match, Role: &notifier})
	if err != nil || page.Total != 2 || page.Users[0].ID != "u10" || page.Users[1].ID != "u30" {
		t.Errorf("%+v, %v", page, err)
	}
}
