package openim

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"parley/adapters/wire"
	"parley/core"
)

// businessQuery is a notification from one program to another's clients.
type businessQuery struct {
	key, data, sendUserID, recvUserID string
	reliability                       int64
}

func businessRow() *wire.Row[businessQuery, sendAnswer] {
	return &wire.Row[businessQuery, sendAnswer]{
		Name: "/msg/send_business_notification", ZH: "发送业务通知", EN: "Sends a program's notification to a user's clients", Access: wire.Operator,
		Params: []wire.Param[businessQuery]{
			wire.String("key", func(q *businessQuery) *string { return &q.key }).Means("业务键", "The kind of notification"),
			wire.String("data", func(q *businessQuery) *string { return &q.data }).Means("业务数据", "The notification"),
			wire.String("sendUserID", func(q *businessQuery) *string { return &q.sendUserID }).Must().Means("发送者 ID", "The sender"),
			wire.String("recvUserID", func(q *businessQuery) *string { return &q.recvUserID }).Must().Means("接收者 ID", "The receiver"),
			wire.Int("reliabilityLevel", func(q *businessQuery) *int64 { return &q.reliability }).As("int32").Means("1 不存储（默认），2 存储", "1 not stored, which is the default; 2 stored"),
		},
		Answer: sendFields(),
		Check: func(q *businessQuery) error {
			var missing missingFields
			if q.sendUserID == "" {
				missing.add("SendUserID", "SendUserID", "required")
			}
			if q.recvUserID == "" {
				missing.add("RecvUserID", "RecvUserID", "required")
			}
			return missing.refusal()
		},
		Do: sendBusiness,
	}
}

// typeBusiness is the content type of business notifications, and reliable the level at which they are stored.
const (
	typeBusiness = 2001
	reliable     = 2
)

func sendBusiness(c *wire.Call, q *businessQuery, a *sendAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	w := objectWriter{style: wire.Go}
	w.text("key", q.key)
	w.text("data", q.data)
	detail := w.close()
	sender, err := c.Engine.Sender(c.Context, c.Caller.App, q.sendUserID)
	if err != nil {
		return err
	}
	var m meta
	p := parcel{exchange: x, session: sessionSingle, onlineOnly: q.reliability != reliable}
	if p.clientMsgID, err = x.name(&m); err != nil {
		return err
	}
	p.sender = core.Caller{App: c.Caller.App, User: sender}
	p.out = core.Outgoing{Channel: core.Events, Content: core.Content{
		Kind: core.KindNotification, Object: true, Body: detail, Raw: appendDetail(nil, detail), Origin: origin,
		Type: decimal(typeBusiness), Meta: x.metadata(&m),
	}}
	result, err := p.deliver(c, q.recvUserID)
	if err == nil {
		*a = sendAnswer{serverMsgID: result.serverMsgID, clientMsgID: result.clientMsgID, time: result.time}
	}
	return err
}

// simpleQuery is an answer to a message that the key in the URL names.
type simpleQuery struct {
	sendID, content, ex string
	push                pushInfo
	hasPush             bool
}

func simpleRow() *wire.Row[simpleQuery, sendAnswer] {
	return &wire.Row[simpleQuery, sendAnswer]{
		Name: "/msg/send_simple_msg", ZH: "回复消息（机器人）", EN: "Answers the message that the URL's key names", Access: wire.Operator, Request: "SendSingleMsgReq", Outcomes: talkOutcomes(),
		Params: []wire.Param[simpleQuery]{
			wire.String("sendID", func(q *simpleQuery) *string { return &q.sendID }).Means("发送者 ID，仅群聊", "The sender, in a group"),
			wire.String("content", func(q *simpleQuery) *string { return &q.content }).Must().Means("文本", "The text"),
			wire.Nested("offlinePushInfo", func(q *simpleQuery) *pushInfo { return &q.push }, pushParams()...).Go("OfflinePushInfo").
				Given(func(q *simpleQuery) *bool { return &q.hasPush }).Means("离线推送内容", "What an offline receiver is shown"),
			wire.String("ex", func(q *simpleQuery) *string { return &q.ex }).Means("扩展字段", "Free text"),
		},
		Answer: sendFields(),
		Check: func(q *simpleQuery) error {
			missing := missingFields{request: "SendSingleMsgReq"}
			if q.content == "" {
				missing.add("Content", "Content", "required")
			}
			return missing.refusal()
		},
		Do: sendSimple,
	}
}

// answered is the message that a key names.
type answered struct {
	SendID  string `json:"sendID"`
	RecvID  string `json:"recvID"`
	GroupID string `json:"groupID"`
}

// answeredBy reads the key of a call's URL.
func answeredBy(key string) (m answered, err error) {
	if key == "" {
		return m, badArgs("missing key in query")
	}
	text, err := base64.StdEncoding.DecodeString(key)
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return m, &refusal{status: http.StatusOK, number: codeArgs, message: "ArgsError", detail: "the key is not base64 of a message", code: core.Invalid}
	}
	return m, nil
}

func sendSimple(c *wire.Call, q *simpleQuery, a *sendAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	to, err := answeredBy(queryOf(c, "key"))
	if err != nil {
		return err
	}
	p := parcel{exchange: x, session: sessionSingle, groupID: to.GroupID}
	sendID := to.RecvID
	switch {
	case to.GroupID != "":
		p.session, sendID = sessionGroup, q.sendID
		if sendID == "" {
			return badArgs("missing sendID")
		}
	case to.RecvID == "":
		return badArgs("missing recvID or GroupID")
	}
	sender, err := c.Engine.Sender(c.Context, c.Caller.App, sendID)
	if err != nil {
		return err
	}
	m := meta{senderPlatformID: platformAdmin, msgFrom: fromUser, ex: q.ex, push: q.push, hasPush: q.hasPush}
	m.senderNickname, m.senderFaceURL = sender.Nickname, sender.Avatar
	if p.clientMsgID, err = x.name(&m); err != nil {
		return err
	}
	p.sender = core.Caller{App: c.Caller.App, User: sender}
	content := contentFrom(typeMarkdown, appendText(nil, wire.Bytes(q.content)))
	content.Meta = x.metadata(&m)
	p.out = core.Outgoing{Content: content, Seen: true}
	result, err := p.deliver(c, to.SendID)
	if err == nil {
		*a = sendAnswer{serverMsgID: result.serverMsgID, clientMsgID: result.clientMsgID, time: result.time}
	}
	return err
}
