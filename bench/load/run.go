package load

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"parley/core"
)

// Progress is how far a run is, warm-up included.
type Progress struct {
	Elapsed time.Duration
	// Warming tells that requests are not counted yet.
	Warming           bool
	Succeeded, Failed int64
}

// Result is what a run measured.
type Result struct {
	// Started is when the warm-up was over.
	Started time.Time
	// Window is the measured time.
	Window  time.Duration
	Stopped Stop
	// Sent counts all requests, warm-up included.
	Sent int64
	// Unsent counts the requests that were due, by the rate, and that no connection was free to send.
	Unsent int64
	// Ops is indexed by Op.
	Ops     [OpCount]OpResult
	Seconds []Second
}

// run is a run under way.
type run struct {
	settings  Settings
	plan      *plan
	schedule  *schedule
	recorders []*recorder

	succeeded, failed atomic.Int64
}

// maxRecorders bounds the memory of histograms; more connections than that share.
const maxRecorders = 32

// observeInterval is how often progress is told.
const observeInterval = time.Second

// Run sends requests as the people until the settings or ctx end it, and waits for those under way. An end of ctx is no
// error: the result is what was measured until then. observe, if not nil, is called every second from one goroutine at
// a time and not after Run has returned.
func Run(ctx context.Context, s Settings, people People, observe func(Progress)) (*Result, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	p, err := newPlan(&s.Workload, people)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	from := start.Add(s.Warmup)
	r := &run{settings: s, plan: p, schedule: newSchedule(&s, start)}
	for range min(s.Connections, maxRecorders) {
		r.recorders = append(r.recorders, &recorder{from: from, until: from.Add(s.Duration)})
	}
	var workers sync.WaitGroup
	for n := range s.Connections {
		workers.Go(func() { r.work(ctx, n) })
	}
	over := make(chan struct{})
	var watcher sync.WaitGroup
	if observe != nil {
		watcher.Go(func() { r.watch(over, observe) })
	}
	interrupted := make(chan time.Time, 1)
	undo := context.AfterFunc(ctx, func() { interrupted <- time.Now() })
	workers.Wait()
	close(over)
	watcher.Wait()
	end := r.schedule.end
	if !undo() {
		end = <-interrupted
	}
	return r.result(from, end), nil
}

// work is one connection.
func (r *run) work(ctx context.Context, number int) {
	sequence, recorder := r.plan.sequence(number), r.recorders[number%len(r.recorders)]
	// A request that has begun is waited for, whatever becomes of ctx.
	calm := context.WithoutCancel(ctx)
	for {
		due, ok := r.schedule.next(ctx)
		if !ok {
			return
		}
		request := sequence.next()
		begin := time.Now()
		limited, cancel := context.WithDeadline(calm, begin.Add(r.settings.Timeout))
		err := request.do(limited)
		cancel()
		end := time.Now()
		if err != nil {
			r.failed.Add(1)
		} else {
			r.succeeded.Add(1)
		}
		recorder.record(request.op, due, begin, end, core.CodeOf(err))
	}
}

func (r *run) watch(over <-chan struct{}, observe func(Progress)) {
	ticker := time.NewTicker(observeInterval)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return
		case <-ticker.C:
			elapsed := time.Since(r.schedule.start)
			observe(Progress{
				Elapsed: elapsed, Warming: elapsed < r.settings.Warmup,
				Succeeded: r.succeeded.Load(), Failed: r.failed.Load(),
			})
		}
	}
}

// result puts together what was measured until the given time: when the run was interrupted, or when it had to end.
func (r *run) result(from, end time.Time) *Result {
	all := new(recorder)
	for _, part := range r.recorders {
		all.merge(part)
	}
	stop, sent := StopDuration, r.schedule.sent.Load()
	switch {
	case end.Before(r.schedule.end):
		stop = StopInterrupted
	case r.settings.Requests > 0 && sent >= r.settings.Requests:
		stop, end = StopRequests, all.last
	}
	if end.After(r.schedule.end) {
		end = r.schedule.end
	}
	return &Result{
		Started: from, Window: max(0, end.Sub(from)), Stopped: stop,
		Sent: sent, Unsent: r.schedule.unsent(end), Ops: all.ops, Seconds: all.seconds,
	}
}
