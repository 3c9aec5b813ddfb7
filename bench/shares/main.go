// Command shares measures a server over loopback connections and prints its throughput as a share of echo: a handler of
// the same HTTP library that parses the same requests and answers as many bytes without doing the work.
//
// Server, echo and load generator are processes of their own, so that the CPU time of each is known. Echo and Parley are
// driven alternately, and every share is that of neighbouring runs. With -against another build of this command takes the
// place of echo, with a store of its own: above 100 % this build is the faster one.
//
// With -cold only lists are measured, and of conversations that are in the store's tables and not in the engine's memory:
// there are so many of them, and they are listed in turn, that each has been forgotten when it is listed again. The store's
// block cache and the system's page cache may hold them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are what the measurement is asked for.
type options struct {
	rounds      int
	seconds     float64
	connections []int
	only        string
	pinned      bool
	cold        bool
	json        bool
	dir         string
	profile     string
	against     string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shares:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var o options
	var connections, role, file string
	flags := flag.NewFlagSet("shares", flag.ContinueOnError)
	flags.IntVar(&o.rounds, "rounds", 5, "rounds of each workload")
	flags.Float64Var(&o.seconds, "seconds", 2, "duration of each run")
	flags.StringVar(&connections, "connections", "64,256", "numbers of connections")
	flags.StringVar(&o.only, "only", "", "measure only workloads whose name contains this")
	flags.BoolVar(&o.pinned, "pinned", false, "server on one core, load on another; needs taskset")
	flags.BoolVar(&o.cold, "cold", false, "measure lists of conversations that are in the store and not in memory")
	flags.BoolVar(&o.json, "json", false, "print the runs as JSON")
	flags.StringVar(&o.dir, "dir", "", "where to make the temporary store; it should be on a real disk")
	flags.StringVar(&o.profile, "profile", "", "write a CPU profile of the server's workloads to this file")
	flags.StringVar(&o.against, "against", "", "another build of this command, which is then measured in place of echo")
	flags.StringVar(&role, "role", "", "used between this command's own processes")
	flags.StringVar(&file, "file", "", "used between this command's own processes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch role {
	case "echo":
		return serveEcho(os.Stdin, os.Stdout)
	case "parley":
		return serveParley(ctx, &o, file, os.Stdin, os.Stdout)
	case "load":
		return load(file, os.Stdin, os.Stdout)
	}
	for part := range strings.SplitSeq(connections, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return fmt.Errorf("connections: %q is not a number above zero", part)
		}
		o.connections = append(o.connections, n)
	}
	if o.rounds < 1 || o.seconds < 0.1 {
		return fmt.Errorf("at least one round of 0.1 seconds is needed")
	}
	return measure(ctx, &o, os.Stdout)
}

// duration returns the length of one run.
func (o *options) duration() time.Duration { return time.Duration(o.seconds * float64(time.Second)) }

// serverCore and loadCore return the core that servers and load generators have alone, or -1.
func (o *options) serverCore() int {
	if o.pinned {
		return 0
	}
	return -1
}

func (o *options) loadCore() int {
	if o.pinned {
		return 1
	}
	return -1
}
