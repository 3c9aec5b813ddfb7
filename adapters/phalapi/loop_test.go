package phalapi_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/core"
	"parley/core/coretest"
	"parley/storage/memory"
)

// loop is the corpus's world: our client in front of our server in front of an engine.
type loop struct {
	engine *core.Engine
	app    *core.App
	client *phalapi.Client
	next   int64
}

func openLoop(t *testing.T) coretest.World {
	t.Helper()
	store := memory.New()
	engine, err := core.Open(context.Background(), store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 16})
	if err != nil {
		t.Fatal(err)
	}
	app, err := engine.PutApp(context.Background(), core.App{})
	if err != nil {
		t.Fatal(err)
	}
	dialect, err := phalapi.New(wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: discard, Now: time.Now}, phalapi.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	server := golden.Serve(t, dialect.Serve)
	client, err := phalapi.NewClient("http://parley/api/platform", phalapi.ClientOptions{
		Dial: server.Dial,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &loop{engine: engine, app: app, client: client, next: 9_000_000_000}
}

func discard(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }

func (l *loop) Member(t *testing.T, _ string) coretest.Member {
	t.Helper()
	l.next++
	u, err := l.engine.Register(context.Background(), l.app, core.NewUser{ID: strconv.FormatInt(l.next, 10)})
	if err != nil {
		t.Fatal(err)
	}
	token, err := l.client.Apply(context.Background(), l.app.Key, l.app.Secret, l.next)
	if err != nil {
		t.Fatal(err)
	}
	return coretest.Member{Messenger: l.client.As(token), Address: u.UUID}
}

func (l *loop) Stranger() string { return "00000000000000000000000000000000" }

func (l *loop) Content(kind core.Kind, main string) core.Content {
	return core.Content{Kind: kind, Body: []byte(main)}
}

// Traits implements coretest.Peculiar.
func (l *loop) Traits() coretest.Traits {
	return coretest.Traits{UnreadElsewhere: true, NoKeys: true, NoMarks: true, NoUsers: true, NoDirectory: true}
}

func (l *loop) Directory() core.Directory { return l.client.Directory() }

func TestCorpusThroughClientAndServer(t *testing.T) {
	coretest.Run(t, openLoop)
}
