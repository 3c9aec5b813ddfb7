package core_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"testing"
	"time"

	"parley/core"
	"parley/core/coretest"
	"parley/storage"
	"parley/storage/badger"
	"parley/storage/memory"
)

// world is an engine's app under the corpus.
type world struct {
	engine *core.Engine
	app    *core.App
}

func (w world) Member(t *testing.T, name string) coretest.Member {
	t.Helper()
	u, err := w.engine.Register(context.Background(), w.app, core.NewUser{ID: name})
	if err != nil {
		t.Fatal(err)
	}
	return coretest.Member{Messenger: w.engine.As(core.Caller{App: w.app, User: u}), Address: u.UUID}
}

func (w world) Stranger() string { return "00000000000000000000000000000000" }

func (w world) Content(kind core.Kind, main string) core.Content {
	return core.Content{Kind: kind, Body: []byte(main)}
}

func environment() core.Environment {
	return core.Environment{Now: time.Now, Random: rand.Reader}
}

func openEngine(t *testing.T, store storage.Store) *core.Engine {
	t.Helper()
	e, err := core.Open(context.Background(), store, environment(), core.Options{CacheMiB: 16})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func closeEngine(t *testing.T, e *core.Engine) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// newWorld serves a fresh app from store, which it closes at the end of the test.
func newWorld(t *testing.T, store storage.Store) world {
	t.Helper()
	e := openEngine(t, store)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	app, err := e.PutApp(context.Background(), core.App{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return world{e, app}
}

func openBadgerAt(dir string) (storage.Store, error) {
	return badger.Open(context.Background(), &url.URL{Scheme: "badger", Path: dir}, storage.Options{MemoryMiB: 64, MinFreeMiB: 1})
}

func openBadger(t *testing.T, dir string) storage.Store {
	t.Helper()
	store, err := openBadgerAt(dir)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestCorpus(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		coretest.Run(t, func(t *testing.T) coretest.World { return newWorld(t, memory.New()) })
	})
	t.Run("three gateways", func(t *testing.T) {
		coretest.Run(t, func(t *testing.T) coretest.World { return newGatewaysWorld(t, 3, inMemory()) })
	})
	t.Run("postgres", func(t *testing.T) {
		coretest.Run(t, func(t *testing.T) coretest.World { return newGatewaysWorld(t, 1, onPostgres(t)) })
	})
	t.Run("three gateways on postgres", func(t *testing.T) {
		coretest.Run(t, func(t *testing.T) coretest.World { return newGatewaysWorld(t, 3, onPostgres(t)) })
	})
	t.Run("badger", func(t *testing.T) {
		coretest.Run(t, func(t *testing.T) coretest.World { return newWorld(t, openBadger(t, t.TempDir())) })
	})
}
