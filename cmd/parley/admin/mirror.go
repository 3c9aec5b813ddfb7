package admin

import (
	"context"

	"parley/adapters/wire/mirror"
	"parley/core"
)

// Mirror is the administration of what stands before the dialects. Unlike Operations it needs a running server.
type Mirror interface {
	// MirrorStatus lists the apps that have a legacy server.
	MirrorStatus(ctx context.Context) ([]mirror.AppStatus, error)
	// SetMirror changes an app's mirror; what the change leaves out stays.
	SetMirror(ctx context.Context, app string, c mirror.Change) (mirror.AppStatus, error)
	// Differences lists what was found, of an app or of all for the empty key.
	Differences(ctx context.Context, app string) (Differences, error)
	// Forget drops what was found.
	Forget(ctx context.Context, app string) error
	// Cutover takes one step; see Step.
	Cutover(ctx context.Context, app string, s Step) (mirror.AppStatus, error)
}

// Differences are the groups that the mirror has found.
type Differences struct {
	Groups []mirror.Group `json:"groups"`
	// Beyond counts the differences for which there was no room.
	Beyond int64 `json:"beyond"`
}

// Step is a step of a cutover.
type Step struct {
	// Command is begin, commit, abort, rollback or close; or retry or drop, for the writes that were set aside.
	Command string `json:"command"`
	// Force takes the step although something is missing; what, is noted.
	Force bool `json:"force,omitempty"`
}

// LocalMirror administers a mirror of this process.
type LocalMirror struct {
	// Front may be nil: no app has a legacy server then.
	Front *mirror.Front
}

var _ Mirror = (*LocalMirror)(nil)

// MirrorStatus implements Mirror.
func (l *LocalMirror) MirrorStatus(context.Context) ([]mirror.AppStatus, error) {
	all := []mirror.AppStatus{}
	if l.Front == nil {
		return all, nil
	}
	for _, app := range l.Front.Apps() {
		s, err := l.Front.Status(app)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// SetMirror implements Mirror.
func (l *LocalMirror) SetMirror(ctx context.Context, app string, c mirror.Change) (mirror.AppStatus, error) {
	if l.Front == nil {
		return mirror.AppStatus{}, noMirror()
	}
	if err := l.Front.Set(ctx, app, c); err != nil {
		return mirror.AppStatus{}, err
	}
	return l.Front.Status(app)
}

// Differences implements Mirror.
func (l *LocalMirror) Differences(_ context.Context, app string) (Differences, error) {
	if l.Front == nil {
		return Differences{}, noMirror()
	}
	d := Differences{}
	d.Groups, d.Beyond = l.Front.Groups(app)
	return d, nil
}

// Forget implements Mirror.
func (l *LocalMirror) Forget(_ context.Context, app string) error {
	if l.Front == nil {
		return noMirror()
	}
	l.Front.Forget(app)
	return nil
}

// Cutover implements Mirror.
func (l *LocalMirror) Cutover(ctx context.Context, app string, s Step) (mirror.AppStatus, error) {
	if l.Front == nil {
		return mirror.AppStatus{}, noMirror()
	}
	var err error
	switch s.Command {
	case "begin":
		err = l.Front.Begin(ctx, app)
	case "commit":
		err = l.Front.Commit(ctx, app, s.Force)
	case "abort":
		err = l.Front.Abort(ctx, app)
	case "rollback":
		err = l.Front.Rollback(ctx, app, s.Force)
	case "close":
		err = l.Front.Finish(ctx, app, s.Force)
	case "retry", "drop":
		err = l.Front.Repair(ctx, app, s.Command == "drop")
	default:
		err = core.NewFault(core.Invalid, "", "there is no step "+s.Command)
	}
	if err != nil {
		return mirror.AppStatus{}, err
	}
	return l.Front.Status(app)
}

func noMirror() error {
	return core.NewFault(core.NotFound, core.FieldApp, "the server's settings name no legacy server; see mirrors in `parley config docs`")
}
