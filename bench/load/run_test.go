package load

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/core"
)

// fake is a service on the clock of the test.
type fake struct {
	core.Messenger // nil: an operation that a test does not expect ends it
	// answer is asked how long the n-th request takes, from 0, and how it ends.
	answer func(n int) (time.Duration, error)

	mu              sync.Mutex
	count           int
	underWay, bound int
	ops             [OpCount]int
}

func (f *fake) do(ctx context.Context, op Op) error {
	f.mu.Lock()
	n := f.count
	f.count++
	f.ops[op]++
	f.underWay++
	f.bound = max(f.bound, f.underWay)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.underWay--
		f.mu.Unlock()
	}()
	d, err := f.answer(n)
	select {
	case <-time.After(d):
		return err
	case <-ctx.Done():
		return core.Wrap(core.Timeout, "late", ctx.Err())
	}
}

func (f *fake) Send(ctx context.Context, _ core.Outgoing) ([]core.Delivery, error) {
	return nil, f.do(ctx, Send)
}

func (f *fake) History(ctx context.Context, _ core.HistoryQuery) (core.History, error) {
	return core.History{}, f.do(ctx, List)
}

func (f *fake) Conversations(ctx context.Context, _, _ int) (core.ConversationPage, error) {
	return core.ConversationPage{}, f.do(ctx, Chats)
}

func (f *fake) MarkRead(ctx context.Context, _ string, _ int64) (int, error) {
	return 0, f.do(ctx, Mark)
}

func (f *fake) Unread(ctx context.Context) (int, error) { return 0, f.do(ctx, Unread) }

// steady answers after d.
func steady(d time.Duration) *fake {
	return &fake{answer: func(int) (time.Duration, error) { return d, nil }}
}

func (f *fake) people() People {
	p := crowd(5)
	for i := range p.Members {
		p.Members[i].Messenger = f
	}
	return p
}

func settings() Settings {
	return Settings{
		Workload: workload(Mix{Send: 1}), Connections: 1, Duration: 10 * time.Second, Timeout: 10 * time.Second,
	}
}

// simulate runs in a bubble with a clock of its own and returns how long that took.
func simulate(t *testing.T, s Settings, f *fake, check func(t *testing.T, r *Result, took time.Duration)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r, err := Run(t.Context(), s, f.people(), nil)
		if err != nil {
			t.Fatal(err)
		}
		check(t, r, time.Since(start))
	})
}

// TestStallShowsInTheOpenLoop is the test of coordinated omission: a service answers within 1 ms and then stops for 4 s.
// At 100 requests per second 400 are due meanwhile, and each of them waits.
func TestStallShowsInTheOpenLoop(t *testing.T) {
	stalling := func() *fake {
		return &fake{answer: func(n int) (time.Duration, error) {
			if n == 300 {
				return 4 * time.Second, nil
			}
			return time.Millisecond, nil
		}}
	}
	s := settings()
	s.Rate = 100
	simulate(t, s, stalling(), func(t *testing.T, r *Result, _ time.Duration) {
		o := &r.Ops[Send]
		if o.Requests != 1000 || r.Unsent != 0 || r.Stopped != StopDuration {
			t.Errorf("%d requests, %d unsent, stopped by %s", o.Requests, r.Unsent, r.Stopped)
		}
		// More than a third of the requests were due in the stall or while it was made up for.
		if p90 := time.Duration(o.Response.ValueAtPercentile(90)); p90 < 2*time.Second {
			t.Errorf("90 %% of the responses within %v: the stall is hidden", p90)
		}
		if p90 := time.Duration(o.Service.ValueAtPercentile(90)); p90 > 2*time.Millisecond {
			t.Errorf("90 %% of the requests are served within %v; only one stalled", p90)
		}
		if longest := time.Duration(o.Response.Max()); longest < 4*time.Second || longest > 4100*time.Millisecond {
			t.Errorf("the longest response took %v", longest)
		}
	})
	s.Rate = 0
	simulate(t, s, stalling(), func(t *testing.T, r *Result, _ time.Duration) {
		o := &r.Ops[Send]
		if !o.Response.Equals(o.Service) {
			t.Error("in a closed loop response and service differ")
		}
		if p90 := time.Duration(o.Response.ValueAtPercentile(90)); p90 > 2*time.Millisecond {
			t.Errorf("in a closed loop 90 %% of the responses take up to %v", p90)
		}
	})
}

func TestWarmupIsNotCounted(t *testing.T) {
	for name, rate := range map[string]float64{"open": 100, "closed": 0} {
		t.Run(name, func(t *testing.T) {
			s := settings()
			s.Rate, s.Warmup = rate, 5*time.Second
			// Slow at first: 500 requests are due in the open loop, 50 sent in the closed one.
			f := &fake{}
			cold := 500
			if rate == 0 {
				cold = 50
			}
			s.Connections = 20
			if rate == 0 {
				s.Connections = 1
			}
			f.answer = func(n int) (time.Duration, error) {
				if n < cold {
					return 100 * time.Millisecond, nil
				}
				return 10 * time.Millisecond, nil
			}
			simulate(t, s, f, func(t *testing.T, r *Result, took time.Duration) {
				o := &r.Ops[Send]
				if o.Requests != 1000 || int64(f.count) != r.Sent || r.Sent != int64(1000+cold) {
					t.Errorf("%d counted, %d sent, %d received", o.Requests, r.Sent, f.count)
				}
				if longest := time.Duration(o.Response.Max()); longest > 11*time.Millisecond {
					t.Errorf("a response of %v is counted", longest)
				}
				if r.Window != 10*time.Second || took < 15*time.Second || took > 15020*time.Millisecond {
					t.Errorf("measured %v, took %v", r.Window, took)
				}
			})
		})
	}
}

