package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage"
)

func (p *program) doctorCommand() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "examine the settings and the store, and say what to do about what is wrong",
		Description: `Examples:

   parley doctor
   parley doctor --config /etc/parley.yaml
   parley doctor --store badger:///backup/parley --json

Nothing is changed. Each line is pass, warn, fail or skip, and says what to do.
Examined are the settings; for a badger: store its directory, the free space,
who has it open, and every checksum of every table, also while a server runs;
for a database what its engine knows to check; and then, if the content can be
read, every row of it: heads, conversations, chat lists, names, groups.

The content of a badger: store cannot be read while a server has it open. Stop
the server, or examine a copy of the directory. Every row is read, which takes
its time in a large store. The output holds no secrets and no messages.

Exit codes: 0 all is well; 1 there are warnings; 2 something is wrong.`,
		Flags:  append(settingFlags("store", "config", "memory_mib", "min_free_mib"), jsonFlag()),
		Action: p.doctor,
	}
}

// exitStatus ends the program with a code and without a word: everything has been said.
type exitStatus int

// Error is not shown.
func (s exitStatus) Error() string { return "exit status " + strconv.Itoa(int(s)) }

// The exit codes of doctor.
const (
	doctorPass exitStatus = 0
	doctorWarn exitStatus = 1
	doctorFail exitStatus = 2
)

// diagnosis is what doctor prints as JSON.
type diagnosis struct {
	Grade    storage.Grade     `json:"grade"`
	Store    string            `json:"store,omitempty"`
	Findings []storage.Finding `json:"findings"`
	Content  *contentCounts    `json:"content,omitempty"`
	Defects  []defectView      `json:"defects,omitempty"`
}

type contentCounts struct {
	Apps          int64 `json:"apps"`
	Users         int64 `json:"users"`
	Conversations int64 `json:"conversations"`
	Messages      int64 `json:"messages"`
	Keys          int64 `json:"keys"`
	Bytes         int64 `json:"bytes"`
}

type defectView struct {
	App  uint32 `json:"app,omitempty"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

func (d *diagnosis) note(check string, grade storage.Grade, advice, format string, args ...any) {
	d.Findings = append(d.Findings, storage.Finding{Check: check, Grade: grade, Text: fmt.Sprintf(format, args...), Advice: advice})
}

func (p *program) doctor(ctx context.Context, c *cli.Command) error {
	ctx, release := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer release()
	context.AfterFunc(ctx, release)

	var d diagnosis
	s := p.examineSettings(c, &d)
	if s == nil {
		d.note("store", storage.Skip, "Name the store with --store to have it examined all the same.", "not examined, for the settings do not say which it is")
	} else {
		d.Store = server.Identity(s.Store)
		p.examineStore(ctx, s, &d)
		hideSecrets(s, d.Findings)
	}
	status := d.conclude()
	if err := p.show(c, &d, d.lines()); err != nil {
		return err
	}
	if status == doctorPass {
		return nil
	}
	return status
}

// conclude sets the grade of the whole, the worst of all, and returns the exit code.
func (d *diagnosis) conclude() exitStatus {
	status := doctorPass
	d.Grade = storage.Pass
	for i := range d.Findings {
		switch d.Findings[i].Grade {
		case storage.Fail:
			status, d.Grade = doctorFail, storage.Fail
		case storage.Warn:
			if status == doctorPass {
				status, d.Grade = doctorWarn, storage.Warn
			}
		case storage.Pass, storage.Skip:
		}
	}
	return status
}

// lines lays the findings out as text.
func (d *diagnosis) lines() (lines [][]string) {
	for _, f := range d.Findings {
		lines = append(lines, []string{string(f.Grade), f.Check, f.Text})
		if f.Advice != "" {
			lines = append(lines, []string{"", "", "-> " + f.Advice})
		}
	}
	for _, defect := range d.Defects {
		lines = append(lines, []string{"", "", fmt.Sprintf("app %d, key %s: %s", defect.App, defect.Key, defect.Text)})
	}
	return lines
}

// examineSettings loads and checks the settings. If they cannot be loaded and the command line names a store, the
// defaults stand in for the rest; otherwise it returns nil.
func (p *program) examineSettings(c *cli.Command, d *diagnosis) *settings.Settings {
	const advice = "Correct it; `parley config check` shows the place and `parley config docs` what every key means."
	l, err := settings.Load(givenSettings(c), p.environ, otherVariables()...)
	if err != nil {
		d.note("settings", storage.Fail, advice, "%s", firstLine(err))
		if !c.IsSet("store") {
			return nil
		}
		s := settings.Default()
		s.Store = c.String("store")
		return &s
	}
	for _, w := range l.Warnings {
		d.note("settings", storage.Warn, "See to it, so that the settings say what is meant.", "%s", w)
	}
	if err := l.Check(server.AppChecks()); err != nil {
		for _, one := range eachError(err) {
			d.note("settings", storage.Fail, advice, "%s", firstLine(one))
		}
	} else {
		file := "defaults, environment and flags"
		if l.Config != "" {
			file = l.Config
		}
		d.note("settings", storage.Pass, "", "%s", file)
	}
	return &l.Settings
}

// eachError takes a joined error apart.
func eachError(err error) (all []error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	for _, one := range joined.Unwrap() {
		all = append(all, eachError(one)...)
	}
	return all
}

// firstLine leaves out the lines of the settings file that an error shows: a secret may stand there.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// hideSecrets takes the secrets of the settings out of texts that came from elsewhere, such as a database's errors.
func hideSecrets(s *settings.Settings, findings []storage.Finding) {
	secrets := []string{s.AdminToken, s.SecretKey, s.WeChat.APIKey}
	for i := range s.Apps {
		secrets = append(secrets, s.Apps[i].Secret)
	}
	secrets = append(secrets, urlSecrets(s.Store)...)
	for i := range findings {
		for _, secret := range secrets {
			if secret != "" {
				findings[i].Text = strings.ReplaceAll(findings[i].Text, secret, settings.Redacted)
			}
		}
	}
}

// describe notes what a walk through the content has found.
func (d *diagnosis) describe(found *core.Inspection, err error) {
	d.Content = &contentCounts{
		Apps: found.Apps, Users: found.Users, Conversations: found.Conversations, Messages: found.Messages,
		Keys: found.Keys, Bytes: found.Bytes,
	}
	for _, defect := range found.Defects {
		d.Defects = append(d.Defects, defectView{defect.App, fmt.Sprintf("%x", defect.Key), defect.Text})
	}
	switch {
	case errors.Is(err, context.Canceled):
		d.note("content", storage.Skip, "Run this again and let it end.", "stopped after %d keys", found.Keys)
	case err != nil:
		d.note("content", storage.Fail, "Restore the store from a backup, and keep the damaged one.", "a read fails after %d keys: %v", found.Keys, err)
	default:
		d.note("content", storage.Pass, "", "%d keys: %d apps, %d users, %d messages in %d conversations",
			found.Keys, found.Apps, found.Users, found.Messages, found.Conversations)
	}
	if found.Found > 0 {
		d.note("consistency", storage.Fail, "Keep the store as it is, restore a backup to work on, and report the lines below.",
			"%d places are not as the program leaves them", found.Found)
	} else if err == nil {
		d.note("consistency", storage.Pass, "", "heads, feeds, conversations, chat lists, names and groups are as they should be")
	}
}
