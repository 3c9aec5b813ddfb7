package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/bench"
)

// sample is one run against one server.
type sample struct {
	outcome
	// Server is the CPU time of the server for the run, with what it put off until afterwards.
	Server time.Duration
}

func (s *sample) rate() float64 { return float64(s.Requests) / s.Elapsed.Seconds() }

// cost is the CPU time of the server for one request.
func (s *sample) cost() time.Duration { return s.Server / time.Duration(max(1, s.Requests)) }

// series are the rounds of one workload with one number of connections.
type series struct {
	Workload     string
	Messages     int
	Connections  int
	Echo, Parley []sample
}

// stand is the processes of a measurement.
type stand struct {
	dir                string
	load, echo, parley *process
	addresses          [2]string // echo, parley
	workloads          []bench.Workload
}

func measure(ctx context.Context, o *options, out io.Writer) (err error) {
	dir, err := os.MkdirTemp(o.dir, "parley-shares-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	f := &stand{dir: dir}
	defer func() { err = errors.Join(err, f.close()) }()
	if err := f.start(ctx, o); err != nil {
		return err
	}
	var all []series
	for i := range f.workloads {
		w := &f.workloads[i]
		if !strings.Contains(w.Name, o.only) {
			continue
		}
		for _, connections := range o.connections {
			s := series{Workload: w.Name, Messages: w.Messages, Connections: connections}
			for round := -1; round < o.rounds && ctx.Err() == nil; round++ {
				if err := f.round(o, &s, i, round); err != nil {
					return fmt.Errorf("%s with %d connections: %w", w.Name, connections, err)
				}
			}
			all = append(all, s)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return report(out, o, all)
}

// start starts the processes and waits until the store is prepared.
func (f *stand) start(ctx context.Context, o *options) (err error) {
	serverCore, loadCore := -1, -1
	if o.pinned {
		serverCore, loadCore = 0, 1
	}
	if f.parley, err = start(ctx, serverCore, "-role", "parley", "-file", f.dir, "-profile", o.profile); err != nil {
		return err
	}
	if f.echo, err = start(ctx, serverCore, "-role", "echo"); err != nil {
		return err
	}
	for i, p := range []*process{f.echo, f.parley} {
		var r ready
		if err := p.read(&r); err != nil {
			return err
		}
		f.addresses[i] = r.Address
	}
	if f.workloads, err = readWorkloads(filepath.Join(f.dir, workloadsFile)); err != nil {
		return err
	}
	f.load, err = start(ctx, loadCore, "-role", "load", "-file", f.dir)
	return err
}

func (f *stand) close() (err error) {
	for _, p := range []*process{f.load, f.echo, f.parley} {
		if p != nil {
			err = errors.Join(err, p.close())
		}
	}
	return err
}

// warmUp is the duration of the runs before the first round, which do not count.
const warmUp = 500 * time.Millisecond

// round drives echo and Parley once each, in alternating order; round -1 warms up.
func (f *stand) round(o *options, s *series, workload, round int) error {
	duration := o.duration()
	if round < 0 {
		duration = min(warmUp, duration)
	}
	w := &f.workloads[workload]
	for turn := range 2 {
		at := (round + turn) & 1
		server, into := f.echo, &s.Echo
		if at == 1 {
			server, into = f.parley, &s.Parley
		}
		one, err := f.once(server, question{Answer: w.Answer}, order{
			Address: f.addresses[at], Workload: workload, Connections: s.Connections, Duration: duration,
		})
		if err != nil {
			return err
		}
		if round >= 0 {
			*into = append(*into, one)
		}
	}
	return nil
}

func (f *stand) once(server *process, q question, o order) (s sample, err error) {
	var before, after usage
	if err := server.ask(q, &before); err != nil {
		return s, err
	}
	if err := f.load.ask(o, &s.outcome); err != nil {
		return s, err
	}
	switch {
	case s.Error != "":
		return s, errors.New(s.Error)
	case s.Failed > 0:
		return s, fmt.Errorf("%d of %d requests were refused", s.Failed, s.Requests)
	}
	after, err = settle(server, q)
	s.Server = after.CPU - before.CPU
	return s, err
}

// settle waits until a server has done what it puts off, so that it is charged to the run that caused it and disturbs no
// other: until it uses less than a fiftieth of a core, but five seconds at the most.
func settle(server *process, q question) (last usage, err error) {
	const step, limit = 100 * time.Millisecond, 50
	if err := server.ask(q, &last); err != nil {
		return last, err
	}
	for range limit {
		time.Sleep(step)
		before := last
		if err := server.ask(q, &last); err != nil {
			return last, err
		}
		if last.CPU-before.CPU < step/50 {
			break
		}
	}
	return last, nil
}
