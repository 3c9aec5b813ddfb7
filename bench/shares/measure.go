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

// side is a server that is measured, and what drives it.
type side struct {
	server, load *process
	address      string
	workloads    []bench.Workload
}

// stand is the processes of a measurement.
type stand struct {
	dir          string
	base, parley side
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
	for i := range f.parley.workloads {
		w := &f.parley.workloads[i]
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

// start starts the processes and waits until the stores are prepared.
func (f *stand) start(ctx context.Context, o *options) (err error) {
	if err = f.parley.start(ctx, o, "", filepath.Join(f.dir, "parley"), o.profile); err != nil {
		return err
	}
	if o.against != "" {
		return f.base.start(ctx, o, o.against, filepath.Join(f.dir, "against"), "")
	}
	f.base.load, f.base.workloads = f.parley.load, f.parley.workloads
	if f.base.server, err = start(ctx, "", o.serverCore(), "-role", "echo"); err != nil {
		return err
	}
	return f.base.readAddress()
}

// start starts a Parley server of a build, which prepares dir, and its load generator.
func (s *side) start(ctx context.Context, o *options, build, dir, profile string) (err error) {
	if err = os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	args := []string{"-role", "parley", "-file", dir, "-profile", profile}
	if o.cold {
		args = append(args, "-cold")
	}
	if s.server, err = start(ctx, build, o.serverCore(), args...); err != nil {
		return err
	}
	if err = s.readAddress(); err != nil {
		return err
	}
	if s.workloads, err = readWorkloads(filepath.Join(dir, workloadsFile)); err != nil {
		return err
	}
	s.load, err = start(ctx, "", o.loadCore(), "-role", "load", "-file", dir)
	return err
}

func (s *side) readAddress() error {
	var r ready
	err := s.server.read(&r)
	s.address = r.Address
	return err
}

func (f *stand) close() (err error) {
	closed := make(map[*process]bool)
	for _, p := range []*process{f.base.load, f.parley.load, f.base.server, f.parley.server} {
		if p != nil && !closed[p] {
			closed[p] = true
			err = errors.Join(err, p.close())
		}
	}
	return err
}

// warmUp is the duration of the runs before the first round, which do not count.
const warmUp = 500 * time.Millisecond

// round drives the base and Parley once each, in alternating order; round -1 warms up.
func (f *stand) round(o *options, s *series, workload, round int) error {
	duration := o.duration()
	if round < 0 {
		duration = min(warmUp, duration)
	}
	for turn := range 2 {
		one, into := &f.base, &s.Echo
		if (round+turn)&1 == 1 {
			one, into = &f.parley, &s.Parley
		}
		measured, err := one.once(order{
			Address: one.address, Workload: workload, Connections: s.Connections, Duration: duration,
		})
		if err != nil {
			return err
		}
		if round >= 0 {
			*into = append(*into, measured)
		}
	}
	return nil
}

func (f *side) once(o order) (s sample, err error) {
	q := question{Answer: f.workloads[o.Workload].Answer}
	var before, after usage
	if err := f.server.ask(q, &before); err != nil {
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
	after, err = settle(f.server, q)
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
