package load

import (
	"context"
	"math"
	"sync/atomic"
	"time"
)

// Stop is why a run ended.
type Stop string

// The reasons.
const (
	// StopDuration: the time was over.
	StopDuration Stop = "duration"
	// StopRequests: all requests were sent.
	StopRequests Stop = "requests"
	// StopInterrupted: the caller ended it.
	StopInterrupted Stop = "interrupted"
)

// schedule says when requests are due. It is safe for concurrent use.
type schedule struct {
	start, end time.Time
	rate       float64 // zero: whenever there is a connection
	limit      int64   // zero: none
	taken      atomic.Int64
	sent       atomic.Int64
}

func newSchedule(s *Settings, start time.Time) *schedule {
	return &schedule{start: start, end: start.Add(s.Warmup + s.Duration), rate: s.Rate, limit: s.Requests}
}

// next waits until the next request is due and returns that time; false means that there is none. With a rate the time
// may be long past: a connection that was busy catches up.
func (s *schedule) next(ctx context.Context) (due time.Time, ok bool) {
	now := time.Now()
	if ctx.Err() != nil || !now.Before(s.end) {
		return due, false
	}
	number := s.taken.Add(1) - 1
	if s.limit > 0 && number >= s.limit {
		return due, false
	}
	due = now
	if s.rate > 0 {
		due = s.start.Add(time.Duration(float64(number) / s.rate * float64(time.Second)))
		if !due.Before(s.end) {
			await(ctx, s.end.Sub(now)) // a run lasts as long as it was told to
			return due, false
		}
		if !await(ctx, due.Sub(now)) {
			return due, false
		}
	}
	s.sent.Add(1)
	return due, true
}

// await returns after d, or with false when ctx ends.
func await(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// unsent counts the requests that were due before t and never sent.
func (s *schedule) unsent(t time.Time) int64 {
	if s.rate == 0 {
		return 0
	}
	due := int64(math.Ceil(min(t.Sub(s.start), s.end.Sub(s.start)).Seconds() * s.rate))
	if s.limit > 0 {
		due = min(due, s.limit)
	}
	return max(0, due-s.sent.Load())
}
