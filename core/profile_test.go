package core_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

func TestChangeProfile(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	w := newWorld(t, store)
	u, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "x", Nickname: "old", Avatar: "pic", Extra: "e", Role: core.RoleNotifier})
	if err != nil {
		t.Fatal(err)
	}
	nickname, empty := "new", ""
	reception, role := core.ReceiveQuietly, core.RoleRobot
	changed, err := w.engine.ChangeProfile(ctx, w.app, "x", core.ProfileChange{Nickname: &nickname, Extra: &empty, Reception: &reception})
	if err != nil || changed.Nickname != "new" || changed.Avatar != "pic" || changed.Extra != "" ||
		changed.Reception != core.ReceiveQuietly || changed.Role != core.RoleNotifier {
		t.Fatalf("%+v, %v", changed, err)
	}
	if u.Nickname != "old" {
		t.Error("a snapshot has changed")
	}
	if _, err := w.engine.ChangeProfile(ctx, w.app, u.UUID, core.ProfileChange{Avatar: &empty, Role: &role}); err != nil {
		t.Fatal(err)
	}
	found, err := w.engine.Find(ctx, w.app, "x")
	if err != nil || found.Nickname != "new" || found.Avatar != "" || found.Role != core.RoleRobot {
		t.Errorf("%+v, %v", found, err)
	}
	long := strings.Repeat("x", core.MaxProfileText+1)
	_, err = w.engine.ChangeProfile(ctx, w.app, "x", core.ProfileChange{Nickname: &long})
	wantCode(t, "a long nickname", err, core.TooLarge)
	_, err = w.engine.ChangeProfile(ctx, w.app, "nobody", core.ProfileChange{})
	wantCode(t, "an unknown user", err, core.NotFound)
}

func TestProfilesOutliveTheEngine(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	store := openBadger(t, dir)
	e := openEngine(t, store)
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Register(ctx, app, core.NewUser{ID: "x", Nickname: "Nick", Avatar: "pic", Extra: "e", Role: core.RoleRobot, Reception: core.ReceiveNothing}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Sender(ctx, app, "shadow"); err != nil {
		t.Fatal(err)
	}
	if _, err := e.SetBanned(ctx, app, "x", true); err != nil {
		t.Fatal(err)
	}
	closeEngine(t, e)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	store = openBadger(t, dir)
	e = openEngine(t, store)
	defer func() {
		closeEngine(t, e)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	app, _ = e.App(app.Key)
	u, err := e.Find(ctx, app, "x")
	if err != nil || u.Nickname != "Nick" || u.Avatar != "pic" || u.Extra != "e" || u.Role != core.RoleRobot ||
		u.Reception != core.ReceiveNothing || !u.Banned || u.Shadow {
		t.Errorf("%+v, %v", u, err)
	}
	page, err := e.Users(ctx, app, core.UserQuery{Limit: 10})
	if err != nil || page.Total != 1 || len(page.Users) != 1 {
		t.Errorf("%+v, %v", page, err)
	}
	shadow, err := e.Sender(ctx, app, "shadow")
	if err != nil || !shadow.Shadow || shadow.Number != 2 {
		t.Errorf("%+v, %v", shadow, err)
	}
}

// Changes of different fields at the same time all stay.
func TestProfileChangesConcurrently(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "x"}); err != nil {
		t.Fatal(err)
	}
	value := "v"
	quietly := core.ReceiveQuietly
	var all sync.WaitGroup
	for _, change := range []core.ProfileChange{{Nickname: &value}, {Avatar: &value}, {Extra: &value}, {Reception: &quietly}} {
		all.Go(func() {
			if _, err := w.engine.ChangeProfile(ctx, w.app, "x", change); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := w.engine.Find(ctx, w.app, "x"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	u, err := w.engine.Find(ctx, w.app, "x")
	if err != nil || u.Nickname != value || u.Avatar != value || u.Extra != value || u.Reception != quietly {
		t.Errorf("%+v, %v", u, err)
	}
}
