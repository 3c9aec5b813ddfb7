package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"parley/bench/report"
	"parley/core/migrate"
)

// interrupted says what ^C would do to a run.
const interrupted = "end after the batch that is being written; the same command goes on there"

func (p *program) setMigration(_ context.Context, c *cli.Command) error {
	if !c.IsSet("rate") || c.Float("rate") < 0 {
		return usagef("set needs --rate, records a second or 0 for as fast as it goes")
	}
	l, err := p.load(c)
	if err != nil {
		return err
	}
	perSecond := c.Float("rate")
	a, err := askControl(l.Store, controlRequest{Rate: &perSecond})
	if err != nil {
		return err
	}
	return p.show(c, a, [][]string{{a.Source, "limit", limitText(a.Limit)}})
}

func limitText(perSecond float64) string {
	if perSecond == 0 {
		return "none"
	}
	return fmt.Sprintf("%g records a second", perSecond)
}

func (p *program) migrationStatus(ctx context.Context, c *cli.Command) (err error) {
	l, err := p.load(c)
	if err != nil {
		return err
	}
	a, err := askControl(l.Store, controlRequest{})
	if err == nil {
		return p.show(c, a, runningTable(&a))
	}
	if !errors.Is(err, errNotRunning) {
		return err
	}
	if c.String("from") == "" {
		return fmt.Errorf("no migration into this store runs; with --from the ledger says how far that one is")
	}
	t, err := p.openTarget(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	name, err := p.sourceName(ctx, c, t.app)
	if err != nil {
		return err
	}
	s, err := migrate.ReadStatus(ctx, t.engine, t.app, name, time.Now().UnixMilli())
	if err != nil {
		return err
	}
	return p.show(c, s, restingTable(name, &s))
}

func runningTable(a *controlAnswer) [][]string {
	lines := [][]string{
		{"source", a.Source},
		{"phase", a.Phase},
		{"done", percent(a.Share)},
		{"messages", report.Count(a.Messages)},
		{"rejected", report.Count(a.Rejected)},
		{"messages a second", report.Count(int64(a.PerSecond))},
		{"limit", limitText(a.Limit)},
	}
	if a.Left != "" {
		lines = append(lines, []string{"left", a.Left})
	}
	if a.Waiting != "" {
		lines = append(lines, []string{"waiting", a.Waiting})
	}
	return append(lines, []string{"done by", a.Holder}, []string{"^C would", interrupted})
}

func restingTable(name string, s *migrate.Status) [][]string {
	phase := "not begun"
	switch {
	case s.Complete:
		phase = "complete; run again for what is new, or verify"
	case s.Begun:
		phase = "stopped; run goes on at " + percent(s.Share())
	}
	lines := [][]string{
		{"source", name},
		{"phase", phase},
		{"done", percent(s.Share())},
		{"messages stored", report.Count(int64(s.Stored))},
		{"rejected", report.Count(s.Rejected)},
		{"left out", report.Count(s.Skipped)},
	}
	if s.Lease.Token > 0 {
		holder := "nobody; last " + s.Lease.Holder
		if s.Held {
			holder = s.Lease.Holder + " until " + momentText(s.Lease.Until) + ", unless it has died"
		}
		lines = append(lines, []string{"done by", holder})
	}
	return append(lines, []string{"^C would", "do nothing: nothing runs"})
}

func (p *program) verifyMigration(ctx context.Context, c *cli.Command) (err error) {
	ctx, release := interruptible(ctx)
	defer release()
	t, err := p.openTarget(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	source, err := p.openSource(ctx, c, t.app)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	show := newMigrateProgress(p.stderr, source)
	r, err := migrate.Verify(ctx, migrate.VerifyOptions{
		Engine: t.engine, App: t.app, Source: source.Source, Sample: c.Int64("sample"), Told: show.comparing,
	})
	show.done()
	if err != nil {
		return err
	}
	if name := c.String("html"); name != "" {
		if err := writeReport(name, r); err != nil {
			return err
		}
	}
	if c.Bool("json") {
		err = p.show(c, r, nil)
	} else {
		err = r.WriteText(p.stdout)
	}
	if err == nil && !r.Clean(c.Bool("extras")) {
		err = errors.New("the source and the app do not match")
	}
	return err
}

// writeReport writes the page of a verification.
func writeReport(name string, r *migrate.Report) error {
	var page bytes.Buffer
	if err := r.WriteHTML(&page); err != nil {
		return err
	}
	return report.WriteFile(name, page.Bytes())
}
