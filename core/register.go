package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"parley/storage"
)

// Register creates a user. A user with the same ID, UUID or Username is the fault Exists; a shadow with the same ID
// becomes the user and keeps its number.
func (e *Engine) Register(ctx context.Context, app *App, n NewUser) (*User, error) {
	u, err := e.newUser(&n)
	if err != nil {
		return nil, err
	}
	if err := e.setPassword(ctx, u, n.Password); err != nil {
		return nil, err
	}
	err = e.committer.commit(&registerOperation{app: app.Number, users: []*User{u}})
	if CodeOf(err) == Exists {
		return nil, NewFault(Exists, FieldUser, "a user with this name exists")
	}
	if err != nil {
		return nil, err
	}
	return u, nil
}

// RegisterAll creates users, all or none: if one of the names is taken the fault is Exists and its note the ID that was
// to be registered, and if two users of the list share a name it is Invalid, likewise. Lists that exceed one transaction,
// from about 200 users on, are checked as a whole and then written in several: one that fails leaves those before it.
func (e *Engine) RegisterAll(ctx context.Context, app *App, list []NewUser) error {
	users := make([]*User, len(list))
	for i := range list {
		u, err := e.newUser(&list[i])
		if err != nil {
			return err
		}
		users[i] = u
	}
	if err := checkDistinct(users); err != nil {
		return err
	}
	err := e.store.View(ctx, func(r storage.Reader) error {
		for rest := users; len(rest) > 0; {
			n := min(len(rest), namesAtOnce)
			if _, err := findShadows(r, app.Number, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	})
	if err != nil {
		return e.readFault(err)
	}
	for i, u := range users {
		if err := e.setPassword(ctx, u, list[i].Password); err != nil {
			return err
		}
	}
	for len(users) > 0 {
		op := &registerOperation{app: app.Number, users: users[:fittingUsers(users)]}
		if err := e.committer.commit(op); err != nil {
			return err
		}
		users = users[len(op.users):]
	}
	return nil
}

// namesAtOnce is how many users' names are looked up in one read.
const namesAtOnce = 300

// newUser makes a user of its description, complete but for number, time and password.
func (e *Engine) newUser(n *NewUser) (*User, error) {
	u := &User{
		ID: n.ID, UUID: n.UUID, Username: n.Username, Role: n.Role, Reception: n.Reception, RegisteredIP: n.IP,
		Nickname: n.Nickname, Avatar: n.Avatar, Extra: n.Extra, Ext: n.Ext,
	}
	if err := e.name(u); err != nil {
		return nil, err
	}
	return u, u.check()
}

func (e *Engine) setPassword(ctx context.Context, u *User, password string) (err error) {
	if password != "" {
		u.password, err = e.passwords.seal(ctx, password)
	}
	return err
}

// name completes a new user's ID and UUID from what is given.
func (e *Engine) name(u *User) error {
	switch {
	case u.UUID == "" && u.ID == "":
		random, err := e.randomHex(UUIDLength / 2)
		if err != nil {
			return err
		}
		u.UUID = strings.ToUpper(random)
		u.ID = u.UUID
	case u.UUID == "":
		u.UUID = deriveUUID(u.ID)
	case u.ID == "":
		u.ID = u.UUID
	}
	return nil
}

// deriveUUID gives an ID its 32-character form: always the same, and not to be guessed back.
func deriveUUID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.ToUpper(hex.EncodeToString(sum[:UUIDLength/2]))
}

// registerOperation creates users, all of them or none.
type registerOperation struct {
	app   uint32
	users []*User
}

func (u *User) weight() (keys, bytes int) { return 4, u.size() + 3*MaxUserID }

func (op *registerOperation) weight() (keys, bytes int) {
	for _, u := range op.users {
		k, b := u.weight()
		keys, bytes = keys+k, bytes+b
	}
	return keys, bytes
}

// fittingUsers returns how many of users one operation may take, beginning with the first.
func fittingUsers(users []*User) int {
	keys, bytes := 0, 0
	for i, u := range users {
		k, b := u.weight()
		keys, bytes = keys+k, bytes+b
		if i > 0 && (keys > groupKeys || bytes > groupBytes) {
			return i
		}
	}
	return len(users)
}

func (op *registerOperation) stage(g *commitGroup) error {
	shadows, err := findShadows(g.tx, op.app, op.users)
	if err != nil {
		return err
	}
	a, err := g.app(op.app)
	if err != nil {
		return err
	}
	for i, u := range op.users {
		u.Number, u.Registered = shadows[i], g.now
		if u.Number == 0 {
			a.head.lastUser++
			u.Number = UserNumber(a.head.lastUser)
		} else {
			a.head.shadows--
			g.dropUser(userKey{op.app, u.Number})
		}
		value := appendCounters(nil, uint64(u.Number))
		for _, name := range u.names(op.app) {
			if err := g.tx.Set(name, value); err != nil {
				return err
			}
		}
		if err := writeUser(g.tx, op.app, u); err != nil {
			return err
		}
	}
	return nil
}

// dropUser makes the engine read a user anew once the group has been committed.
func (g *commitGroup) dropUser(key userKey) {
	g.onCommit(func() {
		g.engine.changes.Add(1)
		g.engine.users.drop(key)
	})
}
