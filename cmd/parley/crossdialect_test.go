package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
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
	openim          *openimCaller
	uuids           [2]string
}

// crossingIDs are the IDs of the two users.
var crossingIDs = [2]string{"9371245179", "9948077346"}

func openCrossing(t *testing.T) *crossing {
	t.Helper()
	ctx := context.Background()
	engine, err := core.Open(ctx, memory.New(), core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	app, err := engine.PutApp(ctx, core.App{Dialects: map[string]json.RawMessage{"openim": json.RawMessage(`{"secret":"` + openimSecret + `"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return login(t, engine, app, serveDialects(t, engine, time.Now))
}

// serveDialects serves the apps of an engine in three dialects, and returns how to reach them.
func serveDialects(t *testing.T, engine *core.Engine, now func() time.Time) fasthttp.DialFunc {
	t.Helper()
	meter := func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }
	house := wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: meter, Now: now}
	one, err := phalapi.New(house, phalapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := yesapi.New(house)
	if err != nil {
		t.Fatal(err)
	}
	third, err := openim.New(house)
	if err != nil {
		t.Fatal(err)
	}
	routes := make(map[string]fasthttp.RequestHandler)
	for _, r := range third.Routes() {
		routes[r.Path] = r.Handle
	}
	return golden.Serve(t, func(ctx *fasthttp.RequestCtx) {
		if handle := routes[string(ctx.Path())]; handle != nil {
			handle(ctx)
			return
		}
		if strings.HasPrefix(string(ctx.Path()), "/api/platform") {
			one.Serve(ctx)
			return
		}
		other.Serve(ctx)
	}).Dial
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
	for i, id := range []int64{9371245179, 9948077346} {
		name := []string{"AB君", "dogstar"}[i]
		u, err := engine.Register(ctx, app, core.NewUser{ID: crossingIDs[i], Username: name, Password: password})
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
	c.openim = newOpenimCaller(t, dial)
	return c
}
