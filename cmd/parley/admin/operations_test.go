package admin

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage/memory"
)

const (
	appKey    = "0123456789ABCDEF0123456789ABCDEF"
	testToken = "token-0123456789abcdef"
)

func newEngine(t *testing.T) *core.Engine {
	t.Helper()
	store := memory.New()
	engine, err := core.Open(t.Context(), store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(engine.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func newLocal(t *testing.T) *Local {
	return &Local{Engine: newEngine(t), Hidden: []string{"static_signs"}, Checks: settings.AppChecks{
		"yesapi": func(raw json.RawMessage) error {
			if strings.Contains(string(raw), "bogus") {
				return errors.New("bogus is no setting")
			}
			return nil
		},
	}}
}

// serve puts the operations on an admin server and returns its URL.
func serve(t *testing.T, ops Operations, token string, ready func(context.Context) error) (address string, s *Server) {
	t.Helper()
	s = NewServer(Config{
		Operations: ops, Store: "memory:test", Ready: ready, Metrics: http.NotFoundHandler(), Token: token,
		Log: slog.New(slog.DiscardHandler),
	})
	web := httptest.NewServer(s.http.Handler)
	t.Cleanup(web.Close)
	return strings.TrimPrefix(web.URL, "http://"), s
}

// TestOperations proves that the operations are the same on an engine and through a listener.
func TestOperations(t *testing.T) {
	for name, open := range map[string]func(*testing.T) Operations{
		"local": func(t *testing.T) Operations { return newLocal(t) },
		"client": func(t *testing.T) Operations {
			address, _ := serve(t, newLocal(t), testToken, nil)
			client, err := Dial(t.Context(), address, testToken, "memory:test")
			if err != nil {
				t.Fatal(err)
			}
			return client
		},
	} {
		t.Run(name, func(t *testing.T) { exercise(t, open(t)) })
	}
}

func exercise(t *testing.T, ops Operations) {
	ctx := t.Context()
	if all, err := ops.Apps(ctx, true); err != nil || len(all) != 0 {
		t.Fatalf("a new store has apps: %v, %v", all, err)
	}
	added, err := ops.AddApp(ctx, App{
		Key: appKey, Secret: "s3cret", Name: "first",
		Dialects: map[string]json.RawMessage{"yesapi": json.RawMessage(`{"sign":"off","auth":true}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := App{
		Key: appKey, Secret: "s3cret", Name: "first", Zone: core.DefaultZone, Users: "closed",
		Dialects: map[string]json.RawMessage{"yesapi": json.RawMessage(`{"sign":"off","auth":true}`)},
	}
	if diff := cmp.Diff(want, added); diff != "" {
		t.Errorf("added: %s", diff)
	}
	_, err = ops.AddApp(ctx, App{Key: appKey})
	expect(t, "a key that is taken", err, core.Exists)
	_, err = ops.AddApp(ctx, App{Users: "some"})
	expect(t, "unknown openness", err, core.Invalid)
	_, err = ops.AddApp(ctx, App{Dialects: map[string]json.RawMessage{"smtp": json.RawMessage(`{}`)}})
	expect(t, "an unknown dialect", err, core.Invalid)

	open, renamed := "open", "second"
	changed, err := ops.ChangeApp(ctx, appKey, AppChange{
		Name: &renamed, Users: &open, Dialects: map[string]map[string]json.RawMessage{
			"yesapi": {"sign": json.RawMessage(`"required"`), "auth": json.RawMessage(`null`), "static_signs": json.RawMessage(`["s3cret"]`)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if changed.Name != "second" || changed.Users != "open" || changed.Secret != "s3cret" ||
		string(changed.Dialects["yesapi"]) != `{"sign":"required","static_signs":["s3cret"]}` {
		t.Errorf("changed: %+v", changed)
	}
	_, err = ops.ChangeApp(ctx, appKey, AppChange{Dialects: map[string]map[string]json.RawMessage{"yesapi": {"bogus": json.RawMessage(`1`)}}})
	expect(t, "a setting that the dialect refuses", err, core.Invalid)

	rotated, err := ops.RotateSecret(ctx, appKey)
	if err != nil || rotated.Secret == "s3cret" || rotated.Secret == "" {
		t.Errorf("rotated: %+v, %v", rotated, err)
	}
	generated, err := ops.AddApp(ctx, App{})
	if err != nil || len(generated.Key) != core.AppKeyLength || generated.Secret == "" {
		t.Errorf("generated: %+v, %v", generated, err)
	}
	hidden, err := ops.Apps(ctx, false)
	if err != nil || len(hidden) != 2 || hidden[0].Secret != "" || hidden[0].Key != appKey ||
		string(hidden[0].Dialects["yesapi"]) != `{"sign":"required"}` {
		t.Errorf("listed: %+v, %v", hidden, err)
	}
	if shown, err := ops.Apps(ctx, true); err != nil || shown[0].Secret != rotated.Secret {
		t.Errorf("listed with secrets: %+v, %v", shown, err)
	}
	exerciseUsers(t, ops)
}

func exerciseUsers(t *testing.T, ops Operations) {
	ctx := t.Context()
	named, err := ops.AddUser(ctx, appKey, NewUser{Username: "dogstar", Password: Digest("123456"), Role: "admin"})
	if err != nil {
		t.Fatal(err)
	}
	if named.Username != "dogstar" || named.Role != "admin" || named.UUID == "" || named.Registered.IsZero() {
		t.Errorf("added: %+v", named)
	}
	_, err = ops.AddUser(ctx, appKey, NewUser{Username: "dogstar", Password: Digest("x")})
	expect(t, "a username that is taken", err, core.Exists)
	_, err = ops.AddUser(ctx, appKey, NewUser{})
	expect(t, "a user without a name", err, core.Invalid)
	_, err = ops.AddUser(ctx, appKey, NewUser{Username: "u"})
	expect(t, "a username without a password", err, core.Invalid)
	_, err = ops.AddUser(ctx, appKey, NewUser{ID: "7", Role: "king"})
	expect(t, "an unknown role", err, core.Invalid)
	_, err = ops.AddUser(ctx, "none", NewUser{ID: "7"})
	expect(t, "an unknown app", err, core.NotFound)
	if _, err := ops.AddUser(ctx, appKey, NewUser{ID: "9948077346"}); err != nil {
		t.Fatal(err)
	}

	banned, err := ops.SetBanned(ctx, appKey, named.UUID, true)
	if err != nil || !banned.Banned {
		t.Errorf("banned: %+v, %v", banned, err)
	}
	page, err := ops.Users(ctx, appKey, 0, 1)
	if err != nil || page.Total != 2 || len(page.Users) != 1 || !page.Users[0].Banned {
		t.Errorf("first page: %+v, %v", page, err)
	}
	lifted, err := ops.SetBanned(ctx, appKey, named.UUID, false)
	if err != nil || lifted.Banned {
		t.Errorf("lifted: %+v, %v", lifted, err)
	}
	page, err = ops.Users(ctx, appKey, 1, 10)
	if err != nil || len(page.Users) != 1 || page.Users[0].ID != "9948077346" {
		t.Errorf("second page: %+v, %v", page, err)
	}
	_, err = ops.Users(ctx, appKey, 0, 0)
	expect(t, "an empty page", err, core.Invalid)
}

func expect(t *testing.T, what string, err error, code core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != code {
		t.Errorf("%s is answered %v (%v), want %v", what, got, err, code)
	}
}

func TestDialRefusesAnotherStore(t *testing.T) {
	address, _ := serve(t, newLocal(t), "", nil)
	_, err := Dial(t.Context(), address, "", "badger:/elsewhere")
	if err == nil || !strings.Contains(err.Error(), "another store open: memory:test, not badger:/elsewhere") {
		t.Errorf("got %v", err)
	}
}

func TestDialNobody(t *testing.T) {
	if _, err := Dial(t.Context(), "127.0.0.1:1", "", ""); !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestFaultsCrossTheWire(t *testing.T) {
	for _, code := range core.Codes() {
		raw, err := json.Marshal(encodeFault(core.NewFault(code, core.FieldUser, "note")))
		if err != nil {
			t.Fatal(err)
		}
		back, ok := decodeFault(raw)
		if !ok || back.Code != code || back.Field != core.FieldUser || back.Note != "note" {
			t.Errorf("%v comes back as %+v", code, back)
		}
		if s := status(code); s < 400 || code != core.Internal && s == 500 {
			t.Errorf("%v has status %d", code, s)
		}
	}
}
