package openim

import (
	"time"

	"parley/adapters/wire"
	"parley/core"
)

func checkGroupUser(q *groupUserQuery) error {
	if err := groupGiven(q.groupID); err != nil {
		return err
	}
	if q.userID == "" {
		return badArgs("UserID is empty")
	}
	return nil
}

func checkMuteMember(q *groupUserQuery) error {
	if err := checkGroupUser(q); err != nil {
		return err
	}
	if q.seconds <= 0 {
		return badArgs("MutedSeconds is empty")
	}
	return nil
}

func muteGroupMember(c *wire.Call, q *groupUserQuery, _ *nothing) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	until := x.dialect.house.Now().Add(time.Duration(q.seconds) * time.Second).UnixMilli()
	return groupError(c.Engine.MuteMember(c.Context, c.Caller, q.groupID, q.userID, until))
}

func unmuteGroupMember(c *wire.Call, q *groupUserQuery, _ *nothing) error {
	return groupError(c.Engine.MuteMember(c.Context, c.Caller, q.groupID, q.userID, 0))
}

// callerFor returns the user for whom a request acts: the caller itself, or anyone if the caller is an administrator.
func callerFor(c *wire.Call, userID string) (core.Caller, error) {
	if userID == "" || userID == c.Caller.User.ID {
		return c.Caller, nil
	}
	if err := checkAccess(c, userID); err != nil {
		return core.Caller{}, err
	}
	user, err := c.Engine.Find(c.Context, c.Caller.App, userID)
	return core.Caller{App: c.Caller.App, User: user}, err
}

// joinGroup makes a user a member. A group that asks for approval lets in only whom an administrator brings: there are no
// requests to approve here.
func joinGroup(c *wire.Call, q *groupUserQuery, _ *nothing) error {
	who, err := callerFor(c, q.userID)
	if err != nil {
		return err
	}
	if !c.Caller.Privileged {
		group, err := c.Engine.Group(c.Context, c.Caller.App, q.groupID)
		if err != nil {
			return err
		}
		if group.Policy.Verification != approvalForNone && !group.Dismissed {
			return noPermission("the group needs verification")
		}
	}
	return groupError(c.Engine.JoinGroup(c.Context, who, q.groupID))
}

func quitGroup(c *wire.Call, q *groupUserQuery, _ *nothing) error {
	who, err := callerFor(c, q.userID)
	if err != nil {
		return err
	}
	return groupError(c.Engine.LeaveGroup(c.Context, who, q.groupID))
}

func checkSetMembers(q *memberChangesQuery) error {
	if len(q.members) == 0 {
		return badArgs("members empty")
	}
	if len(q.members) > maxGroupUsers {
		return badArgs("too many members, need to be less than 1000")
	}
	for i := range q.members {
		m := &q.members[i]
		if err := checkGroupUser(&groupUserQuery{groupID: m.groupID, userID: m.userID}); err != nil {
			return err
		}
		if _, known := groupRole(m.role.number); m.role.given && !known {
			return badArgs("invalid role level")
		}
	}
	return nil
}

// setGroupMembers changes one member after the other; the first that is refused ends it, and those before stay changed.
func setGroupMembers(c *wire.Call, q *memberChangesQuery, _ *nothing) error {
	for i := range q.members {
		m := &q.members[i]
		change := core.MemberChange{Nickname: m.nickname.pointer(), Avatar: m.faceURL.pointer(), Extra: m.ex.pointer()}
		if m.role.given {
			role, _ := groupRole(m.role.number)
			change.Role = &role
		}
		if err := c.Engine.ChangeMember(c.Context, c.Caller, m.groupID, m.userID, change); err != nil {
			return groupError(err)
		}
	}
	return nil
}

// groupRole returns the role with the platform's number.
func groupRole(level int64) (role core.GroupRole, known bool) {
	switch level {
	case roleOwner:
		return core.GroupOwner, true
	case roleAdmin:
		return core.GroupAdmin, true
	case roleMember:
		return core.GroupMember, true
	}
	return 0, false
}
