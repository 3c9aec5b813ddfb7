package core

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"parley/storage/memory"
)

// newInside returns an engine in memory, for tests of what only this package sees, and an app.
func newInside(t *testing.T) (*Engine, *App) {
	t.Helper()
	e, err := Open(t.Context(), memory.New(), Environment{Now: time.Now, Random: rand.Reader}, Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	app, err := e.PutApp(t.Context(), App{})
	if err != nil {
		t.Fatal(err)
	}
	return e, app
}

// A login is checked outside the group that starts its session. One whose password has been changed in between starts
// none.
func TestLoginOvertakenByChange(t *testing.T) {
	ctx := context.Background()
	e, app := newInside(t)
	const before, after = "e10adc3949ba59abbe56e057f20f883e", "c33367701511b4f6020ec61ded352059"
	u, err := e.Register(ctx, app, NewUser{Username: "dogstar", Password: before})
	if err != nil {
		t.Fatal(err)
	}
	checked := &loginOperation{key: newSessionKey(app, u, "token"), checked: u.password}
	if err := e.committer.commit(checked); err != nil {
		t.Fatal(err)
	}
	if err := e.SetPassword(ctx, app, "dogstar", before, after); err != nil {
		t.Fatal(err)
	}
	if err := e.committer.commit(checked); CodeOf(err) != Forbidden {
		t.Errorf("an overtaken login gave %v", err)
	}
	if session, err := e.session(ctx, checked.key); err != nil || e.stateOf(session) == SessionLive {
		t.Errorf("a session is left: %+v, %v", session, err)
	}
}
