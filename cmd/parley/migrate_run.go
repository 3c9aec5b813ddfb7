package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
	"golang.org/x/time/rate"

	"parley/bench/report"
	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

// defaultEvery is the pause between two rounds of follow.
const defaultEvery = 10 * time.Second

// migrationResult is what a run prints.
type migrationResult struct {
	Source    string                         `json:"source"`
	Complete  bool                           `json:"complete"`
	Share     float64                        `json:"share"`
	Resumed   bool                           `json:"resumed"`
	Counts    map[archive.Type]archive.Count `json:"counts"`
	Reordered int64                          `json:"reordered"`
	Rejected  int64                          `json:"rejected"`
	Rejects   string                         `json:"rejects_file,omitempty"`
	Seconds   float64                        `json:"seconds"`
	Rate      float64                        `json:"messages_per_second"`
	Stopped   string                         `json:"stopped,omitempty"`
}

func (p *program) runMigration(follow bool) cli.ActionFunc {
	return func(ctx context.Context, c *cli.Command) (err error) {
		ctx, release := interruptible(ctx)
		defer release()
		onError := c.String("on-error")
		if onError != "skip" && onError != "stop" {
			return usagef("--on-error is skip or stop")
		}
		if c.Float("rate") < 0 || c.Float("max-minutes") < 0 {
			return usagef("--rate and --max-minutes are not negative")
		}
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
		if follow && source.file != "" {
			return usagef("a file does not grow: follow is for live platforms, run for files")
		}
		return p.migrate(ctx, c, t, source, follow)
	}
}

// migrate runs the migration and shows what came of it.
func (p *program) migrate(ctx context.Context, c *cli.Command, t *migrationTarget, source *origin, follow bool) (err error) {
	rejects, err := openRejects(c.String("rejects"), source)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rejects.close()) }()
	show := newMigrateProgress(p.stderr, source)
	limiter := rate.NewLimiter(limitOf(c.Float("rate")), core.MaxImport)
	control, err := p.listenControl(c, source.Name(), limiter)
	if err != nil {
		return err
	}
	defer control.close()
	began := time.Now()
	result, runErr := migrate.Run(ctx, migrate.Options{
		Engine: t.engine, App: t.app, Source: source.Source, Holder: holder(), Now: time.Now, Limiter: limiter,
		TakeOver: c.Bool("take-over") || p.isOrphan(ctx, t, source.Name()), StopOnError: c.String("on-error") == "stop", Rejected: rejects.add,
		MaxTime: time.Duration(c.Float("max-minutes") * float64(time.Minute)), Follow: follow, Every: c.Duration("every"),
		Progress: func(progress migrate.Progress) {
			control.note(progress)
			show.run(progress)
		},
	})
	show.done()
	if errors.Is(runErr, migrate.ErrHeld) {
		return fmt.Errorf("%w; wait, or take it over with --take-over", runErr)
	}
	seconds := time.Since(began).Seconds()
	out := migrationResult{
		Source: source.Name(), Complete: result.Complete, Share: result.Share(), Resumed: result.Resumed && result.From > 0,
		Counts: result.Counts.Types, Reordered: result.Counts.Reordered, Rejected: rejects.total(), Seconds: seconds,
		Rate: float64(result.Counts.Types[archive.TypeMessage].Stored) / max(seconds, 0.001),
	}
	if out.Rejected > 0 {
		out.Rejects = rejects.name
	}
	switch {
	case runErr != nil && ctx.Err() != nil:
		out.Stopped = "by a signal"
	case result.OutOfTime:
		out.Stopped = "by --max-minutes"
	case runErr != nil:
		return runErr
	}
	if err := p.show(c, out, out.table()); err != nil {
		return err
	}
	if out.Stopped != "" {
		p.say("parley: stopped %s at %s; the same command goes on there\n", out.Stopped, percent(out.Share))
	}
	if out.Rejected > 0 {
		return fmt.Errorf("%d rows were rejected; they and the reasons are in %s", out.Rejected, out.Rejects)
	}
	return nil
}

func (r *migrationResult) table() [][]string {
	lines := [][]string{{"", "STORED", "THERE ALREADY", "REJECTED"}}
	for _, t := range [...]archive.Type{archive.TypeUser, archive.TypeGroup, archive.TypeMembers, archive.TypeFriend, archive.TypeMessage, archive.TypeRead, archive.TypeThread, archive.TypeKey, archive.TypeImport} {
		if n, ok := r.Counts[t]; ok {
			lines = append(lines, []string{strings.TrimSuffix(string(t), "s") + "s", report.Count(n.Stored), report.Count(n.Known), report.Count(n.Rejected)})
		}
	}
	return append(lines,
		[]string{"messages with another id", report.Count(r.Reordered)},
		[]string{"rejected rows", report.Count(r.Rejected)},
		[]string{"done", percent(r.Share)},
		[]string{"took", time.Duration(r.Seconds * float64(time.Second)).Round(time.Millisecond).String()},
	)
}

// limitOf is a rate where zero means none.
func limitOf(perSecond float64) rate.Limit {
	if perSecond <= 0 {
		return rate.Inf
	}
	return rate.Limit(perSecond)
}

// holder names this process.
func holder() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	return fmt.Sprintf("process %d on %.100s", os.Getpid(), host)
}

// isOrphan tells that the lease is of a process that is no more: nobody else can have this store open, so whoever has the
// lease has died with it.
func (p *program) isOrphan(ctx context.Context, t *migrationTarget, name string) bool {
	lease, err := t.engine.ImportLease(ctx, t.app, name)
	return err == nil && lease.Token > 0 && t.store.Exclusive() && lease.Holder != holder()
}
