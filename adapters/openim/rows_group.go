package openim

import "parley/adapters/wire"

// groupQuery is the request of the endpoints that need no more than a group.
type groupQuery struct{ groupID string }

func groupParam[T any](at func(*T) *string) wire.Param[T] {
	return wire.String("groupID", at).Means("群 ID", "The group's ID")
}

// groupRow is an endpoint that does one thing to a group.
func groupRow(name, zh, en, request string, do func(c *wire.Call, q *groupQuery, _ *nothing) error) *wire.Row[groupQuery, nothing] {
	return &wire.Row[groupQuery, nothing]{
		Name: name, ZH: zh, EN: en, Access: wire.Member, Request: request, Outcomes: groupOutcomes(),
		Params: []wire.Param[groupQuery]{groupParam(func(q *groupQuery) *string { return &q.groupID })},
		Check:  func(q *groupQuery) error { return groupGiven(q.groupID) },
		Do:     do,
	}
}

func groupDismissRow() *wire.Row[groupQuery, nothing] {
	return groupRow("/group/dismiss_group", "解散群", "Dismisses a group", "DismissGroupReq", dismissGroup)
}

func groupMuteRow() *wire.Row[groupQuery, nothing] {
	return groupRow("/group/mute_group", "全员禁言", "Mutes a group", "MuteGroupReq", muteGroup)
}

func groupUnmuteRow() *wire.Row[groupQuery, nothing] {
	return groupRow("/group/cancel_mute_group", "取消全员禁言", "Lifts a group's muting", "CancelMuteGroupReq", unmuteGroup)
}

type groupCreateQuery struct {
	members, admins []string
	owner           string
	given           bool
	info            groupInfo
}

type groupAnswer struct{ info groupInfo }

func groupCreateRow() *wire.Row[groupCreateQuery, groupAnswer] {
	return &wire.Row[groupCreateQuery, groupAnswer]{
		Name: "/group/create_group", ZH: "创建群", EN: "Creates a group", Access: wire.Member, Request: "CreateGroupReq",
		Outcomes: append([]wire.Outcome{groupUnknownUser()}, groupOutcomes()...),
		Params: []wire.Param[groupCreateQuery]{
			wire.List("memberUserIDs", func(q *groupCreateQuery) *[]string { return &q.members }).Means("普通成员", "The ordinary members"),
			wire.Nested("groupInfo", func(q *groupCreateQuery) *groupInfo { return &q.info }, newGroupParams()...).
				Go("sdkws.GroupInfo").Given(func(q *groupCreateQuery) *bool { return &q.given }).Means("群信息", "The group"),
			wire.List("adminUserIDs", func(q *groupCreateQuery) *[]string { return &q.admins }).Means("管理员", "The admins"),
			wire.String("ownerUserID", func(q *groupCreateQuery) *string { return &q.owner }).Means("群主", "The owner"),
		},
		Answer: []wire.Field[groupAnswer]{
			wire.Object("groupInfo", func(a *groupAnswer) *groupInfo { return &a.info }, groupInfoFields()...).Means("群信息", "The group"),
		},
		Check: checkCreateGroup,
		Do:    createGroup,
	}
}

func newGroupParams() []wire.Param[groupInfo] {
	return []wire.Param[groupInfo]{
		wire.String("groupID", func(g *groupInfo) *string { return &g.id }).Means("群 ID，空则由服务端生成", "The group's ID; chosen by the server if empty"),
		wire.String("groupName", func(g *groupInfo) *string { return &g.name }).Means("群名称", "Its name"),
		wire.String("notification", func(g *groupInfo) *string { return &g.notification }).Means("群公告", "Its notice"),
		wire.String("introduction", func(g *groupInfo) *string { return &g.introduction }).Means("群介绍", "Its introduction"),
		wire.String("faceURL", func(g *groupInfo) *string { return &g.faceURL }).Means("群头像", "Its picture"),
		wire.String("ex", func(g *groupInfo) *string { return &g.ex }).Means("扩展字段", "The app's own text"),
		wire.Int("groupType", func(g *groupInfo) *int64 { return &g.kind }).As("int32").Means("群类型，必须为 2", "Its type: must be 2"),
		wire.Int("needVerification", func(g *groupInfo) *int64 { return &g.verification }).As("int32").Means("进群验证", "Whether joining needs approval"),
		wire.Int("lookMemberInfo", func(g *groupInfo) *int64 { return &g.lookMembers }).As("int32").Means("是否可查看成员资料", "Whether members see each other's profile"),
		wire.Int("applyMemberFriend", func(g *groupInfo) *int64 { return &g.befriend }).As("int32").Means("是否可加成员为好友", "Whether members befriend through the group"),
	}
}

type groupsQuery struct{ groupIDs []string }

type groupsAnswer struct{ groups []groupInfo }

func groupsInfoRow() *wire.Row[groupsQuery, groupsAnswer] {
	return &wire.Row[groupsQuery, groupsAnswer]{
		Name: "/group/get_groups_info", ZH: "获取群信息", EN: "Shows groups", Access: wire.Member, Request: "GetGroupsInfoReq",
		Params: []wire.Param[groupsQuery]{
			wire.List("groupIDs", func(q *groupsQuery) *[]string { return &q.groupIDs }).Means("群 ID 列表", "The groups' IDs"),
		},
		Answer: []wire.Field[groupsAnswer]{
			wire.Objects("groupInfos", func(a *groupsAnswer) *[]groupInfo { return &a.groups }, groupInfoFields()...).Means("群信息", "The groups that exist"),
		},
		Check: func(q *groupsQuery) error {
			if len(q.groupIDs) == 0 {
				return badArgs("GroupIDs is empty")
			}
			return nil
		},
		Do: showGroupsInfo,
	}
}

type joinedGroupsQuery struct {
	page pagination
	user string
}

type joinedGroupsAnswer struct {
	total  int64
	groups []groupInfo
}

func groupsJoinedRow() *wire.Row[joinedGroupsQuery, joinedGroupsAnswer] {
	return &wire.Row[joinedGroupsQuery, joinedGroupsAnswer]{
		Name: "/group/get_joined_group_list", ZH: "获取已加入的群", EN: "Lists the groups of a user",
		Access: wire.Member, Request: "GetJoinedGroupListReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[joinedGroupsQuery]{
			paginationParam(func(q *joinedGroupsQuery) *pagination { return &q.page }),
			wire.String("fromUserID", func(q *joinedGroupsQuery) *string { return &q.user }).Means("用户 ID", "The user"),
		},
		Answer: []wire.Field[joinedGroupsAnswer]{
			wire.Number("total", func(a *joinedGroupsAnswer) *int64 { return &a.total }).Means("总数", "How many there are"),
			wire.ObjectsOrNull("groups", func(a *joinedGroupsAnswer) *[]groupInfo { return &a.groups }, groupInfoFields()...).Means("群信息", "The groups"),
		},
		Check: checkJoinedGroups,
		Do:    listJoinedGroups,
	}
}
