package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

type ownerQuery struct{ userID string }

func userParam() wire.Param[ownerQuery] {
	return wire.String("userID", func(q *ownerQuery) *string { return &q.userID }).Means("用户 ID", "The user")
}

type newestSeqAnswer struct{ maxSeqs, minSeqs []wire.Amount }

func newestSeqRow() *wire.Row[ownerQuery, newestSeqAnswer] {
	return &wire.Row[ownerQuery, newestSeqAnswer]{
		Name: "/msg/newest_seq", ZH: "获取用户所有会话的最大 seq", EN: "Lists the newest seq of each of a user's conversations",
		Access: wire.Member, Request: "GetMaxSeqReq",
		Params: []wire.Param[ownerQuery]{userParam()},
		Answer: []wire.Field[newestSeqAnswer]{
			wire.Amounts("maxSeqs", func(a *newestSeqAnswer) *[]wire.Amount { return &a.maxSeqs }).OrNull().Means("会话 ID 对应最大 seq", "The newest seq by conversation ID"),
			wire.Amounts("minSeqs", func(a *newestSeqAnswer) *[]wire.Amount { return &a.minSeqs }).OrNull().Means("始终为空", "Never filled"),
		},
		Do: newestSeq,
	}
}

type pullQuery struct {
	userID string
	ranges []seqRange
	order  int64
}

type seqRange struct {
	conversationID  string
	begin, end, num int64
}

type pullAnswer struct {
	messages, notifications []pulled
	// entries and text are what the messages refer to.
	entries []core.Entry
	text    []byte
}

// pulled is the answer to one range.
type pulled struct {
	conversationID string
	messages       []messageData
	isEnd          bool
	endSeq         int64 // never set
}

// The orders in which a client pulls: they decide what isEnd means.
const orderDescending = 1

func pullRow() *wire.Row[pullQuery, pullAnswer] {
	return &wire.Row[pullQuery, pullAnswer]{
		Name: "/msg/pull_msg_by_seq", ZH: "按 seq 范围拉取消息", EN: "Lists messages by ranges of seqs; content is base64",
		Access: wire.Member, Request: "PullMessageBySeqsReq",
		Params: []wire.Param[pullQuery]{
			wire.String("userID", func(q *pullQuery) *string { return &q.userID }).Means("用户 ID", "The user"),
			wire.NestedList("seqRanges", func(q *pullQuery) *[]seqRange { return &q.ranges },
				wire.String("conversationID", func(r *seqRange) *string { return &r.conversationID }).Means("会话 ID", "The conversation"),
				wire.Int("begin", func(r *seqRange) *int64 { return &r.begin }).Means("起始 seq", "The first seq"),
				wire.Int("end", func(r *seqRange) *int64 { return &r.end }).Means("结束 seq", "The last seq"),
				wire.Int("num", func(r *seqRange) *int64 { return &r.num }).Means("最多条数", "How many at the most: the newest of the range"),
			).Go("SeqRange").Means("seq 范围", "The ranges"),
			wire.Int("order", func(q *pullQuery) *int64 { return &q.order }).As("int32").Means("0 升序，1 降序，仅影响 isEnd", "0 ascending, 1 descending; decides isEnd only"),
		},
		Answer: []wire.Field[pullAnswer]{
			wire.Keyed("msgs", func(a *pullAnswer) *[]pulled { return &a.messages },
				func(p *pulled) *string { return &p.conversationID }, pulledFields()...).OrNull().Means("消息，按会话 ID", "The messages by conversation ID"),
			wire.Keyed("notificationMsgs", func(a *pullAnswer) *[]pulled { return &a.notifications },
				func(p *pulled) *string { return &p.conversationID }, pulledFields()...).OrNull().Means("通知，按会话 ID", "The notifications by conversation ID"),
		},
		Do:      pull,
		Recycle: (*pullAnswer).recycle,
	}
}

