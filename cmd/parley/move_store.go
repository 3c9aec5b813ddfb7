package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/admin"
	"parley/cmd/parley/server"
	"parley/core"
	"parley/core/official"
	"parley/storage"
)

// openStore is a store that a command has to itself, with an engine on it.
type openStore struct {
	engine   *core.Engine
	official *official.Service // nil unless it was asked for
}

// alone runs do on the store of the command's settings, which no server has open. Unless create is set it must exist.
// The context of do ends with the first signal; a second one ends the process.
func (p *program) alone(ctx context.Context, c *cli.Command, create, accounts bool, do func(context.Context, openStore) error) error {
	l, err := p.load(c)
	if err != nil {
		return err
	}
	if location, err := url.Parse(l.Store); err == nil && location.Scheme == "memory" {
		return usagef("a store in memory ends with its server; --store names another")
	}
	if dir := server.StoreDir(l.Store); dir != "" && !create {
		if _, err := os.Stat(filepath.Join(dir, "MANIFEST")); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("there is no store at %s; --store names another", dir)
		}
	}
	ctx, release := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer release()
	context.AfterFunc(ctx, release)
	env, log := server.SystemEnvironment(), slog.Default()
	engine, store, closeBoth, err := server.OpenEngine(ctx, &l.Settings, env, log)
	if errors.Is(err, storage.ErrLocked) {
		return fmt.Errorf("%w: the store is in use; stop the server that has it open", admin.ErrUnreachable)
	}
	if err != nil {
		return startError(err)
	}
	opened := openStore{engine: engine}
	if accounts {
		if opened.official, err = official.Open(ctx, store, env, official.Options{Log: log}); err != nil {
			return errors.Join(err, closeBoth())
		}
	}
	return errors.Join(do(ctx, opened), closeBoth())
}

// chooseApp returns the app with a key, or without one the only app.
func chooseApp(e *core.Engine, key string) (*core.App, error) {
	if key != "" {
		if app, ok := e.App(key); ok {
			return app, nil
		}
		return nil, core.NewFault(core.NotFound, core.FieldApp, "the store has no app "+key)
	}
	all := e.Apps()
	switch len(all) {
	case 0:
		return nil, core.NewFault(core.NotFound, core.FieldApp, "the store has no app")
	case 1:
		return all[0], nil
	}
	return nil, usagef("the store has %d apps; choose one with --app", len(all))
}
