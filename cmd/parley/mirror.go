package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"parley/adapters/wire/mirror"
	"parley/cmd/parley/admin"
)

func (p *program) mirrorCommand() *cli.Command {
	app := &cli.StringFlag{Name: "app", Usage: "only the app with this `KEY`"}
	return &cli.Command{
		Name:  "mirror",
		Usage: "compare this server with the legacy server that it is to replace",
		Description: `The settings name the legacy servers; see mirrors in "parley config docs". The
commands talk to the running server through its admin listener.`,
		Action: group,
		Commands: []*cli.Command{
			{
				Name:        "status",
				Usage:       "show who answers, how far a cutover is, and the writes that wait",
				Description: "Example:\n\n   parley mirror status",
				Flags:       append(storeFlags(), jsonFlag()),
				Action:      p.mirrorStatus,
			},
			{
				Name:      "set",
				Usage:     "change an app's mirror at once; what is not named stays",
				ArgsUsage: "KEY",
				Description: `Examples:

   parley mirror set KEY --mode mirror-legacy --percent 5
   parley mirror set KEY --ignore "App.User.Profile data.info.rolename" --ignore "* header X-Node"

Modes: legacy answers by the legacy server; mirror-legacy does too and compares;
mirror-local answers here and compares; local answers here. A user is in the
share or not as a whole; the others are answered by the legacy server.`,
				Flags: append(storeFlags(), jsonFlag(),
					&cli.StringFlag{Name: "mode", Usage: "legacy, mirror-legacy, mirror-local or local"},
					&cli.StringFlag{Name: "percent", Usage: "share of users for whom the mode holds: 0 to 100"},
					&cli.StringFlag{Name: "writes", Usage: "true sends repeatable writes to both sides for comparing"},
					&cli.StringSliceFlag{Name: "ignore", Usage: `difference that does not matter, "OPERATION PATH"; replaces those there are; "" removes them`}),
				Action: p.setMirror,
			},
			{
				Name:        "diff",
				Usage:       "list the differences that were found, the most frequent first",
				Description: "Examples:\n\n   parley mirror diff\n   parley mirror diff --all --json\n   parley mirror diff --forget",
				Flags: append(storeFlags(), jsonFlag(), app,
					&cli.BoolFlag{Name: "all", Usage: "also those that a rule ignores", HideDefault: true},
					&cli.BoolFlag{Name: "forget", Usage: "drop what was found, to begin anew", HideDefault: true}),
				Action: p.mirrorDiff,
			},
			{
				Name:      "export",
				Usage:     "write each difference as a golden file that fails until this server answers as the legacy server did",
				ArgsUsage: "FOLDER",
				Description: "Example:\n\n   parley mirror export adapters/yesapi/testdata/wire\n\n" +
					"Secrets are masked, and what differs from run to run has a placeholder.",
				Flags:  append(storeFlags(), app),
				Action: p.mirrorExport,
			},
		},
	}
}

// withMirror runs do on the mirror of the running server.
func (p *program) withMirror(ctx context.Context, c *cli.Command, do func(admin.Mirror) error) error {
	l, err := p.load(c)
	if err != nil {
		return err
	}
	return remotely(ctx, l, func(ops admin.Operations) error {
		m, ok := ops.(admin.Mirror)
		if !ok {
			return errors.New("the mirror is part of a running server")
		}
		return do(m)
	})
}

func (p *program) mirrorStatus(ctx context.Context, c *cli.Command) error {
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		all, err := m.MirrorStatus(ctx)
		if err != nil {
			return err
		}
		lines := [][]string{{"APP", "STATE", "MODE", "SHARE", "WAITING", "REFUSED", "NEXT"}}
		for _, s := range all {
			lines = append(lines, []string{
				s.App, string(s.State), string(s.Mode), strconv.Itoa(s.Percent) + "%",
				strconv.Itoa(s.Queue.Waiting), strconv.Itoa(s.Queue.Aside), strings.Join(s.Next, " "),
			})
		}
		return p.show(c, all, lines)
	})
}

