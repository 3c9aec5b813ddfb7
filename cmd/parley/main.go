// Command parley is a chat server that answers clients of several platforms from one store.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"parley/cmd/parley/admin"
	"parley/core"
)

// The exit codes; the root command's help documents them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitRefused     = 4
)

func main() {
	p := &program{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	os.Exit(p.run(context.Background(), os.Args))
}

// run runs the command line and returns the exit code. Data goes to stdout, everything else to stderr.
func (p *program) run(ctx context.Context, args []string) int {
	err := p.command().Run(ctx, args)
	if err == nil {
		return exitDone
	}
	if status, ok := errors.AsType[exitStatus](err); ok {
		return int(status)
	}
	code, text := exitFailed, err.Error()
	if _, ok := errors.AsType[usageError](err); ok {
		code = exitUsage
	} else if errors.Is(err, admin.ErrUnreachable) {
		code = exitUnreachable
	} else if fault, ok := errors.AsType[*core.Fault](err); ok && fault.Code < core.Limited {
		code, text = exitRefused, fault.Note
	}
	p.say("parley: %s\n", text)
	return code
}

// say talks to the person at the command line. There is nobody to tell if that fails.
func (p *program) say(format string, args ...any) { _, _ = fmt.Fprintf(p.stderr, format, args...) }

// usageError is a mistake in the command line or the settings.
type usageError struct{ error }

// Unwrap returns what the mistake is.
func (e usageError) Unwrap() error { return e.error }

// usagef returns a usageError.
func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }
