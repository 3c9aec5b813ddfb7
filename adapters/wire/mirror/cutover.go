package mirror

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"parley/core"
)

// Begin lets the running requests of an app end while new ones wait, and then has every write that the legacy server
// answers repeated here. Both servers must hold the same at that moment. The app is ready when all have been repeated.
func (f *Front) Begin(ctx context.Context, app string) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		switch {
		case plan.State != AtLegacy:
			return nil, wrongState("begin", plan.State)
		case f.options.Shared:
			return nil, conflict("begin: several servers may share this store, and they would not move together; stop all but one and set mirror.sole")
		case plan.Mode.answersHere():
			return nil, conflict("begin: in mode %s this server answers already; set the mode to legacy or mirror-legacy first", plan.Mode)
		}
		if s := t.box.see(); s.Waiting+s.Aside > 0 {
			return nil, conflict("begin: %d writes of an earlier cutover are still there; `parley cutover repair` sends or drops them", s.Waiting+s.Aside)
		}
		return f.move(ctx, t, plan, Begun, "", nil)
	})
}

// Commit has this server answer from now on, and every write that it answers repeated on the legacy server. Requests wait
// until the last write of the legacy server has arrived here; if that takes too long, nothing has changed.
func (f *Front) Commit(ctx context.Context, app string, force bool) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		s := t.box.see()
		switch {
		case !plan.State.copiesHere():
			return nil, wrongState("commit", plan.State)
		case plan.State != Ready && !force:
			return nil, conflict("commit: not ready, %s", describe(s))
		case s.Aside+int(s.Lost) > 0 && !force:
			return nil, conflict("commit: %s; --force commits all the same", describe(s))
		}
		note := ""
		if force {
			note = "forced: " + describe(s)
		}
		return f.move(ctx, t, plan, Committed, note, func(p *Plan) {
			if p.Mode == MirrorLegacy {
				p.Mode = MirrorLocal
			} else {
				p.Mode = Local
			}
		})
	})
}

// Abort stops repeating writes here; the legacy server, which has answered all along, goes on.
func (f *Front) Abort(ctx context.Context, app string) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		if !plan.State.copiesHere() {
			return nil, wrongState("abort", plan.State)
		}
		return f.move(ctx, t, plan, AtLegacy, "", nil)
	})
}

// Rollback has the legacy server answer again, which holds every write that was answered here. Unless force is set, it is
// refused while one is missing there, and says so.
func (f *Front) Rollback(ctx context.Context, app string, force bool) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		s := t.box.see()
		switch {
		case plan.State != Committed:
			return nil, wrongState("rollback", plan.State)
		case (s.Error != "" && s.Waiting > 0 || s.Aside+int(s.Lost+s.Foreign) > 0) && !force:
			return nil, conflict("rollback: the legacy server lacks writes: %s; --force rolls back all the same", describe(s))
		}
		note := ""
		if force {
			note = "forced: " + describe(s)
		}
		return f.move(ctx, t, plan, AtLegacy, note, func(p *Plan) {
			if p.Mode == MirrorLocal {
				p.Mode = MirrorLegacy
			} else {
				p.Mode = Legacy
			}
		})
	})
}

// Finish ends the cutover: nothing is repeated any more, and there is no way back.
func (f *Front) Finish(ctx context.Context, app string, force bool) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		s := t.box.see()
		switch {
		case plan.State != Committed:
			return nil, wrongState("close", plan.State)
		case s.Waiting+s.Aside > 0 && !force:
			return nil, conflict("close: %s; --force closes all the same", describe(s))
		}
		note := ""
		if force {
			note = "forced: " + describe(s)
		}
		return f.move(ctx, t, plan, Closed, note, func(p *Plan) { p.Mode = Local })
	})
}

// Repair deals with the writes that the other server has refused: they are tried again, or dropped.
func (f *Front) Repair(ctx context.Context, app string, drop bool) error {
	t, err := f.tenant(app)
	if err != nil {
		return err
	}
	t.steer.Lock()
	defer t.steer.Unlock()
	return t.box.repair(ctx, drop)
}

// move lets the running requests of an app end, and then what waits arrive, and changes its state. New requests wait
// meanwhile.
func (f *Front) move(ctx context.Context, t *tenant, plan *Plan, to State, note string, change func(*Plan)) (*Plan, error) {
	limited, cancel := context.WithTimeoutCause(ctx, f.options.Hold, errHeld)
	defer cancel()
	forced := note != ""
	var next *Plan
	err := t.gate.whileClosed(limited, func() error {
		if !forced && to != AtLegacy || !forced && plan.State == Committed {
			if err := t.box.await(limited); err != nil {
				return fmt.Errorf("%s: %w", describe(t.box.see()), err)
			}
		}
		if forced {
			if err := t.box.setAside(limited); err != nil {
				return err
			}
		}
		current := t.plan.Load()
		next = current.to(to, f.options.Now(), note)
		if change != nil {
			change(next)
		}
		if err := f.keep(limited, t, next); err != nil {
			return err
		}
		t.plan.Store(next)
		return nil
	})
	if errors.Is(err, errHeld) {
		return nil, core.Wrap(core.Conflict, "nothing has changed: "+err.Error(), err)
	}
	if err != nil {
		return nil, err
	}
	f.log(t, plan.State, to, note)
	return next, nil
}

var errHeld = errors.New("requests would have had to wait too long")

func (f *Front) log(t *tenant, from, to State, note string) {
	f.options.Log.Info("cutover", slog.String("app", t.options.Key), slog.String("from", string(from)), slog.String("to", string(to)),
		slog.String("note", note))
}

// observe notes whether an app that has begun is ready. Nothing follows from it but that it can be committed.
func (f *Front) observe(t *tenant, idle bool) {
	plan := t.plan.Load()
	to := Begun
	if idle {
		to = Ready
	}
	if !plan.State.copiesHere() || plan.State == to || !t.steer.TryLock() {
		return
	}
	defer t.steer.Unlock()
	if plan = t.plan.Load(); !plan.State.copiesHere() || plan.State == to || !idle && t.box.see().Error == "" {
		return
	}
	next := plan.to(to, f.options.Now(), "")
	if err := f.keep(context.Background(), t, next); err != nil {
		f.options.Log.Error("a state is not stored", slog.String("app", t.options.Key), slog.Any("error", err))
		return
	}
	t.plan.Store(next)
	f.log(t, plan.State, to, "")
}

func wrongState(command string, s State) error {
	return conflict("%s: the app is in state %s, from which there is: %v", command, s, nextOf(s))
}

// describe says in words what is there.
func describe(s QueueStatus) string {
	parts := []string{fmt.Sprintf("%d writes wait", s.Waiting)}
	if s.Error != "" {
		parts[0] += " (" + s.Error + ")"
	}
	for _, n := range []struct {
		count int64
		what  string
	}{
		{int64(s.Aside), "the other server has refused"},
		{s.Lost, "are lost"},
		{s.Foreign, "name ids of one side and were not sent"},
	} {
		if n.count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	return strings.Join(parts, ", ")
}
