package core_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/storage/memory"
)

func sender(t *testing.T, w world, id string) *core.User {
	t.Helper()
	u, err := w.engine.Sender(context.Background(), w.app, id)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestShadowsAreNoAccounts(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice := w.Member(t, "alice")
	shadow := sender(t, w, "ghost")
	if !shadow.Shadow || shadow.ID != "ghost" || shadow.Number != 2 {
		t.Fatalf("%+v", shadow)
	}
	if again := sender(t, w, "ghost"); again.Number != shadow.Number {
		t.Errorf("the same name is user %d and %d", shadow.Number, again.Number)
	}
	if account := sender(t, w, "alice"); account.Shadow || account.Number != 1 {
		t.Errorf("%+v", account)
	}
	_, err := w.engine.Find(ctx, w.app, "ghost")
	wantCode(t, "finding it", err, core.NotFound)
	_, err = alice.User(ctx, shadow.UUID)
	wantCode(t, "finding its UUID", err, core.NotFound)
	_, err = alice.Send(ctx, core.Outgoing{To: []string{"ghost"}, Content: w.Content(core.KindText, "x")})
	wantCode(t, "sending to it", err, core.NotFound)
	_, err = w.engine.ChangeProfile(ctx, w.app, "ghost", core.ProfileChange{})
	wantCode(t, "changing it", err, core.NotFound)
	_, err = w.engine.SetBanned(ctx, w.app, "ghost", true)
	wantCode(t, "banning it", err, core.NotFound)
	wantNoted(t, "befriending it", w.engine.Befriend(ctx, w.app, "alice", []string{"ghost"}), core.NotFound, core.FieldUser, "ghost")
	err = w.engine.StartSession(ctx, w.app, shadow, core.NewSession{Token: "t", Expires: time.Now().Add(time.Hour).UnixMilli()})
	wantCode(t, "a session of it", err, core.NotFound)
	for _, bad := range []string{"", "a\nb", strings.Repeat("x", core.MaxUserID+1)} {
		_, err := w.engine.Sender(ctx, w.app, bad)
		wantCode(t, "a name that may not be", err, core.Invalid)
	}
	w.Member(t, "bob")
	page, err := w.engine.Users(ctx, w.app, core.UserQuery{Offset: 1, Limit: 10})
	if err != nil || page.Total != 2 || len(page.Users) != 1 || page.Users[0].ID != "bob" {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestShadowBecomesAccount(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice := w.Member(t, "alice")
	shadow := sender(t, w, "ghost")
	as := w.engine.As(core.Caller{App: w.app, User: shadow})
	if _, err := as.Send(ctx, core.Outgoing{To: []string{alice.Address}, Content: w.Content(core.KindText, "boo")}); err != nil {
		t.Fatal(err)
	}
	chats, err := alice.Conversations(ctx, 0, 10)
	if err != nil || len(chats.Conversations) != 1 || chats.Conversations[0].Peer.ID != "ghost" {
		t.Fatalf("%+v, %v", chats, err)
	}
	u, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "ghost", Username: "casper", Nickname: "Casper"})
	if err != nil || u.Number != shadow.Number || u.Shadow {
		t.Fatalf("%+v, %v", u, err)
	}
	for _, address := range []string{"ghost", u.UUID} {
		found, err := w.engine.Find(ctx, w.app, address)
		if err != nil || found.Number != shadow.Number || found.Nickname != "Casper" {
			t.Errorf("%s is %+v, %v", address, found, err)
		}
	}
	h, err := alice.History(ctx, core.HistoryQuery{Peer: u.UUID, Limit: 10})
	if err != nil || len(h.Messages) != 1 {
		t.Errorf("%+v, %v", h, err)
	}
	if n := total(t, w); n != 2 {
		t.Errorf("%d users", n)
	}
	_, err = w.engine.Register(ctx, w.app, core.NewUser{ID: "ghost"})
	wantCode(t, "registering it again", err, core.Exists)
	sender(t, w, "other")
	if err := w.engine.RegisterAll(ctx, w.app, []core.NewUser{{ID: "new"}, {ID: "other"}}); err != nil {
		t.Fatal(err)
	}
	if other := sender(t, w, "other"); other.Shadow || other.Number != 3 {
		t.Errorf("%+v", other)
	}
	if n := total(t, w); n != 4 {
		t.Errorf("%d users", n)
	}
}

// The ID of a shadow may look like a UUID, which later is given to another account.
func TestShadowNamedLikeUUID(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	const id = "8AEA2AF1951C0376EC668A74B8CAA64A"
	shadow := sender(t, w, id)
	u, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "x", UUID: id})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := w.engine.Find(ctx, w.app, id); err != nil || found.Number != u.Number {
		t.Errorf("%+v, %v", found, err)
	}
	if again := sender(t, w, id); again.Number != shadow.Number {
		t.Errorf("%+v", again)
	}
}

func TestOpenUsersAdoptShadows(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	open, err := w.engine.PutApp(ctx, core.App{OpenUsers: true})
	if err != nil {
		t.Fatal(err)
	}
	shadow, err := w.engine.Sender(ctx, open, "ghost")
	if err != nil || !shadow.Shadow {
		t.Fatalf("%+v, %v", shadow, err)
	}
	u, err := w.engine.Find(ctx, open, "ghost")
	if err != nil || u.Shadow || u.Number != shadow.Number {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestShadowsConcurrently(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	numbers := make([]core.UserNumber, 16)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() {
			if i == len(numbers)/2 {
				if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "ghost"}); err != nil {
					t.Error(err)
				}
			}
			u, err := w.engine.Sender(ctx, w.app, "ghost")
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i] = u.Number
		})
	}
	all.Wait()
	for _, n := range numbers {
		if n != 1 {
			t.Errorf("the name is user %d", n)
		}
	}
	if u, err := w.engine.Find(ctx, w.app, "ghost"); err != nil || u.Shadow {
		t.Errorf("%+v, %v", u, err)
	}
	if n := total(t, w); n != 1 {
		t.Errorf("%d users", n)
	}
}
