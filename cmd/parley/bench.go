package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"parley/bench/load"
	"parley/bench/load/target"
	"parley/bench/report"
)

const benchHelp = `Many users send and list messages through the client half of a dialect, against
Parley or any other server of the platform. With --rate the loop is open:
requests are due at fixed times, and a response time counts from when its
request was due, so that a server which stalls cannot hide it. Without it each
connection sends its next request when it has its answer.

yesapi registers and logs in the users bench-0001 and so on; openim registers
bench_0001 and so on, and its administrator acts for them; phalapi takes
users by --user-ids or, in an app with open users, invents them, and without
an app key acts as the anonymous user. The app's secret is read from a file or
from ` + benchSecretVariable + `, never from the command line.

Only this machine is loaded unless --allow-remote is given. No bound is ever
exceeded; Ctrl-C ends the run and shows what was measured.

Examples:

   parley bench --demo --dialect yesapi --users 50
   parley bench --target http://127.0.0.1:8080 --dialect yesapi --app-key KEY \
      --secret-file secret --mix send=70,list=25,chats=5 --rate 2000 \
      --connections 64 --duration 30s --report report.html --out before.json
   parley bench --demo --dialect phalapi --mix bulk=100 --recipients 3
   parley bench --target http://127.0.0.1:10002 --dialect openim \
      --secret-file secret --mix send=60,bulk=10,list=25,chats=5 --recipients 5
   parley bench compare before.json after.json`

func (p *program) benchCommand() *cli.Command {
	return &cli.Command{
		Name:        "bench",
		Usage:       "measure a server under the load of many users",
		Description: benchHelp,
		Flags:       benchFlags(),
		Action:      p.bench,
		Commands: []*cli.Command{{
			Name:      "compare",
			Usage:     "set the results of one server or version against another's",
			ArgsUsage: "A.json B.json",
			Description: `Each file holds the results of one or more runs, as --out writes them. The
ratios are of medians; the spread is what the runs of either side leave open.

Example:

   parley bench compare before.json after.json`,
			Flags:  []cli.Flag{jsonFlag()},
			Action: p.compareBench,
		}},
	}
}

func (p *program) bench(ctx context.Context, c *cli.Command) error {
	if c.Args().Present() {
		return group(ctx, c)
	}
	settings, options, err := p.benchSettings(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once.
	defer context.AfterFunc(ctx, stop)()

	show := newBenchProgress(p.stderr, settings)
	people, err := target.Open(ctx, *options, show.login(len(options.UserIDs), options.Users))
	if err != nil {
		return err
	}
	options.Users = max(len(people.Members), len(people.Peers))
	if n := options.Users; n < c.Int("users") && c.IsSet("users") {
		p.say("parley: only %d users are known; --user-ids names more\n", n)
	}
	result, err := load.Run(ctx, *settings, people, show.run)
	show.done()
	if err != nil {
		return usageError{err}
	}
	r := report.Make(result, settings, report.Target{URL: options.URL, Dialect: options.Dialect, Users: options.Users}, version)
	return errors.Join(p.showBench(c, r), saveBench(c, r))
}

// showBench prints the result; what is to be said of it goes to stderr.
func (p *program) showBench(c *cli.Command, r *report.Result) error {
	if err := p.show(c, r, r.Table()); err != nil {
		return err
	}
	p.say("\n%s\n", strings.Join(r.Remarks(), "\n"))
	return nil
}

// saveBench writes the files that were asked for.
func saveBench(c *cli.Command, r *report.Result) error {
	var failed error
	if name := c.String("out"); name != "" {
		failed = report.Append(name, r)
	}
	if name := c.String("report"); name != "" {
		html, err := r.HTML()
		if err == nil {
			err = report.WriteFile(name, html)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

func (p *program) compareBench(_ context.Context, c *cli.Command) error {
	if c.Args().Len() != 2 {
		return usagef("compare needs two files of results: A.json B.json")
	}
	a, err := report.Read(c.Args().Get(0))
	if err != nil {
		return err
	}
	b, err := report.Read(c.Args().Get(1))
	if err != nil {
		return err
	}
	comparison := report.Compare(a, b)
	if err := p.show(c, comparison, comparison.Table()); err != nil {
		return err
	}
	if !c.Bool("json") {
		p.say("\n%s\n", strings.Join(append(comparison.Warnings, comparison.Verdict), "\n"))
	}
	return nil
}
