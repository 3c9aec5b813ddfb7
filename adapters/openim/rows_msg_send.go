package openim

import "parley/adapters/wire"

// messageQuery is what single and batch sends have in common.
type messageQuery struct {
	sendID, groupID, nickname, face string
	platform                        int64
	content                         string
	contentType, session            int64
	onlineOnly, notOfflinePush      bool
	time                            int64
	push                            pushInfo
	hasPush                         bool
	ex                              string
}

// messageParams are the members of the embedded struct SendMsg; at finds it in a query.
func messageParams[Q any](at func(*Q) *messageQuery) []wire.Param[Q] {
	params := []wire.Param[Q]{
		wire.String("sendID", func(q *Q) *string { return &at(q).sendID }).Must().Means("发送者 ID", "The sender"),
		wire.String("groupID", func(q *Q) *string { return &at(q).groupID }).Means("群 ID，sessionType 为 3 时必填", "The group; required for sessionType 3"),
		wire.String("senderNickname", func(q *Q) *string { return &at(q).nickname }).Means("发送者昵称", "The sender's name, kept as it is"),
		wire.String("senderFaceURL", func(q *Q) *string { return &at(q).face }).Means("发送者头像", "The sender's picture, kept as it is"),
		wire.Int("senderPlatformID", func(q *Q) *int64 { return &at(q).platform }).As("int32").Means("发送者平台", "The sender's platform"),
		wire.JSON("content", func(q *Q) *string { return &at(q).content }).As("map[string]interface {}").Must().Means("消息内容对象", "The content, an object of the type's form"),
		wire.Int("contentType", func(q *Q) *int64 { return &at(q).contentType }).As("int32").Must().Means("消息类型", "The content's type: 101 to 106, 110, 1400"),
		wire.Int("sessionType", func(q *Q) *int64 { return &at(q).session }).As("int32").Must().Means("会话类型", "1 single, 3 group, 4 notification"),
		wire.Bool("isOnlineOnly", func(q *Q) *bool { return &at(q).onlineOnly }).Means("仅在线用户接收，不存储", "Not stored"),
		wire.Bool("notOfflinePush", func(q *Q) *bool { return &at(q).notOfflinePush }).Means("不进行离线推送", "No offline push"),
		wire.Int("sendTime", func(q *Q) *int64 { return &at(q).time }).Means("发送时间（毫秒），0 为服务器时间", "The time in milliseconds; 0 means now"),
		wire.Nested("offlinePushInfo", func(q *Q) *pushInfo { return &at(q).push }, pushParams()...).Go("OfflinePushInfo").
			Given(func(q *Q) *bool { return &at(q).hasPush }).Means("离线推送内容", "What an offline receiver is shown"),
		wire.String("ex", func(q *Q) *string { return &at(q).ex }).Means("扩展字段", "Free text"),
	}
	for i := range params {
		params[i] = params[i].In("SendMsg")
	}
	return params
}

func pushParams() []wire.Param[pushInfo] {
	return []wire.Param[pushInfo]{
		wire.String("title", func(p *pushInfo) *string { return &p.title }).Means("标题", "Title"),
		wire.String("desc", func(p *pushInfo) *string { return &p.description }).Means("描述", "Text"),
		wire.String("ex", func(p *pushInfo) *string { return &p.ex }).Means("扩展字段", "Free text"),
		wire.String("iOSPushSound", func(p *pushInfo) *string { return &p.sound }).Means("iOS 提示音", "Sound"),
		wire.Bool("iOSBadgeCount", func(p *pushInfo) *bool { return &p.badge }).Means("是否计入角标", "Counts on the badge"),
		wire.String("signalInfo", func(p *pushInfo) *string { return &p.signal }).Means("信令", "Signal"),
	}
}

type sendQuery struct {
	message messageQuery
	recvID  string
}

type sendAnswer struct {
	serverMsgID, clientMsgID string
	time                     int64
	modify                   []byte // never set
}

