package openim

import "parley/adapters/wire"

// groupUsersQuery names users of a group.
type groupUsersQuery struct {
	groupID string
	users   []string
}

func groupUsersParams(users, zh, en string) []wire.Param[groupUsersQuery] {
	return []wire.Param[groupUsersQuery]{
		groupParam(func(q *groupUsersQuery) *string { return &q.groupID }),
		wire.List(users, func(q *groupUsersQuery) *[]string { return &q.users }).Means(zh, en),
	}
}

func groupInviteRow() *wire.Row[groupUsersQuery, nothing] {
	return &wire.Row[groupUsersQuery, nothing]{
		Name: "/group/invite_user_to_group", ZH: "邀请进群", EN: "Makes users members of a group", Access: wire.Member,
		Request: "InviteUserToGroupReq", Outcomes: groupOutcomes(),
		Params: groupUsersParams("invitedUserIDs", "被邀请者", "The users"),
		Check:  checkInvite,
		Do:     inviteToGroup,
	}
}

func groupKickRow() *wire.Row[groupUsersQuery, nothing] {
	return &wire.Row[groupUsersQuery, nothing]{
		Name: "/group/kick_group", ZH: "移出群", EN: "Removes members from a group", Access: wire.Member,
		Request: "KickGroupMemberReq", Outcomes: append([]wire.Outcome{groupUnknownUser(), groupUnknownMember()}, groupOutcomes()...),
		Params: groupUsersParams("kickedUserIDs", "被移出者", "The members"),
		Check:  checkKick,
		Do:     kickFromGroup,
	}
}

type groupMembersAnswer struct {
	total   int64
	members []memberInfo
}

type groupMembersQuery struct {
	page             pagination
	groupID, keyword string
	filter           int64
}

func groupMembersRow() *wire.Row[groupMembersQuery, groupMembersAnswer] {
	return &wire.Row[groupMembersQuery, groupMembersAnswer]{
		Name: "/group/get_group_member_list", ZH: "获取群成员列表", EN: "Lists the members of a group", Access: wire.Member,
		Request: "GetGroupMemberListReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[groupMembersQuery]{
			paginationParam(func(q *groupMembersQuery) *pagination { return &q.page }),
			groupParam(func(q *groupMembersQuery) *string { return &q.groupID }),
			wire.Int("filter", func(q *groupMembersQuery) *int64 { return &q.filter }).As("int32").
				Means("0 全部，1 群主，2 管理员，3 普通成员，4 管理员与普通成员，5 群主与管理员", "0 all, 1 owner, 2 admins, 3 ordinary members, 4 admins and ordinary members, 5 owner and admins"),
			wire.String("keyword", func(q *groupMembersQuery) *string { return &q.keyword }).Means("按 ID 或昵称搜索", "What the ID or the name contains"),
		},
		Answer: []wire.Field[groupMembersAnswer]{
			wire.Number("total", func(a *groupMembersAnswer) *int64 { return &a.total }).Means("总数", "How many there are"),
			groupMembersField(),
		},
		Check: checkGroupMembers,
		Do:    listGroupMembers,
	}
}

func groupMembersField() wire.Field[groupMembersAnswer] {
	return wire.Objects("members", func(a *groupMembersAnswer) *[]memberInfo { return &a.members }, memberInfoFields()...).Means("成员", "The members")
}

func groupMembersInfoRow() *wire.Row[groupUsersQuery, groupMembersAnswer] {
	return &wire.Row[groupUsersQuery, groupMembersAnswer]{
		Name: "/group/get_group_members_info", ZH: "获取指定群成员", EN: "Shows members of a group", Access: wire.Member,
		Request: "GetGroupMembersInfoReq", Outcomes: groupOutcomes(),
		Params: groupUsersParams("userIDs", "用户 ID 列表", "The users"),
		Answer: []wire.Field[groupMembersAnswer]{groupMembersField()},
		Check:  checkMembersInfo,
		Do:     showGroupMembers,
	}
}

type groupMemberIDsAnswer struct{ users []string }

func groupMemberIDsRow() *wire.Row[groupQuery, groupMemberIDsAnswer] {
	return &wire.Row[groupQuery, groupMemberIDsAnswer]{
		Name: "/group/get_group_member_user_id", ZH: "获取群成员 ID", EN: "Lists the IDs of a group's members", Access: wire.Member,
		Request: "GetGroupMemberUserIDsReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[groupQuery]{groupParam(func(q *groupQuery) *string { return &q.groupID })},
		Answer: []wire.Field[groupMemberIDsAnswer]{
			wire.Strings("userIDs", func(a *groupMemberIDsAnswer) *[]string { return &a.users }).Means("成员 ID", "The members' IDs"),
		},
		Check: func(q *groupQuery) error { return groupGiven(q.groupID) },
		Do:    listGroupMemberIDs,
	}
}

