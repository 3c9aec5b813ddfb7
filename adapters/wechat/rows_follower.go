package wechat

import (
	"context"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// textFetched is the platform's refusal of a second import.
const textFetched = "follower info has already been fetched"

type forceQuery struct{ force string }

func forceParams() []wire.Param[forceQuery] {
	return []wire.Param[forceQuery]{
		accountParam[forceQuery](),
		wire.String("force", func(q *forceQuery) *string { return &q.force }).At(wire.PlaceQuery).Means("传1则覆盖拉取", "1 fetches again"),
	}
}

func followersFetchRow() *wire.Row[forceQuery, nothing] {
	return &wire.Row[forceQuery, nothing]{
		Name: "GET /v1/{INFO_ID}/user/fetch", ZH: "拉取分组与用户", EN: "Imports groups and followers from the official platform, in the background",
		Params: forceParams(),
		Do: in(func(x *exchange, q *forceQuery, _ *nothing) error {
			if x.account.FollowersFetched && !forced(q.force) {
				return refuse(textFetched)
			}
			err := x.background().ImportFollowers(x.ctx, x.account.ID)
			if core.CodeOf(err) == core.Exists {
				return refuse(textFetched) // or is being fetched right now
			}
			return err
		}),
	}
}

type followersQuery struct {
	group string
	page  page
}

type followerItem struct{ openID, nickname, avatar string }

type followersAnswer struct {
	followers  []followerItem
	pagination pagination
}

func followersRow() *wire.Row[followersQuery, followersAnswer] {
	return &wire.Row[followersQuery, followersAnswer]{
		Name: "GET /v1/{INFO_ID}/user", ZH: "分组内的用户", EN: "The followers in a group, the newest first",
		Params: append([]wire.Param[followersQuery]{
			accountParam[followersQuery](),
			wire.String("group", func(q *followersQuery) *string { return &q.group }).At(wire.PlaceQuery).Must().
				Means("分组ID；-1全部，0未分组，1黑名单", "The group; -1 all followers, 0 those in no group, 1 those that are blocked"),
		}, pageParams(func(q *followersQuery) *page { return &q.page })...),
		Answer: []wire.Field[followersAnswer]{
			wire.Objects("user", func(a *followersAnswer) *[]followerItem { return &a.followers },
				wire.Text("openid", func(f *followerItem) *string { return &f.openID }).Means("用户openid", "The follower"),
				wire.Text("nickname", func(f *followerItem) *string { return &f.nickname }).Means("昵称", "The nickname"),
				wire.Text("avatar", func(f *followerItem) *string { return &f.avatar }).Means("头像地址", "The avatar's URL"),
			).Means("用户", "The followers"),
			paginationField(func(a *followersAnswer) *pagination { return &a.pagination }),
		},
		Do: in(func(x *exchange, q *followersQuery, a *followersAnswer) error {
			list, err := x.service().Followers(x.ctx, x.account.ID, q.group, q.page.section())
			if err != nil {
				return err
			}
			for _, f := range list.Followers {
				a.followers = append(a.followers, followerItem{f.OpenID, f.Nickname, f.Avatar})
			}
			a.pagination = q.page.of(list.Total)
			return nil
		}),
	}
}

type openIDQuery struct{ openID string }

func openIDParam() wire.Param[openIDQuery] {
	return wire.String("OPENID", func(q *openIDQuery) *string { return &q.openID }).At(wire.PlacePath).Must().Means("用户openid", "The follower")
}

// groupsOfAnswer is a list of groups in the document's shape and in the original's.
type groupsOfAnswer struct {
	ids  []string
	refs []groupRef
}

type groupRef struct{ id string }

func groupsOfRow(original bool) *wire.Row[openIDQuery, groupsOfAnswer] {
	answer := wire.Strings("groups", func(a *groupsOfAnswer) *[]string { return &a.ids })
	if original {
		answer = wire.Objects("groups", func(a *groupsOfAnswer) *[]groupRef { return &a.refs },
			wire.Text("group_id", func(r *groupRef) *string { return &r.id }).Means("分组ID", "A group"))
	}
	return &wire.Row[openIDQuery, groupsOfAnswer]{
		Name: "GET /v1/{INFO_ID}/user/groups/{OPENID}", ZH: "用户所在的分组", EN: "The groups of a follower; 0 and 1 where there are none", Bare: true,
		Params: []wire.Param[openIDQuery]{accountParam[openIDQuery](), openIDParam()},
		Answer: []wire.Field[groupsOfAnswer]{answer.Means("分组ID", "The groups")},
		Do: in(func(x *exchange, q *openIDQuery, a *groupsOfAnswer) error {
			ids, err := x.service().GroupsOf(x.ctx, x.account.ID, q.openID)
			a.ids = append([]string{}, ids...)
			for _, id := range ids {
				a.refs = append(a.refs, groupRef{id})
			}
			return err
		}),
	}
}

// moveQuery is followers and a group that they come into or leave.
type moveQuery struct {
	openID  string
	openIDs []string
	group   string
}

// move is AddToGroup or RemoveFromGroup.
type move func(s *official.Service, ctx context.Context, account, group string, openIDs ...string) error

func moveRow(path, zh, en string, change move) *wire.Row[moveQuery, nothing] {
	return &wire.Row[moveQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/user/" + path, ZH: zh, EN: en,
		Params: []wire.Param[moveQuery]{
			accountParam[moveQuery](),
			text("openid", func(q *moveQuery) *string { return &q.openID }, "用户openid", "The follower"),
			moveGroupParam(),
		},
		Do: in(func(x *exchange, q *moveQuery, _ *nothing) error {
			return change(x.service(), x.ctx, x.account.ID, q.group, q.openID)
		}),
	}
}

func moveBatchRow(path, zh, en string, change move) *wire.Row[moveQuery, nothing] {
	return &wire.Row[moveQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/user/" + path + "/batch", ZH: zh, EN: en,
		Params: []wire.Param[moveQuery]{
			accountParam[moveQuery](),
			wire.List("openid", func(q *moveQuery) *[]string { return &q.openIDs }).At(wire.PlaceBody).Must().
				Means("用户openid列表，最多10000个", "The followers, at most 10,000"),
			moveGroupParam(),
		},
		Do: in(func(x *exchange, q *moveQuery, _ *nothing) error {
			return change(x.service(), x.ctx, x.account.ID, q.group, q.openIDs...)
		}),
	}
}

func moveGroupParam() wire.Param[moveQuery] {
	return text("group_id", func(q *moveQuery) *string { return &q.group }, "分组ID；0未分组，1黑名单", "The group; 0 takes them out of all groups, 1 blocks them")
}
