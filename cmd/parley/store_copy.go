package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/storage"
	"parley/storage/transfer"
)

func (p *program) storeCommand() *cli.Command {
	return &cli.Command{
		Name:   "store",
		Usage:  "move a store from one engine to another",
		Action: group,
		Commands: []*cli.Command{{
			Name:      "copy",
			Usage:     "copy a store to another place or another engine, and prove that the copy is whole",
			ArgsUsage: "SOURCE-URL TARGET-URL",
			Description: `Examples:

   parley store copy badger:///var/lib/parley postgres://parley@db/parley
   parley store copy postgres://parley@db/parley badger:///var/lib/parley
   parley store copy --verify-only badger:///var/lib/parley badger:///backup/parley

NOTHING MAY WRITE TO EITHER STORE WHILE IT IS COPIED. A badger: store is locked
by the copy, so a server that has it open must be stopped first. A store in a
shared database is not locked: stop every server (gateway) that uses it. The
copy notices at its end if somebody wrote to the source all the same.

The target is made if it is missing and must be empty. Stopped with ^C, or
killed, at any moment, the same command goes on where it was and says at what
share. Until the copy is complete no server starts on the target. --restart
throws away what an unfinished copy, of any source, has put into the target; it
never touches data that came from elsewhere.

At the end both stores are read from the first key to the last and compared.
Printed are, for each table (first byte of the keys), the number of keys and a
digest that is the same for the same content on every engine. A difference
makes the exit code 1, and the first key that differs is named in hexadecimal.
--verify-only does nothing but this, and changes nothing.

Credentials of official accounts are sealed with a key that is not in the
store: give secret_key, or the file STORE.key, to the servers of the target.`,
			Flags: append(settingFlags("config", "memory_mib", "min_free_mib"),
				&cli.BoolFlag{Name: "verify-only", Usage: "compare the two stores and change nothing", HideDefault: true},
				&cli.BoolFlag{Name: "restart", Usage: "throw away what an unfinished copy has put into the target, and begin anew", HideDefault: true},
				jsonFlag()),
			Action: p.copyStore,
		}},
	}
}

func (p *program) copyStore(ctx context.Context, c *cli.Command) (err error) {
	if c.Args().Len() != 2 {
		return usagef("%s needs two arguments: SOURCE-URL TARGET-URL", c.FullName())
	}
	verifyOnly := c.Bool("verify-only")
	if verifyOnly && c.Bool("restart") {
		return usagef("--verify-only changes nothing, so --restart has no meaning with it")
	}
	from, to := c.Args().Get(0), c.Args().Get(1)
	if server.Identity(from) == server.Identity(to) {
		return usagef("source and target are both %s", server.Identity(from))
	}
	l, err := p.load(c)
	if err != nil {
		return err
	}
	ctx, release := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer release()
	context.AfterFunc(ctx, release) // a second signal ends the process

	opts := storage.Options{MemoryMiB: l.MemoryMiB / 2, MinFreeMiB: l.MinFreeMiB}
	source, err := openForCopy(ctx, from, opts, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := openForCopy(ctx, to, opts, verifyOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()

	progress := newCopyProgress(p.stderr)
	job := &transfer.Copy{
		Source: source, Target: target, Name: server.Identity(from), Restart: c.Bool("restart"), Now: time.Now,
		Report: progress.show,
		Resumed: func(u *transfer.Unfinished) {
			p.say("going on with the copy of %s begun %s, at %.1f %%\n", u.Source, u.Started.Format(time.DateTime), u.Share())
		},
	}
	run := job.Run
	if verifyOnly {
		run = job.Verify
	}
	found, err := run(ctx)
	progress.done()
	if err != nil {
		return copyError(ctx, job, verifyOnly, err)
	}
	if err := p.showComparison(c, found); err != nil {
		return err
	}
	if err := copyVerdict(found, verifyOnly); err != nil {
		return err
	}
	p.sayCopied(from, to, verifyOnly)
	return nil
}

// openForCopy opens one of the two stores. If it must exist, it is not made.
func openForCopy(ctx context.Context, rawURL string, opts storage.Options, exists bool) (storage.Store, error) {
	location, err := url.Parse(rawURL)
	if err != nil {
		return nil, usagef("%q is not the URL of a store", rawURL)
	}
	if location.Scheme == "memory" {
		return nil, usagef("a store in memory ends with its process, so there is nothing to copy from or to")
	}
	if dir := server.StoreDir(rawURL); dir != "" && exists {
		if _, err := os.Stat(filepath.Join(dir, "MANIFEST")); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no store at %s", dir)
		}
	}
	store, err := server.Engines().Open(ctx, rawURL, opts)
	if errors.Is(err, storage.ErrLocked) {
		return nil, fmt.Errorf("%s is in use: stop the server that has it open, and let it stay stopped during the copy: %w", server.Identity(rawURL), err)
	}
	return store, err
}

// copyError says what is to be done about a copy that did not end.
func copyError(ctx context.Context, job *transfer.Copy, verifyOnly bool, err error) error {
	switch {
	case errors.Is(err, transfer.ErrForeign):
		return fmt.Errorf("%w; copy into an empty store, or compare the two with --verify-only", err)
	case errors.Is(err, transfer.ErrOtherCopy):
		return fmt.Errorf("%w; finish that copy first, or throw it away with --restart", err)
	case verifyOnly, errors.Is(err, transfer.ErrIncompleteSource), errors.Is(err, transfer.ErrSameStore), errors.Is(err, transfer.ErrSecondCopy):
		return err
	}
	if ctx.Err() != nil {
		err = errors.New("stopped")
	}
	unfinished, readErr := transfer.ReadUnfinished(context.WithoutCancel(ctx), job.Target)
	if readErr != nil || unfinished == nil {
		return fmt.Errorf("%w; the same command tries again", err)
	}
	return fmt.Errorf("%w at %.1f %%; the same command goes on from there", err, unfinished.Share())
}

// sayCopied says what is done and what is left to do.
func (p *program) sayCopied(from, to string, verifyOnly bool) {
	if verifyOnly {
		p.say("the stores are equal\n")
		return
	}
	p.say("%s is a complete copy of %s\n", server.Identity(to), server.Identity(from))
	dir := server.StoreDir(from)
	if dir == "" {
		return
	}
	if _, err := os.Stat(dir + ".key"); err != nil {
		return
	}
	if other := server.StoreDir(to); other != "" {
		p.say("the key that seals credentials is not in the store: copy %s.key to %s.key\n", dir, other)
		return
	}
	p.say("the key that seals credentials is not in the store: set secret_key to what %s.key holds\n", dir)
}