// groupUserQuery names one user of a group, who may be the caller itself.
type groupUserQuery struct {
	groupID, userID string
	seconds         int64
}

func groupUserParams(userID string) []wire.Param[groupUserQuery] {
	return []wire.Param[groupUserQuery]{
		groupParam(func(q *groupUserQuery) *string { return &q.groupID }),
		wire.String(userID, func(q *groupUserQuery) *string { return &q.userID }).Means("用户 ID", "The user"),
	}
}

func groupMuteMemberRow() *wire.Row[groupUserQuery, nothing] {
	return &wire.Row[groupUserQuery, nothing]{
		Name: "/group/mute_group_member", ZH: "禁言群成员", EN: "Mutes a member", Access: wire.Member,
		Request: "MuteGroupMemberReq", Outcomes: groupOutcomes(),
		Params: append(groupUserParams("userID"), wire.Int("mutedSeconds", func(q *groupUserQuery) *int64 { return &q.seconds }).As("uint32").
			Means("禁言秒数", "For how many seconds")),
		Check: checkMuteMember,
		Do:    muteGroupMember,
	}
}

func groupUnmuteMemberRow() *wire.Row[groupUserQuery, nothing] {
	return &wire.Row[groupUserQuery, nothing]{
		Name: "/group/cancel_mute_group_member", ZH: "取消禁言群成员", EN: "Lets a member talk again", Access: wire.Member,
		Request: "CancelMuteGroupMemberReq", Outcomes: groupOutcomes(),
		Params: groupUserParams("userID"),
		Check:  checkGroupUser,
		Do:     unmuteGroupMember,
	}
}

func groupJoinRow() *wire.Row[groupUserQuery, nothing] {
	return &wire.Row[groupUserQuery, nothing]{
		Name: "/group/join_group", ZH: "加入群", EN: "Joins a group", Access: wire.Member,
		Request: "JoinGroupReq", Outcomes: groupOutcomes(),
		Params: groupUserParams("inviterUserID"), // so the platform calls who joins
		Check:  func(q *groupUserQuery) error { return groupGiven(q.groupID) },
		Do:     joinGroup,
	}
}

func groupQuitRow() *wire.Row[groupUserQuery, nothing] {
	return &wire.Row[groupUserQuery, nothing]{
		Name: "/group/quit_group", ZH: "退出群", EN: "Leaves a group", Access: wire.Member,
		Request: "QuitGroupReq", Outcomes: groupOutcomes(),
		Params: groupUserParams("userID"),
		Check:  func(q *groupUserQuery) error { return groupGiven(q.groupID) },
		Do:     quitGroup,
	}
}

// memberChangeQuery is what a request changes of a member.
type memberChangeQuery struct {
	groupID, userID       string
	nickname, faceURL, ex optionalText
	role                  optionalNumber
}

type memberChangesQuery struct{ members []memberChangeQuery }

func groupSetMemberRow() *wire.Row[memberChangesQuery, nothing] {
	return &wire.Row[memberChangesQuery, nothing]{
		Name: "/group/set_group_member_info", ZH: "修改群成员信息", EN: "Changes members of groups", Access: wire.Member,
		Request: "SetGroupMemberInfoReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[memberChangesQuery]{
			wire.NestedList("members", func(q *memberChangesQuery) *[]memberChangeQuery { return &q.members },
				groupParam(func(q *memberChangeQuery) *string { return &q.groupID }),
				wire.String("userID", func(q *memberChangeQuery) *string { return &q.userID }).Means("用户 ID", "The member"),
				optionalTextParam("nickname", func(q *memberChangeQuery) *optionalText { return &q.nickname }).Means("群昵称", "Its name in the group"),
				optionalTextParam("faceURL", func(q *memberChangeQuery) *optionalText { return &q.faceURL }).Means("头像", "Its picture in the group"),
				optionalNumberParam("roleLevel", func(q *memberChangeQuery) *optionalNumber { return &q.role }).Means("60 管理员，20 成员", "60 admin, 20 member"),
				optionalTextParam("ex", func(q *memberChangeQuery) *optionalText { return &q.ex }).Means("扩展字段", "The app's own text"),
			).Go("group.SetGroupMemberInfo").Means("修改内容", "What to change"),
		},
		Check: checkSetMembers,
		Do:    setGroupMembers,
	}
}
