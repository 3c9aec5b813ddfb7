package load

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"parley/core"
)

// The range of recorded times, in nanoseconds, and their precision in digits. What is longer counts as the longest.
const (
	shortest  = int64(time.Microsecond)
	longest   = int64(10 * time.Minute)
	precision = 3
)

// codeCount is the number of fault codes, zero included.
const codeCount = int(core.Internal) + 1

// Errors counts faults, indexed by code.
type Errors [codeCount]int64

// Sum counts all of them.
func (e *Errors) Sum() (sum int64) {
	for _, n := range e {
		sum += n
	}
	return sum
}

// OpResult is what was measured of one kind of request.
type OpResult struct {
	// Requests counts all that have ended, with or without success.
	Requests int64
	// Succeeded counts the successes before the end of the measured time.
	Succeeded int64
	Errors    Errors
	// Response is from when a request was due to its answer, Service from when it was sent, both in nanoseconds. They
	// hold successes and timeouts; other errors may be fast and would flatter. They are nil if there is nothing to hold.
	Response, Service *hdrhistogram.Histogram
}

// Second is one second of the measured time; requests belong to the second in which they end.
type Second struct {
	Succeeded [OpCount]int64
	Errors    int64
	// Slowest is the longest response time.
	Slowest time.Duration
}

// recorder counts for one connection or, where there are very many, for several. It is safe for concurrent use.
type recorder struct {
	from, until time.Time // the measured time

	mu      sync.Mutex
	ops     [OpCount]OpResult
	seconds []Second
	last    time.Time // end of the last request
}

// record counts a request unless it was due during the warm-up.
func (r *recorder) record(op Op, due, begin, end time.Time, code core.Code) {
	if due.Before(r.from) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	o := &r.ops[op]
	o.Requests++
	second := r.second(end)
	response := end.Sub(due)
	switch {
	case code != 0:
		o.Errors[code]++
		second.Errors++
	default:
		second.Succeeded[op]++
		if !end.After(r.until) {
			o.Succeeded++
		}
	}
	if code == 0 || code == core.Timeout {
		o.observe(response, end.Sub(begin))
		second.Slowest = max(second.Slowest, response)
	}
	if end.After(r.last) {
		r.last = end
	}
}

func (r *recorder) second(end time.Time) *Second {
	at := int(end.Sub(r.from) / time.Second)
	for len(r.seconds) <= at {
		r.seconds = append(r.seconds, Second{})
	}
	return &r.seconds[at]
}

func (o *OpResult) observe(response, service time.Duration) {
	if o.Response == nil {
		o.Response, o.Service = newHistogram(), newHistogram()
	}
	put(o.Response, response)
	put(o.Service, service)
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(shortest, longest, precision) }

func put(h *hdrhistogram.Histogram, d time.Duration) {
	// A value within the bounds is always accepted.
	_ = h.RecordValue(min(max(int64(d), 0), longest))
}

// merge adds from's counts.
func (r *recorder) merge(from *recorder) {
	from.mu.Lock()
	defer from.mu.Unlock()
	for i := range from.ops {
		r.ops[i].Merge(&from.ops[i])
	}
	for i := range from.seconds {
		for len(r.seconds) <= i {
			r.seconds = append(r.seconds, Second{})
		}
		r.seconds[i].merge(&from.seconds[i])
	}
	if from.last.After(r.last) {
		r.last = from.last
	}
}

// Merge adds from's counts.
func (o *OpResult) Merge(from *OpResult) {
	o.Requests += from.Requests
	o.Succeeded += from.Succeeded
	for code, n := range from.Errors {
		o.Errors[code] += n
	}
	if from.Response == nil {
		return
	}
	if o.Response == nil {
		o.Response, o.Service = newHistogram(), newHistogram()
	}
	o.Response.Merge(from.Response)
	o.Service.Merge(from.Service)
}

func (s *Second) merge(from *Second) {
	for op, n := range from.Succeeded {
		s.Succeeded[op] += n
	}
	s.Errors += from.Errors
	s.Slowest = max(s.Slowest, from.Slowest)
}
