package phalapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// The service names of the table.
const (
	serviceSend     = "Platform.ChatMessage.Send"
	serviceBulkSend = "Platform.ChatMessage.BulkSend"
	serviceList     = "Platform.ChatMessage.GetMessageList"
	serviceApply    = "App.Auth.ApplyToken"
	serviceRefresh  = "App.Auth.RefreshAccessToken"
	serviceIndex    = "App.Site.Index"
)

// table is every service of the dialect. Server and client build their own.
type table struct {
	index    *wire.Row[indexQuery, indexAnswer]
	apply    *wire.Row[applyQuery, tokenAnswer]
	refresh  *wire.Row[refreshQuery, tokenAnswer]
	send     *wire.Row[sendQuery, sendAnswer]
	bulkSend *wire.Row[bulkQuery, bulkAnswer]
	list     *wire.Row[listQuery, listAnswer]
}

func newTable(maxBody, maxRecipients int) *table {
	return &table{
		index:    indexRow(),
		apply:    applyRow(),
		refresh:  refreshRow(),
		send:     sendRow(maxBody),
		bulkSend: bulkSendRow(maxBody, maxRecipients),
		list:     listRow(),
	}
}

func (t *table) endpoints() []wire.Endpoint {
	return []wire.Endpoint{t.index, t.apply, t.refresh, t.send, t.bulkSend, t.list}
}

// outcomes are the framework's numbers for core's faults, the same at every service: the dialect has no numbers of an
// endpoint's own.
func outcomes() []wire.Outcome {
	return []wire.Outcome{
		{Code: core.Conflict, Field: core.FieldRecipient, Number: 400, ZH: "不能发送给自己", EN: "a message can not be sent to oneself"},
		{Code: core.NotFound, Field: core.FieldRecipient, Number: 400, ZH: "接收会员不存在", EN: "the receiving member does not exist"},
		{Code: core.Invalid, Field: core.FieldContent, Number: 400, ZH: "chat_message_data无法匹配#regex", EN: "chat_message_data can not match #regex"},
	}
}

type indexQuery struct{ username string }

type indexAnswer struct {
	title, version string
	time           int64
}

// indexRow is the framework's default service; its answer is captured from the framework.
func indexRow() *wire.Row[indexQuery, indexAnswer] {
	return &wire.Row[indexQuery, indexAnswer]{
		Name: serviceIndex, ZH: "默认接口服务", EN: "The default service: says hello and tells the version",
		Params: []wire.Param[indexQuery]{
			wire.String("username", func(q *indexQuery) *string { return &q.username }).Or("PhalApi").Means("用户名", "Whom to greet"),
		},
		Answer: []wire.Field[indexAnswer]{
			wire.Text("title", func(a *indexAnswer) *string { return &a.title }).Means("标题", "The greeting"),
			wire.Text("version", func(a *indexAnswer) *string { return &a.version }).Means("版本", "The framework's version"),
			wire.Number("time", func(a *indexAnswer) *int64 { return &a.time }).Means("当前时间戳", "Unix seconds"),
		},
		Do: index,
	}
}

type applyQuery struct {
	key, secret string
	uid         int64
}

type refreshQuery struct{ token string }

type tokenAnswer struct {
	token  string
	at     int64
	expire wire.Moment
}

func tokenFields() []wire.Field[tokenAnswer] {
	return []wire.Field[tokenAnswer]{
		wire.Text("access_token", func(a *tokenAnswer) *string { return &a.token }).Means("访问令牌，失败时为空", "The access token, empty on failure"),
		wire.Number("expire_at", func(a *tokenAnswer) *int64 { return &a.at }).Means("过期时间戳", "When it expires, in Unix seconds"),
		wire.Clock("expire_time", func(a *tokenAnswer) *wire.Moment { return &a.expire }).Means("过期时间", "The same as a wall clock"),
	}
}

