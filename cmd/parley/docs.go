package main

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/urfave/cli/v3"

	"parley/adapters/wire"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage/memory"
)

func (p *program) docsCommand() *cli.Command {
	return &cli.Command{
		Name:        "docs",
		Usage:       "print the reference page of every endpoint, in Markdown",
		Description: "The page is made from the rows that serve the endpoints.\n\nExample:\n\n   parley docs --dialect yesapi --lang zh",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "dialect", Usage: "print only `NAME`: phalapi, yesapi, openim or wechat"},
			&cli.StringFlag{Name: "lang", Value: "en", Usage: "language: en or zh"},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			lang := settings.Language(c.String("lang"))
			if lang != settings.English && lang != settings.Chinese {
				return usagef("--lang is en or zh, not %q", lang)
			}
			return printReference(ctx, p.stdout, c.String("dialect"), lang)
		},
	}
}

// printReference writes the pages of the named dialect, or of all. It builds the dialects on an engine that holds
// nothing.
func printReference(ctx context.Context, out io.Writer, only string, lang settings.Language) error {
	env, store, log := server.SystemEnvironment(), memory.New(), slog.New(slog.DiscardHandler)
	engine, err := core.Open(ctx, store, env, core.Options{})
	if err != nil {
		return err
	}
	defer engine.Close() //nolint:errcheck // nothing was written
	current := settings.Default()
	accounts, err := server.OpenAccounts(ctx, engine, store, &current, nil, nil, env, log)
	if err != nil {
		return err
	}
	defer accounts.Worker.Close()
	unmetered := func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }
	dialects, err := server.Dialects(engine, accounts, &current, log, unmetered, env.Now)
	if err != nil {
		return err
	}
	var page []byte
	for _, d := range dialects {
		if only == "" || only == d.Name() {
			page = wire.AppendReference(page, d, wire.In(lang == settings.Chinese))
		}
	}
	if len(page) == 0 {
		return usagef("there is no dialect %q", only)
	}
	_, err = out.Write(page)
	return err
}
