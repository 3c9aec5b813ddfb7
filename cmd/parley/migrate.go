package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/core"
	"parley/storage"
)

const migrateHelp = `A migration goes in steps, each of which can be repeated without harm:

   1. parley migrate plan     reads the source and changes nothing
   2. parley migrate run      takes everything over
   3. parley migrate verify   compares both sides, message by message
   4. parley migrate follow   keeps taking over from a live platform

What has been taken over and how far it is are written in one transaction: press
^C, kill it, pull the plug; the same command again goes on and says at what
share. A message that is there already is never stored twice.

--from names the source:

   yesapi-csv:FILE    phalapi-csv:FILE     the message table, exported as CSV
   yesapi-sql:FILE    phalapi-sql:FILE     ... as an SQL dump (mysqldump,
                                           phpMyAdmin)
   openim-mongo:FILE                       mongoexport of the collection msg,
                                           which the collections user, group,
                                           group_member and seq_user may follow
   archive:FILE                            what parley export has written
   yesapi+https://HOST                     a live platform, with --credentials
   phalapi+https://HOST/api/platform
   openim+https://HOST

--credentials names a file of mode 600 with a JSON object. YesApi and PhalApi
show messages to those who take part only: nothing between two people of whom
the file has neither is taken over. A session that ends is begun again where
there is a password, which stands as the MD5 of the clear one.

   yesapi    {"app_key": "...", "app_secret": "...", "users": [
                {"username": "dogstar", "password": "e10adc39..."},
                {"uuid": "8AEA2A...", "token": "5D41402A..."}]}
   phalapi   {"app_key": "...", "app_secret": "...", "user_ids": [1, 2, 3]}
   openim    {"secret": "...", "admin_user": "imAdmin"}

Original times and texts are kept to the byte, and ids where the app has given
none yet. Import into an app before its users write there: a conversation that
has newer messages gets the older ones behind them.

Rows that cannot be taken over are appended to FILE.rejects, one JSON object a
line, with the reason; "parley migrate rejects" prints the rows themselves, to
be mended and taken over from a file of their own.

A badger: store belongs to one process: stop the server first. "status" and
"set" reach a migration that runs through a socket beside the store, for the
store itself is locked then: it answers with what is true now, and confirms
that a new rate has been taken on, which a file could not.

Examples:

   parley migrate plan --from yesapi-sql:messages.sql
   parley migrate run --from yesapi-sql:messages.sql --rate 2000
   parley migrate status --from yesapi-sql:messages.sql
   parley migrate set --rate 500
   parley migrate verify --from yesapi-sql:messages.sql --html report.html`

func (p *program) migrateCommand() *cli.Command {
	return &cli.Command{
		Name:        "migrate",
		Usage:       "take over the users and the history of another platform",
		Description: migrateHelp,
		Action:      group,
		Commands: []*cli.Command{
			{
				Name:  "plan",
				Usage: "say what a run would do, without changing anything",
				Description: `Counts what is in the source by type and kind, names the rows that cannot be
taken over, the ids and users that the app has already, the span of time, and
estimates how long a run takes and what space it needs.

Example:

   parley migrate plan --from phalapi-csv:chat_message.csv --json`,
				Flags:  append(migrateFlags(), jsonFlag()),
				Action: p.planMigration,
			},
			{
				Name:  "run",
				Usage: "take over what the source holds",
				Description: `Run it again after whatever has ended it. The exit code is 1 if rows were
rejected, in this run or one before it.

Examples:

   parley migrate run --from yesapi-csv:chat_message.csv
   parley migrate run --from openim-mongo:msg.json --max-minutes 240 --rate 3000
   parley migrate run --from yesapi+https://api.example.com --credentials y.json`,
				Flags:  append(migrateFlags(), append(runFlags(), jsonFlag())...),
				Action: p.runMigration(false),
			},
			{
				Name:  "follow",
				Usage: "take over from a live platform, and what is said there later, until stopped",
				Description: `Asks the platform again and again for conversations that have changed. The
platform gives no notice of new messages: a round costs a request or more for
each user.

Example:

   parley migrate follow --from openim+https://im.example.com \
      --credentials openim.json --every 30s`,
				Flags: append(migrateFlags(), append(runFlags(), jsonFlag(),
					&cli.DurationFlag{Name: "every", Value: defaultEvery, Usage: "pause between two rounds"})...),
				Action: p.runMigration(true),
			},
			{
				Name:  "verify",
				Usage: "compare the source with the app",
				Description: `Reads both sides and compares a digest of each conversation over place, sender,
kind, text and time of all its messages; conversations that differ are compared
message by message. A sample is compared in everything that is kept. Verdicts
are match, differ, missing here (in the source only), missing there (in the app
only) and error. The exit code is 0 if everything matches and 1 if not.

Examples:

   parley migrate verify --from yesapi-sql:messages.sql
   parley migrate verify --from archive:shop.ndjson --extras --html report.html`,
				Flags: append(migrateFlags(), jsonFlag(),
					&cli.Int64Flag{Name: "sample", Value: 1000, Usage: "messages to compare in everything"},
					&cli.BoolFlag{Name: "extras", Usage: "what is in the app only does not count: it is in use already", HideDefault: true},
					&cli.StringFlag{Name: "html", Usage: "write a page that opens without a network"}),
				Action: p.verifyMigration,
			},
			{
				Name:  "status",
				Usage: "say how far a migration is, who does it, and what ^C would do",
				Description: `Examples:

   parley migrate status --from yesapi-sql:messages.sql
   parley migrate status --json`,
				Flags:  append(migrateFlags(), jsonFlag()),
				Action: p.migrationStatus,
			},
			{
				Name:  "set",
				Usage: "change the rate of a migration that runs",
				Description: `Example:

   parley migrate set --rate 500

The rate lasts until the run ends; --rate of run gives the next one its own.`,
				Flags:  append(storeFlags(), rateFlag(), jsonFlag()),
				Action: p.setMigration,
			},
			{
				Name:      "rejects",
				Usage:     "print the rows of a file of rejects as they came",
				ArgsUsage: "FILE",
				Description: `Example:

   parley migrate rejects messages.csv.rejects > mended.csv
   parley migrate run --from yesapi-csv:mended.csv`,
				Action: p.printRejects,
			},
		},
	}
}

