package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

type importFriendQuery struct {
	owner   string
	friends []string
	given   bool
}

func importFriendRow() *wire.Row[importFriendQuery, nothing] {
	return &wire.Row[importFriendQuery, nothing]{
		Name: "/friend/import_friend", ZH: "导入好友", EN: "Makes users friends without asking them",
		Access: wire.Operator, Request: "ImportFriendReq",
		Outcomes: []wire.Outcome{
			{Code: core.NotFound, Field: core.FieldUser, Number: codeUserIDNotFound, ZH: "UserIDNotFoundError", EN: "user not found"},
			{Code: core.Conflict, Field: core.FieldUser, Number: 1301, ZH: "CanNotAddYourselfError", EN: "can not add yourself"},
		},
		Params: []wire.Param[importFriendQuery]{
			wire.String("ownerUserID", func(q *importFriendQuery) *string { return &q.owner }).Means("用户 ID", "The user"),
			wire.List("friendUserIDs", func(q *importFriendQuery) *[]string { return &q.friends }).
				Given(func(q *importFriendQuery) *bool { return &q.given }).Means("好友 ID 列表", "The friends"),
		},
		Check: func(q *importFriendQuery) error {
			switch {
			case q.owner == "":
				return badArgs("ownerUserID is empty")
			case !q.given:
				return badArgs("friendUserIDS is empty")
			}
			return nil
		},
		Do: func(c *wire.Call, q *importFriendQuery, _ *nothing) error {
			if anyRepeated(q.friends) {
				return badArgs("friend userID repeated")
			}
			return c.Engine.Befriend(c.Context, c.Caller.App, q.owner, q.friends)
		},
	}
}

type friendIDsQuery struct{ userID string }

type friendIDsAnswer struct{ friends []string }

func friendIDsRow() *wire.Row[friendIDsQuery, friendIDsAnswer] {
	return &wire.Row[friendIDsQuery, friendIDsAnswer]{
		Name: "/friend/get_friend_id", ZH: "获取好友 ID 列表", EN: "The IDs of a user's friends",
		Access: wire.Member, Request: "GetFriendIDsReq",
		Params: []wire.Param[friendIDsQuery]{
			wire.String("userID", func(q *friendIDsQuery) *string { return &q.userID }).Means("用户 ID", "The user"),
		},
		Answer: []wire.Field[friendIDsAnswer]{
			wire.Strings("friendIDs", func(a *friendIDsAnswer) *[]string { return &a.friends }).Means("好友 ID", "The friends' IDs"),
		},
		Check: func(q *friendIDsQuery) error { return userIDGiven(q.userID) },
		Do:    friendIDs,
	}
}

// friendIDs answers that an unknown user has no friends, as the platform does.
func friendIDs(c *wire.Call, q *friendIDsQuery, a *friendIDsAnswer) error {
	if err := checkAccess(c, q.userID); err != nil {
		return err
	}
	friends, err := c.Engine.Friends(c.Context, c.Caller.App, q.userID)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if len(friends) > 0 {
		a.friends = friends
	}
	return nil
}
