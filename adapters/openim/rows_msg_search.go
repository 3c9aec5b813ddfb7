package openim

import "parley/adapters/wire"

type searchQuery struct {
	sendID, recvID, day  string
	contentType, session int64
	page                 pagination
}

type searchAnswer struct {
	logs  []foundLog
	total int64
}

type foundLog struct {
	log     chatLog
	revoked bool
}

// chatLog is the platform's message object in the answers of its searches, whose content is no base64.
type chatLog struct {
	serverMsgID, clientMsgID, sendID, recvID, groupID, recvNickname string
	platform                                                        int64
	nickname, face, groupName                                       string
	session, from, contentType                                      int64
	content                                                         string
	status, sendTime, created                                       int64
	ex, groupFace                                                   string
	groupMembers, seq                                               int64
	groupOwner                                                      string
	groupType                                                       int64
}

func searchRow() *wire.Row[searchQuery, searchAnswer] {
	return &wire.Row[searchQuery, searchAnswer]{
		Name: "/msg/search_msg", ZH: "搜索消息", EN: "Searches messages", Access: wire.Operator, Request: "SearchMessageReq",
		Params: []wire.Param[searchQuery]{
			wire.String("sendID", func(q *searchQuery) *string { return &q.sendID }).Means("发送者 ID", "The sender"),
			wire.String("recvID", func(q *searchQuery) *string { return &q.recvID }).Means("接收者或群 ID", "The receiver or the group"),
			wire.Int("contentType", func(q *searchQuery) *int64 { return &q.contentType }).As("int32").Means("消息类型，0 不限", "The content's type; 0 is any"),
			wire.String("sendTime", func(q *searchQuery) *string { return &q.day }).Means("日期，如 2026-01-31（UTC）", "The day, as 2026-01-31, in UTC"),
			wire.Int("sessionType", func(q *searchQuery) *int64 { return &q.session }).As("int32").Means("会话类型，0 不限", "The kind of session; 0 is any"),
			paginationParam(func(q *searchQuery) *pagination { return &q.page }),
		},
		Answer: []wire.Field[searchAnswer]{
			wire.ObjectsOrNull("chatLogs", func(a *searchAnswer) *[]foundLog { return &a.logs },
				wire.Object("chatLog", func(f *foundLog) *chatLog { return &f.log }, chatLogFields()...).Means("消息", "The message"),
				wire.Flag("isRevoked", func(f *foundLog) *bool { return &f.revoked }).Means("是否已撤回", "Whether it was taken back"),
			).Means("按时间倒序", "Newest first"),
			wire.Number("chatLogsNum", func(a *searchAnswer) *int64 { return &a.total }).Means("总数", "How many match"),
		},
		Check: func(q *searchQuery) error { return q.page.check() },
		Do:    search,
	}
}

func chatLogFields() []wire.Field[chatLog] {
	return described([]wire.Field[chatLog]{
		wire.Text("serverMsgID", func(l *chatLog) *string { return &l.serverMsgID }),
		wire.Text("clientMsgID", func(l *chatLog) *string { return &l.clientMsgID }),
		wire.Text("sendID", func(l *chatLog) *string { return &l.sendID }),
		wire.Text("recvID", func(l *chatLog) *string { return &l.recvID }),
		wire.Text("groupID", func(l *chatLog) *string { return &l.groupID }),
		wire.Text("recvNickname", func(l *chatLog) *string { return &l.recvNickname }),
		wire.Number("senderPlatformID", func(l *chatLog) *int64 { return &l.platform }),
		wire.Text("senderNickname", func(l *chatLog) *string { return &l.nickname }),
		wire.Text("senderFaceURL", func(l *chatLog) *string { return &l.face }),
		wire.Text("groupName", func(l *chatLog) *string { return &l.groupName }),
		wire.Number("sessionType", func(l *chatLog) *int64 { return &l.session }),
		wire.Number("msgFrom", func(l *chatLog) *int64 { return &l.from }),
		wire.Number("contentType", func(l *chatLog) *int64 { return &l.contentType }),
		wire.Text("content", func(l *chatLog) *string { return &l.content }),
		wire.Number("status", func(l *chatLog) *int64 { return &l.status }),
		wire.Number("sendTime", func(l *chatLog) *int64 { return &l.sendTime }),
		wire.Number("createTime", func(l *chatLog) *int64 { return &l.created }),
		wire.Text("ex", func(l *chatLog) *string { return &l.ex }),
		wire.Text("groupFaceURL", func(l *chatLog) *string { return &l.groupFace }),
		wire.Number("groupMemberCount", func(l *chatLog) *int64 { return &l.groupMembers }),
		wire.Number("seq", func(l *chatLog) *int64 { return &l.seq }),
		wire.Text("groupOwner", func(l *chatLog) *string { return &l.groupOwner }),
		wire.Number("groupType", func(l *chatLog) *int64 { return &l.groupType }),
	})
}