func applyRow() *wire.Row[applyQuery, tokenAnswer] {
	return &wire.Row[applyQuery, tokenAnswer]{
		Name: serviceApply, ZH: "申请访问令牌", EN: "Gives an access token for an app, or for one of its users",
		Params: []wire.Param[applyQuery]{
			wire.String("app_key", func(q *applyQuery) *string { return &q.key }).Must().Means("应用的app_key", "The app's key"),
			wire.String("app_secret", func(q *applyQuery) *string { return &q.secret }).Must().Means("应用密钥", "The app's secret"),
			wire.Int("uid", func(q *applyQuery) *int64 { return &q.uid }).Means("会员ID，0表示不指定", "The user's ID; 0 names none"),
		},
		Answer: tokenFields(),
		Do:     applyToken,
	}
}

func refreshRow() *wire.Row[refreshQuery, tokenAnswer] {
	return &wire.Row[refreshQuery, tokenAnswer]{
		Name: serviceRefresh, ZH: "刷新访问令牌", EN: "Gives a new access token for one that is still valid",
		Params: []wire.Param[refreshQuery]{
			wire.String("access_token", func(q *refreshQuery) *string { return &q.token }).Must().Means("仍有效的访问令牌", "The valid token"),
		},
		Answer: tokenFields(),
		Do:     refreshToken,
	}
}

type sendQuery struct {
	to, data, kind, ext string
	recipient           [1]string // what the operation makes of to
}

type sendAnswer struct{ id int64 }

func sendRow(maxBody int) *wire.Row[sendQuery, sendAnswer] {
	return &wire.Row[sendQuery, sendAnswer]{
		Name: serviceSend, ZH: "发送私信", EN: "Sends a message to one member", Access: wire.Member, Outcomes: outcomes(),
		Params: []wire.Param[sendQuery]{
			wire.String("chat_message_to_uuid", func(q *sendQuery) *string { return &q.to }).Must().Means("对话的uuid", "The recipient's uuid"),
			wire.String("chat_message_data", func(q *sendQuery) *string { return &q.data }).Must().AtMost(int64(maxBody)).Means("私信消息数据", "The message"),
			wire.Enum("chat_message_type", func(q *sendQuery) *string { return &q.kind }, php.MessageTypes()...).Must().Means("私信消息类型", "The message's type"),
			wire.String("ext_data", func(q *sendQuery) *string { return &q.ext }).Means("系统保留字段，扩展字段", "Reserved by the platform"),
		},
		Answer: []wire.Field[sendAnswer]{
			wire.Decimal("id", func(a *sendAnswer) *int64 { return &a.id }).Means("消息ID", "The message's id"),
		},
		Do: send,
	}
}

type bulkQuery struct {
	to              []string
	data, kind, ext string
}

type bulkAnswer struct {
	id    int64
	items []bulkItem
}

type bulkItem struct {
	to string
	id int64
}

// bulkSendRow answers with the id of both of the document's samples and with the item list of its table of fields.
func bulkSendRow(maxBody, maxRecipients int) *wire.Row[bulkQuery, bulkAnswer] {
	return &wire.Row[bulkQuery, bulkAnswer]{
		Name: serviceBulkSend, ZH: "群发私信", EN: "Sends a message to several members", Access: wire.Member, Outcomes: outcomes(),
		Params: []wire.Param[bulkQuery]{
			wire.List("chat_message_to_uuid", func(q *bulkQuery) *[]string { return &q.to }).Must().AtMost(int64(maxRecipients)).Means("对话的uuid，多个使用英文,分隔", "The recipients' uuids, joined with commas"),
			wire.String("chat_message_data", func(q *bulkQuery) *string { return &q.data }).Must().AtMost(int64(maxBody)).Means("私信消息数据", "The message"),
			wire.Enum("chat_message_type", func(q *bulkQuery) *string { return &q.kind }, php.MessageTypes()...).Must().Means("私信消息类型", "The message's type"),
			wire.String("ext_data", func(q *bulkQuery) *string { return &q.ext }).Means("系统保留字段，扩展字段", "Reserved by the platform"),
		},
		Answer: []wire.Field[bulkAnswer]{
			wire.Decimal("id", func(a *bulkAnswer) *int64 { return &a.id }).Means("最后一条消息的ID", "The id of the last delivered message"),
			wire.Objects("item", func(a *bulkAnswer) *[]bulkItem { return &a.items },
				wire.Text("other_uuid", func(i *bulkItem) *string { return &i.to }).Means("接收私信的会员ID", "The recipient's uuid"),
				wire.Decimal("chat_message_id", func(i *bulkItem) *int64 { return &i.id }).Means("消息ID", "The message's id"),
			).Means("批量发送结果详情", "One entry for each delivered recipient, in the order of the request"),
		},
		Do:      bulkSend,
		Recycle: func(a *bulkAnswer) { *a = bulkAnswer{items: a.items[:0]} },
	}
}

