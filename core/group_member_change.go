package core

import (
	"context"
)

// ChangeMember changes how a member appears in a group, or its role. Members change themselves, the owner and admins those
// below them, and privileged callers anyone. Roles are changed by the owner and privileged callers, and neither to nor from
// GroupOwner, for which there is TransferGroup. A user who is not a member is NotFound and FieldMember; a text over
// MaxGroupText is TooLarge and FieldMember.
func (e *Engine) ChangeMember(ctx context.Context, c Caller, id, user string, change MemberChange) error {
	if err := checkTexts(FieldMember, change.Nickname, change.Avatar, change.Extra); err != nil {
		return err
	}
	if change.Role != nil && *change.Role > GroupOwner {
		return NewFault(Invalid, FieldMember, "there is no such role")
	}
	return e.changeMember(ctx, c, id, user, func(s *groupStage, number UserNumber, m *memberRecord) error {
		if err := s.mayChange(number, m, &change); err != nil {
			return err
		}
		replace(&m.nickname, change.Nickname)
		replace(&m.avatar, change.Avatar)
		replace(&m.extra, change.Extra)
		replace(&m.role, change.Role)
		return nil
	})
}

func (s *groupStage) mayChange(number UserNumber, m *memberRecord, change *MemberChange) error {
	if change.Nickname != nil || change.Avatar != nil || change.Extra != nil {
		if own := s.caller != nil && number == s.user; !own {
			if err := s.above(m.role); err != nil {
				return err
			}
		}
	}
	if change.Role == nil {
		return s.atLeast(GroupMember)
	}
	if err := s.atLeast(GroupOwner); err != nil {
		return err
	}
	if *change.Role != m.role && (*change.Role == GroupOwner || m.role == GroupOwner) {
		return NewFault(Forbidden, FieldMember, "the owner changes by a transfer only")
	}
	return nil
}

// MuteMember keeps a member from talking until a time in milliseconds since the Unix epoch; zero lets it talk again. The
// owner mutes all others, admins ordinary members, and privileged callers anyone.
func (e *Engine) MuteMember(ctx context.Context, c Caller, id, user string, until int64) error {
	if until < 0 {
		return NewFault(Invalid, FieldMember, "the time lies before 1970")
	}
	return e.changeMember(ctx, c, id, user, func(s *groupStage, _ UserNumber, m *memberRecord) error {
		if err := s.above(m.role); err != nil {
			return err
		}
		m.mutedUntil = until
		return nil
	})
}

// changeMember commits a change of one member's record.
func (e *Engine) changeMember(
	ctx context.Context, c Caller, id, user string, change func(*groupStage, UserNumber, *memberRecord) error,
) error {
	u, err := groupUser(ctx, c.App, user, e.lookup)
	if err != nil {
		return err
	}
	_, err = e.changeGroup(ctx, c, id, groupOperation{keys: 1, bytes: maxMemberRecord, apply: func(s *groupStage) error {
		if err := s.atLeast(GroupMember); err != nil {
			return err
		}
		m, err := s.member(u.Number)
		if err != nil {
			return err
		}
		if err := change(s, u.Number, m); err != nil {
			return err
		}
		return s.writeMember(u.Number, m)
	}})
	return err
}