func TestBoundsAreKept(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"closed":             func(*Settings) {},
		"closed, requests":   func(s *Settings) { s.Requests = 333 },
		"open":               func(s *Settings) { s.Rate = 50 },
		"open, requests":     func(s *Settings) { s.Rate, s.Requests = 50, 77 },
		"open, overloaded":   func(s *Settings) { s.Rate = 5000 },
		"overloaded, capped": func(s *Settings) { s.Rate, s.Requests = 5000, 1234 },
	} {
		t.Run(name, func(t *testing.T) {
			s := settings()
			s.Connections, s.Warmup = 7, 2*time.Second
			change(&s)
			f := steady(20 * time.Millisecond)
			simulate(t, s, f, func(t *testing.T, r *Result, took time.Duration) {
				if f.bound > s.Connections {
					t.Errorf("%d requests at once, %d allowed", f.bound, s.Connections)
				}
				if s.Requests > 0 && (int64(f.count) != s.Requests || r.Stopped != StopRequests) {
					t.Errorf("%d requests, %d allowed, stopped by %s", f.count, s.Requests, r.Stopped)
				}
				if s.Requests == 0 && r.Stopped != StopDuration {
					t.Errorf("stopped by %s", r.Stopped)
				}
				if limit := int(s.Rate * 12); s.Rate > 0 && f.count > limit {
					t.Errorf("%d requests, the rate allows %d", f.count, limit)
				}
				if took > 12020*time.Millisecond {
					t.Errorf("took %v", took)
				}
				due := int64(s.Rate * 12)
				if s.Requests > 0 {
					due = min(due, s.Requests)
				}
				if want := max(0, due-int64(f.count)); r.Unsent != want {
					t.Errorf("%d unsent, want %d", r.Unsent, want)
				}
			})
		})
	}
}

func TestErrorsAreCountedByCode(t *testing.T) {
	s := settings()
	s.Requests, s.Timeout = 40, time.Second
	s.Workload.Mix = Mix{Send: 1, List: 1, Chats: 1, Mark: 1, Unread: 1}
	f := &fake{answer: func(n int) (time.Duration, error) {
		switch n % 4 {
		case 1:
			return 0, core.NewFault(core.Limited, "", "slow down")
		case 2:
			return 0, errors.New("no fault")
		case 3:
			return time.Minute, nil
		}
		return time.Millisecond, nil
	}}
	s.Duration = time.Minute
	simulate(t, s, f, func(t *testing.T, r *Result, _ time.Duration) {
		var all OpResult
		for _, op := range Ops() {
			if r.Ops[op].Requests != int64(f.ops[op]) {
				t.Errorf("%v: %d counted, %d received", op, r.Ops[op].Requests, f.ops[op])
			}
			all.Merge(&r.Ops[op])
		}
		want := Errors{core.Limited: 10, core.Internal: 10, core.Timeout: 10}
		if all.Errors != want || all.Succeeded != 10 {
			t.Errorf("%d successes and errors %v", all.Succeeded, all.Errors)
		}
	})
}

func TestInterruptionKeepsWhatWasMeasured(t *testing.T) {
	for name, rate := range map[string]float64{"open": 100, "closed": 0} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 2505*time.Millisecond)
				defer cancel()
				s := settings()
				s.Rate = rate
				var seen []Progress
				r, err := Run(ctx, s, steady(10*time.Millisecond).people(), func(p Progress) { seen = append(seen, p) })
				if err != nil {
					t.Fatal(err)
				}
				if n := r.Ops[Send].Requests; n != 251 || r.Stopped != StopInterrupted || r.Window != 2505*time.Millisecond {
					t.Errorf("%d requests in %v, stopped by %s", n, r.Window, r.Stopped)
				}
				if len(seen) != 2 || seen[1].Elapsed != 2*time.Second || seen[1].Succeeded < 199 {
					t.Errorf("progress %+v", seen)
				}
			})
		})
	}
}

func TestGatherStopsAtTheFirstError(t *testing.T) {
	refused := errors.New("refused")
	calls := 0
	_, err := Gather(t.Context(), 100, 1, func(_ context.Context, n int) (Member, error) {
		calls++
		if n == 3 {
			return Member{}, refused
		}
		return Member{}, nil
	})
	if !errors.Is(err, refused) || calls != 4 {
		t.Errorf("%v after %d calls", err, calls)
	}
	members, err := Gather(t.Context(), 100, 8, func(_ context.Context, n int) (Member, error) { return crowd(100).Members[n], nil })
	if err != nil || len(members) != 100 || members[99].Address != "99" {
		t.Errorf("%d members, %v", len(members), err)
	}
}