func sendFields() []wire.Field[sendAnswer] {
	return []wire.Field[sendAnswer]{
		wire.Text("serverMsgID", func(a *sendAnswer) *string { return &a.serverMsgID }).Means("服务器消息 ID", "The message's name on the server"),
		wire.Text("clientMsgID", func(a *sendAnswer) *string { return &a.clientMsgID }).Means("客户端消息 ID", "The name of the send"),
		wire.Number("sendTime", func(a *sendAnswer) *int64 { return &a.time }).Means("发送时间（毫秒）", "The time in milliseconds"),
		wire.Verbatim("modify", func(a *sendAnswer) *[]byte { return &a.modify }).Means("始终为 null", "Always null"),
	}
}

func sendRow() *wire.Row[sendQuery, sendAnswer] {
	return &wire.Row[sendQuery, sendAnswer]{
		Name: "/msg/send_msg", ZH: "发送消息", EN: "Sends a message to a user or a group", Access: wire.Operator, Request: "SendMsgReq", Outcomes: talkOutcomes(),
		Params: append([]wire.Param[sendQuery]{
			wire.String("recvID", func(q *sendQuery) *string { return &q.recvID }).Means("接收者 ID，sessionType 为 1 或 4 时必填", "The receiver; required for sessionType 1 and 4"),
		}, messageParams(func(q *sendQuery) *messageQuery { return &q.message })...),
		Answer: sendFields(),
		Check: func(q *sendQuery) error {
			missing := missingFields{request: "SendMsgReq"}
			if single := q.message.session == sessionSingle || q.message.session == sessionNotification; single && q.recvID == "" {
				missing.add("RecvID", "RecvID", "required_if")
			}
			q.message.check(&missing)
			return missing.refusal()
		},
		Do: send,
	}
}

type batchQuery struct {
	message messageQuery
	recvIDs []string
	given   bool // recvIDs is there, if perhaps empty
	all     bool
}

type batchAnswer struct {
	results []batchResult
	failed  []string
}

type batchResult struct {
	serverMsgID, clientMsgID string
	time                     int64
	recvID                   string
}

func batchRow() *wire.Row[batchQuery, batchAnswer] {
	return &wire.Row[batchQuery, batchAnswer]{
		Name: "/msg/batch_send_msg", ZH: "批量发送消息", EN: "Sends a message to many users, or to all", Access: wire.Operator, Request: "BatchSendMsgReq", Outcomes: talkOutcomes(),
		Params: append(messageParams(func(q *batchQuery) *messageQuery { return &q.message }),
			wire.Bool("isSendAll", func(q *batchQuery) *bool { return &q.all }).Means("发送给全部用户，此时忽略 recvIDs", "Sends to every user; recvIDs does not count then"),
			wire.List("recvIDs", func(q *batchQuery) *[]string { return &q.recvIDs }).Must().
				Given(func(q *batchQuery) *bool { return &q.given }).Means("接收者 ID 列表", "The receivers"),
		),
		Answer: []wire.Field[batchAnswer]{
			wire.ObjectsOrNull("results", func(a *batchAnswer) *[]batchResult { return &a.results },
				wire.Text("serverMsgID", func(r *batchResult) *string { return &r.serverMsgID }).Means("服务器消息 ID", "The message's name on the server"),
				wire.Text("clientMsgID", func(r *batchResult) *string { return &r.clientMsgID }).Means("客户端消息 ID，整批相同", "The name of the send, one for all"),
				wire.Number("sendTime", func(r *batchResult) *int64 { return &r.time }).Means("发送时间（毫秒）", "The time in milliseconds"),
				wire.Text("recvID", func(r *batchResult) *string { return &r.recvID }).Means("接收者 ID", "The receiver"),
			).Means("成功的结果，保持请求顺序", "What was sent, in the order of the request"),
			wire.Strings("failedUserIDs", func(a *batchAnswer) *[]string { return &a.failed }).Means("失败的接收者", "Who did not get it"),
		},
		Check: func(q *batchQuery) error {
			missing := missingFields{request: "BatchSendMsgReq"}
			q.message.check(&missing)
			if !q.given {
				missing.add("RecvIDs", "RecvIDs", "required")
			}
			return missing.refusal()
		},
		Do: sendBatch,
		Recycle: func(a *batchAnswer) {
			a.results, a.failed = nil, nil // a batch may be large; the next one is not
		},
	}
}
