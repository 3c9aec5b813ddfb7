package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage"
	"parley/storage/transfer"
)

// SystemEnvironment is the machine's clock and randomness.
func SystemEnvironment() core.Environment {
	return core.Environment{Now: time.Now, Random: rand.Reader}
}

// storeMemory returns what the store may keep of memory_mib. A quarter is the engine's; what is left is for what is under way
// and for what the collector has not come to yet.
func storeMemory(memoryMiB int) int { return memoryMiB * 3 / 8 }

// OpenEngine opens the store of the settings and an engine on it, which tells log what it tells no caller. closeBoth
// ends both.
func OpenEngine(ctx context.Context, s *settings.Settings, env core.Environment, log *slog.Logger) (e *core.Engine, store storage.Store, closeBoth func() error, err error) {
	store, err = Engines().Open(ctx, s.Store, storage.Options{MemoryMiB: storeMemory(s.MemoryMiB), MinFreeMiB: s.MinFreeMiB})
	if err != nil {
		return nil, nil, nil, err
	}
	if err := checkComplete(ctx, store); err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("store %s: %w", Identity(s.Store), err), store.Close())
	}
	e, err = core.Open(ctx, store, env, core.Options{
		CacheMiB:      s.MemoryMiB / 4,
		MaxBody:       s.Limits.MessageBytes,
		MaxRecipients: s.Limits.Recipients,
		Log:           log,
	})
	if err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("store %s: %w", Identity(s.Store), err), store.Close())
	}
	return e, store, func() error { return errors.Join(e.Close(), store.Close()) }, nil
}

// checkComplete refuses a store that is being copied from another: what is not there yet would be taken for what never
// was.
func checkComplete(ctx context.Context, store storage.Store) error {
	u, err := transfer.ReadUnfinished(ctx, store)
	if err == nil && u != nil {
		err = fmt.Errorf("it is an unfinished copy of %s, %.1f %% of which is there; finish it with `parley store copy`", u.Source, u.Share())
	}
	return err
}

// StoreDir returns the directory of the store at rawURL, absolute and without symbolic links as far as it exists, or
// empty if the store is not in a directory.
func StoreDir(rawURL string) string {
	location, err := url.Parse(rawURL)
	if err != nil || location.Scheme != "badger" {
		return ""
	}
	dir, err := filepath.Abs(filepath.FromSlash(location.Host + location.Path))
	if err != nil {
		return ""
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		return real
	}
	return dir
}

// Identity names the store at rawURL without credentials, and the same store always in the same way.
func Identity(rawURL string) string {
	if dir := StoreDir(rawURL); dir != "" {
		return "badger://" + filepath.ToSlash(dir)
	}
	location, err := url.Parse(rawURL)
	if err != nil {
		return "a store"
	}
	if location.Opaque != "" || location.Host == "" && location.Path == "" {
		return location.Scheme + ":"
	}
	name := url.URL{Scheme: location.Scheme, Host: location.Host, Path: location.Path}
	if name.Scheme == "postgresql" {
		name.Scheme = "postgres"
	}
	if user := location.User.Username(); user != "" {
		name.User = url.User(user)
	}
	if path := location.Query().Get("search_path"); path != "" {
		name.RawQuery = url.Values{"search_path": {path}}.Encode() // one database holds a store in each schema
	}
	return name.String()
}
