package core

import (
	"context"
	"strings"

	"parley/storage"
)

// userKey names a user among all apps.
type userKey struct {
	app    uint32
	number UserNumber
}

// userAddress is what a client may call a user.
type userAddress struct {
	app     uint32
	address string
}

// Find returns the user with the given UUID or ID, banned or not; in an app with OpenUsers it is created if need be.
func (e *Engine) Find(ctx context.Context, app *App, address string) (*User, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, err
	}
	return e.find(ctx, app, address)
}

// find is Find from what is remembered.
func (e *Engine) find(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.lookup(ctx, app, address)
	if !app.OpenUsers || CodeOf(err) != NotFound || !isName(address) {
		return u, err
	}
	n := NewUser{ID: strings.Clone(address)}
	if isUUID(address) {
		n = NewUser{UUID: n.ID}
	}
	if u, err = e.Register(ctx, app, n); CodeOf(err) == Exists {
		return e.lookup(ctx, app, address)
	}
	return u, err
}

// lookup is Find without creation. A shadow is not found.
func (e *Engine) lookup(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.named(ctx, app, address)
	if err == nil && u.Shadow {
		return nil, noUser()
	}
	return u, err
}

// named returns the account or shadow with an address.
func (e *Engine) named(ctx context.Context, app *App, address string) (*User, error) {
	number, ok := e.addresses.get(userAddress{app.Number, address})
	if ok {
		return e.user(ctx, userKey{app.Number, number})
	}
	number, err := e.resolve(ctx, app.Number, address)
	if err != nil {
		return nil, err
	}
	u, err := e.user(ctx, userKey{app.Number, number})
	// A shadow's ID may yet become an account's UUID, which comes first.
	if err == nil && (!u.Shadow || len(address) != UUIDLength) {
		e.addresses.put(userAddress{app.Number, strings.Clone(address)}, number, int64(64+len(address)))
	}
	return u, err
}

// resolve finds the number behind an address: a UUID, an ID, or a UUID in another letter case.
func (e *Engine) resolve(ctx context.Context, app uint32, address string) (number UserNumber, err error) {
	if address == "" || len(address) > MaxUserID {
		return 0, noUser()
	}
	names := [][]byte{appendNameKey(nil, app, nameID, address)}
	if len(address) == UUIDLength {
		names = [][]byte{
			appendNameKey(nil, app, nameUUID, address),
			names[0],
			appendNameKey(nil, app, nameUUID, strings.ToUpper(address)),
		}
	}
	return e.resolveNames(ctx, names)
}

func (e *Engine) resolveNames(ctx context.Context, names [][]byte) (number UserNumber, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		values, err := r.GetMulti(names)
		if err != nil {
			return err
		}
		for _, value := range values {
			if value != nil {
				return parseCounters(value, (*uint64)(&number))
			}
		}
		return noUser()
	})
	return number, e.readFault(err)
}

// user returns the current snapshot of a user that exists: an account or, as conversations show them, a shadow.
func (e *Engine) user(ctx context.Context, key userKey) (*User, error) {
	if u, ok := e.users.get(key); ok {
		return u, nil
	}
	before := e.changes.Load()
	var u *User
	err := e.store.View(ctx, func(r storage.Reader) (err error) {
		u, err = readUser(r, key)
		return err
	})
	if err != nil {
		return nil, e.readFault(err)
	}
	e.users.putIf(key, u, int64(u.size()), func() bool { return e.changes.Load() == before })
	return u, nil
}
