package core

import (
	"context"
	"encoding/json"
)

// ImportedUser is an account or shadow from elsewhere, with everything that is known of it. Number means nothing.
type ImportedUser struct {
	User
	// Password is what ExportUsers gave, or nil.
	Password []byte
}

// ImportUsers makes accounts and shadows, at most MaxImport at a time, with their own times of registration; zero means
// now. Who is there already under the same ID stays as it is and counts as Known; an account takes the place of a shadow.
// A name that belongs to somebody else rejects the user with Exists, and a user that cannot be with its fault.
func (e *Engine) ImportUsers(_ context.Context, app *App, users []ImportedUser) (result ImportResult, err error) {
	if len(users) > MaxImport {
		return result, NewFault(TooLarge, FieldUser, "there are too many users")
	}
	op := &importUsersOperation{app: app.Number}
	for i := range users {
		u := users[i].User
		u.password = users[i].Password
		if err := e.checkImportedUser(&u); err != nil {
			result.reject(PartMessages, i, AsFault(err))
			continue
		}
		op.users, op.indexes = append(op.users, &u), append(op.indexes, i)
	}
	for len(op.users) > 0 {
		n := fittingUsers(op.users)
		part := &importUsersOperation{app: op.app, users: op.users[:n], indexes: op.indexes[:n]}
		if err := e.committer.commit(part); err != nil {
			return result, err
		}
		result.Stored, result.Known = result.Stored+part.did.Stored, result.Known+part.did.Known
		result.Rejected, result.Rejects = result.Rejected+part.did.Rejected, append(result.Rejects, part.did.Rejects...)
		op.users, op.indexes = op.users[n:], op.indexes[n:]
	}
	return result, nil
}

func (e *Engine) checkImportedUser(u *User) error {
	if err := e.name(u); err != nil {
		return err
	}
	switch {
	case u.Registered < 0:
		return NewFault(Invalid, FieldUser, "the time of registration lies before 1970")
	case len(u.RegisteredIP) > MaxUserID || len(u.password) > MaxUserID:
		return NewFault(TooLarge, FieldUser, "the address of the registration or the sealed password is too long")
	case len(u.Ext) > 0 && !json.Valid(u.Ext):
		return NewFault(Invalid, FieldUser, "the ext object is no JSON")
	}
	return u.check()
}

// importUsersOperation makes users one by one: one that cannot be made does not keep the others from it.
type importUsersOperation struct {
	app     uint32
	users   []*User
	indexes []int // in the request
	did     ImportResult
}

func (op *importUsersOperation) weight() (keys, bytes int) {
	for _, u := range op.users {
		k, b := u.weight()
		keys, bytes = keys+k, bytes+b
	}
	return keys, bytes
}

func (op *importUsersOperation) stage(g *commitGroup) error {
	op.did = ImportResult{}
	a, err := g.app(op.app)
	if err != nil {
		return err
	}
	for i, u := range op.users {
		err := op.stageOne(g, a, *u)
		fault, ok := rejectable(err)
		switch {
		case ok && fault.Code == Conflict:
			op.did.Known++
		case ok:
			op.did.reject(PartMessages, op.indexes[i], fault)
		case err != nil:
			return err
		default:
			op.did.Stored++
		}
	}
	return nil
}

// stageOne writes a user: the fault is Conflict for one who is there, and Exists for a name that somebody else has.
func (op *importUsersOperation) stageOne(g *commitGroup, a *stagedApp, u User) error {
	value, err := g.tx.Get(appendNameKey(nil, op.app, nameID, u.ID))
	if err != nil {
		return err
	}
	if value != nil {
		held := userKey{app: op.app}
		if err := parseCounters(value, (*uint64)(&held.number)); err != nil {
			return err
		}
		holder, err := readUser(g.tx, held)
		if err != nil {
			return err
		}
		if !holder.Shadow || u.Shadow {
			return NewFault(Conflict, FieldUser, u.ID)
		}
		u.Number = held.number
	}
	if _, err := findShadows(g.tx, op.app, []*User{&u}); err != nil {
		return err
	}
	switch {
	case u.Number != 0:
		a.head.shadows--
		g.dropUser(userKey{op.app, u.Number})
	default:
		a.head.lastUser++
		u.Number = UserNumber(a.head.lastUser)
		if u.Shadow {
			a.head.shadows++
		}
	}
	if u.Registered == 0 {
		u.Registered = g.now
	}
	number := appendCounters(nil, uint64(u.Number))
	for _, name := range u.names(op.app) {
		if err := g.tx.Set(name, number); err != nil {
			return err
		}
	}
	return writeUser(g.tx, op.app, &u)
}