type listQuery struct {
	peer      string
	last      int64
	direction string
	perpage   int64
}

type listAnswer struct {
	items    []listItem
	messages []core.Message
	text     []byte // what items refer to where a message had to be rendered
}

type listItem struct {
	id             int64
	owner, peer    string
	kind, data, io string
	read           int64
	added          wire.Moment
}

// listRow keeps the order of the document's sample, whose items carry a uuid that its table of fields lacks.
func listRow() *wire.Row[listQuery, listAnswer] {
	return &wire.Row[listQuery, listAnswer]{
		Name: serviceList, ZH: "获取单人会话消息列表", EN: "Lists the messages of one conversation, or of all", Access: wire.Member, Outcomes: outcomes(),
		Params: []wire.Param[listQuery]{
			wire.String("chat_message_to_uuid", func(q *listQuery) *string { return &q.peer }).AtLeast(32).AtMost(32).Means("私信对话的会员uuid", "The peer's uuid; all conversations without it"),
			wire.Int("last_id", func(q *listQuery) *int64 { return &q.last }).Or("0").AtLeast(0).Means("上一次的消息ID", "The id of a message already held"),
			wire.Enum("direction", func(q *listQuery) *string { return &q.direction }, "up", "down").Means("up取旧消息，down取最新消息", "up lists older messages, down newer ones"),
			wire.Int("perpage", func(q *listQuery) *int64 { return &q.perpage }).Or("20").AtLeast(1).AtMost(100).Means("分页数量", "The size of a page"),
		},
		Answer: []wire.Field[listAnswer]{
			wire.Objects("items", func(a *listAnswer) *[]listItem { return &a.items },
				wire.Number("id", func(i *listItem) *int64 { return &i.id }).Means("会话消息ID", "The message's id"),
				wire.Text("uuid", func(i *listItem) *string { return &i.owner }).Means("当前会员uuid", "The caller's uuid"),
				wire.Text("chat_message_to_uuid", func(i *listItem) *string { return &i.peer }).Means("当前会话的会员uuid", "The peer's uuid, in both directions"),
				wire.Text("chat_message_type", func(i *listItem) *string { return &i.kind }).Means("消息类型", "The message's type"),
				wire.Text("chat_message_data", func(i *listItem) *string { return &i.data }).Means("消息数据", "The message"),
				wire.Number("chat_message_is_read", func(i *listItem) *int64 { return &i.read }).Means("是否已读，0未读1已读", "0 unread, 1 read"),
				wire.Text("chat_message_io", func(i *listItem) *string { return &i.io }).Means("消息方向，in表示自己发出的，out表示收到的", "in is sent by the caller, out is received, unless the app's io says natural"),
				wire.Clock("add_time", func(i *listItem) *wire.Moment { return &i.added }).Means("消息发送时间", "When it was sent"),
			).Means("会话消息列表", "The messages, ascending by id"),
		},
		Do: list,
		Recycle: func(a *listAnswer) {
			clear(a.messages)
			*a = listAnswer{items: a.items[:0], messages: a.messages[:0], text: a.text[:0]}
		},
	}
}
