package core

import (
	"context"
	"strings"
	"unicode/utf8"

	"parley/storage"
)

// groupOperation changes one group or its members.
type groupOperation struct {
	caller      Caller
	group       GroupNumber
	keys, bytes int
	apply       func(s *groupStage) error // a fault leaves everything as it is
	changed     *Group
}

// groupStage is what an operation on a group works with inside its transaction.
type groupStage struct {
	*commitGroup
	app        uint32
	group      groupRecord
	user       UserNumber    // the caller's, zero for one that is no user
	caller     *memberRecord // nil if the caller is not a member
	privileged bool
}

const (
	// maxMemberRecord bounds a member's record and the key before it, maxGroupRecord a group's.
	maxMemberRecord = 3*MaxGroupText + 2*MaxUserID + 128
	maxGroupRecord  = 5*MaxGroupText + 4*MaxUserID + 256
)

func (op *groupOperation) weight() (keys, bytes int) { return op.keys, op.bytes }

func (op *groupOperation) stage(g *commitGroup) error {
	s := groupStage{commitGroup: g, app: op.caller.App.Number, privileged: op.caller.Privileged}
	record, err := readGroupRecord(g.tx, s.app, op.group)
	switch {
	case err != nil:
		return err
	case record == nil:
		return noGroup()
	case record.Dismissed:
		return NewFault(Conflict, FieldGroup, "the group is dismissed")
	}
	s.group = *record
	if op.caller.User != nil {
		s.user = op.caller.User.Number
		if s.caller, err = readMember(g.tx, s.app, op.group, s.user); err != nil {
			return err
		}
	}
	if err := op.apply(&s); err != nil {
		return err
	}
	op.changed = &s.group.Group
	return nil
}

// writeGroup stages the group's record. What s.group holds afterwards refers to nothing of the request.
func (s *groupStage) writeGroup() error {
	value := appendGroup(nil, &s.group)
	if err := s.tx.Set(appendGroupKey(nil, s.app, s.group.Number), value); err != nil {
		return err
	}
	record, err := parseGroup(s.group.Number, value)
	s.group = record
	return err
}

func (s *groupStage) writeMember(user UserNumber, m *memberRecord) error {
	return s.tx.Set(appendMemberKey(nil, s.app, s.group.Number, user), appendMember(nil, m))
}

// member returns the record of a user whom the request names.
func (s *groupStage) member(user UserNumber) (*memberRecord, error) {
	m, err := readMember(s.tx, s.app, s.group.Number, user)
	if m == nil && err == nil {
		err = NewFault(NotFound, FieldMember, NotInGroup)
	}
	return m, err
}

// NotInGroup is the note of the faults about somebody who is not a member of a group. With the code Forbidden, which has
// other reasons as well, it is about the caller.
const NotInGroup = "not a member of the group"

func noGroup() error { return NewFault(NotFound, FieldGroup, "the group does not exist") }

// atLeast refuses a caller whose role is below the given one.
func (s *groupStage) atLeast(role GroupRole) error {
	switch {
	case s.privileged:
		return nil
	case s.caller == nil:
		return NewFault(Forbidden, FieldMember, NotInGroup)
	case s.caller.role < role:
		return NewFault(Forbidden, FieldMember, "the caller's role in the group does not allow it")
	}
	return nil
}

// above refuses a caller who is not set over a member with the given role: the owner is over all others, an admin over
// ordinary members.
func (s *groupStage) above(role GroupRole) error {
	if err := s.atLeast(GroupAdmin); err != nil || s.privileged {
		return err
	}
	if s.caller.role <= role {
		return NewFault(Forbidden, FieldMember, "the caller's role in the group is not above the member's")
	}
	return nil
}

// changeGroup commits one operation on the group with the given ID.
func (e *Engine) changeGroup(ctx context.Context, c Caller, id string, op groupOperation) (*Group, error) {
	if err := checkGroupCaller(c); err != nil {
		return nil, err
	}
	number, err := e.findGroup(ctx, c.App, id)
	if err != nil {
		return nil, err
	}
	op.caller, op.group = c, number
	err = e.committer.commit(&op)
	return op.changed, err
}

func checkGroupCaller(c Caller) error {
	if c.User == nil && !c.Privileged {
		return NewFault(Forbidden, FieldUser, "the caller is no user")
	}
	if c.User != nil && c.User.Banned {
		return NewFault(Forbidden, FieldUser, "the caller is banned")
	}
	return nil
}

// findGroup returns the number of a group that exists.
func (e *Engine) findGroup(ctx context.Context, app *App, id string) (number GroupNumber, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		number, err = groupNumber(r, app.Number, id)
		return err
	})
	if err == nil && number == 0 {
		err = noGroup()
	}
	return number, e.readFault(err)
}

// userFinder is Engine.Find or Engine.lookup.
type userFinder func(ctx context.Context, app *App, address string) (*User, error)

// groupUser finds a user whom a request about a group names.
func groupUser(ctx context.Context, app *App, address string, find userFinder) (*User, error) {
	u, err := find(ctx, app, address)
	if CodeOf(err) == NotFound {
		err = NewFault(NotFound, FieldUser, strings.Clone(address))
	}
	return u, err
}

// checkTexts refuses texts of a group or a member that are too long or not UTF-8.
func checkTexts(field Field, texts ...*string) error {
	for _, text := range texts {
		switch {
		case text == nil:
		case len(*text) > MaxGroupText:
			return NewFault(TooLarge, field, "the text is too long")
		case !utf8.ValidString(*text):
			return NewFault(Invalid, field, "the text is not UTF-8")
		}
	}
	return nil
}
