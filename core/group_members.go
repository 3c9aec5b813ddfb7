package core

import (
	"context"
)

// enroll makes joiners members, in as many commits as they need, and returns the group after the last one.
func (e *Engine) enroll(c Caller, group GroupNumber, joiners []joiner) (*Group, error) {
	var changed *Group
	for start := 0; start == 0 || start < len(joiners); start += joinersPerCommit {
		part := joiners[start:min(start+joinersPerCommit, len(joiners))]
		op := groupOperation{
			caller: c, group: group,
			keys: 1 + 2*len(part), bytes: maxGroupRecord + len(part)*joinerBytes,
			apply: func(s *groupStage) error {
				if err := s.atLeast(GroupMember); err != nil {
					return err
				}
				return s.enroll(part, callerID(c))
			},
		}
		if err := e.committer.commit(&op); err != nil {
			return changed, err
		}
		changed = op.changed
	}
	return changed, nil
}

// enroll stages new members. Who is one already is left as it is.
func (s *groupStage) enroll(joiners []joiner, inviter string) error {
	keys := make([][]byte, len(joiners))
	for i, j := range joiners {
		keys[i] = appendMemberKey(nil, s.app, s.group.Number, j.user)
	}
	present, err := s.tx.GetMulti(keys)
	if err != nil {
		return err
	}
	before := s.group.joins
	for i, j := range joiners {
		if present[i] != nil {
			continue
		}
		s.group.joins++
		s.group.Members++
		m := memberRecord{role: j.role, place: s.group.joins, joined: s.now, inviter: inviter, operator: inviter}
		if err := s.tx.Set(keys[i], appendMember(nil, &m)); err != nil {
			return err
		}
		if err := s.tx.Set(appendJoinedKey(nil, s.app, j.user, s.group.Number), appendJoined(nil, &joinedRecord{})); err != nil {
			return err
		}
	}
	if s.group.joins == before {
		return nil
	}
	return s.writeGroup()
}

// AddMembers makes users members of a group; any member may do that. Who is a member already is left as it is. An unknown
// user is the fault NotFound and FieldUser with the address as its note, and then nobody is added. More users than one
// transaction takes are added in several; if a later one fails, the earlier members stay.
func (e *Engine) AddMembers(ctx context.Context, c Caller, id string, users []string) error {
	if err := checkGroupCaller(c); err != nil {
		return err
	}
	number, err := e.findGroup(ctx, c.App, id)
	if err != nil {
		return err
	}
	numbers, err := groupUsers(ctx, c.App, users, e.Find)
	if err != nil {
		return err
	}
	joiners := make([]joiner, len(numbers))
	for i, n := range numbers {
		joiners[i].user = n
	}
	_, err = e.enroll(c, number, joiners)
	return err
}

// groupUsers returns the users behind addresses, each once.
func groupUsers(ctx context.Context, app *App, addresses []string, find userFinder) ([]UserNumber, error) {
	numbers := make([]UserNumber, 0, len(addresses))
	seen := make(map[UserNumber]bool, len(addresses))
	for _, address := range addresses {
		u, err := groupUser(ctx, app, address, find)
		if err != nil {
			return nil, err
		}
		if !seen[u.Number] {
			seen[u.Number] = true
			numbers = append(numbers, u.Number)
		}
	}
	return numbers, nil
}

// JoinGroup makes the caller a member; one who is a member already is the fault Exists and FieldMember. Whether joining
// needs approval is for the caller's dialect to decide.
func (e *Engine) JoinGroup(ctx context.Context, c Caller, id string) error {
	if c.User == nil {
		return NewFault(Forbidden, FieldUser, "the caller is no user")
	}
	_, err := e.changeGroup(ctx, c, id, groupOperation{keys: 3, bytes: maxGroupRecord + joinerBytes, apply: func(s *groupStage) error {
		if s.caller != nil {
			return NewFault(Exists, FieldMember, "a member of the group already")
		}
		return s.enroll([]joiner{{user: s.user}}, "")
	}})
	return err
}
