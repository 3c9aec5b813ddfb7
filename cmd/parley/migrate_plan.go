package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v3"

	"parley/bench/report"
	"parley/cmd/parley/server"
	"parley/core"
	"parley/core/migrate"
)

func (p *program) planMigration(ctx context.Context, c *cli.Command) (err error) {
	ctx, release := interruptible(ctx)
	defer release()
	l, err := p.load(c)
	if err != nil {
		return err
	}
	view, app := migrate.View(migrate.Empty{}), (*core.App)(nil)
	dir := server.StoreDir(l.Store)
	if _, statErr := os.Stat(dir); dir == "" || !errors.Is(statErr, os.ErrNotExist) {
		t, err := p.openTarget(ctx, c)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, t.close()) }()
		view, app = migrate.ReadOnly(t.engine, t.app), t.app
	} else {
		p.say("parley: there is no store at %s yet; the plan is for a new app\n", dir)
	}
	source, err := p.openSource(ctx, c, app)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.close()) }()
	show := newMigrateProgress(p.stderr, source)
	plan, err := migrate.Check(ctx, source.Source, view, show.reading)
	show.done()
	if err != nil {
		return err
	}
	return p.show(c, plan, planTable(plan))
}

func planTable(plan *migrate.Plan) [][]string {
	lines := [][]string{{"source", plan.Source}}
	add := func(name string, value any) { lines = append(lines, []string{name, fmt.Sprint(value)}) }
	for _, t := range slices.Sorted(maps.Keys(plan.Types)) {
		add(string(t)+"s", report.Count(plan.Types[t]))
	}
	for _, k := range slices.Sorted(maps.Keys(plan.Kinds)) {
		add("  "+k, report.Count(plan.Kinds[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(plan.Unknown)) {
		add("  unknown kind "+strconv.Quote(k), report.Count(plan.Unknown[k])+", become custom messages")
	}
	for _, k := range slices.Sorted(maps.Keys(plan.Skipped)) {
		add("left out", report.Count(plan.Skipped[k])+": "+k)
	}
	add("rejected rows", report.Count(plan.Rejects))
	for _, k := range slices.Sorted(maps.Keys(plan.Reasons)) {
		add("  "+k, report.Count(plan.Reasons[k]))
	}
	for i := range plan.Examples {
		if e := &plan.Examples[i]; e.Line > 0 {
			add("  line "+strconv.FormatInt(e.Line, 10), e.Reason)
		}
	}
	add("users there already", report.Count(plan.UserClashes))
	add("groups there already", report.Count(plan.GroupClashes))
	add("messages that get another id", report.Count(plan.IDClashes))
	if plan.Last > 0 {
		add("time", momentText(plan.First)+" to "+momentText(plan.Last))
		add("older than the message before", report.Count(plan.StepsBack))
	}
	add("size of the messages", megabytes(plan.Size))
	add("space needed, about", megabytes(plan.Space))
	add("time needed, about", plan.Duration.Round(time.Second))
	if plan.Share > 0 {
		add("done already", percent(plan.Share))
	}
	return lines
}

func momentText(milli int64) string { return time.UnixMilli(milli).UTC().Format(time.RFC3339) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// percent shows a share of 0 to 1.
func percent(share float64) string {
	if share < 0 {
		return "an unknown share"
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}
