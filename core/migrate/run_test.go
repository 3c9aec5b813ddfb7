package migrate_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

var errPower = errors.New("the power went out")

// TestRunGoesOn ends runs at many places and expects that the next one goes on and that all is there once.
func TestRunGoesOn(t *testing.T) {
	w := newWorld(t)
	l := newList(1000)
	rejects := map[int64]bool{}
	o := w.options(l)
	o.Rejected = func(r *migrate.Reject) error {
		rejects[r.Line] = true
		return nil
	}
	stored := int64(0)
	for stop := 300; stop < 1000; stop += 217 {
		l.fail = func(i int) error {
			if i == stop {
				return errPower
			}
			return nil
		}
		r, err := migrate.Run(t.Context(), o)
		if !errors.Is(err, errPower) {
			t.Fatalf("%v", err)
		}
		if r.Resumed != (stop > 300) || r.Share() <= r.From {
			t.Errorf("at %d: resumed %t from %v to %v", stop, r.Resumed, r.From, r.Share())
		}
		stored += r.Counts.Types[archive.TypeMessage].Stored
		if known := r.Counts.Types[archive.TypeMessage].Known; known != 0 {
			t.Errorf("at %d: %d messages were read again", stop, known)
		}
	}
	l.fail = nil
	r, err := migrate.Run(t.Context(), o)
	if stored += r.Counts.Types[archive.TypeMessage].Stored; err != nil || !r.Complete || stored != 1000 || r.Records != 1004 || len(rejects) != 10 {
		t.Errorf("%+v, %d stored, %d rejects, %v", r, stored, len(rejects), err)
	}
	if again, err := migrate.Run(t.Context(), o); err != nil || len(again.Counts.Types) != 0 || !again.Complete || again.From != 1 {
		t.Errorf("again: %+v, %v", again, err)
	}
	s, err := migrate.ReadStatus(t.Context(), w.Engine, w.app, "list", w.now.UnixMilli())
	if err != nil || !s.Complete || s.Stored != 1000 || s.Rejected != 10 || s.Held || s.Lease.Holder != "a test" {
		t.Errorf("status: %+v, %v", s, err)
	}
	report, err := migrate.Verify(t.Context(), migrate.VerifyOptions{Engine: w.Engine, App: w.app, Source: l})
	if err != nil || !report.Clean(false) || report.Messages[migrate.Match] != 1000 || report.Users[migrate.Match] != 4 || report.Unreadable != 10 || report.Sampled < 100 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestStopOnError(t *testing.T) {
	w := newWorld(t)
	l := newList(250)
	o := w.options(l)
	o.StopOnError = true
	if _, err := migrate.Run(t.Context(), o); !errors.Is(err, migrate.ErrRejected) || !strings.Contains(err.Error(), "broken") {
		t.Errorf("a broken row: %v", err)
	}
	l.items = append(l.items[:4:4], message(1, "u0", "nobody", "to nobody"), message(2, "u0", "u1", "after"))
	l.name = "other"
	var told []*migrate.Reject
	o.Rejected = func(r *migrate.Reject) error {
		told = append(told, r)
		return nil
	}
	if _, err := migrate.Run(t.Context(), o); !errors.Is(err, migrate.ErrRejected) || len(told) != 1 {
		t.Fatalf("a message to nobody: %v, %v", told, err)
	}
	if !strings.HasPrefix(told[0].Raw, `{"type":"message"`) || !strings.Contains(told[0].Raw, "to nobody") {
		t.Errorf("%+v", told[0])
	}
}

func TestLease(t *testing.T) {
	w := newWorld(t)
	lease, err := w.LeaseImport(t.Context(), w.app, "list", "somebody", time.Minute, false)
	if err != nil {
		t.Fatal(err)
	}
	o := w.options(newList(300))
	if _, err := migrate.Run(t.Context(), o); !errors.Is(err, migrate.ErrHeld) || !strings.Contains(err.Error(), "somebody") {
		t.Errorf("while somebody has it: %v", err)
	}
	o.TakeOver = true
	if r, err := migrate.Run(t.Context(), o); err != nil || !r.Complete {
		t.Errorf("taken over: %+v, %v", r, err)
	}
	if now, err := w.RenewImport(t.Context(), w.app, "list", lease, time.Minute); core.CodeOf(err) != core.Conflict || now.Holder != "a test" {
		t.Errorf("the first holder renews: %+v, %v", now, err)
	}
	if err := w.ReleaseImport(t.Context(), w.app, "list", lease); err != nil {
		t.Errorf("the first holder releases: %v", err)
	}
	// A lease that is taken away ends the run that had it.
	o.TakeOver = false
	l := newList(2000)
	l.name = "long"
	o.Source = l
	l.fail = func(i int) error {
		w.now = w.now.Add(time.Second / 5)
		if i == 500 {
			_, err := w.LeaseImport(t.Context(), w.app, "long", "a thief", time.Minute, true)
			return err
		}
		return nil
	}
	if _, err := migrate.Run(t.Context(), o); !errors.Is(err, migrate.ErrHeld) || !strings.Contains(err.Error(), "a thief") {
		t.Errorf("robbed: %v", err)
	}
	// A lease ends by itself.
	w.now = w.now.Add(2 * time.Minute)
	l.fail = nil
	if r, err := migrate.Run(t.Context(), o); err != nil || !r.Complete || !r.Resumed {
		t.Errorf("after its end: %+v, %v", r, err)
	}
}

func TestWaitsForTheSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		l := newList(300)
		o := w.options(l)
		o.Now = time.Now
		began, refusals := time.Now(), 0
		l.fail = func(i int) error {
			if i == 200 && refusals < 3 {
				refusals++
				return core.NewFault(core.Limited, "", "slower")
			}
			return nil
		}
		waited := 0
		o.Progress = func(p migrate.Progress) {
			if p.Waiting != nil {
				waited++
			}
		}
		r, err := migrate.Run(t.Context(), o)
		if err != nil || !r.Complete || waited != 3 || time.Since(began) < 4*time.Second {
			t.Errorf("%+v, %v, waited %d times, %v", r, err, waited, time.Since(began))
		}
		l.fail = func(int) error { return core.NewFault(core.Forbidden, "", "never") }
		l.name = "forbidden"
		if _, err := migrate.Run(t.Context(), o); core.CodeOf(err) != core.Forbidden {
			t.Errorf("a refusal that does not pass: %v", err)
		}
	})
}

func TestRateAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		l := newList(2000)
		o := w.options(l)
		o.Now = time.Now
		o.Limiter = rate.NewLimiter(10, 10)
		began := time.Now()
		l.fail = func(i int) error {
			if i == 100 {
				o.Limiter.SetLimit(100)
			}
			return nil
		}
		o.MaxTime = 15 * time.Second
		r, err := migrate.Run(t.Context(), o)
		if took := time.Since(began); err != nil || !r.OutOfTime || r.Complete || took < 15*time.Second || took > 20*time.Second || r.Messages < 500 || r.Messages > 1200 {
			t.Errorf("%v, %d messages in %v, out of time %t", err, r.Messages, took, r.OutOfTime)
		}
		if r, err := migrate.Run(t.Context(), o); err != nil || !r.Resumed || r.From <= 0 {
			t.Errorf("the next run: %+v, %v", r, err)
		}
	})
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	l := newList(1000)
	ctx, cancel := context.WithCancel(t.Context())
	l.fail = func(i int) error {
		if i == 555 {
			cancel()
		}
		return ctx.Err()
	}
	r, err := migrate.Run(ctx, w.options(l))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if s, err := migrate.ReadStatus(t.Context(), w.Engine, w.app, "list", w.now.UnixMilli()); err != nil || s.Bytes != 554 && s.Bytes != 555 || s.Held {
		t.Errorf("after ^C at %d: %+v, %v", r.Bytes, s, err)
	}
}

func TestPlan(t *testing.T) {
	w := newWorld(t)
	if _, err := w.Register(t.Context(), w.app, core.NewUser{ID: "u1"}); err != nil {
		t.Fatal(err)
	}
	l := newList(200)
	l.items = append(l.items, message(5, "u0", "u1", "late"), migrate.Item{Skip: "nothing for us"})
	l.items[10].Unknown = "hologram"
	p, err := migrate.Check(t.Context(), l, migrate.ReadOnly(w.Engine, w.app), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.Types[archive.TypeMessage] != 201 || p.Kinds["text"] != 201 || p.Unknown["hologram"] != 1 || p.Rejects != 2 || p.Reasons["broken"] != 2 ||
		p.UserClashes != 1 || p.IDClashes != 1 || p.StepsBack != 1 || p.Skipped["nothing for us"] != 1 || p.First != 1_600_000_001_000 || p.Space <= p.Size || p.Duration <= 0 {
		t.Errorf("%+v", p)
	}
	if s, err := migrate.ReadStatus(t.Context(), w.Engine, w.app, "list", 0); err != nil || s.Begun {
		t.Errorf("a plan has begun: %+v, %v", s, err)
	}
}
