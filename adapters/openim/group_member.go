package openim

import (
	"strings"

	"parley/adapters/wire"
	"parley/core"
)

// groupUnknownMember is how an unknown or absent member is reported where it is to be removed.
func groupUnknownMember() wire.Outcome {
	return wire.Outcome{Code: core.NotFound, Field: core.FieldMember, Number: codeUserIDNotFound, ZH: "UserIDNotFoundError", EN: "UserIDNotFoundError"}
}

func checkUsers(q *groupUsersQuery, name string) error {
	if err := groupGiven(q.groupID); err != nil {
		return err
	}
	switch {
	case len(q.users) == 0:
		return badArgs(name + " is empty")
	case len(q.users) > maxGroupUsers:
		return badArgs("too many " + name + ", need to be less than 1000")
	case repeated(q.users):
		return badArgs(name + " duplicate")
	}
	return nil
}

func repeated(ids []string) bool {
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return true
		}
		seen[id] = true
	}
	return false
}

func checkInvite(q *groupUsersQuery) error { return checkUsers(q, "InvitedUserIDs") }

// inviteToGroup lets ordinary members invite unless the group asks for approval of everybody: there are no requests to
// approve here.
func inviteToGroup(c *wire.Call, q *groupUsersQuery, _ *nothing) error {
	if !c.Caller.Privileged {
		if err := mayInvite(c, q.groupID); err != nil {
			return err
		}
	}
	return groupError(c.Engine.AddMembers(c.Context, c.Caller, q.groupID, q.users))
}

func mayInvite(c *wire.Call, groupID string) error {
	group, err := c.Engine.Group(c.Context, c.Caller.App, groupID)
	if err != nil || group.Policy.Verification != approvalForAll || group.Dismissed {
		return err
	}
	members, err := c.Engine.MembersOf(c.Context, c.Caller.App, groupID, []string{c.Caller.User.ID})
	if err == nil && len(members) == 1 && members[0].Role == core.GroupMember {
		return noPermission("the group needs verification")
	}
	return err
}

func checkKick(q *groupUsersQuery) error { return checkUsers(q, "KickedUserIDs") }

func kickFromGroup(c *wire.Call, q *groupUsersQuery, _ *nothing) error {
	return groupError(c.Engine.RemoveMembers(c.Context, c.Caller, q.groupID, q.users))
}

func checkGroupMembers(q *groupMembersQuery) error {
	if err := groupGiven(q.groupID); err != nil {
		return err
	}
	if q.filter < 0 || q.filter > filterOwnerAndAdmins {
		return badArgs("Filter is invalid")
	}
	return q.page.check()
}

// The platform's numbers for the members that a list has.
const (
	filterOwner = iota + 1
	filterAdmins
	filterMembers
	filterAdminsAndMembers
	filterOwnerAndAdmins
)

func listGroupMembers(c *wire.Call, q *groupMembersQuery, a *groupMembersAnswer) error {
	if err := checkInGroup(c, q.groupID); err != nil {
		return err
	}
	query := core.MemberQuery{Match: matchKeyword(q.keyword)}
	query.Offset, query.Limit = q.page.bounds()
	switch q.filter {
	case filterOwner:
		query.Role = new(core.GroupOwner)
	case filterAdmins:
		query.Role = new(core.GroupAdmin)
	case filterMembers:
		query.Role = new(core.GroupMember)
	case filterAdminsAndMembers:
		query.Match = without(core.GroupOwner, query.Match)
	case filterOwnerAndAdmins:
		query.Match = without(core.GroupMember, query.Match)
	}
	page, err := c.Engine.Members(c.Context, c.Caller.App, q.groupID, query)
	a.total, a.members = int64(page.Total), showMembers(q.groupID, page.Members)
	return err
}

func matchKeyword(keyword string) func(*core.Member) bool {
	if keyword == "" {
		return nil
	}
	return func(m *core.Member) bool {
		name := m.Nickname
		if name == "" {
			name = m.User.Nickname
		}
		return strings.Contains(m.User.ID, keyword) || strings.Contains(name, keyword)
	}
}

func without(role core.GroupRole, match func(*core.Member) bool) func(*core.Member) bool {
	return func(m *core.Member) bool { return m.Role != role && (match == nil || match(m)) }
}

// checkInGroup refuses a caller who is neither a member of the group nor an administrator.
func checkInGroup(c *wire.Call, groupID string) error {
	if c.Caller.Privileged {
		return nil
	}
	members, err := c.Engine.MembersOf(c.Context, c.Caller.App, groupID, []string{c.Caller.User.ID})
	if err == nil && len(members) == 0 {
		err = noPermission("op user not in group")
	}
	return err
}

func checkMembersInfo(q *groupUsersQuery) error {
	if err := groupGiven(q.groupID); err != nil {
		return err
	}
	if len(q.users) == 0 {
		return badArgs("UserIDs is empty")
	}
	return nil
}

func showGroupMembers(c *wire.Call, q *groupUsersQuery, a *groupMembersAnswer) error {
	if err := checkInGroup(c, q.groupID); err != nil {
		return err
	}
	members, err := c.Engine.MembersOf(c.Context, c.Caller.App, q.groupID, q.users)
	a.members = showMembers(q.groupID, members)
	return err
}

func listGroupMemberIDs(c *wire.Call, q *groupQuery, a *groupMemberIDsAnswer) (err error) {
	if err := checkInGroup(c, q.groupID); err != nil {
		return err
	}
	a.users, err = c.Engine.MemberIDs(c.Context, c.Caller.App, q.groupID)
	return err
}
