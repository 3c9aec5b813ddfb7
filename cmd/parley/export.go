package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v3"

	"parley/bench/report"
	"parley/cmd/parley/server"
	"parley/core/archive"
)

func (p *program) exportCommand() *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write everything that an app holds into a file: one JSON object a line",
		Description: `Examples:

   parley export -o shop.ndjson
   parley export --app 0123456789ABCDEF0123456789ABCDEF --official -o - | xz > shop.ndjson.xz

The store must be free: stop the server first. The archive holds the app's
settings without secrets, users, friends, groups, messages with ids, times and
revocations, what members have read and hidden, and their settings. Anybody can
read it with a JSON library, and core/archive/FORMAT.md says what it means;
` + "`parley import`" + ` puts it into another store. It is as confidential as the store.

--with-passwords adds the sealed passwords of users and, with --official, the
tokens and the sealed credentials of official accounts: a server opens those
with the same secret_key only.`,
		Flags: append(storeFlags(),
			&cli.StringFlag{Name: "app", Usage: "key of the app; may be left out if there is only one"},
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "file to write; - is standard output", Value: "-", HideDefault: true},
			&cli.BoolFlag{Name: "official", Usage: "with the official accounts of the store: followers, material, rules, menus, messages, media", HideDefault: true},
			&cli.BoolFlag{Name: "with-passwords", Usage: "with sealed passwords and credentials", HideDefault: true},
			&cli.BoolFlag{Name: "force", Usage: "replace the file if it is there", HideDefault: true},
			jsonFlag()),
		Action: p.exportApp,
	}
}

// exportReport is what an export has written.
type exportReport struct {
	App     string                 `json:"app"`
	File    string                 `json:"file"`
	Bytes   int64                  `json:"bytes"`
	Seconds float64                `json:"seconds"`
	Records map[archive.Type]int64 `json:"records"`
}

func (p *program) exportApp(ctx context.Context, c *cli.Command) error {
	name := c.String("out")
	switch {
	case name == "-" && c.Bool("json"):
		return usagef("the archive goes to standard output, so the report cannot; name a file with -o")
	case name == "-" && isTerminal(p.stdout):
		return usagef("an archive is not for a terminal; name a file with -o")
	}
	return p.alone(ctx, c, false, c.Bool("official"), func(ctx context.Context, s openStore) error {
		app, err := chooseApp(s.engine, c.String("app"))
		if err != nil {
			return err
		}
		began := time.Now()
		progress := newMoveProgress(p.stderr, "exporting")
		defer progress.done()
		o := archive.ExportOptions{
			Passwords: c.Bool("with-passwords"), Settings: publicSettings,
			Progress: func(done, total int64) {
				progress.show(done, total, fmt.Sprintf("%s of %s messages", report.Count(done), report.Count(total)))
			},
		}
		if s.official != nil {
			o.Official = archive.FromOfficial(s.official, c.Bool("with-passwords"))
		}
		r := exportReport{App: app.Key, File: name}
		err = p.toFile(name, c.Bool("force"), func(w io.Writer) error {
			counted := &countingWriter{to: w}
			out := archive.NewWriter(counted, archive.Header{App: app.Key, Created: began.UnixMilli(), Software: "parley " + version})
			err := archive.Export(ctx, s.engine, app, out, o)
			if err == nil {
				err = out.Close()
			}
			r.Bytes, r.Records = counted.bytes, out.Counts()
			return err
		})
		progress.done()
		if err != nil {
			return err
		}
		r.Seconds = time.Since(began).Seconds()
		return p.showExport(c, &r)
	})
}

func (p *program) showExport(c *cli.Command, r *exportReport) error {
	if r.File == "-" {
		p.say("exported %s records, %s bytes\n", report.Count(total(r.Records)), report.Count(r.Bytes))
		return nil
	}
	lines := [][]string{{"RECORDS", "NUMBER"}}
	for _, t := range archive.Types() {
		if n := r.Records[t]; n > 0 {
			lines = append(lines, []string{string(t), report.Count(n)})
		}
	}
	return p.show(c, r, lines)
}

func total(counts map[archive.Type]int64) (n int64) {
	for _, count := range counts {
		n += count
	}
	return n
}

// publicSettings removes the secrets from a dialect's settings.
func publicSettings(_ string, section json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(section, &members); err != nil {
		return nil
	}
	hidden := server.HiddenSettings()
	for name := range members {
		if slices.Contains(hidden, name) {
			delete(members, name)
		}
	}
	shown, err := json.Marshal(members)
	if err != nil || len(members) == 0 {
		return nil
	}
	return shown
}

// toFile calls write with a file that only its owner can read, and that has the given name once it is complete.
func (p *program) toFile(name string, replace bool, write func(io.Writer) error) error {
	if name == "-" {
		return write(p.stdout)
	}
	if _, err := os.Stat(name); err == nil && !replace {
		return usagef("%s is there already; --force replaces it", name)
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.part")
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}

// countingWriter counts what goes through it.
type countingWriter struct {
	to    io.Writer
	bytes int64
}

// Write implements io.Writer.
func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.bytes += int64(n)
	return n, err
}
