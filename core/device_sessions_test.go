package core_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/core"
	"parley/storage/memory"
)

// phone is a user whose sessions a test starts and ends, on a clock of its own.
type phone struct {
	world
	t    *testing.T
	user *core.User
	now  time.Time
}

func newPhone(t *testing.T) *phone {
	t.Helper()
	ctx := context.Background()
	p := &phone{t: t, now: time.Unix(1_700_000_000, 0)}
	env := environment()
	env.Now = func() time.Time { return p.now }
	e, err := core.Open(ctx, memory.New(), env, core.Options{CacheMiB: 16})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeEngine(t, e) })
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	p.world = world{e, app}
	if p.user, err = e.Register(ctx, app, core.NewUser{ID: "x", Username: "x", Password: md5Of123456}); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *phone) start(n core.NewSession) {
	p.t.Helper()
	if n.Expires == 0 {
		n.Expires = p.now.Add(time.Hour).UnixMilli()
	}
	if err := p.engine.StartSession(context.Background(), p.app, p.user, n); err != nil {
		p.t.Fatal(err)
	}
}

// want compares a token's state twice: as read from the store and as remembered.
func (p *phone) want(state core.SessionState, tokens ...string) {
	p.t.Helper()
	for range 2 {
		for _, token := range tokens {
			got, err := p.engine.SessionState(context.Background(), p.app, p.user, token)
			if err != nil || got != state {
				p.t.Errorf("%s is in state %d, %v; want %d", token, got, err, state)
			}
		}
	}
}

func TestDeviceSessions(t *testing.T) {
	ctx := context.Background()
	p := newPhone(t)
	p.want(core.SessionUnknown, "phone1", "")
	p.start(core.NewSession{Token: "phone1", Device: 1})
	p.start(core.NewSession{Token: "web1", Device: 5})
	p.want(core.SessionLive, "phone1", "web1")
	p.start(core.NewSession{Token: "phone2", Device: 1, Ends: 1 << 1})
	p.want(core.SessionEnded, "phone1")
	p.want(core.SessionLive, "phone2", "web1")
	p.start(core.NewSession{Token: "tablet", Device: 63, Ends: 1<<1 | 1<<5})
	p.want(core.SessionEnded, "phone1", "phone2", "web1")
	if err := p.engine.EndSessions(ctx, p.app, p.user, 1<<62); err != nil {
		t.Fatal(err)
	}
	p.want(core.SessionLive, "tablet")
	if err := p.engine.EndSessions(ctx, p.app, p.user, 1<<63); err != nil {
		t.Fatal(err)
	}
	p.want(core.SessionEnded, "tablet")
	// The same token may be made twice, as those that hold the time in seconds are.
	p.start(core.NewSession{Token: "tablet", Device: 63, Ends: 1 << 63, Keep: 1})
	p.want(core.SessionLive, "tablet")
	other, err := p.engine.Register(ctx, p.app, core.NewUser{ID: "other"})
	if err != nil {
		t.Fatal(err)
	}
	if state, err := p.engine.SessionState(ctx, p.app, other, "tablet"); err != nil || state != core.SessionUnknown {
		t.Errorf("another user's token is in state %d, %v", state, err)
	}
}

func TestDeviceSessionsAreKept(t *testing.T) {
	p := newPhone(t)
	p.start(core.NewSession{Token: "web", Device: 5})
	for i := range 5 {
		p.start(core.NewSession{Token: fmt.Sprint("phone", i), Device: 1, Keep: 3})
		p.now = p.now.Add(-time.Second) // the clock does not decide which is the oldest
	}
	p.want(core.SessionEnded, "phone0", "phone1")
	p.want(core.SessionLive, "phone2", "phone3", "phone4", "web")
	// A token that starts again is the newest.
	p.start(core.NewSession{Token: "phone2", Device: 1, Keep: 3})
	p.want(core.SessionLive, "phone2", "phone3", "phone4")
	p.start(core.NewSession{Token: "phone5", Device: 1, Keep: 3})
	p.want(core.SessionEnded, "phone3")
	p.want(core.SessionLive, "phone2", "phone4", "phone5")
}

func TestDeviceSessionsExpire(t *testing.T) {
	ctx := context.Background()
	p := newPhone(t)
	hour, two := p.now.Add(time.Hour).UnixMilli(), p.now.Add(2*time.Hour).UnixMilli()
	p.start(core.NewSession{Token: "short", Device: 1, Expires: hour})
	p.start(core.NewSession{Token: "kicked", Device: 2, Expires: hour})
	p.start(core.NewSession{Token: "long", Device: 3, Expires: two, Ends: 1 << 2})
	p.want(core.SessionLive, "short", "long")
	p.want(core.SessionEnded, "kicked")
	p.now = p.now.Add(time.Hour)
	p.want(core.SessionUnknown, "short", "kicked")
	p.want(core.SessionLive, "long")
	p.start(core.NewSession{Token: "next", Device: 4, Expires: two})
	p.now = p.now.Add(-time.Minute) // what has been deleted stays gone
	p.want(core.SessionUnknown, "short", "kicked")
	p.want(core.SessionLive, "long", "next")
	for what, bad := range map[string]core.NewSession{
		"no token":           {Expires: two},
		"an unknown device":  {Token: "t", Expires: two, Device: 64},
		"a negative bound":   {Token: "t", Expires: two, Keep: -1},
		"a time that passed": {Token: "t", Expires: p.now.UnixMilli()},
	} {
		wantCode(t, what, p.engine.StartSession(ctx, p.app, p.user, bad), core.Invalid)
	}
}

