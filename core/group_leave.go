package core

import (
	"context"
)

// LeaveGroup ends the caller's membership. The owner cannot leave: Forbidden and FieldMember.
func (e *Engine) LeaveGroup(ctx context.Context, c Caller, id string) error {
	if err := checkGroupCaller(c); err != nil {
		return err
	}
	if c.User == nil {
		return NewFault(Forbidden, FieldMember, NotInGroup)
	}
	c.Privileged = false
	return e.discharge(ctx, c, id, []UserNumber{c.User.Number}, func(s *groupStage, m *memberRecord) error {
		if m.role == GroupOwner {
			return NewFault(Forbidden, FieldMember, "the owner cannot leave the group")
		}
		return nil
	})
}

// RemoveMembers ends the membership of users: the owner removes anyone else, an admin ordinary members, and a privileged
// caller anyone but the owner; what is not allowed is Forbidden and FieldMember. A user who is not a member is NotFound and
// FieldMember. More users than one transaction takes are removed in several; if a later one fails, the earlier are gone.
func (e *Engine) RemoveMembers(ctx context.Context, c Caller, id string, users []string) error {
	if err := checkGroupCaller(c); err != nil {
		return err
	}
	numbers, err := groupUsers(ctx, c.App, users, e.lookup)
	if err != nil {
		return err
	}
	return e.discharge(ctx, c, id, numbers, func(s *groupStage, m *memberRecord) error {
		if err := s.above(m.role); err != nil {
			return err
		}
		if m.role == GroupOwner {
			return NewFault(Forbidden, FieldMember, "the owner cannot be removed")
		}
		return nil
	})
}

// discharge ends the membership of users, after check has allowed it for each one of a transaction.
func (e *Engine) discharge(
	ctx context.Context, c Caller, id string, users []UserNumber, check func(*groupStage, *memberRecord) error,
) error {
	number, err := e.findGroup(ctx, c.App, id)
	if err != nil {
		return err
	}
	talk := e.acquire(groupConversation(c.App.Number, number))
	defer talk.release()
	if err := talk.loadHead(ctx, e); err != nil {
		return e.readFault(err)
	}
	for start := 0; start == 0 || start < len(users); start += joinersPerCommit {
		part := users[start:min(start+joinersPerCommit, len(users))]
		op := groupOperation{
			caller: c, group: number,
			keys: 1 + 2*len(part), bytes: maxGroupRecord + len(part)*joinerBytes,
			apply: func(s *groupStage) error { return s.discharge(talk, part, check) },
		}
		if err := e.committer.commit(&op); err != nil {
			return err
		}
	}
	return nil
}

func (s *groupStage) discharge(talk *conversation, users []UserNumber, check func(*groupStage, *memberRecord) error) error {
	if err := s.atLeast(GroupMember); err != nil {
		return err
	}
	for _, user := range users {
		m, err := s.member(user)
		if err != nil {
			return err
		}
		if err := check(s, m); err != nil {
			return err
		}
	}
	head, err := s.head(talk)
	if err != nil {
		return err
	}
	left := appendJoined(nil, &joinedRecord{left: true, until: head.seq})
	for _, user := range users {
		if err := s.tx.Delete(appendMemberKey(nil, s.app, s.group.Number, user)); err != nil {
			return err
		}
		if err := s.tx.Set(appendJoinedKey(nil, s.app, user, s.group.Number), left); err != nil {
			return err
		}
	}
	s.group.Members -= len(users)
	return s.writeGroup()
}
