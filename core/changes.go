package core

import (
	"bytes"
	"context"
	"encoding/json"
)

// changeUserOperation changes one user's record and, where the change ends them, its sessions.
type changeUserOperation struct {
	app          uint32
	number       UserNumber
	change       func(u *User) error // works on a copy; a fault leaves the user as it is
	endsSessions bool
	changed      *User
}

func (op *changeUserOperation) weight() (keys, bytes int) {
	keys, bytes = 1, maxUserRecord
	if op.endsSessions {
		k, b := sessionsWeight()
		keys, bytes = keys+k, bytes+b
	}
	return keys, bytes
}

func (op *changeUserOperation) stage(g *commitGroup) error {
	key := userKey{op.app, op.number}
	u, err := readUser(g.tx, key)
	if err != nil {
		return err
	}
	if err := op.change(u); err != nil {
		return err
	}
	if op.endsSessions {
		sessions, err := g.sessions(key)
		if err != nil {
			return err
		}
		sessions.end(func(*sessionEntry) bool { return true })
		if err := sessions.write(); err != nil {
			return err
		}
	}
	g.dropUser(key)
	g.onCommit(func() { op.changed = u })
	return writeUser(g.tx, op.app, u)
}

// SetBanned bans a user, ending its sessions, or lifts the ban.
func (e *Engine) SetBanned(ctx context.Context, app *App, address string, banned bool) (*User, error) {
	u, err := e.lookup(ctx, app, address)
	if err != nil {
		return nil, err
	}
	op := &changeUserOperation{app: app.Number, number: u.Number, endsSessions: banned, change: func(u *User) error {
		u.Banned = banned
		return nil
	}}
	err = e.committer.commit(op)
	return op.changed, err
}

// SetExt replaces the caller's ext object by merging the members of ext over it.
func (e *Engine) SetExt(ctx context.Context, c Caller, ext []byte) (*User, error) {
	op := &changeUserOperation{app: c.App.Number, number: c.User.Number, change: func(u *User) error {
		merged, err := mergeObjects(u.Ext, ext)
		if err != nil {
			return &Fault{Code: Invalid, Field: FieldUser, Note: "the ext is not a JSON object", cause: err}
		}
		u.Ext = merged
		return u.check()
	}}
	err := e.committer.commit(op)
	return op.changed, err
}

// mergeObjects returns the JSON object that has the members of old, replaced and followed by those of more. Members keep
// their order.
func mergeObjects(old, more []byte) ([]byte, error) {
	type member struct {
		name  string
		value json.RawMessage
	}
	var members []member
	for _, object := range [][]byte{old, more} {
		if len(object) == 0 {
			continue
		}
		names, values, err := objectMembers(object)
		if err != nil {
			return nil, err
		}
	next:
		for i, name := range names {
			for j := range members {
				if members[j].name == name {
					members[j].value = values[i]
					continue next
				}
			}
			members = append(members, member{name, values[i]})
		}
	}
	var merged bytes.Buffer
	merged.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			merged.WriteByte(',')
		}
		merged.WriteString(m.name)
		merged.WriteByte(':')
		merged.Write(m.value)
	}
	merged.WriteByte('}')
	return merged.Bytes(), nil
}
