package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/admin"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
	"parley/storage"
)

// operate runs do on the store of the command's settings: on the store itself if it is free, and otherwise through the
// admin listener of the server that has it open. Unless create is set, the store must exist.
func (p *program) operate(ctx context.Context, c *cli.Command, create bool, do func(admin.Operations) error) error {
	l, err := p.load(c)
	if err != nil {
		return err
	}
	if location, err := url.Parse(l.Store); err == nil && location.Scheme == "memory" {
		// Such a store lives in its server only.
		return remotely(ctx, l, do)
	}
	if dir := server.StoreDir(l.Store); dir != "" && !create {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("there is no store at %s; `parley app add` creates one, --store names another", dir)
		}
	}
	engine, _, closeBoth, err := server.OpenEngine(ctx, &l.Settings, server.SystemEnvironment(), slog.Default())
	if errors.Is(err, storage.ErrLocked) {
		return remotely(ctx, l, do)
	}
	if err != nil {
		return startError(err)
	}
	return errors.Join(do(server.Operations(engine)), closeBoth())
}

func remotely(ctx context.Context, l *settings.Loaded, do func(admin.Operations) error) error {
	if l.Admin == "" {
		return fmt.Errorf("%w: the store is in use by a server, and admin is off in these settings; "+
			"give the server's admin address with --admin, or stop the server", admin.ErrUnreachable)
	}
	client, err := admin.Dial(ctx, l.Admin, l.AdminToken, server.Identity(l.Store))
	if errors.Is(err, admin.ErrUnreachable) {
		return fmt.Errorf("the store is in use by another process, and its admin listener is not at %s; "+
			"give the address with --admin, or stop the process: %w", l.Admin, err)
	}
	if err != nil {
		return err
	}
	return do(client)
}
