package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

// The platform's numbers for what a group is and who is who in it.
const (
	groupTypeWorking = 2

	groupStatusOK        = 0
	groupStatusDismissed = 2
	groupStatusMuted     = 3

	roleOwner  = 100
	roleAdmin  = 60
	roleMember = 20

	joinedByInvitation = 2
	joinedBySearch     = 3

	approvalForAll  = 1 // ordinary members cannot invite either
	approvalForNone = 2
)

// groupInfo is a group as the platform shows it.
type groupInfo struct {
	id, name, notification, introduction, faceURL string
	owner                                         string
	created, members                              int64
	ex                                            string
	status                                        int64
	creator                                       string
	kind                                          int64
	verification, lookMembers, befriend           int64
	notified                                      int64
	notifier                                      string
}

func groupInfoFields() []wire.Field[groupInfo] {
	return []wire.Field[groupInfo]{
		wire.Text("groupID", func(g *groupInfo) *string { return &g.id }).Means("群 ID", "The group's ID"),
		wire.Text("groupName", func(g *groupInfo) *string { return &g.name }).Means("群名称", "Its name"),
		wire.Text("notification", func(g *groupInfo) *string { return &g.notification }).Means("群公告", "Its notice"),
		wire.Text("introduction", func(g *groupInfo) *string { return &g.introduction }).Means("群介绍", "Its introduction"),
		wire.Text("faceURL", func(g *groupInfo) *string { return &g.faceURL }).Means("群头像", "Its picture"),
		wire.Text("ownerUserID", func(g *groupInfo) *string { return &g.owner }).Means("群主", "Its owner"),
		wire.Number("createTime", func(g *groupInfo) *int64 { return &g.created }).Means("创建时间（毫秒）", "When it was created, in milliseconds"),
		wire.Number("memberCount", func(g *groupInfo) *int64 { return &g.members }).Means("成员数", "How many members it has"),
		wire.Text("ex", func(g *groupInfo) *string { return &g.ex }).Means("扩展字段", "The app's own text"),
		wire.Number("status", func(g *groupInfo) *int64 { return &g.status }).Means("0 正常，2 已解散，3 全员禁言", "0 ordinary, 2 dismissed, 3 muted"),
		wire.Text("creatorUserID", func(g *groupInfo) *string { return &g.creator }).Means("创建者", "Who created it"),
		wire.Number("groupType", func(g *groupInfo) *int64 { return &g.kind }).Means("群类型，总是 2", "Its type: always 2"),
		wire.Number("needVerification", func(g *groupInfo) *int64 { return &g.verification }).Means("进群验证", "Whether joining needs approval"),
		wire.Number("lookMemberInfo", func(g *groupInfo) *int64 { return &g.lookMembers }).Means("是否可查看成员资料", "Whether members see each other's profile"),
		wire.Number("applyMemberFriend", func(g *groupInfo) *int64 { return &g.befriend }).Means("是否可加成员为好友", "Whether members befriend through the group"),
		wire.Number("notificationUpdateTime", func(g *groupInfo) *int64 { return &g.notified }).Means("公告更新时间（毫秒）", "When the notice was changed, in milliseconds"),
		wire.Text("notificationUserID", func(g *groupInfo) *string { return &g.notifier }).Means("公告更新者", "Who changed the notice"),
	}
}

// show fills g from a group of core.
func (g *groupInfo) show(from *core.Group) {
	*g = groupInfo{
		id: from.ID, name: from.Name, notification: from.Notice, introduction: from.Introduction, faceURL: from.Avatar,
		owner: from.Owner, created: from.Created, members: int64(from.Members), ex: from.Extra, creator: from.Creator,
		kind: groupTypeWorking, verification: int64(from.Policy.Verification), lookMembers: int64(from.Policy.LookMembers),
		befriend: int64(from.Policy.Befriend), notified: from.NoticeChanged, notifier: from.NoticeBy,
	}
	switch {
	case from.Dismissed:
		g.status = groupStatusDismissed
	case from.Muted:
		g.status = groupStatusMuted
	default:
		g.status = groupStatusOK
	}
}

func showGroups(from []*core.Group) []groupInfo {
	groups := make([]groupInfo, len(from))
	for i := range from {
		groups[i].show(from[i])
	}
	return groups
}

// memberInfo is a member of a group as the platform shows it.
type memberInfo struct {
	group, user       string
	role, joined      int64
	nickname, faceURL string
	managerLevel      int64 // always zero; the name is misspelt in the protocol
	source            int64
	operator, ex      string
	mutedUntil        int64
	inviter           string
}

func memberInfoFields() []wire.Field[memberInfo] {
	return []wire.Field[memberInfo]{
		wire.Text("groupID", func(m *memberInfo) *string { return &m.group }).Means("群 ID", "The group"),
		wire.Text("userID", func(m *memberInfo) *string { return &m.user }).Means("用户 ID", "The user"),
		wire.Number("roleLevel", func(m *memberInfo) *int64 { return &m.role }).Means("100 群主，60 管理员，20 成员", "100 owner, 60 admin, 20 member"),
		wire.Number("joinTime", func(m *memberInfo) *int64 { return &m.joined }).Means("进群时间（毫秒）", "When it joined, in milliseconds"),
		wire.Text("nickname", func(m *memberInfo) *string { return &m.nickname }).Means("群昵称", "Its name in the group"),
		wire.Text("faceURL", func(m *memberInfo) *string { return &m.faceURL }).Means("头像", "Its picture in the group"),
		wire.Number("appMangerLevel", func(m *memberInfo) *int64 { return &m.managerLevel }).Means("总是 0", "Always 0"),
		wire.Number("joinSource", func(m *memberInfo) *int64 { return &m.source }).Means("2 邀请，3 搜索", "2 invited, 3 by itself"),
		wire.Text("operatorUserID", func(m *memberInfo) *string { return &m.operator }).Means("操作者", "Who let it in"),
		wire.Text("ex", func(m *memberInfo) *string { return &m.ex }).Means("扩展字段", "The app's own text"),
		wire.Number("muteEndTime", func(m *memberInfo) *int64 { return &m.mutedUntil }).Means("禁言结束时间（毫秒）", "When it may talk again, in milliseconds"),
		wire.Text("inviterUserID", func(m *memberInfo) *string { return &m.inviter }).Means("邀请者", "Who invited it"),
	}
}

// showMembers shows members with their own name and picture where they have none in the group.
func showMembers(group string, from []core.Member) []memberInfo {
	members := make([]memberInfo, len(from))
	for i := range from {
		m := &from[i]
		shown := memberInfo{
			group: group, user: m.User.ID, role: roleLevel(m.Role), joined: m.Joined, nickname: m.Nickname, faceURL: m.Avatar,
			source: joinedBySearch, operator: m.Operator, ex: m.Extra, mutedUntil: m.MutedUntil, inviter: m.Inviter,
		}
		if shown.nickname == "" {
			shown.nickname = m.User.Nickname
		}
		if shown.faceURL == "" {
			shown.faceURL = m.User.Avatar
		}
		if m.Inviter != "" {
			shown.source = joinedByInvitation
		}
		members[i] = shown
	}
	return members
}

func roleLevel(role core.GroupRole) int64 {
	switch role {
	case core.GroupOwner:
		return roleOwner
	case core.GroupAdmin:
		return roleAdmin
	case core.GroupMember:
	}
	return roleMember
}
