package core_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

func total(t *testing.T, w world) int {
	t.Helper()
	page, err := w.engine.Users(context.Background(), w.app, core.UserQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

// wantNoted also compares the field and the note.
func wantNoted(t *testing.T, what string, err error, code core.Code, field core.Field, note string) {
	t.Helper()
	f := core.AsFault(err)
	if f == nil || f.Code != code || f.Field != field || f.Note != note {
		t.Errorf("%s: %v, want %v %s: %s", what, err, code, field, note)
	}
}

func newUsers(prefix string, n int) []core.NewUser {
	list := make([]core.NewUser, n)
	for i := range list {
		list[i] = core.NewUser{ID: fmt.Sprint(prefix, i), Nickname: "N", Extra: `{"n":1}`}
	}
	return list
}

func TestRegisterAll(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	if err := w.engine.RegisterAll(ctx, w.app, nil); err != nil {
		t.Errorf("nobody: %v", err)
	}
	if err := w.engine.RegisterAll(ctx, w.app, newUsers("u", 700)); err != nil {
		t.Fatal(err)
	}
	if n := total(t, w); n != 700 {
		t.Fatalf("%d users", n)
	}
	u, err := w.engine.Find(ctx, w.app, "u699")
	if err != nil || u.Number != 700 || u.Nickname != "N" || u.Extra != `{"n":1}` || u.Registered == 0 {
		t.Errorf("%+v, %v", u, err)
	}
	list := newUsers("v", 650)
	list[649].ID = "u7"
	wantNoted(t, "one that exists", w.engine.RegisterAll(ctx, w.app, list), core.Exists, core.FieldUser, "u7")
	list[649].ID = "v3"
	wantNoted(t, "a repeated one", w.engine.RegisterAll(ctx, w.app, list), core.Invalid, core.FieldUser, "v3")
	list[649] = core.NewUser{ID: "bad\n"}
	wantCode(t, "one that may not be", w.engine.RegisterAll(ctx, w.app, list), core.Invalid)
	if n := total(t, w); n != 700 {
		t.Errorf("refused lists left %d users", n-700)
	}
}

func TestRegisterAllKeepsPasswords(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	if err := w.engine.RegisterAll(ctx, w.app, []core.NewUser{{ID: "a", Username: "anna", Password: md5Of123456}, {ID: "b"}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.engine.Login(ctx, w.app, "anna", md5Of123456, false); err != nil {
		t.Error(err)
	}
	err := w.engine.RegisterAll(ctx, w.app, []core.NewUser{{ID: "c"}, {ID: "d", Username: "anna"}})
	wantNoted(t, "a username that exists", err, core.Exists, core.FieldUser, "d")
}

// Lists that share a name are registered one or the other, never both and never in part.
func TestRegisterAllConcurrently(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	const lists, size = 8, 20
	won := make([]bool, lists)
	var all sync.WaitGroup
	for i := range lists {
		all.Go(func() {
			list := append(newUsers(fmt.Sprint("l", i, "-"), size), core.NewUser{ID: "shared"})
			err := w.engine.RegisterAll(ctx, w.app, list)
			won[i] = err == nil
			if err != nil && core.CodeOf(err) != core.Exists {
				t.Error(err)
			}
		})
	}
	all.Wait()
	winners := 0
	for i := range lists {
		if won[i] {
			winners++
		}
		_, err := w.engine.Find(ctx, w.app, fmt.Sprint("l", i, "-0"))
		if (err == nil) != won[i] {
			t.Errorf("list %d: %v", i, err)
		}
	}
	if n := total(t, w); winners != 1 || n != size+1 {
		t.Errorf("%d lists won and left %d users", winners, n)
	}
}

func TestUserBounds(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	fits := core.NewUser{
		ID: strings.Repeat("i", core.MaxUserID), Username: strings.Repeat("n", core.MaxUserID), IP: "127.0.0.1",
		Nickname: strings.Repeat("n", core.MaxProfileText), Avatar: strings.Repeat("a", core.MaxProfileText),
		Extra: strings.Repeat("e", core.MaxUserExtra), Ext: []byte(`{"a":"` + strings.Repeat("x", core.MaxExt-8) + `"}`),
		Role: core.RoleRobot, Reception: core.ReceiveQuietly,
	}
	u, err := w.engine.Register(ctx, w.app, fits)
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.engine.Find(ctx, w.app, u.UUID)
	if err != nil || found.Nickname != fits.Nickname || found.Avatar != fits.Avatar || found.Extra != fits.Extra ||
		found.Role != fits.Role || found.Reception != fits.Reception || string(found.Ext) != string(fits.Ext) {
		t.Errorf("the largest user has changed: %v", err)
	}
	for what, bad := range map[string]struct {
		user core.NewUser
		code core.Code
	}{
		"a long nickname":   {core.NewUser{ID: "x", Nickname: fits.Nickname + "n"}, core.TooLarge},
		"a long avatar":     {core.NewUser{ID: "x", Avatar: fits.Avatar + "a"}, core.TooLarge},
		"a long extra":      {core.NewUser{ID: "x", Extra: fits.Extra + "e"}, core.TooLarge},
		"a long ext":        {core.NewUser{ID: "x", Ext: make([]byte, core.MaxExt+1)}, core.TooLarge},
		"a broken nickname": {core.NewUser{ID: "x", Nickname: "\xff"}, core.Invalid},
		"a strange role":    {core.NewUser{ID: "x", Role: core.RoleRobot + 1}, core.Invalid},
		"a strange wish":    {core.NewUser{ID: "x", Reception: core.ReceiveQuietly + 1}, core.Invalid},
	} {
		_, err := w.engine.Register(ctx, w.app, bad.user)
		wantCode(t, what, err, bad.code)
		if f := core.AsFault(err); f == nil || f.Field != core.FieldUser {
			t.Errorf("%s is the fault of %v", what, f)
		}
	}
}
