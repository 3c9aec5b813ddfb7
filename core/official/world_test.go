package official_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"parley/core"
	"parley/core/official"
	"parley/storage"
	"parley/storage/badger"
	"parley/storage/memory"
)

// world is a service on one store with a clock that the test moves.
type world struct {
	*official.Service
	store   storage.Store
	now     time.Time
	options official.Options
	account string
}

func (w *world) open(tb testing.TB) {
	tb.Helper()
	env := core.Environment{Now: func() time.Time { return w.now }, Random: rand.Reader}
	s, err := official.Open(context.Background(), w.store, env, w.options)
	if err != nil {
		tb.Fatal(err)
	}
	w.Service = s
}

func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

func newWorld(tb testing.TB, store storage.Store) *world {
	tb.Helper()
	w := &world{store: store, now: time.UnixMilli(1_700_000_000_000), options: official.Options{
		Key: make([]byte, 32), Log: slog.New(slog.DiscardHandler),
	}}
	w.open(tb)
	a, err := w.Bind(tb.Context(), "gh_0")
	if err != nil {
		tb.Fatal(err)
	}
	w.account = a.ID
	return w
}

func onMemory(tb testing.TB) *world { return newWorld(tb, memory.New()) }

func onBadger(tb testing.TB) *world {
	tb.Helper()
	location := &url.URL{Scheme: "badger", Path: filepath.ToSlash(tb.TempDir())}
	store, err := badger.Open(tb.Context(), location, storage.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := store.Close(); err != nil {
			tb.Error(err)
		}
	})
	return newWorld(tb, store)
}

// TestService runs every case on every engine.
func TestService(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *world{"memory": onMemory, "badger": onBadger} {
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
			}
		})
	}
}

var cases = [...]struct {
	name string
	run  func(t *testing.T, w *world)
}{
	{"binding is idempotent", binding},
	{"credentials are sealed", credentials},
	{"unknown accounts and rows", unknown},
	{"followers come and go", subscribing},
	{"group rules", groupRules},
	{"followers are paged", followerPages},
	{"selections", selections},
	{"unseen followers", unseen},
	{"changes at once", concurrent},
	{"groups", groups},
	{"a group is deleted", deleting},
	{"texts", texts},
	{"media", media},
	{"uploads that fail leave nothing", failedUploads},
	{"a video is replaced", replacing},
	{"uploads to the platform", uploads},
	{"news", news},
	{"rules", rules},
	{"special rules", specialRules},
	{"matching", matching},
	{"menu", menu},
	{"an imported menu", importedMenu},
	{"received messages", inbound},
	{"received messages are filtered", inboundFilters},
	{"mass sends", massSends},
	{"mass sends after a crash", massCrash},
	{"reports", reports},
	{"jobs", jobs},
	{"cursors", cursors},
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused expects a fault.
func refused(t testing.TB, err error, code core.Code, field core.Field) {
	t.Helper()
	if f := core.AsFault(err); f == nil || f.Code != code || f.Field != field {
		t.Fatalf("%v, want %s %s", err, code, field)
	}
}
