package core

import (
	"context"
	"strings"
)

// ImportedGroup is a group from elsewhere. Number and Members of Group mean nothing; Owner has to be an account.
type ImportedGroup struct{ Group }

// ImportedMember is a member of a group from elsewhere, or who was one.
type ImportedMember struct {
	// User is an address.
	User string
	Role GroupRole
	// The texts, times and names are those of Member.
	Nickname, Avatar, Extra string
	Joined, MutedUntil      int64
	Inviter, Operator       string
	// Left tells that the user has left; Until is the place of the newest message that it may still read.
	Left  bool
	Until int64
}

// ImportGroup makes a group with its original times and without members: ImportMembers brings them, the owner included. A
// group that is there already stays as it is and is not made: created is false then. The faults are those of CreateGroup.
func (e *Engine) ImportGroup(ctx context.Context, app *App, in ImportedGroup) (created bool, err error) {
	g := &in.Group
	switch {
	case !isName(g.ID) || strings.Contains(g.ID, ":"):
		return false, NewFault(Invalid, FieldGroup, "a group's ID has 1 to 128 bytes of UTF-8 without colons and control characters")
	case g.Created < 0 || g.NoticeChanged < 0:
		return false, NewFault(Invalid, FieldGroup, "a time lies before 1970")
	case len(g.Creator) > MaxUserID || len(g.NoticeBy) > MaxUserID:
		return false, NewFault(Invalid, FieldGroup, "a name is too long")
	}
	if err := checkTexts(FieldGroup, &g.Name, &g.Notice, &g.Introduction, &g.Avatar, &g.Extra); err != nil {
		return false, err
	}
	if err := e.observe(ctx, app.Number); err != nil {
		return false, err
	}
	owner, err := e.importedReceiver(ctx, app, g.Owner)
	if err != nil {
		return false, err
	}
	g.Owner, g.Members = owner.ID, 0
	op := &importGroupOperation{app: app.Number, group: groupRecord{Group: *g, owner: owner.Number}}
	err = e.committer.commit(op)
	if CodeOf(err) == Exists {
		return false, nil
	}
	return err == nil, err
}

type importGroupOperation struct {
	app   uint32
	group groupRecord
}

func (op *importGroupOperation) weight() (keys, bytes int) { return 2, maxGroupRecord + 2*MaxUserID }

func (op *importGroupOperation) stage(g *commitGroup) error {
	s, err := g.newGroup(op.app, op.group)
	if err != nil {
		return err
	}
	return s.writeGroup()
}

// membersAtOnce is how many members one transaction imports.
const membersAtOnce = 200

// ImportMembers adds members to a group, in the given order of joining, with their original times. Who is or ever was a
// member stays as it is and counts as Known. Whatever is wrong with one rejects that one; an unknown group is the fault
// NotFound and FieldGroup.
func (e *Engine) ImportMembers(ctx context.Context, app *App, group string, members []ImportedMember) (result ImportResult, err error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return result, err
	}
	number, err := e.findGroup(ctx, app, group)
	if err != nil {
		return result, err
	}
	op := &importMembersOperation{app: app.Number, group: number}
	for i := range members {
		m, err := e.importedMember(ctx, app, &members[i])
		if fault, ok := rejectable(err); ok {
			result.reject(PartMessages, i, fault)
			continue
		}
		if err != nil {
			return result, err
		}
		op.members = append(op.members, m)
		keys, bytes := op.weight()
		if keys+2 > membersAtOnce*2 || bytes+m.size() > groupBytes {
			if err := e.importMembers(op, &result); err != nil {
				return result, err
			}
		}
	}
	if len(op.members) == 0 {
		return result, nil
	}
	return result, e.importMembers(op, &result)
}

func (e *Engine) importMembers(op *importMembersOperation, result *ImportResult) error {
	if err := e.committer.commit(op); err != nil {
		return err
	}
	result.Stored += op.stored
	result.Known += len(op.members) - op.stored
	op.members = nil
	return nil
}

// joiningMember is a member whose user is known.
type joiningMember struct {
	user   UserNumber
	record memberRecord
	left   *joinedRecord // of who has left
}

func (m *joiningMember) size() int {
	return 1024 + len(m.record.nickname) + len(m.record.avatar) + len(m.record.extra)
}

func (e *Engine) importedMember(ctx context.Context, app *App, in *ImportedMember) (m joiningMember, err error) {
	switch {
	case in.Role > GroupOwner:
		return m, NewFault(Invalid, FieldMember, "there is no such role")
	case in.Joined < 0 || in.MutedUntil < 0 || in.Until < 0:
		return m, NewFault(Invalid, FieldMember, "a number is negative")
	case len(in.Inviter) > MaxUserID || len(in.Operator) > MaxUserID:
		return m, NewFault(Invalid, FieldMember, "a name is too long")
	}
	if err := checkTexts(FieldMember, &in.Nickname, &in.Avatar, &in.Extra); err != nil {
		return m, err
	}
	u, err := e.importedReceiver(ctx, app, in.User)
	if err != nil {
		return m, err
	}
	if u.Shadow {
		return m, NewFault(NotFound, FieldUser, "the member is no account: "+u.ID)
	}
	m.user = u.Number
	if in.Left {
		m.left = &joinedRecord{left: true, until: in.Until}
	}
	m.record = memberRecord{
		role: in.Role, joined: in.Joined, mutedUntil: in.MutedUntil, nickname: in.Nickname, avatar: in.Avatar, extra: in.Extra,
		inviter: in.Inviter, operator: in.Operator,
	}
	return m, nil
}

type importMembersOperation struct {
	app     uint32
	group   GroupNumber
	members []joiningMember
	stored  int
}

func (op *importMembersOperation) weight() (keys, bytes int) {
	keys, bytes = 1, maxGroupRecord
	for i := range op.members {
		keys, bytes = keys+2, bytes+op.members[i].size()
	}
	return keys, bytes
}

func (op *importMembersOperation) stage(g *commitGroup) error {
	op.stored = 0
	record, err := readGroupRecord(g.tx, op.app, op.group)
	if err != nil {
		return err
	}
	if record == nil {
		return noGroup()
	}
	s := groupStage{commitGroup: g, app: op.app, group: *record}
	for i := range op.members {
		if err := op.add(&s, &op.members[i]); err != nil {
			return err
		}
	}
	if op.stored == 0 {
		return nil
	}
	return s.writeGroup()
}

func (op *importMembersOperation) add(s *groupStage, m *joiningMember) error {
	key := appendJoinedKey(nil, s.app, m.user, op.group)
	old, err := s.tx.Get(key)
	if err != nil || old != nil {
		return err
	}
	op.stored++
	if m.left != nil {
		return s.tx.Set(key, appendJoined(nil, m.left))
	}
	record := m.record
	switch {
	case m.user == s.group.owner:
		record.role = GroupOwner
	case record.role == GroupOwner:
		record.role = GroupAdmin // there is one owner
	}
	s.group.joins++
	s.group.Members++
	record.place = s.group.joins
	if record.joined == 0 {
		record.joined = s.now
	}
	if err := s.tx.Set(key, appendJoined(nil, &joinedRecord{})); err != nil {
		return err
	}
	return s.writeMember(m.user, &record)
}
