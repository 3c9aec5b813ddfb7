package core

import (
	"bytes"
	"context"
	"strings"

	"parley/storage"
)

const (
	// TokenLength is the length of a session token: upper-case hex digits.
	TokenLength = 64
	// maxSessions is how many sessions a user keeps; the oldest end first.
	maxSessions = 50
	// loginDevice is the device of the sessions that begin with a password.
	loginDevice = 0
)

func (e *Engine) userByName(ctx context.Context, app *App, username string) (*User, error) {
	if !isName(username) {
		return nil, NewFault(NotFound, FieldUser, "the user does not exist")
	}
	number, err := e.resolveNames(ctx, [][]byte{appendNameKey(nil, app.Number, nameUsername, username)})
	if err != nil {
		return nil, err
	}
	return e.user(ctx, userKey{app.Number, number})
}

// Login starts a session for the user with the given username. password is the lower-case hex MD5 of the clear password,
// which is what clients of these platforms send. The faults are NotFound for an unknown username and Forbidden for a
// wrong password or a banned user. Unless keepOthers, the user's other sessions that began with Login end. The token is TokenLength upper-case
// hex digits.
func (e *Engine) Login(ctx context.Context, app *App, username, password string, keepOthers bool) (token string, u *User, err error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return "", nil, err
	}
	if u, err = e.userByName(ctx, app, username); err != nil {
		return "", nil, err
	}
	ok, err := e.passwords.check(ctx, u.password, password)
	if err != nil {
		return "", nil, err
	}
	if !ok || u.Banned {
		return "", nil, NewFault(Forbidden, FieldPassword, "the password is wrong or the user is banned")
	}
	if token, err = e.randomHex(TokenLength / 2); err != nil {
		return "", nil, err
	}
	token = strings.ToUpper(token)
	op := &loginOperation{key: newSessionKey(app, u, token), checked: u.password, keepOthers: keepOthers}
	return token, u, e.committer.commit(op)
}

type loginOperation struct {
	key        sessionKey
	checked    []byte // the sealed password that the login was checked against
	keepOthers bool
}

func (op *loginOperation) weight() (keys, bytes int) { return sessionsWeight() }

// stage refuses a login whose password was changed, or whose user was banned, after it had been checked.
func (op *loginOperation) stage(g *commitGroup) error {
	u, err := readUser(g.tx, op.key.user)
	if err != nil {
		return err
	}
	if u.Banned || !bytes.Equal(u.password, op.checked) {
		return NewFault(Forbidden, FieldPassword, "the password or the user has changed meanwhile")
	}
	sessions, err := g.sessions(op.key.user)
	if err != nil {
		return err
	}
	if !op.keepOthers {
		sessions.remove(func(row *sessionRow) bool { return row.device == loginDevice })
	}
	expires := g.now + g.engine.opts.SessionAge.Milliseconds()
	sessions.add(op.key, sessionEntry{expires: expires, device: loginDevice})
	return sessions.write()
}

// Session returns the caller that uuid and token identify, or an Unauthenticated fault; uuid's letter case is ignored if
// it has no exact match.
func (e *Engine) Session(ctx context.Context, app *App, uuid, token string) (Caller, error) {
	if len(token) != TokenLength {
		return Caller{}, noSession()
	}
	if err := e.observe(ctx, app.Number); err != nil {
		return Caller{}, err
	}
	u, err := e.lookup(ctx, app, uuid)
	if CodeOf(err) == NotFound {
		return Caller{}, noSession()
	}
	if err != nil {
		return Caller{}, err
	}
	session, err := e.session(ctx, newSessionKey(app, u, token))
	if err != nil {
		return Caller{}, err
	}
	if u.Banned || session.device != loginDevice || e.stateOf(session) != SessionLive {
		return Caller{}, noSession()
	}
	return Caller{App: app, User: u}, nil
}

func noSession() error { return NewFault(Unauthenticated, FieldSession, "there is no such session") }

// session returns the record of a session; that of no session has expired long ago.
func (e *Engine) session(ctx context.Context, key sessionKey) (sessionEntry, error) {
	if entry, ok := e.sessions.get(key); ok {
		return entry, nil
	}
	return e.loadSession(ctx, key)
}

func (e *Engine) loadSession(ctx context.Context, key sessionKey) (entry sessionEntry, err error) {
	before := e.changes.Load()
	err = e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(key.bytes())
		if err != nil {
			return err
		}
		entry, err = parseSession(value)
		return err
	})
	if err != nil || entry.expires == 0 {
		return entry, e.readFault(err)
	}
	e.sessions.putIf(key, entry, 160, func() bool { return e.changes.Load() == before })
	return entry, nil
}

// dropSession makes the engine read a session anew.
func (e *Engine) dropSession(key sessionKey) {
	e.changes.Add(1)
	e.sessions.drop(key)
}

// Logout ends one session.
func (e *Engine) Logout(ctx context.Context, c Caller, token string) error {
	return e.committer.commit(&logoutOperation{key: newSessionKey(c.App, c.User, token)})
}

type logoutOperation struct{ key sessionKey }

func (op *logoutOperation) weight() (keys, bytes int) { return sessionsWeight() }

func (op *logoutOperation) stage(g *commitGroup) error {
	sessions, err := g.sessions(op.key.user)
	if err != nil {
		return err
	}
	sessions.remove(func(row *sessionRow) bool { return row.key == op.key })
	return sessions.write()
}

// SetPassword changes a password. The faults are Forbidden for a wrong old password or an unknown username and Conflict
// if both passwords are the same. All sessions of the user end.
func (e *Engine) SetPassword(ctx context.Context, app *App, username, oldPassword, newPassword string) error {
	refused := NewFault(Forbidden, FieldPassword, "the old password is wrong or the user does not exist")
	if err := e.observe(ctx, app.Number); err != nil {
		return err
	}
	u, err := e.userByName(ctx, app, username)
	if CodeOf(err) == NotFound {
		return refused
	}
	if err != nil {
		return err
	}
	ok, err := e.passwords.check(ctx, u.password, oldPassword)
	switch {
	case err != nil:
		return err
	case !ok || u.Banned:
		return refused
	case oldPassword == newPassword:
		return NewFault(Conflict, FieldPassword, "the new password is the old one")
	}
	sealed, err := e.passwords.seal(ctx, newPassword)
	if err != nil {
		return err
	}
	return e.committer.commit(&changeUserOperation{
		app: app.Number, number: u.Number, endsSessions: true,
		change: func(u *User) error {
			u.password = sealed
			return nil
		},
	})
}
