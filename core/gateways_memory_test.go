package core_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"parley/core"
)

// What one gateway has done is so for the others as soon as it has returned: what they remember never admits somebody
// who is not admitted any more.
func TestGatewaysForgetWhatIsNoLongerSo(t *testing.T) {
	ctx := context.Background()
	w := newGatewaysWorld(t, 2, inMemory())
	here, there := w.engine, w.others[0]
	app := w.app
	elsewhere, _ := there.App(app.Key)
	password := "0123456789abcdef0123456789abcdef"
	u, err := here.Register(ctx, app, core.NewUser{ID: "alice", Username: "alice", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	login := func() string {
		t.Helper()
		token, _, err := here.Login(ctx, app, "alice", password, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := there.Session(ctx, elsewhere, u.UUID, token); err != nil {
			t.Fatalf("a session that begins at one gateway is unknown at the other: %v", err)
		}
		return token
	}
	tests := []struct {
		name string
		end  func(token string) error
	}{
		{"logout", func(token string) error { return here.Logout(ctx, core.Caller{App: app, User: u}, token) }},
		{"all devices", func(string) error { return here.EndSessions(ctx, app, u, ^uint64(0)) }},
		{"a ban", func(string) error {
			_, err := here.SetBanned(ctx, app, u.UUID, true)
			return err
		}},
		{"the end of the ban, which is not the end of what it ended", func(string) error {
			_, err := here.SetBanned(ctx, app, u.UUID, false)
			return err
		}},
		{"a new password", func(string) error {
			return here.SetPassword(ctx, app, "alice", password, "ffffffffffffffffffffffffffffffff")
		}},
	}
	var token string
	for _, tt := range tests {
		if found, err := there.Find(ctx, elsewhere, "alice"); err != nil || !found.Banned {
			token = login()
		}
		if err := tt.end(token); err != nil {
			t.Fatal(tt.name, err)
		}
		_, err := there.Session(ctx, elsewhere, u.UUID, token)
		wantCode(t, "a session after "+tt.name, err, core.Unauthenticated)
	}
	name := "Alice"
	if _, err := here.ChangeProfile(ctx, app, "alice", core.ProfileChange{Nickname: &name}); err != nil {
		t.Fatal(err)
	}
	if found, err := there.Find(ctx, elsewhere, "alice"); err != nil || found.Nickname != name {
		t.Errorf("the other gateway shows %+v, %v", found, err)
	}
}

func TestGatewaysKnowWhoLeftAGroup(t *testing.T) {
	ctx := context.Background()
	w := newGatewaysWorld(t, 2, inMemory())
	there := w.others[0]
	app, _ := there.App(w.app.Key)
	owner := core.Caller{App: w.app, User: register(t, w.world, "owner")}
	guest := core.Caller{App: app, User: register(t, w.world, "guest")}
	if _, err := w.engine.CreateGroup(ctx, owner, core.NewGroup{ID: "g", Members: []string{"guest"}}); err != nil {
		t.Fatal(err)
	}
	out := core.Outgoing{Content: w.Content(core.KindText, "x")}
	if _, err := there.SendToGroup(ctx, guest, "g", out); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.RemoveMembers(ctx, owner, "g", []string{"guest"}); err != nil {
		t.Fatal(err)
	}
	_, err := there.SendToGroup(ctx, guest, "g", out)
	wantCode(t, "a message of one who was removed", err, core.Forbidden)
	if _, err := w.engine.SendToGroup(ctx, owner, "g", out); err != nil {
		t.Fatal(err)
	}
	page, err := there.Entries(ctx, guest, core.Ref{Group: "g"}, core.EntryQuery{First: 1, Last: 9, Limit: 9})
	if err != nil || page.MaxSeq != 1 {
		t.Errorf("one who was removed sees up to %d, %v", page.MaxSeq, err)
	}
}

// The settings of the apps, which every request needs before anything can be asked, are at most a second behind.
func TestGatewaysLearnOfApps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		store := storeFor(2)
		here, there := openEngine(t, store), openEngine(t, store)
		defer closeEngine(t, there)
		defer closeEngine(t, here)
		app, err := here.PutApp(ctx, core.App{Name: "new"})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		known, ok := there.App(app.Key)
		if !ok || known.Secret != app.Secret {
			t.Fatalf("after a second the other gateway has %+v", known)
		}
		rotated, err := here.RotateSecret(ctx, app.Key)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if known, _ = there.App(app.Key); !bytes.Equal([]byte(known.Secret), []byte(rotated.Secret)) {
			t.Error("the old secret is still good")
		}
		// Both create apps without having heard of each other's.
		first, err := here.PutApp(ctx, core.App{Name: "first"})
		if err != nil {
			t.Fatal(err)
		}
		second, err := there.PutApp(ctx, core.App{Name: "second"})
		if err != nil || second.Number == first.Number {
			t.Errorf("apps %d and %d, %v", first.Number, second.Number, err)
		}
	})
}

// Who has refused messages at one gateway gets none from another.
func TestGatewaysKnowWhoRefuses(t *testing.T) {
	ctx := context.Background()
	w := newGatewaysWorld(t, 2, inMemory())
	there := w.others[0]
	elsewhere, _ := there.App(w.app.Key)
	alice := core.Caller{App: w.app, User: register(t, w.world, "alice")}
	bob := core.Caller{App: elsewhere, User: register(t, w.world, "bob")}
	out := textTo("bob")
	dispatch := func() error {
		t.Helper()
		results, err := w.engine.Dispatch(ctx, alice, out)
		if err != nil {
			t.Fatal(err)
		}
		return results[0].Err
	}
	if err := dispatch(); err != nil {
		t.Fatal(err)
	}
	nothing := core.ReceiveNothing
	if err := there.ChangeThread(ctx, bob, core.Ref{Peer: "alice"}, core.ThreadChange{Reception: &nothing}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "a dispatch to one who refuses", dispatch(), core.Forbidden)
}
