package openim

import "parley/adapters/wire"

type sortedQuery struct {
	userID string
	ids    []string
	page   pagination
}

type sortedAnswer struct {
	total, unread int64
	list          []sortedConversation
}

type sortedConversation struct {
	id                string
	reception, unread int64
	pinned            bool
	last              lastMessage
}

// lastMessage is the platform's message object in the sorted list, with who it is shown to be from.
type lastMessage struct {
	serverMsgID, clientMsgID string
	session                  int64
	sendID, recvID           string
	senderName, face         string
	groupID, groupName       string
	groupFace                string
	groupType, groupMembers  int64
	time, from, contentType  int64
	content, ex              string
}

func sortedConversationsRow() *wire.Row[sortedQuery, sortedAnswer] {
	return &wire.Row[sortedQuery, sortedAnswer]{
		Name: "/conversation/get_sorted_conversation_list", ZH: "获取排序的会话列表", EN: "Lists a user's conversations, pinned ones first, then the newest message first",
		Access: wire.Member, Request: "GetSortedConversationListReq",
		Params: []wire.Param[sortedQuery]{
			wire.String("userID", func(q *sortedQuery) *string { return &q.userID }).Must().Means("用户 ID", "The user"),
			wire.List("conversationIDs", func(q *sortedQuery) *[]string { return &q.ids }).Means("会话 ID，空为全部", "The conversations; all if empty"),
			paginationParam(func(q *sortedQuery) *pagination { return &q.page }),
		},
		Answer: []wire.Field[sortedAnswer]{
			wire.Number("conversationTotal", func(a *sortedAnswer) *int64 { return &a.total }).Means("会话总数", "How many conversations there are"),
			wire.Number("unreadTotal", func(a *sortedAnswer) *int64 { return &a.unread }).Means("未读总数", "How many messages are unread"),
			wire.ObjectsOrNull("conversationElems", func(a *sortedAnswer) *[]sortedConversation { return &a.list },
				wire.Text("conversationID", func(s *sortedConversation) *string { return &s.id }).Means("会话 ID", "The conversation"),
				wire.Number("recvMsgOpt", func(s *sortedConversation) *int64 { return &s.reception }).Means("接收选项", "How the user receives"),
				wire.Number("unreadCount", func(s *sortedConversation) *int64 { return &s.unread }).Means("未读数", "How many messages are unread"),
				wire.Flag("IsPinned", func(s *sortedConversation) *bool { return &s.pinned }).Means("是否置顶", "Whether it is pinned"),
				wire.Object("msgInfo", func(s *sortedConversation) *lastMessage { return &s.last }, lastMessageFields()...).Means("最新消息", "The newest message"),
			).Means("会话", "The conversations"),
		},
		Check: func(q *sortedQuery) error {
			if err := userIDGiven(q.userID); err != nil {
				return err
			}
			return q.page.check()
		},
		Do: sortedConversations,
	}
}

func lastMessageFields() []wire.Field[lastMessage] {
	return described([]wire.Field[lastMessage]{
		wire.Text("serverMsgID", func(m *lastMessage) *string { return &m.serverMsgID }),
		wire.Text("clientMsgID", func(m *lastMessage) *string { return &m.clientMsgID }),
		wire.Number("sessionType", func(m *lastMessage) *int64 { return &m.session }),
		wire.Text("sendID", func(m *lastMessage) *string { return &m.sendID }),
		wire.Text("recvID", func(m *lastMessage) *string { return &m.recvID }),
		wire.Text("senderName", func(m *lastMessage) *string { return &m.senderName }),
		wire.Text("faceURL", func(m *lastMessage) *string { return &m.face }),
		wire.Text("groupID", func(m *lastMessage) *string { return &m.groupID }),
		wire.Text("groupName", func(m *lastMessage) *string { return &m.groupName }),
		wire.Text("groupFaceURL", func(m *lastMessage) *string { return &m.groupFace }),
		wire.Number("groupType", func(m *lastMessage) *int64 { return &m.groupType }),
		wire.Number("groupMemberCount", func(m *lastMessage) *int64 { return &m.groupMembers }),
		wire.Number("LatestMsgRecvTime", func(m *lastMessage) *int64 { return &m.time }),
		wire.Number("msgFrom", func(m *lastMessage) *int64 { return &m.from }),
		wire.Number("contentType", func(m *lastMessage) *int64 { return &m.contentType }),
		wire.Text("content", func(m *lastMessage) *string { return &m.content }),
		wire.Text("ex", func(m *lastMessage) *string { return &m.ex }),
	})
}
