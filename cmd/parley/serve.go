package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/core"
)

func (p *program) serveCommand() *cli.Command {
	return &cli.Command{
		Name:  "serve",
		Usage: "answer clients",
		Description: `Examples:

   parley serve --demo
   parley serve --config /etc/parley.yaml
   PARLEY_LISTEN=:8080 parley serve --store badger:///var/lib/parley

Every flag has an environment variable: --memory-mib is PARLEY_MEMORY_MIB.
"parley config docs" describes them all, and the file's keys. SIGTERM or ^C
stops after the requests that run have ended; a second one stops at once.`,
		Flags:  settingFlags(),
		Action: p.serve,
	}
}

func (p *program) serve(ctx context.Context, c *cli.Command) error {
	l, err := p.load(c)
	if err != nil {
		return err
	}
	log := newLogger(p.stderr, l.Log, l.LogLevel)
	slog.SetDefault(log) // libraries of the storage engine log there

	signalled, release := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer release()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	context.AfterFunc(signalled, func() {
		release() // before anything is stopped, so that a second signal ends the process
		stop()
	})

	defer holdMemory(l.MemoryMiB)()
	s, err := server.Start(ctx, server.Config{Settings: l.Settings, Version: version, Log: log})
	if err != nil {
		return startError(err)
	}
	if err := s.PrintDemo(p.stdout); err != nil {
		return errors.Join(fmt.Errorf("the demo's lines cannot be printed: %w", err), s.Stop(ctx))
	}
	log.Info("serving", slog.String("version", version), slog.String("listen", s.Addr().String()),
		slog.String("admin", addressOf(s.AdminAddr())), slog.String("store", server.Identity(l.Store)),
		slog.Int("apps", len(s.Engine().Apps())))
	return s.Run(ctx)
}

// startError keeps faults of the engine from being taken for refusals of a request.
func startError(err error) error {
	if fault, ok := errors.AsType[*core.Fault](err); ok {
		return errors.New("the server does not start: " + fault.Error())
	}
	return err
}

func addressOf(a net.Addr) string {
	if a == nil {
		return "off"
	}
	return a.String()
}
