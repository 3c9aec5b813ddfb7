package core

import (
	"context"
)

// ChangeGroup changes what a group shows of itself; its owner, its admins and privileged callers may do that. A new notice
// is dated. A text over MaxGroupText is TooLarge and FieldGroup.
func (e *Engine) ChangeGroup(ctx context.Context, c Caller, id string, change GroupChange) (*Group, error) {
	if err := checkTexts(FieldGroup, change.Name, change.Notice, change.Introduction, change.Avatar, change.Extra); err != nil {
		return nil, err
	}
	return e.changeGroup(ctx, c, id, groupOperation{keys: 1, bytes: maxGroupRecord, apply: func(s *groupStage) error {
		if err := s.atLeast(GroupAdmin); err != nil {
			return err
		}
		g := &s.group.Group
		replace(&g.Name, change.Name)
		replace(&g.Notice, change.Notice)
		replace(&g.Introduction, change.Introduction)
		replace(&g.Avatar, change.Avatar)
		replace(&g.Extra, change.Extra)
		replace(&g.Policy.Verification, change.Verification)
		replace(&g.Policy.LookMembers, change.LookMembers)
		replace(&g.Policy.Befriend, change.Befriend)
		if change.Notice != nil {
			g.NoticeChanged, g.NoticeBy = s.now, callerID(c)
		}
		return s.writeGroup()
	}})
}

// SetGroupMuted lets only the owner, admins and privileged senders talk in a group, or everybody again. The owner, admins
// and privileged callers may do that.
func (e *Engine) SetGroupMuted(ctx context.Context, c Caller, id string, muted bool) error {
	_, err := e.changeGroup(ctx, c, id, groupOperation{keys: 1, bytes: maxGroupRecord, apply: func(s *groupStage) error {
		if err := s.atLeast(GroupAdmin); err != nil {
			return err
		}
		s.group.Muted = muted
		return s.writeGroup()
	}})
	return err
}

// DismissGroup ends a group for good; the owner and privileged callers may do that. Every later change, a second dismissal
// included, is the fault Conflict and FieldGroup.
func (e *Engine) DismissGroup(ctx context.Context, c Caller, id string) error {
	_, err := e.changeGroup(ctx, c, id, groupOperation{keys: 1, bytes: maxGroupRecord, apply: func(s *groupStage) error {
		if err := s.atLeast(GroupOwner); err != nil {
			return err
		}
		s.group.Dismissed = true
		return s.writeGroup()
	}})
	return err
}

// TransferGroup makes another member the owner and the old owner an ordinary member; the owner and privileged callers may
// do that. A new owner who is not a member is NotFound and FieldMember, one who is the owner already Conflict and
// FieldMember.
func (e *Engine) TransferGroup(ctx context.Context, c Caller, id, newOwner string) error {
	to, err := groupUser(ctx, c.App, newOwner, e.lookup)
	if err != nil {
		return err
	}
	_, err = e.changeGroup(ctx, c, id, groupOperation{
		keys: 3, bytes: maxGroupRecord + 2*maxMemberRecord,
		apply: func(s *groupStage) error { return s.transfer(to) },
	})
	return err
}

func (s *groupStage) transfer(to *User) error {
	if err := s.atLeast(GroupOwner); err != nil {
		return err
	}
	heir, err := s.member(to.Number)
	if err != nil {
		return err
	}
	if heir.role == GroupOwner {
		return NewFault(Conflict, FieldMember, "the member is the owner already")
	}
	old, err := s.member(s.group.owner)
	if err != nil {
		return err
	}
	old.role, heir.role = GroupMember, GroupOwner
	heir.mutedUntil = 0 // nobody in the group could lift it
	if err := s.writeMember(s.group.owner, old); err != nil {
		return err
	}
	if err := s.writeMember(to.Number, heir); err != nil {
		return err
	}
	s.group.Owner, s.group.owner = to.ID, to.Number
	return s.writeGroup()
}