func TestManyDeviceSessions(t *testing.T) {
	p := newPhone(t)
	p.start(core.NewSession{Token: "oldest", Device: 1})
	p.start(core.NewSession{Token: "ended", Device: 2})
	p.start(core.NewSession{Token: "second", Device: 3, Ends: 1 << 2})
	for i := range 47 {
		p.start(core.NewSession{Token: fmt.Sprint("t", i), Device: 4})
	}
	p.want(core.SessionEnded, "ended")
	p.start(core.NewSession{Token: "51st", Device: 5})
	p.want(core.SessionUnknown, "ended")
	p.want(core.SessionLive, "oldest", "second", "t0", "51st")
	p.start(core.NewSession{Token: "52nd", Device: 5})
	p.want(core.SessionUnknown, "oldest")
	p.want(core.SessionLive, "second", "t0", "52nd")
}

// Sessions of a login and of devices stand side by side, and a ban or a new password ends them all.
func TestLoginsAndDevices(t *testing.T) {
	ctx := context.Background()
	p := newPhone(t)
	login := func(password string) string {
		t.Helper()
		token, _, err := p.engine.Login(ctx, p.app, "x", password, false)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	p.start(core.NewSession{Token: "phone", Device: 1})
	first := login(md5Of123456)
	second := login(md5Of123456)
	p.want(core.SessionUnknown, first)
	p.want(core.SessionLive, "phone", second)
	p.start(core.NewSession{Token: "web", Device: 5, Ends: 1})
	p.want(core.SessionEnded, second)
	_, err := p.engine.Session(ctx, p.app, "x", second)
	wantCode(t, "an ended login", err, core.Unauthenticated)

	third := login(md5Of123456)
	p.want(core.SessionLive, third, "phone", "web")
	if err := p.engine.SetPassword(ctx, p.app, "x", md5Of123456, md5Of654321); err != nil {
		t.Fatal(err)
	}
	p.want(core.SessionEnded, third, "phone", "web")
	p.start(core.NewSession{Token: "phone2", Device: 1})
	p.want(core.SessionLive, "phone2")
	if _, err := p.engine.SetBanned(ctx, p.app, "x", true); err != nil {
		t.Fatal(err)
	}
	p.want(core.SessionEnded, "phone2")
	err = p.engine.StartSession(ctx, p.app, p.user, core.NewSession{Token: "t", Expires: p.now.Add(time.Hour).UnixMilli()})
	wantCode(t, "a banned user's session", err, core.Forbidden)
}

func TestDeviceSessionsOutliveTheEngine(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	e := openEngine(t, store)
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := e.Register(ctx, app, core.NewUser{ID: "x"})
	if err != nil {
		t.Fatal(err)
	}
	expires := time.Now().Add(time.Hour).UnixMilli()
	for _, n := range []core.NewSession{{Token: "a", Device: 1, Expires: expires}, {Token: "b", Device: 2, Expires: expires, Ends: 1 << 1}} {
		if err := e.StartSession(ctx, app, u, n); err != nil {
			t.Fatal(err)
		}
	}
	closeEngine(t, e)
	e = openEngine(t, store)
	defer closeEngine(t, e)
	app, _ = e.App(app.Key)
	p := phone{world: world{e, app}, t: t, user: u}
	p.want(core.SessionEnded, "a")
	p.want(core.SessionLive, "b")
}

// However many read a token's state meanwhile, nobody takes it for a live one after the call that ended it has returned.
func TestKickedTokenIsDeadAtOnce(t *testing.T) {
	ctx := context.Background()
	p := newPhone(t)
	const rounds, readers = 40, 4
	for round := range rounds {
		token := fmt.Sprint("token", round)
		p.start(core.NewSession{Token: token, Device: 1})
		p.want(core.SessionLive, token)
		stop := make(chan struct{})
		var reading sync.WaitGroup
		for range readers {
			reading.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if _, err := p.engine.SessionState(ctx, p.app, p.user, token); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		if round%2 == 0 {
			p.start(core.NewSession{Token: token + " next", Device: 1, Ends: 1 << 1})
		} else if err := p.engine.EndSessions(ctx, p.app, p.user, 1<<1); err != nil {
			t.Error(err)
		}
		for range 100 {
			p.want(core.SessionEnded, token)
		}
		close(stop)
		reading.Wait()
	}
}
