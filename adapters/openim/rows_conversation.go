package openim

import "parley/adapters/wire"

// conversationInfo is the platform's conversation object.
type conversationInfo struct {
	ownerID, id                   string
	reception, kind               int64
	userID, groupID               string
	pinned                        bool
	attached                      string
	private                       bool
	mention                       int64
	ex                            string
	burnSeconds, minSeq, maxSeq   int64
	destructSeconds, destructTime int64
	destruct                      bool
}

func conversationFields() []wire.Field[conversationInfo] {
	return []wire.Field[conversationInfo]{
		wire.Text("ownerUserID", func(i *conversationInfo) *string { return &i.ownerID }).Means("会话所有者", "Whose conversation it is"),
		wire.Text("conversationID", func(i *conversationInfo) *string { return &i.id }).Means("会话 ID", "Its ID"),
		wire.Number("recvMsgOpt", func(i *conversationInfo) *int64 { return &i.reception }).Means("接收选项 0 接收 1 不接收 2 不提醒", "0 receives, 1 does not, 2 quietly"),
		wire.Number("conversationType", func(i *conversationInfo) *int64 { return &i.kind }).Means("会话类型", "1 single, 3 group, 4 notification"),
		wire.Text("userID", func(i *conversationInfo) *string { return &i.userID }).Means("对方 ID", "The other user"),
		wire.Text("groupID", func(i *conversationInfo) *string { return &i.groupID }).Means("群 ID", "The group"),
		wire.Flag("isPinned", func(i *conversationInfo) *bool { return &i.pinned }).Means("是否置顶", "Whether it is pinned"),
		wire.Text("attachedInfo", func(i *conversationInfo) *string { return &i.attached }).Means("附加信息", "The client's own text"),
		wire.Flag("isPrivateChat", func(i *conversationInfo) *bool { return &i.private }).Means("是否私聊（阅后即焚）", "Whether messages burn after reading"),
		wire.Number("groupAtType", func(i *conversationInfo) *int64 { return &i.mention }).Means("@ 类型", "How the user was mentioned"),
		wire.Text("ex", func(i *conversationInfo) *string { return &i.ex }).Means("扩展字段", "Free text"),
		wire.Number("burnDuration", func(i *conversationInfo) *int64 { return &i.burnSeconds }).Means("阅后即焚时长（秒）", "Seconds until a message burns"),
		wire.Number("minSeq", func(i *conversationInfo) *int64 { return &i.minSeq }).Means("最小 seq", "The first seq that is shown"),
		wire.Number("maxSeq", func(i *conversationInfo) *int64 { return &i.maxSeq }).Means("最大 seq，0 不限", "The last seq that is shown; 0 is no bound"),
		wire.Number("msgDestructTime", func(i *conversationInfo) *int64 { return &i.destructSeconds }).Means("定期删除周期（秒）", "Seconds after which messages go"),
		wire.Number("latestMsgDestructTime", func(i *conversationInfo) *int64 { return &i.destructTime }).Means("上次定期删除的时间", "When that was last done"),
		wire.Flag("isMsgDestruct", func(i *conversationInfo) *bool { return &i.destruct }).Means("是否定期删除", "Whether messages go"),
	}
}

type conversationsQuery struct {
	ownerID, id string
	ids         []string
	idsGiven    bool
	page        pagination
}

type conversationsAnswer struct {
	total int64
	one   conversationInfo
	list  []conversationInfo
}

func ownerParam() wire.Param[conversationsQuery] {
	return wire.String("ownerUserID", func(q *conversationsQuery) *string { return &q.ownerID }).Must().Means("会话所有者", "Whose conversations")
}

func (q *conversationsQuery) ownerGiven() error {
	if q.ownerID == "" {
		return badArgs("ownerUserID is empty")
	}
	return nil
}

func conversationListField() wire.Field[conversationsAnswer] {
	return wire.ObjectsOrNull("conversations", func(a *conversationsAnswer) *[]conversationInfo { return &a.list }, conversationFields()...).Means("会话", "The conversations")
}

func allConversationsRow() *wire.Row[conversationsQuery, conversationsAnswer] {
	return &wire.Row[conversationsQuery, conversationsAnswer]{
		Name: "/conversation/get_all_conversations", ZH: "获取用户的全部会话", EN: "Lists all of a user's conversations", Access: wire.Member, Request: "GetAllConversationsReq",
		Params: []wire.Param[conversationsQuery]{ownerParam()},
		Answer: []wire.Field[conversationsAnswer]{conversationListField()},
		Check:  func(q *conversationsQuery) error { return q.ownerGiven() },
		Do:     listConversations,
	}
}

func conversationRow() *wire.Row[conversationsQuery, conversationsAnswer] {
	return &wire.Row[conversationsQuery, conversationsAnswer]{
		Name: "/conversation/get_conversation", ZH: "获取会话", EN: "Shows one conversation", Access: wire.Member, Request: "GetConversationReq",
		Params: []wire.Param[conversationsQuery]{
			ownerParam(),
			wire.String("conversationID", func(q *conversationsQuery) *string { return &q.id }).Must().Means("会话 ID", "The conversation"),
		},
		Answer: []wire.Field[conversationsAnswer]{
			wire.Object("conversation", func(a *conversationsAnswer) *conversationInfo { return &a.one }, conversationFields()...).Means("会话", "The conversation"),
		},
		Check: func(q *conversationsQuery) error {
			if q.id == "" {
				return badArgs("conversationID is empty")
			}
			return q.ownerGiven()
		},
		Do: showConversation,
	}
}

func someConversationsRow() *wire.Row[conversationsQuery, conversationsAnswer] {
	return &wire.Row[conversationsQuery, conversationsAnswer]{
		Name: "/conversation/get_conversations", ZH: "批量获取会话", EN: "Shows some conversations", Access: wire.Member, Request: "GetConversationsReq",
		Params: []wire.Param[conversationsQuery]{
			ownerParam(),
			wire.List("conversationIDs", func(q *conversationsQuery) *[]string { return &q.ids }).Must().
				Given(func(q *conversationsQuery) *bool { return &q.idsGiven }).Means("会话 ID 列表", "The conversations"),
		},
		Answer: []wire.Field[conversationsAnswer]{conversationListField()},
		Check: func(q *conversationsQuery) error {
			if err := q.ownerGiven(); err != nil {
				return err
			}
			if !q.idsGiven {
				return badArgs("conversationIDs is empty")
			}
			return nil
		},
		Do: someConversations,
	}
}

func ownerConversationsRow() *wire.Row[conversationsQuery, conversationsAnswer] {
	return &wire.Row[conversationsQuery, conversationsAnswer]{
		Name: "/conversation/get_owner_conversation", ZH: "分页获取用户会话", EN: "Lists a user's conversations by pages", Access: wire.Member, Request: "GetOwnerConversationReq",
		Params: []wire.Param[conversationsQuery]{
			wire.String("userID", func(q *conversationsQuery) *string { return &q.ownerID }).Must().Means("用户 ID", "The user"),
			paginationParam(func(q *conversationsQuery) *pagination { return &q.page }),
		},
		Answer: []wire.Field[conversationsAnswer]{
			wire.Number("total", func(a *conversationsAnswer) *int64 { return &a.total }).Means("总数", "How many there are"),
			conversationListField(),
		},
		Check: func(q *conversationsQuery) error {
			if err := userIDGiven(q.ownerID); err != nil {
				return err
			}
			return q.page.check()
		},
		Do: pageConversations,
	}
}
