package core

import "context"

// maxDevice is the greatest number of a device: a bit of a mask for each.
const maxDevice = 63

// NewSession describes a session whose token was made elsewhere.
type NewSession struct {
	// Token is any string but the empty one. Only its digest is stored.
	Token string
	// Device is the number of the device that logs in: 0 to 63. Sessions that begin with Login are those of device 0.
	Device uint8
	// Expires is when the session ends by itself, in milliseconds since the Unix epoch.
	Expires int64
	// Ends holds a bit, 1<<device, for each device whose live sessions of the user end with the beginning of this one.
	Ends uint64
	// Keep is how many live sessions the user may have on Device, this one included; the oldest end first. Zero sets no
	// bound but that of all sessions of a user, the last 50.
	Keep int
}

// SessionState is what is known of a token.
type SessionState uint8

// The states of a session.
const (
	// SessionUnknown is that of a token that was never given, has expired or been logged out, or is one of too many.
	SessionUnknown SessionState = iota
	// SessionLive is that of a token that is good.
	SessionLive
	// SessionEnded is that of a token whose session was ended before it expired.
	SessionEnded
)

// StartSession begins a session of u with a token made elsewhere. A token that the user had before is as good as new. The
// faults are Invalid for what NewSession does not allow and a time that has passed, Forbidden for a banned user, and
// NotFound for one without an account.
func (e *Engine) StartSession(ctx context.Context, app *App, u *User, n NewSession) error {
	if n.Token == "" || n.Device > maxDevice || n.Keep < 0 || n.Expires <= e.env.Now().UnixMilli() {
		return NewFault(Invalid, FieldSession, "the token, the device or the time of a session is out of bounds")
	}
	op := &startOperation{key: newSessionKey(app, u, n.Token), session: n}
	return e.committer.commit(op)
}

type startOperation struct {
	key     sessionKey
	session NewSession
}

func (op *startOperation) weight() (keys, bytes int) { return sessionsWeight() }

func (op *startOperation) stage(g *commitGroup) error {
	u, err := readUser(g.tx, op.key.user)
	switch {
	case err != nil:
		return err
	case u.Shadow:
		return noUser()
	case u.Banned:
		return NewFault(Forbidden, FieldUser, "the user is banned")
	}
	sessions, err := g.sessions(op.key.user)
	if err != nil {
		return err
	}
	n := &op.session
	sessions.remove(func(row *sessionRow) bool { return row.key == op.key })
	sessions.end(func(s *sessionEntry) bool { return n.Ends>>s.device&1 != 0 })
	if n.Keep > 0 {
		sessions.keep(n.Device, n.Keep-1)
	}
	sessions.add(op.key, sessionEntry{expires: n.Expires, device: n.Device})
	return sessions.write()
}

// SessionState tells what is known of a user's token. An answer that a session is live is never older than the return of
// the call that ended it.
func (e *Engine) SessionState(ctx context.Context, app *App, u *User, token string) (SessionState, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return SessionUnknown, err
	}
	session, err := e.session(ctx, newSessionKey(app, u, token))
	return e.stateOf(session), err
}

func (e *Engine) stateOf(s sessionEntry) SessionState {
	switch {
	case e.env.Now().UnixMilli() >= s.expires:
		return SessionUnknown
	case s.ended:
		return SessionEnded
	}
	return SessionLive
}

// EndSessions ends a user's live sessions on the devices whose bits, 1<<device, are set. It is no fault if there are none.
func (e *Engine) EndSessions(ctx context.Context, app *App, u *User, devices uint64) error {
	return e.committer.commit(&endOperation{user: userKey{app.Number, u.Number}, devices: devices})
}

type endOperation struct {
	user    userKey
	devices uint64
}

func (op *endOperation) weight() (keys, bytes int) { return sessionsWeight() }

func (op *endOperation) stage(g *commitGroup) error {
	sessions, err := g.sessions(op.user)
	if err != nil {
		return err
	}
	sessions.end(func(s *sessionEntry) bool { return op.devices>>s.device&1 != 0 })
	return sessions.write()
}
