package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"parley/bench/report"
	"parley/core"
	"parley/core/archive"
)

func (p *program) importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "put an archive that `parley export` has written into an app",
		ArgsUsage: "FILE",
		Description: `Examples:

   parley import shop.ndjson --create
   parley import shop.ndjson --app 0123456789ABCDEF0123456789ABCDEF --official --rejects rejected.ndjson

The store must be free: stop the server first. Ids, times and places of
messages are kept as long as the app has no newer ones of its own. What is
there already is not stored twice, so an archive can be imported again, or a
newer one of the same app after it. Stopped with ^C, or killed, at any moment,
the same command goes on where it was and says at what share.

What cannot be imported is counted, told, and with --rejects kept as an archive
of its own that can be put right and imported; the exit code is 1 then.`,
		Flags: append(storeFlags(),
			&cli.StringFlag{Name: "app", Usage: "key of the app to import into; may be left out if the archive's app or only one app is there"},
			&cli.BoolFlag{Name: "create", Usage: "create the app if it is not there, with the archive's settings and a new secret", HideDefault: true},
			&cli.BoolFlag{Name: "official", Usage: "also import official accounts", HideDefault: true},
			&cli.StringFlag{Name: "on-error", Value: "skip", Usage: "skip what cannot be imported, or stop"},
			&cli.StringFlag{Name: "rejects", Usage: "file for what cannot be imported"},
			&cli.BoolFlag{Name: "restart", Usage: "begin at the start of the archive, wherever an earlier import was", HideDefault: true},
			jsonFlag()),
		Action: p.importArchive,
	}
}

func (p *program) importArchive(ctx context.Context, c *cli.Command) error {
	name, err := argument(c, "the archive")
	if err != nil {
		return err
	}
	if policy := c.String("on-error"); policy != "skip" && policy != "stop" {
		return usagef("--on-error is skip or stop")
	}
	source, err := p.openArchive(name)
	if err != nil {
		return err
	}
	defer func() { _ = source.close() }() // nothing was written to it
	header, err := source.reader.Header()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return p.alone(ctx, c, c.Bool("create"), c.Bool("official"), func(ctx context.Context, s openStore) error {
		run := &importRun{
			program: p, command: c, store: s, archive: source, began: time.Now(),
			source: archive.SourcePrefix + header.App, progress: newMoveProgress(p.stderr, "importing"),
		}
		return run.do(ctx, header)
	})
}

// importRun is one run of the command.
type importRun struct {
	program  *program
	command  *cli.Command
	store    openStore
	app      *core.App
	archive  *archiveFile
	source   string
	importer *archive.Importer
	progress *moveProgress
	began    time.Time
	created  string // the secret of an app that was made
	resumed  float64
	rejects  rejectedRecords
}

func (r *importRun) do(ctx context.Context, header archive.Header) error {
	first, err := r.chooseApp(ctx, header)
	if err != nil {
		return err
	}
	if err := r.resume(ctx); err != nil {
		return err
	}
	o := archive.ImporterOptions{Rejected: r.rejected}
	if r.store.official != nil {
		o.Official = archive.IntoOfficial(r.store.official)
	}
	r.importer = archive.NewImporter(r.store.engine, r.app, r.source, o)
	if err := r.rejects.open(r.command.String("rejects"), header); err != nil {
		return err
	}
	err = r.records(ctx, first)
	r.progress.done()
	err = errors.Join(err, r.rejects.close())
	if err != nil {
		return r.stopped(ctx, err)
	}
	return r.report()
}

// chooseApp finds or makes the app. It returns the record that it had to read for that, if any.
func (r *importRun) chooseApp(ctx context.Context, header archive.Header) (first *archive.Record, err error) {
	e, key := r.store.engine, r.command.String("app")
	if _, ok := e.App(header.App); key == "" && (ok || r.command.Bool("create")) {
		key = header.App
	}
	r.app, err = chooseApp(e, key)
	if err == nil || core.CodeOf(err) != core.NotFound {
		return nil, err
	}
	if !r.command.Bool("create") {
		return nil, fmt.Errorf("%w; --create makes it", err)
	}
	record, err := r.archive.reader.Next()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.archive.name, err)
	}
	app := core.App{Key: key}
	if a := record.App; a != nil {
		app.Name, app.Zone, app.OpenUsers, app.Disabled, app.Dialects = a.Name, a.Zone, a.OpenUsers, a.Disabled, a.Dialects
	}
	if r.app, err = e.PutApp(ctx, app); err != nil {
		return nil, err
	}
	r.created = r.app.Secret
	return &record, nil
}

