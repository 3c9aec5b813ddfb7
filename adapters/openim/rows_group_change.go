package openim

import "parley/adapters/wire"

// groupChangeQuery is what a request changes of a group.
type groupChangeQuery struct {
	given   bool
	groupID string
	name, notification, introduction,
	faceURL, ex optionalText
	verification, lookMembers, befriend optionalNumber
}

// optionalText is a text that a request may leave out, which is not the same as an empty one.
type optionalText struct {
	given bool
	text  string
}

// pointer returns the text, or nil if it was left out.
func (o *optionalText) pointer() *string {
	if !o.given {
		return nil
	}
	return &o.text
}

// optionalNumber is an integer that a request may leave out.
type optionalNumber struct {
	given  bool
	number int64
}

// pointer returns the number, or nil if it was left out.
func (o *optionalNumber) pointer() *int32 {
	if !o.given {
		return nil
	}
	n := int32(o.number) // the decoder has held it to the type's bounds
	return &n
}

func optionalTextParam[T any](name string, at func(*T) *optionalText) wire.Param[T] {
	return wire.String(name, func(q *T) *string { return &at(q).text }).
		Given(func(q *T) *bool { return &at(q).given })
}

func optionalNumberParam[T any](name string, at func(*T) *optionalNumber) wire.Param[T] {
	return wire.Int(name, func(q *T) *int64 { return &at(q).number }).As("int32").
		Given(func(q *T) *bool { return &at(q).given })
}

func groupChangeParams() []wire.Param[groupChangeQuery] {
	return []wire.Param[groupChangeQuery]{
		groupParam(func(q *groupChangeQuery) *string { return &q.groupID }),
		optionalTextParam("groupName", func(q *groupChangeQuery) *optionalText { return &q.name }).Means("群名称", "Its name"),
		optionalTextParam("notification", func(q *groupChangeQuery) *optionalText { return &q.notification }).Means("群公告", "Its notice"),
		optionalTextParam("introduction", func(q *groupChangeQuery) *optionalText { return &q.introduction }).Means("群介绍", "Its introduction"),
		optionalTextParam("faceURL", func(q *groupChangeQuery) *optionalText { return &q.faceURL }).Means("群头像", "Its picture"),
		optionalTextParam("ex", func(q *groupChangeQuery) *optionalText { return &q.ex }).Means("扩展字段", "The app's own text"),
		optionalNumberParam("needVerification", func(q *groupChangeQuery) *optionalNumber { return &q.verification }).Means("进群验证", "Whether joining needs approval"),
		optionalNumberParam("lookMemberInfo", func(q *groupChangeQuery) *optionalNumber { return &q.lookMembers }).Means("是否可查看成员资料", "Whether members see each other's profile"),
		optionalNumberParam("applyMemberFriend", func(q *groupChangeQuery) *optionalNumber { return &q.befriend }).Means("是否可加成员为好友", "Whether members befriend through the group"),
	}
}

// groupSetQuery wraps a change in the member that the older of the two endpoints has for it.
type groupSetQuery struct{ change groupChangeQuery }

func groupSetRow() *wire.Row[groupSetQuery, nothing] {
	return &wire.Row[groupSetQuery, nothing]{
		Name: "/group/set_group_info", ZH: "修改群信息（空字段不变）", EN: "Changes a group; empty texts change nothing",
		Access: wire.Member, Request: "SetGroupInfoReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[groupSetQuery]{
			wire.Nested("groupInfoForSet", func(q *groupSetQuery) *groupChangeQuery { return &q.change }, groupChangeParams()...).
				Go("sdkws.GroupInfoForSet").Given(func(q *groupSetQuery) *bool { return &q.change.given }).Means("修改内容", "What to change"),
		},
		Check: checkSetGroup,
		Do:    func(c *wire.Call, q *groupSetQuery, _ *nothing) error { return changeGroup(c, &q.change) },
	}
}

func groupSetExRow() *wire.Row[groupChangeQuery, nothing] {
	return &wire.Row[groupChangeQuery, nothing]{
		Name: "/group/set_group_info_ex", ZH: "修改群信息", EN: "Changes a group", Access: wire.Member,
		Request: "SetGroupInfoExReq", Outcomes: groupOutcomes(),
		Params: groupChangeParams(),
		Check:  checkSetGroupEx,
		Do:     func(c *wire.Call, q *groupChangeQuery, _ *nothing) error { return changeGroup(c, q) },
	}
}

type groupTransferQuery struct{ groupID, old, owner string }

func groupTransferRow() *wire.Row[groupTransferQuery, nothing] {
	return &wire.Row[groupTransferQuery, nothing]{
		Name: "/group/transfer_group", ZH: "转让群", EN: "Gives a group another owner", Access: wire.Member,
		Request: "TransferGroupOwnerReq", Outcomes: groupOutcomes(),
		Params: []wire.Param[groupTransferQuery]{
			groupParam(func(q *groupTransferQuery) *string { return &q.groupID }),
			wire.String("oldOwnerUserID", func(q *groupTransferQuery) *string { return &q.old }).Means("原群主", "The old owner"),
			wire.String("newOwnerUserID", func(q *groupTransferQuery) *string { return &q.owner }).Means("新群主", "The new owner"),
		},
		Check: checkTransferGroup,
		Do:    transferGroup,
	}
}
