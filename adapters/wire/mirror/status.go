package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"parley/core"
)

// AppStatus is what an operator sees of an app.
type AppStatus struct {
	App string `json:"app"`
	Plan
	// Upstreams are the legacy servers by dialect.
	Upstreams map[string]string `json:"upstreams"`
	// Queue are the writes that have yet to be repeated on the other server.
	Queue QueueStatus `json:"queue"`
	// Next says which commands there are from here.
	Next []string `json:"next"`
}

// Change names the settings of an app's mirror to change; nil leaves one as it is.
type Change struct {
	Mode    *Mode     `json:"mode,omitempty"`
	Percent *int      `json:"percent,omitempty"`
	Writes  *bool     `json:"writes,omitempty"`
	Ignore  *[]string `json:"ignore,omitempty"`
}

// Apps lists the keys of the apps that have a legacy server.
func (f *Front) Apps() []string { return slices.Sorted(maps.Keys(f.apps)) }

// Status returns what there is to know of an app.
func (f *Front) Status(app string) (AppStatus, error) {
	t, err := f.tenant(app)
	if err != nil {
		return AppStatus{}, err
	}
	s := AppStatus{App: app, Plan: *t.plan.Load(), Upstreams: make(map[string]string), Queue: t.box.see()}
	for name, u := range t.options.Upstreams {
		s.Upstreams[name] = u.name
	}
	s.Next = nextOf(s.State)
	return s, nil
}

func nextOf(s State) []string {
	switch s {
	case AtLegacy:
		return []string{"begin"}
	case Begun:
		return []string{"abort"}
	case Ready:
		return []string{"commit", "abort"}
	case Committed:
		return []string{"rollback", "close"}
	case Closed:
	}
	return []string{}
}

// Groups lists the differences that were found; see Ledger.
func (f *Front) Groups(app string) (groups []Group, beyond int64) { return f.ledger.Groups(app) }

// Forget drops the differences of an app, or of all for the empty key.
func (f *Front) Forget(app string) { f.ledger.Forget(app) }

func (f *Front) tenant(app string) (*tenant, error) {
	if t := f.apps[app]; t != nil {
		return t, nil
	}
	return nil, core.Wrap(core.NotFound, "the settings name no legacy server for app "+app, errNoApp)
}

func conflict(format string, args ...any) error {
	return core.NewFault(core.Conflict, core.FieldApp, fmt.Sprintf(format, args...))
}

func invalid(format string, args ...any) error {
	return core.NewFault(core.Invalid, core.FieldApp, fmt.Sprintf(format, args...))
}

// Set changes an app's mirror while requests are answered.
func (f *Front) Set(ctx context.Context, app string, c Change) error {
	return f.change(app, func(t *tenant, plan *Plan) (*Plan, error) {
		next := *plan
		if c.Mode != nil {
			mode, err := ParseMode(string(*c.Mode))
			if err != nil {
				return nil, invalid("mode: %v", err)
			}
			if plan.State != AtLegacy && plan.State.copiesHere() == mode.answersHere() {
				return nil, conflict("mode: in state %s the mode cannot be %s: who answers is changed by commit and rollback only", plan.State, mode)
			}
			next.Mode = mode
		}
		if c.Percent != nil {
			if *c.Percent < 0 || *c.Percent > 100 {
				return nil, invalid("percent: %d is not between 0 and 100", *c.Percent)
			}
			next.Percent = *c.Percent
		}
		if c.Writes != nil {
			next.Writes = *c.Writes
		}
		if c.Ignore != nil {
			next.Ignore = slices.Clone(*c.Ignore)
		}
		return &next, f.keep(ctx, t, &next)
	})
}

// change replaces an app's plan by what do makes of it; the error of do leaves it. One change happens at a time.
func (f *Front) change(app string, do func(t *tenant, plan *Plan) (*Plan, error)) error {
	t, err := f.tenant(app)
	if err != nil {
		return err
	}
	defer t.box.stir() // so that what follows from the change is observed
	t.steer.Lock()
	defer t.steer.Unlock()
	next, err := do(t, t.plan.Load())
	if err != nil {
		return err
	}
	t.plan.Store(next)
	return nil
}

// keep stores a plan. What is stored is in force after a restart, so it comes before the plan is.
func (f *Front) keep(ctx context.Context, t *tenant, p *Plan) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return f.options.Keeper.SetState(ctx, t.options.Key, raw)
}