// resume goes on where an earlier import of the archive was.
func (r *importRun) resume(ctx context.Context) error {
	if r.command.Bool("restart") {
		return r.store.engine.ForgetImport(ctx, r.app, r.source)
	}
	cursor, _, err := r.store.engine.ImportCursor(ctx, r.app, r.source)
	if err != nil || cursor == nil {
		return err
	}
	going, err := r.archive.goOn(cursor)
	if err != nil || !going {
		return err
	}
	if r.resumed = r.archive.share(); r.archive.size > 0 {
		r.program.say("resuming at %.1f %%, after line %d\n", r.resumed, r.archive.reader.Line())
		return nil
	}
	r.program.say("resuming after line %d\n", r.archive.reader.Line())
	return nil
}

// records imports what is left of the archive.
func (r *importRun) records(ctx context.Context, first *archive.Record) error {
	in := r.archive.reader
	for {
		var record archive.Record
		var err error
		if first != nil {
			record, first = *first, nil
		} else if record, err = in.Next(); errors.Is(err, io.EOF) {
			return r.importer.Flush(ctx)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", r.archive.name, err), r.importer.Flush(ctx))
		}
		cursor, err := in.Cursor()
		if err != nil {
			return err
		}
		if err := r.importer.Add(ctx, record, cursor); err != nil {
			return err
		}
		if in.Line()%100 == 0 {
			messages := r.importer.Counts().Types[archive.TypeMessage]
			r.progress.show(in.Offset(), r.archive.size, report.Count(messages.Stored+messages.Known)+" messages")
			if err := ctx.Err(); err != nil {
				return errors.Join(err, r.importer.Flush(context.WithoutCancel(ctx)))
			}
		}
	}
}

// stopped says what is to be done about an import that did not end.
func (r *importRun) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = errors.New("stopped")
	}
	if r.archive.size == 0 {
		return fmt.Errorf("%w; the same command goes on", err)
	}
	return fmt.Errorf("%w at %.1f %%; the same command goes on from there", err, r.archive.share())
}

// rejected notes what could not be imported.
func (r *importRun) rejected(reject archive.Reject) error {
	r.rejects.count++
	if r.rejects.count <= maxToldRejects {
		line := strings.TrimSpace(string(reject.Record.Type) + " " + reject.Record.Name())
		r.program.say("not imported: %s: %s\n", line, reject.Fault.Error())
	}
	if err := r.rejects.keep(&reject.Record); err != nil {
		return err
	}
	if r.command.String("on-error") == "stop" {
		return fmt.Errorf("a record cannot be imported: %w", reject.Fault)
	}
	return nil
}

// maxToldRejects is how many rejected records are told one by one.
const maxToldRejects = 20

// archiveFile is an archive that is read.
type archiveFile struct {
	name   string
	file   *os.File // nil for standard input
	size   int64    // zero if it is not known
	reader *archive.Reader
}

func (p *program) openArchive(name string) (*archiveFile, error) {
	if name == "-" {
		return &archiveFile{name: "standard input", reader: archive.NewReader(p.stdin)}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archiveFile{name: name, file: file, reader: archive.NewReader(file)}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		a.size = info.Size()
	}
	return a, nil
}

func (a *archiveFile) close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

// share is how much of the archive has been read, in percent.
func (a *archiveFile) share() float64 {
	if a.size == 0 {
		return 0
	}
	return 100 * float64(a.reader.Offset()) / float64(a.size)
}

// goOn moves to a position. If that lies in another archive, or the archive comes through a pipe, it is read from its
// start: what is there already is not stored twice.
func (a *archiveFile) goOn(cursor []byte) (bool, error) {
	if a.size == 0 {
		return false, nil
	}
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	reader, err := archive.Continue(a.file, cursor)
	if err == nil {
		a.reader = reader
		return true, nil
	}
	if !errors.Is(err, archive.ErrOtherArchive) {
		return false, fmt.Errorf("%s: %w", a.name, err)
	}
	_, err = a.file.Seek(0, io.SeekStart)
	a.reader = archive.NewReader(a.file)
	return false, err
}
