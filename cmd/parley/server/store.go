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
)

// SystemEnvironment is the machine's clock and randomness.
func SystemEnvironment() core.Environment {
	return core.Environment{Now: time.Now, Random: rand.Reader}
}

// OpenEngine opens the store of the settings and an engine on it, which tells log what it tells no caller. closeBoth
// ends both.
func OpenEngine(ctx context.Context, s *settings.Settings, env core.Environment, log *slog.Logger) (e *core.Engine, store storage.Store, closeBoth func() error, err error) {
	store, err = Engines().Open(ctx, s.Store, storage.Options{MemoryMiB: s.MemoryMiB / 2, MinFreeMiB: s.MinFreeMiB})
	if err != nil {
		return nil, nil, nil, err
	}
	e, err = core.Open(ctx, store, env, core.Options{
		CacheMiB:      s.MemoryMiB / 2,
		MaxBody:       s.Limits.MessageBytes,
		MaxRecipients: s.Limits.Recipients,
		Log:           log,
	})
	if err != nil {
		return nil, nil, nil, errors.Join(fmt.Errorf("store %s: %w", s.Store, err), store.Close())
	}
	return e, store, func() error { return errors.Join(e.Close(), store.Close()) }, nil
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

// Identity names the store at rawURL so that two processes on one machine can tell whether they mean the same. It holds
// no credentials.
func Identity(rawURL string) string {
	if dir := StoreDir(rawURL); dir != "" {
		return "badger://" + filepath.ToSlash(dir)
	}
	if location, err := url.Parse(rawURL); err == nil {
		return location.Redacted()
	}
	return "unknown"
}
