package main

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/storage/memory"
)

// crossing is two users of one app, each with a client of each dialect.
type crossing struct {
	phalapi, yesapi [2]core.Messenger
	uuids           [2]string
}

func openCrossing(t *testing.T) *crossing {
	t.Helper()
	ctx := context.Background()
	engine, err := core.Open(ctx, memory.New(), core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	app, err := engine.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	meter := func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }
	house := wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: meter, Now: time.Now}
	one, err := phalapi.New(house, phalapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := yesapi.New(house)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	served := golden.Serve(t, func(ctx *fasthttp.RequestCtx) {
		if strings.HasPrefix(string(ctx.Path()), "/api/platform") {
			one.Serve(ctx)
			return
		}
		other.Serve(ctx)
	})
	return login(t, engine, app, served.Dial)
}

func login(t *testing.T, engine *core.Engine, app *core.App, dial fasthttp.DialFunc) *crossing {
	t.Helper()
	ctx := context.Background()
	one, err := phalapi.NewClient("http://parley/api/platform", phalapi.ClientOptions{Dial: dial})
	if err != nil {
		t.Fatal(err)
	}
	other, err := yesapi.NewClient("http://parley/", yesapi.ClientOptions{AppKey: app.Key, Secret: app.Secret, Dial: dial})
	if err != nil {
		t.Fatal(err)
	}
	const password = "e10adc3949ba59abbe56e057f20f883e"
	c := new(crossing)
	for i, id := range []int64{9948077346, 9371245179} {
		name := []string{"AB君", "dogstar"}[i]
		u, err := engine.Register(ctx, app, core.NewUser{ID: []string{"9948077346", "9371245179"}[i], Username: name, Password: password})
		if err != nil {
			t.Fatal(err)
		}
		c.uuids[i] = u.UUID
		token, err := one.Apply(ctx, app.Key, app.Secret, id)
		if err != nil {
			t.Fatal(err)
		}
		c.phalapi[i] = one.As(token)
		session, err := other.Login(ctx, name, password)
		if err != nil {
			t.Fatal(err)
		}
		c.yesapi[i] = other.As(session)
	}
	return c
}

// TestEveryTypeCrosses sends each type in each dialect and reads it in both: its own bytes come back in its own dialect,
// the best rendering in the other.
func TestEveryTypeCrosses(t *testing.T) {
	const emoji = "你好 😀 <b>\"q\"</b> a/b"
	for _, row := range []struct {
		kind                  core.Kind
		from                  string
		body, phalapi, yesapi string
	}{
		{core.KindText, "phalapi", emoji, emoji, `{"content":"你好 😀 <b>\"q\"</b> a/b"}`},
		{core.KindHTML, "phalapi", "<p>x</p>", "<p>x</p>", `{"content":"<p>x</p>"}`},
		{core.KindImage, "phalapi", "https://e.com/a.png", "https://e.com/a.png", `{"url":"https://e.com/a.png"}`},
		{core.KindImage, "phalapi", `{ "url": "https://e.com/a.png", "w": 1.0 }`, `{ "url": "https://e.com/a.png", "w": 1.0 }`, `{"url":"https://e.com/a.png","w":1.0}`},
		{core.KindLink, "phalapi", "https://e.com/?a=1&b=2", "https://e.com/?a=1&b=2", `{"url":"https://e.com/?a=1&b=2"}`},
		{core.KindCustom, "phalapi", `{"a": {}}`, `{"a": {}}`, `{"a":{}}`},
		{core.KindCustom, "phalapi", "not json", "not json", `{"content":"not json"}`},

		{core.KindText, "yesapi", `{"content":"你好 😀 \"q\" a/b"}`, `你好 😀 "q" a/b`, `{"content":"你好 😀 \"q\" a/b"}`},
		{core.KindText, "yesapi", `{"content":"x","n":1.0}`, "x", `{"content":"x","n":1.0}`},
		{core.KindHTML, "yesapi", `{"content":"<p>x</p>"}`, "<p>x</p>", `{"content":"<p>x</p>"}`},
		{core.KindImage, "yesapi", `{"url":"https://e.com/a.png"}`, "https://e.com/a.png", `{"url":"https://e.com/a.png"}`},
		{core.KindImage, "yesapi", `{"url":"u","w":2}`, `{"url":"u","w":2}`, `{"url":"u","w":2}`},
		{core.KindLink, "yesapi", `{"url":"https://e.com/","title":"t"}`, `{"url":"https://e.com/","title":"t"}`, `{"url":"https://e.com/","title":"t"}`},
		{core.KindCustom, "yesapi", `{"a":{},"b":[1,2]}`, `{"a":{},"b":[1,2]}`, `{"a":{},"b":[1,2]}`},
		{core.KindCustom, "yesapi", `{}`, `{}`, `{}`},
	} {
		t.Run(row.from+" "+row.kind.String()+" "+row.body, func(t *testing.T) {
			c := openCrossing(t)
			sender := c.phalapi[0]
			if row.from == "yesapi" {
				sender = c.yesapi[0]
			}
			content := core.Content{Kind: row.kind, Object: row.from == "yesapi", Body: []byte(row.body)}
			if _, err := sender.Send(context.Background(), core.Outgoing{To: []string{c.uuids[1]}, Content: content}); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				reads(t, c.phalapi[i], c.uuids[1-i], row.kind, row.phalapi)
				reads(t, c.yesapi[i], c.uuids[1-i], row.kind, row.yesapi)
			}
		})
	}
}

func reads(t *testing.T, m core.Messenger, peer string, kind core.Kind, want string) {
	t.Helper()
	h, err := m.History(context.Background(), core.HistoryQuery{Peer: peer, Limit: 10})
	if err != nil || len(h.Messages) != 1 {
		t.Fatalf("%d messages, %v", len(h.Messages), err)
	}
	if got := h.Messages[0].Content; got.Kind != kind || string(got.Body) != want {
		t.Errorf("read %v %s, want %v %s", got.Kind, got.Body, kind, want)
	}
}
