package core

import (
	"context"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
)

// joiner is a user who is to become a member.
type joiner struct {
	user UserNumber
	role GroupRole
}

const (
	// joinersPerCommit bounds the members that one transaction takes in or lets go, two keys each.
	joinersPerCommit = 400
	// joinerBytes bounds the keys and records of one of them.
	joinerBytes = 2*(appPrefixWidth+16) + 2*MaxUserID + 96
	// idAttempts is how often the engine chooses an ID for a group before it gives up.
	idAttempts = 16
)

// CreateGroup creates a group with its owner and first members. Owner and Creator may be empty: then it is the caller.
// Only a privileged caller creates groups for others. The faults are Exists and FieldGroup for an ID that is taken, Invalid
// and FieldGroup for one that is no name or holds a colon, NotFound and FieldUser with the address as its note for an
// unknown user, and Invalid and FieldMember for a user who is named twice. Members beyond one transaction join in further
// ones; if one of these fails, the group stays with the members that it has.
func (e *Engine) CreateGroup(ctx context.Context, c Caller, n NewGroup) (*Group, error) {
	if err := checkGroupCaller(c); err != nil {
		return nil, err
	}
	if n.ID != "" && (!isName(n.ID) || strings.Contains(n.ID, ":")) {
		return nil, NewFault(Invalid, FieldGroup, "a group's ID has 1 to 128 bytes of UTF-8 without colons and control characters")
	}
	if err := checkTexts(FieldGroup, &n.Name, &n.Notice, &n.Introduction, &n.Avatar, &n.Extra); err != nil {
		return nil, err
	}
	creator, owner, err := e.founders(ctx, c, &n)
	if err != nil {
		return nil, err
	}
	joiners, err := e.joiners(ctx, c.App, owner, &n)
	if err != nil {
		return nil, err
	}
	op := createGroupOperation{caller: c, joiners: joiners[:min(len(joiners), joinersPerCommit)], group: groupRecord{owner: owner.Number}}
	op.group.Group = Group{
		Name: n.Name, Notice: n.Notice, Introduction: n.Introduction, Avatar: n.Avatar, Extra: n.Extra,
		Policy: n.Policy, Creator: creator.ID, Owner: owner.ID,
	}
	if err := e.commitGroupID(&op, n.ID); err != nil || len(op.joiners) == len(joiners) {
		return op.created, err
	}
	op.caller.Privileged = true // who may create a group may fill it, also one of somebody else
	return e.enroll(op.caller, op.created.Number, joiners[len(op.joiners):])
}

// founders returns the creator and the owner of a new group.
func (e *Engine) founders(ctx context.Context, c Caller, n *NewGroup) (creator, owner *User, err error) {
	creator, owner = c.User, c.User
	if n.Owner != "" {
		if owner, err = groupUser(ctx, c.App, n.Owner, e.Find); err != nil {
			return nil, nil, err
		}
	}
	if owner == nil {
		return nil, nil, NewFault(Invalid, FieldUser, "the group has no owner")
	}
	if creator == nil {
		creator = owner
	}
	if n.Creator != "" {
		if creator, err = groupUser(ctx, c.App, n.Creator, e.Find); err != nil {
			return nil, nil, err
		}
	}
	if !c.Privileged && (owner.Number != c.User.Number || creator.Number != c.User.Number) {
		return nil, nil, NewFault(Forbidden, FieldUser, "a user creates groups of its own only")
	}
	return creator, owner, nil
}

// joiners returns the first members of a new group, the owner first.
func (e *Engine) joiners(ctx context.Context, app *App, owner *User, n *NewGroup) ([]joiner, error) {
	all := make([]joiner, 1, 1+len(n.Admins)+len(n.Members))
	all[0] = joiner{owner.Number, GroupOwner}
	seen := make(map[UserNumber]bool, cap(all))
	seen[owner.Number] = true
	add := func(addresses []string, role GroupRole) error {
		for _, address := range addresses {
			u, err := groupUser(ctx, app, address, e.Find)
			if err != nil {
				return err
			}
			if seen[u.Number] {
				return NewFault(Invalid, FieldMember, "a member is named twice")
			}
			seen[u.Number] = true
			all = append(all, joiner{u.Number, role})
		}
		return nil
	}
	if err := add(n.Admins, GroupAdmin); err != nil {
		return nil, err
	}
	return all, add(n.Members, GroupMember)
}

// commitGroupID commits op under the given ID, or one that it chooses.
func (e *Engine) commitGroupID(op *createGroupOperation, id string) error {
	if op.group.ID = id; id != "" {
		return e.committer.commit(op)
	}
	var err error
	for range idAttempts {
		var random [4]byte
		if _, err = io.ReadFull(e.env.Random, random[:]); err != nil {
			return Wrap(Internal, "no random bytes", err)
		}
		op.group.ID = strconv.FormatUint(uint64(binary.BigEndian.Uint32(random[:])), 10)
		if err = e.committer.commit(op); CodeOf(err) != Exists {
			return err
		}
	}
	return err
}

// createGroupOperation writes a group with its owner and as many members as fit.
type createGroupOperation struct {
	caller  Caller
	group   groupRecord
	joiners []joiner
	created *Group
}

func (op *createGroupOperation) weight() (keys, bytes int) {
	return 2 + 2*len(op.joiners), maxGroupRecord + 2*MaxUserID + len(op.joiners)*joinerBytes
}

func (op *createGroupOperation) stage(g *commitGroup) error {
	s, err := g.newGroup(op.caller.App.Number, op.group)
	if err != nil {
		return err
	}
	if err := s.enroll(op.joiners, callerID(op.caller)); err != nil {
		return err
	}
	op.created = &s.group.Group
	return nil
}

// newGroup gives a group its number and takes its ID, which is the fault Exists if another has it. A group without a time
// is created now. The group itself is yet to be written.
func (g *commitGroup) newGroup(app uint32, group groupRecord) (*groupStage, error) {
	name := appendNameKey(nil, app, nameGroup, group.ID)
	taken, err := g.tx.Get(name)
	if err != nil {
		return nil, err
	}
	if taken != nil {
		return nil, NewFault(Exists, FieldGroup, "a group with this ID exists")
	}
	a, err := g.app(app)
	if err != nil {
		return nil, err
	}
	a.head.lastGroup++
	group.Number = GroupNumber(a.head.lastGroup)
	if group.Created == 0 {
		group.Created = g.now
	}
	if err := g.tx.Set(name, appendCounters(nil, a.head.lastGroup)); err != nil {
		return nil, err
	}
	return &groupStage{commitGroup: g, app: app, group: group}, nil
}

// callerID is what a group remembers of who did something: empty for a caller that is no user.
func callerID(c Caller) string {
	if c.User == nil {
		return ""
	}
	return c.User.ID
}
