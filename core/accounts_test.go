package core_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/storage/memory"
)

const (
	md5Of123456 = "e10adc3949ba59abbe56e057f20f883e"
	md5Of654321 = "c33367701511b4f6020ec61ded352059"
)

func wantCode(t *testing.T, what string, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

func TestRegisterAndFind(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	u, err := w.engine.Register(ctx, w.app, core.NewUser{
		UUID: "8AEA2AF1951C0376EC668A74B8CAA64A", Username: "AB君", Password: md5Of123456, Ext: []byte(`{"age":"18"}`), IP: "127.0.0.1",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{u.UUID, strings.ToLower(u.UUID), u.ID} {
		if found, err := w.engine.Find(ctx, w.app, address); err != nil || found.Username != "AB君" {
			t.Errorf("%q is %+v, %v", address, found, err)
		}
	}
	for what, again := range map[string]core.NewUser{
		"the same UUID":     {UUID: u.UUID, Username: "other"},
		"the same username": {Username: "AB君"},
		"the same ID":       {ID: u.ID, UUID: "8AEA2AF1951C0376EC668A74B8CAA64B"},
	} {
		_, err := w.engine.Register(ctx, w.app, again)
		wantCode(t, what, err, core.Exists)
	}
	for what, bad := range map[string]core.NewUser{
		"a short UUID":        {UUID: "ABC"},
		"a UUID with a slash": {UUID: "8AEA2AF1951C0376EC668A74B8CAA6/A"},
		"a control character": {ID: "a\nb"},
		"a broken rune":       {Username: "a\xff"},
		"a long ID":           {ID: strings.Repeat("x", core.MaxUserID+1)},
	} {
		_, err := w.engine.Register(ctx, w.app, bad)
		wantCode(t, what, err, core.Invalid)
	}
	_, err = w.engine.Find(ctx, w.app, "nobody")
	wantCode(t, "an unknown address", err, core.NotFound)
}

func TestUsersOfAnAppAreItsOwn(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	other, err := w.engine.PutApp(ctx, core.App{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	_, err = w.engine.Find(ctx, other, alice.Address)
	wantCode(t, "a user of another app", err, core.NotFound)
	stranger, err := w.engine.Register(ctx, other, core.NewUser{ID: "alice"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.engine.Send(ctx, core.Caller{App: other, User: stranger}, core.Outgoing{To: []string{bob.Address}, Content: w.Content(core.KindText, "x")})
	wantCode(t, "a message into another app", err, core.NotFound)
}

func TestOpenUsers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	open, err := w.engine.PutApp(ctx, core.App{Name: "open", OpenUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	const address = "HTogSDnO9kHwjBVkv8La7eQ4ehI0BVhx"
	u, err := w.engine.Find(ctx, open, address)
	if err != nil || u.UUID != address {
		t.Fatalf("%+v, %v", u, err)
	}
	again, err := w.engine.Find(ctx, open, address)
	if err != nil || again.Number != u.Number {
		t.Fatalf("%+v, %v; want user %d", again, err, u.Number)
	}
	_, err = w.engine.Session(ctx, open, "12345678123456781234567812345678", strings.Repeat("A", core.TokenLength))
	wantCode(t, "a session of an unknown user", err, core.Unauthenticated)
	if page, err := w.engine.Users(ctx, open, core.UserQuery{Limit: 10}); err != nil || page.Total != 1 {
		t.Errorf("a session check made a user: %+v, %v", page, err)
	}
}

func TestSessions(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	_, err := w.engine.Register(ctx, w.app, core.NewUser{Username: "dogstar", Password: md5Of123456})
	if err != nil {
		t.Fatal(err)
	}
	login := func(keep bool) (string, *core.User) {
		t.Helper()
		token, u, err := w.engine.Login(ctx, w.app, "dogstar", md5Of123456, keep)
		if err != nil || len(token) != core.TokenLength || strings.ToUpper(token) != token {
			t.Fatalf("token %q, %v", token, err)
		}
		return token, u
	}
	alive := func(what string, u *core.User, token string, want bool) {
		t.Helper()
		_, err := w.engine.Session(ctx, w.app, u.UUID, token)
		if (err == nil) != want {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, _, err = w.engine.Login(ctx, w.app, "nobody", md5Of123456, false)
	wantCode(t, "an unknown username", err, core.NotFound)
	_, _, err = w.engine.Login(ctx, w.app, "dogstar", md5Of654321, false)
	wantCode(t, "a wrong password", err, core.Forbidden)

	first, u := login(false)
	alive("a fresh session", u, first, true)
	alive("a foreign token", u, strings.Repeat("0", core.TokenLength), false)
	second, _ := login(true)
	alive("the first session beside a second", u, first, true)
	third, _ := login(false)
	alive("a session that another login ended", u, second, false)
	alive("the newest session", u, third, true)
	if err := w.engine.Logout(ctx, core.Caller{App: w.app, User: u}, third); err != nil {
		t.Fatal(err)
	}
	alive("a session after logout", u, third, false)

	fourth, _ := login(false)
	wantCode(t, "a wrong old password", w.engine.SetPassword(ctx, w.app, "dogstar", md5Of654321, md5Of123456), core.Forbidden)
	wantCode(t, "the same password", w.engine.SetPassword(ctx, w.app, "dogstar", md5Of123456, md5Of123456), core.Conflict)
	if err := w.engine.SetPassword(ctx, w.app, "dogstar", md5Of123456, md5Of654321); err != nil {
		t.Fatal(err)
	}
	alive("a session after a change of password", u, fourth, false)

	token, _, err := w.engine.Login(ctx, w.app, "dogstar", md5Of654321, false)
	if err != nil {
		t.Fatal(err)
	}
	alive("a session with the new password", u, token, true)
	if _, err := w.engine.SetBanned(ctx, w.app, u.UUID, true); err != nil {
		t.Fatal(err)
	}
	alive("a banned user's session", u, token, false)
	_, _, err = w.engine.Login(ctx, w.app, "dogstar", md5Of654321, false)
	wantCode(t, "a banned user's login", err, core.Forbidden)
}

func TestManySessionsAreBounded(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	u, err := w.engine.Register(ctx, w.app, core.NewUser{Username: "many", Password: md5Of123456})
	if err != nil {
		t.Fatal(err)
	}
	var tokens []string
	for range 52 {
		token, _, err := w.engine.Login(ctx, w.app, "many", md5Of123456, true)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	alive := 0
	for _, token := range tokens {
		if _, err := w.engine.Session(ctx, w.app, u.UUID, token); err == nil {
			alive++
		}
	}
	if alive != 50 {
		t.Errorf("%d sessions are alive, want 50", alive)
	}
}

func TestSessionsExpire(t *testing.T) {
	ctx := context.Background()
	now := time.Unix(1_700_000_000, 0)
	env := environment()
	env.Now = func() time.Time { return now }
	e, err := core.Open(ctx, memory.New(), env, core.Options{SessionAge: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := e.Register(ctx, app, core.NewUser{Username: "x", Password: md5Of123456})
	if err != nil {
		t.Fatal(err)
	}
	token, _, err := e.Login(ctx, app, "x", md5Of123456, false)
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour - time.Millisecond)
	if _, err := e.Session(ctx, app, u.UUID, token); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Millisecond)
	_, err = e.Session(ctx, app, u.UUID, token)
	wantCode(t, "an expired session", err, core.Unauthenticated)
}

func TestBannedUsers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	banned, err := w.engine.SetBanned(ctx, w.app, bob.Address, true)
	if err != nil || !banned.Banned {
		t.Fatalf("%+v, %v", banned, err)
	}
	out := core.Outgoing{To: []string{bob.Address}, Content: w.Content(core.KindText, "x")}
	_, err = alice.Send(ctx, out)
	wantCode(t, "a message to a banned user", err, core.NotFound)
	out.To = []string{alice.Address}
	_, err = w.engine.Send(ctx, core.Caller{App: w.app, User: banned}, out)
	wantCode(t, "a message from a banned user", err, core.Forbidden)
	if _, err := w.engine.SetBanned(ctx, w.app, bob.Address, false); err != nil {
		t.Fatal(err)
	}
	out.To = []string{bob.Address}
	if _, err := alice.Send(ctx, out); err != nil {
		t.Error(err)
	}
}

func TestExtMerges(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	u, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "x", Ext: []byte(`{"a":1.0,"b":"<&>"}`)})
	if err != nil {
		t.Fatal(err)
	}
	c := core.Caller{App: w.app, User: u}
	changed, err := w.engine.SetExt(ctx, c, []byte(`{"c":{},"a":"two"}`))
	if err != nil || string(changed.Ext) != `{"a":"two","b":"<&>","c":{}}` {
		t.Fatalf("%s, %v", changed.Ext, err)
	}
	_, err = w.engine.SetExt(ctx, c, []byte(`[1]`))
	wantCode(t, "a list", err, core.Invalid)
	again, err := w.engine.Find(ctx, w.app, "x")
	if err != nil || string(again.Ext) != string(changed.Ext) {
		t.Fatalf("%s, %v", again.Ext, err)
	}
}

func TestUserPages(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	for i := range 25 {
		role := core.RoleUser
		if i%5 == 0 {
			role = core.RoleAdmin
		}
		if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: fmt.Sprint("u", i), Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	page, err := w.engine.Users(ctx, w.app, core.UserQuery{Offset: 20, Limit: 10})
	if err != nil || page.Total != 25 || len(page.Users) != 5 || page.Users[0].ID != "u20" {
		t.Fatalf("%+v, %v", page, err)
	}
	admin := core.RoleAdmin
	page, err = w.engine.Users(ctx, w.app, core.UserQuery{Offset: 1, Limit: 2, Role: &admin})
	if err != nil || page.Total != 5 || len(page.Users) != 2 || page.Users[0].ID != "u5" || page.Users[1].ID != "u10" {
		t.Fatalf("%+v, %v", page, err)
	}
}

func TestApps(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	key := w.app.Key
	changed, err := w.engine.PutApp(ctx, core.App{Key: key, Name: "renamed", Zone: "UTC"})
	if err != nil || changed.Number != w.app.Number || changed.Secret != w.app.Secret {
		t.Fatalf("%+v, %v", changed, err)
	}
	if a, ok := w.engine.App(key); !ok || a.Name != "renamed" || a.Location() != time.UTC {
		t.Fatalf("%+v", a)
	}
	rotated, err := w.engine.RotateSecret(ctx, key)
	if err != nil || rotated.Secret == w.app.Secret || len(rotated.Secret) != 64 {
		t.Fatalf("%+v, %v", rotated, err)
	}
	_, err = w.engine.PutApp(ctx, core.App{Key: "short"})
	wantCode(t, "a short key", err, core.Invalid)
	_, err = w.engine.PutApp(ctx, core.App{Zone: "Mars/Olympus"})
	wantCode(t, "an unknown zone", err, core.Invalid)
	_, err = w.engine.RotateSecret(ctx, strings.Repeat("x", core.AppKeyLength))
	wantCode(t, "an unknown app", err, core.NotFound)
	if n := len(w.engine.Apps()); n != 1 {
		t.Errorf("%d apps", n)
	}
}