// migrateFlags name the source and the target.
func migrateFlags() []cli.Flag {
	return append(storeFlags(),
		&cli.StringFlag{Name: "app", Usage: "key of the app; may be left out if there is only one"},
		&cli.StringFlag{Name: "from", Usage: "the source, such as yesapi-csv:FILE; see parley migrate --help"},
		&cli.StringFlag{Name: "zone", Usage: "time zone of the source's clocks; the app's own if left out"},
		&cli.StringFlag{Name: "io", Usage: "what chat_message_io means: documented (in is sent) or natural (in is received); the app's setting if left out"},
		&cli.StringFlag{Name: "credentials", Usage: "file with a live platform's credentials, which only its owner may read; " + credentialsVariable + " instead of it"},
		&cli.BoolFlag{Name: "allow-private", Usage: "let the live platform be on this machine or in a private network", HideDefault: true},
	)
}

func rateFlag() cli.Flag {
	return &cli.FloatFlag{Name: "rate", Usage: "records a second at the most; 0 is as fast as it goes"}
}

// runFlags are those of run and follow.
func runFlags() []cli.Flag {
	return []cli.Flag{
		rateFlag(),
		&cli.FloatFlag{Name: "max-minutes", Usage: "end in good order after so long; the same command goes on"},
		&cli.StringFlag{Name: "on-error", Value: "skip", Usage: "skip: note rejected rows and go on; stop: end at the first one"},
		&cli.StringFlag{Name: "rejects", Usage: "file that rejected rows are appended to; the source's name and .rejects if left out"},
		&cli.BoolFlag{Name: "take-over", Usage: "take the migration from whoever is doing it", HideDefault: true},
	}
}

// migrationTarget is the app that is migrated into.
type migrationTarget struct {
	engine *core.Engine
	app    *core.App
	store  storage.Store
	close  func() error
}

// openTarget opens the store and finds the app.
func (p *program) openTarget(ctx context.Context, c *cli.Command) (*migrationTarget, error) {
	l, err := p.load(c)
	if err != nil {
		return nil, err
	}
	if dir := server.StoreDir(l.Store); dir != "" {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("there is no store at %s; `parley app add` creates one, --store names another", dir)
		}
	}
	engine, store, closeBoth, err := server.OpenEngine(ctx, &l.Settings, server.SystemEnvironment(), slog.Default())
	if errors.Is(err, storage.ErrLocked) {
		return nil, fmt.Errorf("the store is in use: by a server, which has to be stopped for this, or by another migration, of which `parley migrate status` tells: %w", err)
	}
	if err != nil {
		return nil, startError(err)
	}
	t := &migrationTarget{engine: engine, store: store, close: closeBoth}
	if t.app, err = onlyApp(engine, c.String("app")); err != nil {
		return nil, errors.Join(err, closeBoth())
	}
	return t, nil
}

// onlyApp is the app with a key, or the only one.
func onlyApp(e *core.Engine, key string) (*core.App, error) {
	if key != "" {
		if app, ok := e.App(key); ok {
			return app, nil
		}
		return nil, usagef("there is no app %s; `parley app list` lists them", key)
	}
	switch apps := e.Apps(); len(apps) {
	case 0:
		return nil, usagef("the store has no app yet; `parley app add` creates one")
	case 1:
		return apps[0], nil
	default:
		return nil, usagef("the store has %d apps; choose one with --app, `parley app list` lists them", len(apps))
	}
}

// interruptible returns a context that ends with ^C or SIGTERM; a second one ends the program.
func interruptible(ctx context.Context) (_ context.Context, release func()) {
	signalled, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	after := context.AfterFunc(signalled, stop)
	return signalled, func() {
		after()
		stop()
	}
}
