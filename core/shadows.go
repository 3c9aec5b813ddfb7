package core

import (
	"context"
	"strings"
)

// Sender returns the account with the given ID or, for platforms that let a name send without being registered, the
// shadow with it, which is created if there is none. Registering the ID later turns the shadow into the account.
func (e *Engine) Sender(ctx context.Context, app *App, id string) (*User, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, err
	}
	u, err := e.withID(ctx, app, id)
	if CodeOf(err) != NotFound {
		return u, err
	}
	op := &shadowOperation{app: app.Number, shadow: User{ID: strings.Clone(id), UUID: deriveUUID(id), Shadow: true}}
	if err := op.shadow.check(); err != nil {
		return nil, err
	}
	if err := e.committer.commit(op); err != nil {
		return nil, err
	}
	return op.found, nil
}

// withID returns the account or shadow with an ID, which as an address may mean another user's UUID.
func (e *Engine) withID(ctx context.Context, app *App, id string) (*User, error) {
	u, err := e.named(ctx, app, id)
	if err != nil || u.ID == id {
		return u, err
	}
	number, err := e.resolveNames(ctx, [][]byte{appendNameKey(nil, app.Number, nameID, id)})
	if err != nil {
		return nil, err
	}
	return e.user(ctx, userKey{app.Number, number})
}

// shadowOperation creates a shadow unless the ID has been taken meanwhile. Its UUID leads to it, so that what it has sent
// can be listed, unless it leads to an account already.
type shadowOperation struct {
	app    uint32
	shadow User
	found  *User
}

func (op *shadowOperation) weight() (keys, bytes int) { return 3, op.shadow.size() + 2*MaxUserID }

func (op *shadowOperation) stage(g *commitGroup) error {
	name := appendNameKey(nil, op.app, nameID, op.shadow.ID)
	value, err := g.tx.Get(name)
	if err != nil {
		return err
	}
	if value != nil {
		key := userKey{app: op.app}
		if err := parseCounters(value, (*uint64)(&key.number)); err != nil {
			return err
		}
		op.found, err = readUser(g.tx, key)
		return err
	}
	a, err := g.app(op.app)
	if err != nil {
		return err
	}
	a.head.lastUser++
	a.head.shadows++
	u := op.shadow
	u.Number, u.Registered = UserNumber(a.head.lastUser), g.now
	op.found = &u
	number := appendCounters(nil, uint64(u.Number))
	if err := g.tx.Set(name, number); err != nil {
		return err
	}
	uuid := appendNameKey(nil, op.app, nameUUID, u.UUID)
	if value, err = g.tx.Get(uuid); err != nil {
		return err
	}
	if value == nil {
		if err := g.tx.Set(uuid, number); err != nil {
			return err
		}
	}
	return writeUser(g.tx, op.app, &u)
}
