package target_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/yesapi"
	"parley/bench/load"
	"parley/bench/load/target"
	"parley/core"
	"parley/storage/memory"
)

// server is an engine with one dialect in front of it, on a listener in memory.
type server struct {
	engine *core.Engine
	app    *core.App
	dial   fasthttp.DialFunc
}

func serve(t *testing.T, dialect string, app core.App) *server {
	t.Helper()
	ctx := context.Background()
	engine, err := core.Open(ctx, memory.New(), core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{engine: engine}
	if s.app, err = engine.PutApp(ctx, app); err != nil {
		t.Fatal(err)
	}
	if app.Dialects != nil {
		if _, err := engine.Register(ctx, s.app, core.NewUser{UUID: anonymous}); err != nil {
			t.Fatal(err)
		}
	}
	meter := func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }
	house := wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: meter, Now: time.Now}
	handler := handlerOf(t, dialect, house)
	listener := fasthttputil.NewInmemoryListener()
	http := &fasthttp.Server{Handler: handler}
	served := make(chan error, 1)
	go func() { served <- http.Serve(listener) }()
	t.Cleanup(func() {
		if err := http.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	s.dial = func(string) (net.Conn, error) { return listener.Dial() }
	return s
}

func handlerOf(t *testing.T, dialect string, house wire.House) fasthttp.RequestHandler {
	t.Helper()
	switch dialect {
	case openim.Name:
		d, err := openim.New(house)
		if err != nil {
			t.Fatal(err)
		}
		paths := make(map[string]fasthttp.RequestHandler)
		for _, route := range d.Routes() {
			paths[route.Path] = route.Handle
		}
		return func(ctx *fasthttp.RequestCtx) {
			if handle, ok := paths[string(ctx.Path())]; ok {
				handle(ctx)
				return
			}
			d.Unknown(ctx)
		}
	case phalapi.Name:
		d, err := phalapi.New(house, phalapi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return d.Serve
	}
	d, err := yesapi.New(house)
	if err != nil {
		t.Fatal(err)
	}
	return d.Serve
}

const (
	anonymous    = "F0000000000000000000000000000000"
	openimSecret = "the secret of a test"
)

// TestEndToEnd drives a server of each dialect with a few hundred requests of every kind that it offers.
func TestEndToEnd(t *testing.T) {
	const requests, bulkTo = 300, 3
	for name, c := range map[string]struct {
		dialect string
		app     core.App
		ids     int
		noToken bool
	}{
		"openim":              {dialect: "openim", app: core.App{Dialects: map[string]json.RawMessage{"openim": []byte(`{"secret":"` + openimSecret + `","admin_users":["chief"]}`)}}},
		"yesapi":              {dialect: "yesapi", app: core.App{Dialects: map[string]json.RawMessage{"yesapi": []byte(`{"sign":"required"}`)}}},
		"phalapi, open users": {dialect: "phalapi", app: core.App{OpenUsers: true}},
		"phalapi, closed":     {dialect: "phalapi", ids: 5},
		"phalapi, anonymous": {
			dialect: "phalapi", ids: 5, noToken: true,
			app: core.App{Dialects: map[string]json.RawMessage{"phalapi": []byte(`{"anonymous_user":"` + anonymous + `"}`)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.dialect, c.app)
			o := target.Options{
				URL: "http://parley/", Dialect: c.dialect, AppKey: s.app.Key, Secret: s.app.Secret,
				Users: 5, Connections: 4, Dial: s.dial,
			}
			switch c.dialect {
			case openim.Name:
				o.AppKey, o.Secret, o.AdminUser = "", openimSecret, "chief"
			case phalapi.Name:
				o.URL = "http://parley"
			}
			for i := range c.ids {
				id := int64(7000 + i)
				o.UserIDs = append(o.UserIDs, id)
				if _, err := s.engine.Register(t.Context(), s.app, core.NewUser{ID: strconv.FormatInt(id, 10)}); err != nil {
					t.Fatal(err)
				}
			}
			if c.noToken {
				o.AppKey, o.Secret = "", ""
			}
			var mix load.Mix
			for _, op := range target.Operations(c.dialect) {
				mix[op] = 1
			}
			if err := o.Check(mix); err != nil {
				t.Fatal(err)
			}
			people, err := target.Open(t.Context(), o, nil)
			if err != nil {
				t.Fatal(err)
			}
			drive(t, people, mix, requests, bulkTo)
			if again, err := target.Open(t.Context(), o, nil); err != nil || len(again.Members) != len(people.Members) {
				t.Errorf("the second time %d members, %v", len(again.Members), err)
			}
		})
	}
}

func drive(t *testing.T, people load.People, mix load.Mix, requests int64, recipients int) {
	t.Helper()
	r, err := load.Run(t.Context(), load.Settings{
		Workload:    load.Workload{Mix: mix, Skew: 0.5, Contacts: 2, Recipients: recipients, Size: 40, Page: 10, Seed: 1},
		Connections: 4, Requests: requests, Duration: time.Hour, Timeout: time.Minute,
	}, people, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all int64
	for _, op := range load.Ops() {
		o := &r.Ops[op]
		all += o.Requests
		if n := o.Errors.Sum(); n > 0 || (o.Succeeded > 0) != (mix[op] > 0) || o.Succeeded != o.Requests {
			t.Errorf("%v: %d of %d succeeded, errors %v", op, o.Succeeded, o.Requests, o.Errors)
		}
	}
	if all != requests || r.Sent != requests || r.Stopped != load.StopRequests {
		t.Errorf("%d requests, %d sent, stopped by %s", all, r.Sent, r.Stopped)
	}
	m := people.Members[0]
	peer := people.Members[len(people.Members)-1].Address
	if len(people.Peers) > 0 {
		peer = people.Peers[0]
	}
	h, err := m.Messenger.History(t.Context(), core.HistoryQuery{Peer: peer, Limit: 10})
	if err != nil || len(h.Messages) == 0 {
		t.Errorf("%d messages were stored, %v", len(h.Messages), err)
	}
}

func TestWrongPassword(t *testing.T) {
	s := serve(t, "yesapi", core.App{})
	o := target.Options{
		URL: "http://parley/", Dialect: "yesapi", AppKey: s.app.Key, Secret: s.app.Secret, Password: "first",
		Users: 2, Connections: 2, Dial: s.dial,
	}
	if _, err := target.Open(t.Context(), o, nil); err != nil {
		t.Fatal(err)
	}
	o.Password = "second"
	if _, err := target.Open(t.Context(), o, nil); core.CodeOf(err) != core.Forbidden {
		t.Errorf("with another password: %v", err)
	}
}
