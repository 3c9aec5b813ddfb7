// Package bench measures the hot paths: Go benchmarks of the dialects and the engine in process, and, in its command
// shares, a server's throughput as a share of what the same HTTP library reaches without doing the work.
package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/storage"
	"parley/storage/badger"
)

// The credentials of the app that is measured, and the user who acts where a PhalApi call carries no token.
const (
	AppKey    = "0123456789ABCDEF0123456789ABCDEF"
	appSecret = "a-secret-for-measuring-and-nothing-else"
	anonymous = "F0000000000000000000000000000000"
)

// Parley is an engine on a durable store with the dialects in front of it. It is safe for concurrent use.
type Parley struct {
	Engine *core.Engine
	App    *core.App
	// Handle answers one request of any dialect, as the server's own handler does after its checks of the framing.
	Handle fasthttp.RequestHandler

	store storage.Store
}

// Open opens the store in dir, creating it if need be, and an engine that remembers up to cacheMiB; zero is the engine's
// default. Every acknowledged write is synced to the disk.
func Open(ctx context.Context, dir string, cacheMiB int) (*Parley, error) {
	store, err := openStore(ctx, dir)
	if err != nil {
		return nil, err
	}
	return start(ctx, store, cacheMiB)
}

func openStore(ctx context.Context, dir string) (storage.Store, error) {
	return badger.Open(ctx, &url.URL{Scheme: "badger", Path: filepath.ToSlash(dir)}, storage.Options{MinFreeMiB: 256})
}

// start is Open for a store that is open. It closes the store if it fails.
func start(ctx context.Context, store storage.Store, cacheMiB int) (*Parley, error) {
	log := slog.New(slog.DiscardHandler)
	engine, err := core.Open(ctx, store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: cacheMiB, Log: log})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	p := &Parley{Engine: engine, store: store}
	if err := p.serve(ctx, log); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// serve prepares the app and the dialects.
func (p *Parley) serve(ctx context.Context, log *slog.Logger) (err error) {
	p.App, err = p.Engine.PutApp(ctx, core.App{Key: AppKey, Secret: appSecret, Name: "bench", Dialects: map[string]json.RawMessage{
		phalapi.Name: json.RawMessage(`{"anonymous_user":"` + anonymous + `"}`),
		yesapi.Name:  json.RawMessage(`{"sign":"required","auth":true}`),
		openim.Name:  json.RawMessage(`{"secret":"` + appSecret + `"}`),
	}})
	if err != nil {
		return err
	}
	house := wire.House{Engine: p.Engine, Log: log, Meter: unmetered, Now: time.Now}
	phal, err := phalapi.New(house, phalapi.Options{App: AppKey})
	if err != nil {
		return err
	}
	yes, err := yesapi.New(house)
	if err != nil {
		return err
	}
	open, err := openim.New(house)
	if err != nil {
		return err
	}
	p.Handle = route(phal, yes, open)
	return nil
}

// unmetered is a wire.Meter that records nothing.
func unmetered(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }

// Close ends the engine and then its store.
func (p *Parley) Close() error { return errors.Join(p.Engine.Close(), p.store.Close()) }
