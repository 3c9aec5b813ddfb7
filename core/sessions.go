package core

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"

	"parley/storage"
)

const (
	// TokenLength is the length of a session token: upper-case hex digits.
	TokenLength = 64
	// maxSessions is how many sessions a user keeps; the oldest end first.
	maxSessions = 50
)

// sessionKey names a session among all apps. The token itself is stored nowhere.
type sessionKey struct {
	user   userKey
	digest [sha256.Size]byte
}

// sessionEntry is a session as its record holds it, in milliseconds since the Unix epoch.
type sessionEntry struct {
	created, expires uint64
}

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
// wrong password or a banned user. Unless keepOthers, the user's other sessions end. The token is TokenLength upper-case
// hex digits.
func (e *Engine) Login(ctx context.Context, app *App, username, password string, keepOthers bool) (token string, u *User, err error) {
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

func newSessionKey(app *App, u *User, token string) sessionKey {
	return sessionKey{user: userKey{app.Number, u.Number}, digest: sha256.Sum256([]byte(token))}
}

type loginOperation struct {
	key        sessionKey
	checked    []byte // the sealed password that the login was checked against
	keepOthers bool
}

func (op *loginOperation) weight() (keys, bytes int) { return maxSessions + 2, (maxSessions + 2) * 128 }

// stage refuses a login whose password was changed, or whose user was banned, after it had been checked.
func (op *loginOperation) stage(g *commitGroup) error {
	value, err := g.tx.Get(appendUserKey(nil, tableUsers, op.key.user.app, op.key.user.number))
	if err != nil {
		return err
	}
	u, err := parseUser(op.key.user.number, value)
	if err != nil {
		return err
	}
	if u.Banned || !bytes.Equal(u.password, op.checked) {
		return NewFault(Forbidden, FieldPassword, "the password or the user has changed meanwhile")
	}
	keep := 0
	if op.keepOthers {
		keep = maxSessions - 1
	}
	if err := endSessions(g, op.key.user.app, op.key.user.number, keep); err != nil {
		return err
	}
	entry := sessionEntry{created: uint64(g.now), expires: uint64(g.now + g.engine.opts.SessionAge.Milliseconds())}
	return g.tx.Set(op.key.bytes(), appendCounters(nil, entry.created, entry.expires))
}

func (k *sessionKey) bytes() []byte {
	return appendSessionKey(nil, k.user.app, k.user.number, k.digest[:])
}

// endSessions deletes a user's sessions except the newest keep.
func endSessions(g *commitGroup, app uint32, user UserNumber, keep int) error {
	type session struct {
		key     sessionKey
		created uint64
	}
	var all []session
	var failed error
	prefix := appendUserKey(nil, tableSessions, app, user)
	err := g.tx.Scan(storage.Prefix(prefix), func(key, value []byte) bool {
		s := session{key: sessionKey{user: userKey{app, user}}}
		var expires uint64
		copy(s.key.digest[:], key[len(prefix):])
		if failed = parseCounters(value, &s.created, &expires); failed != nil {
			return false
		}
		all = append(all, s)
		return true
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	for len(all) > keep {
		oldest := 0
		for i := range all {
			if all[i].created < all[oldest].created {
				oldest = i
			}
		}
		if err := endSession(g, all[oldest].key); err != nil {
			return err
		}
		all = append(all[:oldest], all[oldest+1:]...)
	}
	return nil
}

func endSession(g *commitGroup, key sessionKey) error {
	g.onCommit(func() {
		g.engine.changes.Add(1)
		g.engine.sessions.drop(key)
	})
	return g.tx.Delete(key.bytes())
}

// Session returns the caller that uuid and token identify, or an Unauthenticated fault; uuid's letter case is ignored if
// it has no exact match.
func (e *Engine) Session(ctx context.Context, app *App, uuid, token string) (Caller, error) {
	ended := NewFault(Unauthenticated, FieldSession, "there is no such session")
	if len(token) != TokenLength {
		return Caller{}, ended
	}
	u, err := e.lookup(ctx, app, uuid)
	if CodeOf(err) == NotFound {
		return Caller{}, ended
	}
	if err != nil {
		return Caller{}, err
	}
	expires, err := e.sessionEnd(ctx, newSessionKey(app, u, token))
	if err != nil {
		return Caller{}, err
	}
	if u.Banned || e.env.Now().UnixMilli() >= expires {
		return Caller{}, ended
	}
	return Caller{App: app, User: u}, nil
}

// sessionEnd returns when a session expires, in milliseconds since the Unix epoch; zero if there is none.
func (e *Engine) sessionEnd(ctx context.Context, key sessionKey) (int64, error) {
	if expires, ok := e.sessions.get(key); ok {
		return expires, nil
	}
	before := e.changes.Load()
	var entry sessionEntry
	err := e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(key.bytes())
		if err != nil {
			return err
		}
		return parseCounters(value, &entry.created, &entry.expires)
	})
	if err != nil || entry.expires == 0 {
		return 0, e.readFault(err)
	}
	e.sessions.put(key, int64(entry.expires), 160)
	if e.changes.Load() != before {
		e.sessions.drop(key)
	}
	return int64(entry.expires), nil
}

// Logout ends one session.
func (e *Engine) Logout(ctx context.Context, c Caller, token string) error {
	return e.committer.commit(&logoutOperation{key: newSessionKey(c.App, c.User, token)})
}

type logoutOperation struct{ key sessionKey }

func (op *logoutOperation) weight() (keys, bytes int) { return 1, 128 }

func (op *logoutOperation) stage(g *commitGroup) error { return endSession(g, op.key) }

// SetPassword changes a password. The faults are Forbidden for a wrong old password or an unknown username and Conflict
// if both passwords are the same. All sessions of the user end.
func (e *Engine) SetPassword(ctx context.Context, app *App, username, oldPassword, newPassword string) error {
	refused := NewFault(Forbidden, FieldPassword, "the old password is wrong or the user does not exist")
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