func (p *program) setMirror(ctx context.Context, c *cli.Command) error {
	key, err := argument(c, "KEY")
	if err != nil {
		return err
	}
	var change mirror.Change
	if c.IsSet("mode") {
		mode, err := mirror.ParseMode(c.String("mode"))
		if err != nil {
			return usagef("--mode: %w", err)
		}
		change.Mode = &mode
	}
	if c.IsSet("percent") {
		percent, err := strconv.Atoi(strings.TrimSuffix(c.String("percent"), "%"))
		if err != nil {
			return usagef("--percent: %q is not a whole number", c.String("percent"))
		}
		change.Percent = &percent
	}
	if c.IsSet("writes") {
		writes, err := strconv.ParseBool(c.String("writes"))
		if err != nil {
			return usagef("--writes: %q is neither true nor false", c.String("writes"))
		}
		change.Writes = &writes
	}
	if c.IsSet("ignore") {
		rules := []string{}
		for _, rule := range c.StringSlice("ignore") {
			if rule != "" {
				rules = append(rules, rule)
			}
		}
		change.Ignore = &rules
	}
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		s, err := m.SetMirror(ctx, key, change)
		if err != nil {
			return err
		}
		if s.State == mirror.AtLegacy && (s.Mode == mirror.Local || s.Mode == mirror.MirrorLocal) {
			p.say("parley: warning: what is written now is written here alone; `parley cutover` keeps both servers the same\n")
		}
		return p.showMirror(c, &s)
	})
}

// showMirror prints one app.
func (p *program) showMirror(c *cli.Command, s *mirror.AppStatus) error {
	lines := [][]string{
		{"app", s.App},
		{"state", string(s.State)},
		{"mode", string(s.Mode)},
		{"share", strconv.Itoa(s.Percent) + "%"},
		{"writes compared", strconv.FormatBool(s.Writes)},
		{"writes that wait", strconv.Itoa(s.Queue.Waiting) + note(s.Queue.Error)},
		{"writes refused", strconv.Itoa(s.Queue.Aside) + note(strings.Join(s.Queue.Reasons, "; "))},
		{"perhaps there twice", strconv.FormatInt(s.Queue.Repeated, 10)},
		{"lost", strconv.FormatInt(s.Queue.Lost, 10)},
		{"not sent, for ids of one side", strconv.FormatInt(s.Queue.Foreign, 10)},
	}
	for _, rule := range s.Ignore {
		lines = append(lines, []string{"ignore", rule})
	}
	for _, t := range s.Log {
		lines = append(lines, []string{t.At.Format("2006-01-02 15:04:05"), string(t.From) + " to " + string(t.To) + note(t.Note)})
	}
	if len(s.Next) > 0 {
		lines = append(lines, []string{"next", strings.Join(s.Next, ", ")})
	}
	return p.show(c, s, lines)
}

func note(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func (p *program) mirrorDiff(ctx context.Context, c *cli.Command) error {
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		if c.Bool("forget") {
			return m.Forget(ctx, c.String("app"))
		}
		found, err := m.Differences(ctx, c.String("app"))
		if err != nil {
			return err
		}
		shown := found.Groups[:0]
		for i := range found.Groups {
			if c.Bool("all") || found.Groups[i].Rule == "" {
				shown = append(shown, found.Groups[i])
			}
		}
		found.Groups = shown
		lines := [][]string{{"COUNT", "VERDICT", "OPERATION", "PATH", "WHAT", "LEGACY", "HERE", "RULE"}}
		for i := range shown {
			g := &shown[i]
			legacy, here := "", ""
			if len(g.Examples) > 0 {
				legacy, here = g.Examples[0].Legacy, g.Examples[0].Local
			}
			lines = append(lines, []string{strconv.FormatInt(g.Count, 10), string(g.Verdict), g.Operation, g.Path, g.What, legacy, here, g.Rule})
		}
		if found.Beyond > 0 {
			p.say("parley: warning: for %d more differences there was no room; `--forget` begins anew\n", found.Beyond)
		}
		return p.show(c, found, lines)
	})
}

func (p *program) mirrorExport(ctx context.Context, c *cli.Command) error {
	folder, err := argument(c, "FOLDER")
	if err != nil {
		return err
	}
	return p.withMirror(ctx, c, func(m admin.Mirror) error {
		found, err := m.Differences(ctx, c.String("app"))
		if err != nil {
			return err
		}
		for _, file := range mirror.Export(found.Groups) {
			name := filepath.Join(folder, file.Name)
			if err := writeNew(name, file.Text); err != nil {
				return err
			}
			if _, err := fmt.Fprintln(p.stdout, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeNew writes a file that must not be there yet.
func writeNew(name, text string) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; choose another folder", name)
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
