// Command soak watches a server while something else loads it: every ten seconds it reads the server's metrics and writes
// a line of CSV with its memory, goroutines, open files, connections, and the requests since the line before, with their
// rate, failures, median and 99th percentile. So leaks and slow growth show in a run of ten minutes or a day.
//
// A soak of ten minutes with an open loop, which does not wait for a slow server:
//
//	parley serve &
//	go run ./bench/soak -for 10m -out soak.csv &
//	parley bench --demo --rate 2000 --connections 256 --duration 10m
//
// The metrics' token, if the server wants one, stands in PARLEY_ADMIN_TOKEN.
package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	url, out, endpoint string
	every, length      time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	var o options
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	flags.StringVar(&o.url, "metrics", "http://127.0.0.1:8081/metrics", "address of the server's metrics")
	flags.StringVar(&o.out, "out", "", "file for the lines; standard output if empty")
	flags.StringVar(&o.endpoint, "endpoint", "", "count only requests to endpoints whose name contains this")
	flags.DurationVar(&o.every, "every", 10*time.Second, "time between two lines")
	flags.DurationVar(&o.length, "for", 10*time.Minute, "how long to watch")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.every < 100*time.Millisecond {
		return errors.New("there is at least a tenth of a second between two lines")
	}
	out := stdout
	if o.out != "" {
		f, err := os.Create(o.out)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	return watch(ctx, &o, out)
}

// watch writes a line at every tick until the time is over or ctx ends. The first look is only what the first line
// counts from.
func watch(ctx context.Context, o *options, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, o.length)
	defer cancel()
	lines := csv.NewWriter(out)
	write := func(line []string) error {
		if err := lines.Write(line); err != nil {
			return err
		}
		lines.Flush() // a soak that is cut short leaves what it has seen
		return lines.Error()
	}
	if err := write(columns()); err != nil {
		return err
	}
	began := time.Now()
	before, err := look(ctx, o)
	if err != nil {
		return err
	}
	ticker := time.NewTicker(o.every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now, err := look(ctx, o)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := write(now.line(before, began)); err != nil {
			return err
		}
		before = now
	}
}
