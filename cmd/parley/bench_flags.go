package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/yesapi"
	"parley/bench/load"
	"parley/bench/load/target"
	"parley/cmd/parley/demo"
)

// The variables that hold the secret of the app and the password of the users.
const (
	benchSecretVariable   = "PARLEY_BENCH_SECRET"   //nolint:gosec // a name, no secret
	benchPasswordVariable = "PARLEY_BENCH_PASSWORD" //nolint:gosec // a name, no password
)

// The mixes of dialects, unless another is asked for.
const (
	yesapiMix  = "send=70,list=25,chats=5"
	phalapiMix = "send=75,list=25"
)

// defaultWarmup is the warm-up, unless the number of requests is bounded.
const defaultWarmup = 5 * time.Second

// demoAddress is where the demo is served by default.
const demoAddress = "http://127.0.0.1:8080"

func benchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "target", Usage: "URL of the server", DefaultText: demoAddress + " with --demo"},
		&cli.StringFlag{Name: "dialect", Value: yesapi.Name, Usage: "what the server speaks: " + strings.Join(target.Dialects(), " or ")},
		&cli.BoolFlag{Name: "demo", Usage: "use the published credentials of the demo server", HideDefault: true},
		&cli.StringFlag{Name: "app-key", Usage: "key of the app; openim has none"},
		&cli.StringFlag{Name: "secret-file", Usage: "file with the app's secret; - is standard input"},
		&cli.StringFlag{Name: "admin-user", Usage: "openim: the administrator who acts for all users", DefaultText: "imAdmin"},
		&cli.StringFlag{Name: "password-file", Usage: "file with the password of yesapi's users; derived from the secret if left out"},
		&cli.StringFlag{Name: "user-ids", Usage: "phalapi: numbers and ranges of the users' IDs, as in 7,100-199"},
		&cli.BoolFlag{Name: "allow-remote", Usage: "load a server that is not on this machine, with its owner's consent", HideDefault: true},

		&cli.StringFlag{Name: "mix", Usage: "weights of send, bulk, list, chats, mark and unread", DefaultText: yesapiMix},
		&cli.IntFlag{Name: "users", Value: 100, Usage: "users who act"},
		&cli.IntFlag{Name: "contacts", Value: 10, Usage: "others whom each user talks to"},
		&cli.FloatFlag{Name: "skew", Usage: "how unevenly users and contacts are chosen, from 0 to 1"},
		&cli.IntFlag{Name: "recipients", Value: 1, Usage: "recipients of a bulk send"},
		&cli.IntFlag{Name: "size", Value: 64, Usage: "length of a message in bytes"},
		&cli.IntFlag{Name: "page", Value: 20, Usage: "messages or chats listed at once"},
		&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "beginning of the sequence of requests"},

		&cli.IntFlag{Name: "connections", Value: 64, Usage: "requests under way at once, at the most"},
		&cli.FloatFlag{Name: "rate", Usage: "requests due per second; 0 is a closed loop"},
		&cli.DurationFlag{Name: "duration", Value: 30 * time.Second, Usage: "measured time"},
		&cli.DurationFlag{Name: "warmup", Value: defaultWarmup, Usage: "time before that; with --requests none by default"},
		&cli.Int64Flag{Name: "requests", Usage: "requests at the most, warm-up included; 0 is no bound"},
		&cli.DurationFlag{Name: "timeout", Value: 10 * time.Second, Usage: "how long an answer is waited for"},

		jsonFlag(),
		&cli.StringFlag{Name: "out", Usage: "file to add the result to, for compare"},
		&cli.StringFlag{Name: "report", Usage: "file for the result as a page with charts"},
	}
}

// benchSettings reads the command line.
func (p *program) benchSettings(c *cli.Command) (*load.Settings, *target.Options, error) {
	o := &target.Options{
		URL: c.String("target"), Dialect: c.String("dialect"), AppKey: c.String("app-key"), AdminUser: c.String("admin-user"),
		Users:       c.Int("users"),
		Connections: c.Int("connections"), AllowRemote: c.Bool("allow-remote"),
	}
	if err := p.benchCredentials(c, o); err != nil {
		return nil, nil, err
	}
	text := c.String("mix")
	if text == "" {
		if text = yesapiMix; o.Dialect == phalapi.Name {
			text = phalapiMix
		}
	}
	mix, err := load.ParseMix(text)
	if err != nil {
		return nil, nil, usageError{err}
	}
	s := &load.Settings{
		Workload: load.Workload{
			Mix: mix, Skew: c.Float("skew"), Contacts: c.Int("contacts"), Recipients: c.Int("recipients"),
			Size: c.Int("size"), Page: c.Int("page"), Seed: c.Uint64("seed"),
		},
		Connections: c.Int("connections"), Rate: c.Float("rate"), Duration: c.Duration("duration"),
		Warmup: c.Duration("warmup"), Requests: c.Int64("requests"), Timeout: c.Duration("timeout"),
	}
	if s.Requests > 0 && !c.IsSet("warmup") {
		s.Warmup = 0
	}
	if err := s.Check(); err != nil {
		return nil, nil, usageError{err}
	}
	if err := o.Check(mix); err != nil {
		return nil, nil, usageError{err}
	}
	return s, o, nil
}

// benchCredentials completes the options with secrets, and with the demo's if it is asked for.
func (p *program) benchCredentials(c *cli.Command, o *target.Options) (err error) {
	if o.Secret, err = p.benchSecret(c.String("secret-file"), benchSecretVariable); err != nil {
		return err
	}
	if o.Password, err = p.benchSecret(c.String("password-file"), benchPasswordVariable); err != nil {
		return err
	}
	if o.UserIDs, err = parseIDs(c.String("user-ids")); err != nil {
		return usageError{err}
	}
	if !c.Bool("demo") {
		if o.URL == "" {
			return usagef("which server? give --target, or --demo for the one of `parley serve --demo`")
		}
		return nil
	}
	if o.URL == "" {
		o.URL = demoAddress
	}
	if o.Dialect == openim.Name {
		o.Secret = openim.DefaultSecret // the demo's, too
		return nil
	}
	o.AppKey, o.Secret = demo.Key, demo.Secret
	if o.Dialect == phalapi.Name && len(o.UserIDs) == 0 {
		o.UserIDs = demoIDs()
	}
	return nil
}

// demoIDs are the demo's users who have a number.
func demoIDs() []int64 { return []int64{9948077346, 9371245179, 3473643418, 6412123282} }

// benchSecret reads a secret from the file or the environment, if it is there.
func (p *program) benchSecret(file, variable string) (string, error) {
	if file != "" {
		return p.secretFrom(file)
	}
	for _, entry := range p.environ {
		if value, ok := strings.CutPrefix(entry, variable+"="); ok {
			return notEmpty(value, variable)
		}
	}
	return "", nil
}

// parseIDs reads numbers and ranges: "7,100-199".
func parseIDs(text string) (ids []int64, err error) {
	if text == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, err := strconv.ParseInt(low, 10, 64)
		last := first
		if err == nil && isRange {
			last, err = strconv.ParseInt(high, 10, 64)
		}
		if err != nil || first < 1 || last < first {
			return nil, fmt.Errorf("%q is neither a user's number nor a range of them", part)
		}
		if last-first >= target.MaxUsers-int64(len(ids)) {
			return nil, fmt.Errorf("more than %d users", target.MaxUsers)
		}
		for id := first; id <= last; id++ {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
