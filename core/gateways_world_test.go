package core_test

import (
	"context"
	"net/url"
	"testing"

	"parley/core"
	"parley/core/coretest"
	"parley/storage"
	"parley/storage/memory"
	"parley/storage/postgres"
	"parley/storage/postgres/postgrestest"
)

// sharedStore says that others may write to it.
type sharedStore struct{ storage.Store }

func (sharedStore) Exclusive() bool { return false }

// storeFor returns an empty store for so many engines at once.
func storeFor(gateways int) storage.Store {
	if gateways == 1 {
		return memory.New()
	}
	return sharedStore{memory.New()}
}

// gatewaysWorld is an app that several engines on one store serve: a member's operations go to them in turn.
type gatewaysWorld struct {
	world
	others []*core.Engine
}

// newGatewaysWorld serves a fresh app through so many engines, each of which opens the store for itself.
func newGatewaysWorld(t *testing.T, gateways int, open func() storage.Store) gatewaysWorld {
	t.Helper()
	w := gatewaysWorld{world: newWorld(t, open())}
	for range gateways - 1 {
		store := open()
		e := openEngine(t, store)
		w.others = append(w.others, e)
		t.Cleanup(func() {
			closeEngine(t, e)
			if err := store.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return w
}

// inMemory opens one and the same store each time.
func inMemory() func() storage.Store {
	store := sharedStore{memory.New()}
	return func() storage.Store { return unclosed{store} }
}

// unclosed is a store that others use, too.
type unclosed struct{ storage.Store }

func (unclosed) Close() error { return nil }

// onPostgres opens a new database each time anew.
func onPostgres(t *testing.T) func() storage.Store {
	t.Helper()
	location, err := url.Parse(postgrestest.Shared(t))
	if err != nil {
		t.Fatal(err)
	}
	return func() storage.Store {
		store, err := postgres.Open(context.Background(), location, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return store
	}
}

func (w gatewaysWorld) Member(t *testing.T, name string) coretest.Member {
	m := w.world.Member(t, name)
	views := []core.Messenger{m.Messenger}
	for _, e := range w.others {
		app, _ := e.App(w.app.Key)
		u, err := e.Find(context.Background(), app, m.Address)
		if err != nil {
			t.Fatal(err)
		}
		views = append(views, e.As(core.Caller{App: app, User: u}))
	}
	m.Messenger = coretest.InTurn(views)
	return m
}
