package main

import (
	"context"
	"encoding/json"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/yesapi"
	"parley/cmd/parley/server"
	"parley/core"
	"parley/core/coretest"
	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

// gateway is a server with three dialects on a store that others serve, too.
type gateway struct {
	engine *core.Engine
	app    *core.App
	dial   fasthttp.DialFunc
}

// openGateways serves one app of a new PostgreSQL database through so many gateways. Time passes by a millisecond with
// each look at the clock: what is listed by time needs times.
func openGateways(t *testing.T, count int) (all []*gateway, now func() time.Time) {
	t.Helper()
	database := postgrestest.Shared(t)
	var clock atomic.Int64
	clock.Store(time.Now().UnixMilli())
	now = func() time.Time { return time.UnixMilli(clock.Add(1)) }
	key := ""
	for range count {
		store, err := server.Engines().Open(t.Context(), database, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		env := server.SystemEnvironment()
		env.Now = now
		engine, err := core.Open(t.Context(), store, env, core.Options{CacheMiB: 8})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := engine.Close(); err != nil {
				t.Error(err)
			}
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
		if key == "" {
			app, err := engine.PutApp(t.Context(), core.App{Dialects: map[string]json.RawMessage{
				"openim": json.RawMessage(`{"secret":"` + openimSecret + `"}`),
			}})
			if err != nil {
				t.Fatal(err)
			}
			key = app.Key
		}
		g := &gateway{engine: engine}
		g.app, _ = engine.App(key)
		g.dial = serveDialects(t, engine, now)
		all = append(all, g)
	}
	return all, now
}

// gatewayLoop is the corpus's world: the clients of one dialect in front of gateways that each request goes to in turn.
type gatewayLoop struct {
	// register makes a user and returns its messenger at each gateway.
	register func(t *testing.T, name string) (views []core.Messenger, address string)
	stranger string
	object   bool // contents are objects
	traits   coretest.Traits
	accounts core.Directory
}

func (l *gatewayLoop) Member(t *testing.T, name string) coretest.Member {
	t.Helper()
	views, address := l.register(t, name)
	return coretest.Member{Messenger: coretest.InTurn(views), Address: address}
}

func (l *gatewayLoop) Stranger() string { return l.stranger }

func (l *gatewayLoop) Content(kind core.Kind, main string) core.Content {
	if !l.object {
		return core.Content{Kind: kind, Body: []byte(main)}
	}
	body, err := json.Marshal(map[string]string{kind.MainField(): main})
	if err != nil {
		return core.Content{}
	}
	return core.Content{Kind: kind, Object: true, Body: body}
}

// Traits implements coretest.Peculiar.
func (l *gatewayLoop) Traits() coretest.Traits { return l.traits }

// Directory implements coretest.Registered.
func (l *gatewayLoop) Directory() core.Directory { return l.accounts }

const nobody = "00000000000000000000000000000000"

func phalapiLoop(t *testing.T, all []*gateway, _ func() time.Time) *gatewayLoop {
	t.Helper()
	next := int64(9_000_000_000)
	first, err := phalapi.NewClient("http://parley/api/platform", phalapi.ClientOptions{Dial: all[0].dial})
	if err != nil {
		t.Fatal(err)
	}
	return &gatewayLoop{
		stranger: nobody, accounts: first.Directory(),
		traits: coretest.Traits{UnreadElsewhere: true, NoKeys: true, NoMarks: true, NoUsers: true, NoDirectory: true},
		register: func(t *testing.T, _ string) (views []core.Messenger, address string) {
			t.Helper()
			next++
			u, err := all[0].engine.Register(t.Context(), all[0].app, core.NewUser{ID: strconv.FormatInt(next, 10)})
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range all {
				client, err := phalapi.NewClient("http://parley/api/platform", phalapi.ClientOptions{Dial: g.dial})
				if err != nil {
					t.Fatal(err)
				}
				token, err := client.Apply(t.Context(), g.app.Key, g.app.Secret, next)
				if err != nil {
					t.Fatal(err)
				}
				views = append(views, client.As(token))
			}
			return views, u.UUID
		},
	}
}

func yesapiLoop(t *testing.T, all []*gateway, _ func() time.Time) *gatewayLoop {
	t.Helper()
	clients := make([]*yesapi.Client, len(all))
	for i, g := range all {
		var err error
		clients[i], err = yesapi.NewClient("http://parley/", yesapi.ClientOptions{AppKey: g.app.Key, Secret: g.app.Secret, Dial: g.dial})
		if err != nil {
			t.Fatal(err)
		}
	}
	return &gatewayLoop{
		stranger: nobody, object: true, traits: coretest.Traits{NoKeys: true}, accounts: clients[1].Directory(),
		register: func(t *testing.T, name string) (views []core.Messenger, address string) {
			t.Helper()
			const password = "e10adc3949ba59abbe56e057f20f883e"
			address, err := clients[0].Register(t.Context(), name, password)
			if err != nil {
				t.Fatal(err)
			}
			session, err := clients[len(clients)-1].Login(t.Context(), name, password)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range clients {
				views = append(views, c.As(session))
			}
			return views, address
		},
	}
}

func openimLoop(t *testing.T, all []*gateway, now func() time.Time) *gatewayLoop {
	t.Helper()
	clients := make([]*openim.Client, len(all))
	for i, g := range all {
		var err error
		clients[i], err = openim.NewClient("http://openim/", openim.ClientOptions{Secret: openimSecret, Now: now, Dial: g.dial})
		if err != nil {
			t.Fatal(err)
		}
	}
	return &gatewayLoop{
		stranger: "stranger", accounts: clients[1].Directory(),
		traits: coretest.Traits{PlacesAreIDs: true, ReadsUpTo: true, AnswersRead: true, UnreadElsewhere: true, NoKeys: true},
		register: func(t *testing.T, name string) (views []core.Messenger, address string) {
			t.Helper()
			if err := clients[0].Register(context.Background(), openim.Account{ID: name, Nickname: name}); err != nil {
				t.Fatal(err)
			}
			for _, c := range clients {
				views = append(views, c.As(name))
			}
			return views, name
		},
	}
}

// Every dialect's client passes the corpus whichever of two gateways on one database its requests reach.
func TestDialectsThroughTwoGateways(t *testing.T) {
	for name, open := range map[string]func(*testing.T, []*gateway, func() time.Time) *gatewayLoop{
		"phalapi": phalapiLoop, "yesapi": yesapiLoop, "openim": openimLoop,
	} {
		t.Run(name, func(t *testing.T) {
			coretest.Run(t, func(t *testing.T) coretest.World {
				all, now := openGateways(t, 2)
				return open(t, all, now)
			})
		})
	}
}
