package yesapi_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/core/coretest"
	"parley/storage/memory"
)

// loop is the corpus's world: our client in front of our server in front of an engine.
type loop struct {
	client *yesapi.Client
}

func openLoop(t *testing.T) coretest.World {
	t.Helper()
	store := memory.New()
	engine, err := core.Open(context.Background(), store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 16})
	if err != nil {
		t.Fatal(err)
	}
	app, err := engine.PutApp(context.Background(), core.App{Dialects: map[string]json.RawMessage{"yesapi": []byte(`{"sign":"required"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	dialect, err := yesapi.New(wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: discard, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	server := golden.Serve(t, dialect.Serve)
	client, err := yesapi.NewClient("http://parley/", yesapi.ClientOptions{
		AppKey: app.Key, Secret: app.Secret,
		Dial: server.Dial,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &loop{client: client}
}

func discard(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }

func (l *loop) Member(t *testing.T, name string) coretest.Member {
	t.Helper()
	const password = "e10adc3949ba59abbe56e057f20f883e"
	uuid, err := l.client.Register(context.Background(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	session, err := l.client.Login(context.Background(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	return coretest.Member{Messenger: l.client.As(session), Address: uuid}
}

func (l *loop) Stranger() string { return "00000000000000000000000000000000" }

func (l *loop) Content(kind core.Kind, main string) core.Content {
	value, err := json.Marshal(main)
	if err != nil {
		panic(err)
	}
	return core.Content{Kind: kind, Object: true, Body: []byte(`{"` + kind.MainField() + `":` + string(value) + `}`)}
}

// Traits implements coretest.Peculiar.
func (l *loop) Traits() coretest.Traits { return coretest.Traits{NoKeys: true} }

func (l *loop) Directory() core.Directory { return l.client.Directory() }

func TestCorpusThroughClientAndServer(t *testing.T) {
	coretest.Run(t, openLoop)
}
