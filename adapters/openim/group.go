package openim

import (
	"strings"

	"parley/adapters/wire"
	"parley/core"
)

// maxGroupUsers is how many users one request about a group names.
const maxGroupUsers = 1000

func groupGiven(id string) error {
	if id == "" {
		return badArgs("GroupID is empty")
	}
	return nil
}

// groupUnknownUser is how a new group's unknown member is reported; other endpoints use another number.
func groupUnknownUser() wire.Outcome {
	return wire.Outcome{Code: core.NotFound, Field: core.FieldUser, Number: codeUserIDNotFound, ZH: "UserIDNotFoundError", EN: "user not found"}
}

func checkCreateGroup(q *groupCreateQuery) error {
	switch {
	case !q.given:
		return badArgs("groupInfo is empty")
	case q.info.kind < 0 || q.info.kind > groupTypeWorking:
		return badArgs("GroupType is invalid")
	case q.owner == "":
		return badArgs("ownerUserID is empty")
	case len(q.members) > maxGroupUsers || len(q.admins) > maxGroupUsers:
		return badArgs("too many MemberUserIDs, need to be less than 1000")
	case q.info.kind != groupTypeWorking:
		return badArgs("group type only supports 2")
	}
	return nil
}

func createGroup(c *wire.Call, q *groupCreateQuery, a *groupAnswer) error {
	if err := checkAccess(c, q.owner); err != nil {
		return err
	}
	g := &q.info
	group, err := c.Engine.CreateGroup(c.Context, c.Caller, core.NewGroup{
		ID: g.id, Name: g.name, Notice: g.notification, Introduction: g.introduction, Avatar: g.faceURL, Extra: g.ex,
		Policy: core.GroupPolicy{Verification: int32(g.verification), LookMembers: int32(g.lookMembers), Befriend: int32(g.befriend)},
		Owner:  q.owner, Admins: q.admins, Members: q.members,
	})
	if f := core.AsFault(err); f != nil && f.Code == core.Invalid && f.Field == core.FieldMember {
		return badArgs("group member repeated")
	}
	if err != nil {
		return err
	}
	a.info.show(group)
	return nil
}

func showGroupsInfo(c *wire.Call, q *groupsQuery, a *groupsAnswer) error {
	groups, err := c.Engine.GroupsOf(c.Context, c.Caller.App, q.groupIDs)
	a.groups = showGroups(groups)
	return err
}

func checkJoinedGroups(q *joinedGroupsQuery) error {
	if err := q.page.check(); err != nil {
		return err
	}
	if q.user == "" {
		return badArgs("fromUserID is empty")
	}
	return nil
}

func listJoinedGroups(c *wire.Call, q *joinedGroupsQuery, a *joinedGroupsAnswer) error {
	if err := checkAccess(c, q.user); err != nil {
		return err
	}
	offset, limit := q.page.bounds()
	page, err := c.Engine.JoinedGroups(c.Context, c.Caller.App, q.user, offset, limit)
	if err != nil || len(page.Groups) == 0 {
		a.total = int64(page.Total)
		return err
	}
	a.total, a.groups = int64(page.Total), showGroups(page.Groups)
	return nil
}

func dismissGroup(c *wire.Call, q *groupQuery, _ *nothing) error {
	return groupError(c.Engine.DismissGroup(c.Context, c.Caller, q.groupID))
}

func muteGroup(c *wire.Call, q *groupQuery, _ *nothing) error {
	return groupError(c.Engine.SetGroupMuted(c.Context, c.Caller, q.groupID, true))
}

func unmuteGroup(c *wire.Call, q *groupQuery, _ *nothing) error {
	return groupError(c.Engine.SetGroupMuted(c.Context, c.Caller, q.groupID, false))
}

func checkSetGroup(q *groupSetQuery) error {
	change := &q.change
	if !change.given {
		return badArgs("GroupInfoForSets is empty")
	}
	// In this endpoint these are plain strings, of which an empty one is an absent one.
	for _, text := range []*optionalText{&change.name, &change.notification, &change.introduction, &change.faceURL} {
		text.given = text.text != ""
	}
	return groupGiven(change.groupID)
}

func checkSetGroupEx(q *groupChangeQuery) error {
	if err := groupGiven(q.groupID); err != nil {
		return err
	}
	if q.name.given && strings.TrimSpace(q.name.text) == "" {
		return badArgs("group name is empty")
	}
	return nil
}

func changeGroup(c *wire.Call, q *groupChangeQuery) error {
	_, err := c.Engine.ChangeGroup(c.Context, c.Caller, q.groupID, core.GroupChange{
		Name: q.name.pointer(), Notice: q.notification.pointer(), Introduction: q.introduction.pointer(),
		Avatar: q.faceURL.pointer(), Extra: q.ex.pointer(),
		Verification: q.verification.pointer(), LookMembers: q.lookMembers.pointer(), Befriend: q.befriend.pointer(),
	})
	return groupError(err)
}

func checkTransferGroup(q *groupTransferQuery) error {
	switch {
	case q.groupID == "":
		return groupGiven(q.groupID)
	case q.old == "":
		return badArgs("OldOwnerUserID is empty")
	case q.owner == "":
		return badArgs("NewOwnerUserID is empty")
	case q.old == q.owner:
		return badArgs("OldOwnerUserID == NewOwnerUserID")
	}
	return nil
}

// transferGroup needs the old owner's name only to refuse a request that is out of date.
func transferGroup(c *wire.Call, q *groupTransferQuery, _ *nothing) error {
	group, err := c.Engine.Group(c.Context, c.Caller.App, q.groupID)
	if err != nil {
		return err
	}
	if group.Owner != q.old {
		return noPermission("OldOwnerUserID is not the group owner")
	}
	err = c.Engine.TransferGroup(c.Context, c.Caller, q.groupID, q.owner)
	if f := core.AsFault(err); f != nil && f.Code == core.NotFound && f.Field != core.FieldGroup {
		return badArgs("NewOwnerUser not in group " + q.groupID)
	}
	return groupError(err)
}