func pulledFields() []wire.Field[pulled] {
	return []wire.Field[pulled]{
		wire.ObjectsOrNull("Msgs", func(p *pulled) *[]messageData { return &p.messages }, messageFields()...).Means("消息列表", "The messages"),
		wire.Flag("isEnd", func(p *pulled) *bool { return &p.isEnd }).Means("是否到头", "Whether nothing lies beyond the range"),
		wire.Number("endSeq", func(p *pulled) *int64 { return &p.endSeq }).Means("始终为 0", "Always 0"),
	}
}

// messageData is the platform's message object.
type messageData struct {
	sendID, recvID, groupID    string
	clientMsgID, serverMsgID   string
	platform                   int64
	nickname, face             string
	session, from, contentType int64
	content                    []byte
	seq, sendTime, created     int64
	status                     int64
	read                       bool
	options                    []byte // never set
	push                       *pushInfo
	atUsers                    []string
	attached, ex               string
}

func messageFields() []wire.Field[messageData] {
	return described([]wire.Field[messageData]{
		wire.Text("sendID", func(m *messageData) *string { return &m.sendID }),
		wire.Text("recvID", func(m *messageData) *string { return &m.recvID }),
		wire.Text("groupID", func(m *messageData) *string { return &m.groupID }),
		wire.Text("clientMsgID", func(m *messageData) *string { return &m.clientMsgID }),
		wire.Text("serverMsgID", func(m *messageData) *string { return &m.serverMsgID }),
		wire.Number("senderPlatformID", func(m *messageData) *int64 { return &m.platform }),
		wire.Text("senderNickname", func(m *messageData) *string { return &m.nickname }),
		wire.Text("senderFaceURL", func(m *messageData) *string { return &m.face }),
		wire.Number("sessionType", func(m *messageData) *int64 { return &m.session }),
		wire.Number("msgFrom", func(m *messageData) *int64 { return &m.from }),
		wire.Number("contentType", func(m *messageData) *int64 { return &m.contentType }),
		wire.Base64("content", func(m *messageData) *[]byte { return &m.content }),
		wire.Number("seq", func(m *messageData) *int64 { return &m.seq }),
		wire.Number("sendTime", func(m *messageData) *int64 { return &m.sendTime }),
		wire.Number("createTime", func(m *messageData) *int64 { return &m.created }),
		wire.Number("status", func(m *messageData) *int64 { return &m.status }),
		wire.Flag("isRead", func(m *messageData) *bool { return &m.read }),
		wire.Verbatim("options", func(m *messageData) *[]byte { return &m.options }),
		wire.ObjectOrNull("offlinePushInfo", func(m *messageData) **pushInfo { return &m.push }, pushFields()...),
		wire.Strings("atUserIDList", func(m *messageData) *[]string { return &m.atUsers }),
		wire.Text("attachedInfo", func(m *messageData) *string { return &m.attached }),
		wire.Text("ex", func(m *messageData) *string { return &m.ex }),
	})
}

func pushFields() []wire.Field[pushInfo] {
	return described([]wire.Field[pushInfo]{
		wire.Text("title", func(p *pushInfo) *string { return &p.title }),
		wire.Text("desc", func(p *pushInfo) *string { return &p.description }),
		wire.Text("ex", func(p *pushInfo) *string { return &p.ex }),
		wire.Text("iOSPushSound", func(p *pushInfo) *string { return &p.sound }),
		wire.Flag("iOSBadgeCount", func(p *pushInfo) *bool { return &p.badge }),
		wire.Text("signalInfo", func(p *pushInfo) *string { return &p.signal }),
	})
}

type serverTimeAnswer struct{ now int64 }

func serverTimeRow() *wire.Row[nothing, serverTimeAnswer] {
	return &wire.Row[nothing, serverTimeAnswer]{
		Name: "/msg/get_server_time", ZH: "获取服务器时间", EN: "Tells the server's time", Access: wire.Member, Request: "GetServerTimeReq",
		Answer: []wire.Field[serverTimeAnswer]{
			wire.Number("serverTime", func(a *serverTimeAnswer) *int64 { return &a.now }).Means("毫秒", "In milliseconds"),
		},
		Do: func(c *wire.Call, _ *nothing, a *serverTimeAnswer) error {
			x, err := exchangeOf(c)
			if err == nil {
				a.now = x.dialect.house.Now().UnixMilli()
			}
			return err
		},
	}
}
