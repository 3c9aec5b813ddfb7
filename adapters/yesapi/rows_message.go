package yesapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// The business results of the message services. The platform publishes the numbers and their meanings, not the texts.
func notInstalled() wire.Outcome {
	return wire.Outcome{Code: core.Unsupported, Number: 9, ZH: "插件未安装", EN: "the plug-in is not installed"}
}

func sendOutcomes() []wire.Outcome {
	return []wire.Outcome{
		{Code: core.Conflict, Field: core.FieldRecipient, Number: 1, ZH: "不能发送给自己", EN: "a message can not be sent to oneself"},
		{Code: core.NotFound, Field: core.FieldRecipient, Number: 2, ZH: "发送失败，接收会员不存在", EN: "there is no such recipient"},
		{Code: core.Invalid, Field: core.FieldContent, Number: 2, ZH: "发送失败，chat_message_data缺少当前消息类型需要的字段", EN: "chat_message_data lacks what its type needs"},
		{Code: core.TooLarge, Field: core.FieldContent, Number: 2, ZH: "发送失败，chat_message_data过大", EN: "chat_message_data is too large"},
		notInstalled(),
	}
}

type sendQuery struct {
	to, kind, data string
	recipient      [1]string // what the operation makes of to
}

type sendAnswer struct{ id int64 }

func sendRow() *wire.Row[sendQuery, sendAnswer] {
	return &wire.Row[sendQuery, sendAnswer]{
		Name: "App.Market_ChatMessage.Send", ZH: "发送私信，非好友也可以发送", EN: "Sends a message to a member", Access: wire.Member,
		Outcomes: sendOutcomes(),
		Params: []wire.Param[sendQuery]{
			wire.String("other_uuid", func(q *sendQuery) *string { return &q.to }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("接收私信的会员uuid", "The recipient's uuid"),
			wire.Enum("chat_message_type", func(q *sendQuery) *string { return &q.kind }, php.MessageTypes()...).Must().Or("text").Means("私信消息类型", "The message's type"),
			wire.JSON("chat_message_data", func(q *sendQuery) *string { return &q.data }).Must().Means("私信消息数据，JSON格式", "The message as a JSON object"),
		},
		Answer: []wire.Field[sendAnswer]{
			wire.Number("chat_message_id", func(a *sendAnswer) *int64 { return &a.id }).Means("消息ID", "The message's id; not in the platform's document"),
		},
		Do: send,
	}
}

type multiQuery struct {
	to         []string
	kind, data string
}

type multiAnswer struct{ detail []delivery }

type delivery struct {
	to string
	id int64
}

func multiSendRow(maxRecipients int) *wire.Row[multiQuery, multiAnswer] {
	return &wire.Row[multiQuery, multiAnswer]{
		Name: "App.Market_ChatMessage.MultiSend", ZH: "给多个会员批量群发私信", EN: "Sends a message to several members", Access: wire.Member,
		Outcomes: sendOutcomes(),
		Params: []wire.Param[multiQuery]{
			wire.List("other_uuid", func(q *multiQuery) *[]string { return &q.to }).Must().AtLeast(1).AtMost(int64(maxRecipients)).Means("接收私信的会员uuid，多个uuid用英文逗号分割", "The recipients' uuids, joined with commas"),
			wire.Enum("chat_message_type", func(q *multiQuery) *string { return &q.kind }, php.MessageTypes()...).Must().Or("text").Means("私信消息类型", "The message's type"),
			wire.JSON("chat_message_data", func(q *multiQuery) *string { return &q.data }).Must().Means("私信消息数据，JSON格式", "The message as a JSON object"),
		},
		Answer: []wire.Field[multiAnswer]{
			wire.Objects("detail", func(a *multiAnswer) *[]delivery { return &a.detail },
				wire.Text("other_uuid", func(d *delivery) *string { return &d.to }).Means("接收私信的会员ID", "The recipient's uuid"),
				wire.Number("chat_message_id", func(d *delivery) *int64 { return &d.id }).Means("消息ID", "The message's id"),
			).Means("批量发送结果详情", "One entry for each delivered recipient, in the order of the request"),
		},
		Do:      multiSend,
		Recycle: func(a *multiAnswer) { a.detail = a.detail[:0] },
	}
}

type takeQuery struct {
	other, last, direction string
	perpage                int64
}

type takeAnswer struct {
	list     []messageItem
	unread   int64
	messages []core.Message
	data     []byte // what the items refer to where a message had to be rendered
}

type messageItem struct {
	id       int64
	peer     string
	data     []byte
	kind, io string
	read     int64
	added    wire.Moment
}

// takeRow declares last_id as the document does: a string whose least length is zero.
func takeRow() *wire.Row[takeQuery, takeAnswer] {
	return &wire.Row[takeQuery, takeAnswer]{
		Name: "App.Market_ChatMessage.TakeMessageList", ZH: "获取与某一位会员的单人会话消息列表", EN: "Lists the messages of one conversation", Access: wire.Member,
		Outcomes: []wire.Outcome{
			{Code: core.Conflict, Field: core.FieldRecipient, Number: 1, ZH: "不能和自己聊天", EN: "nobody has a conversation with oneself"},
			notInstalled(),
		},
		Params: []wire.Param[takeQuery]{
			wire.String("other_uuid", func(q *takeQuery) *string { return &q.other }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("私信对话的会员uuid", "The peer's uuid"),
			wire.String("last_id", func(q *takeQuery) *string { return &q.last }).Or("0").AtLeast(0).Means("上一次的消息ID", "The id of a message already held"),
			wire.Enum("direction", func(q *takeQuery) *string { return &q.direction }, "up", "down").Or("down").Means("up取旧消息，down取最新消息", "up lists older messages, down newer ones"),
			wire.Int("perpage", func(q *takeQuery) *int64 { return &q.perpage }).Or("20").AtLeast(1).AtMost(100).Means("分页数量", "The size of a page"),
		},
		Answer: []wire.Field[takeAnswer]{
			wire.Objects("list", func(a *takeAnswer) *[]messageItem { return &a.list },
				wire.Number("id", func(i *messageItem) *int64 { return &i.id }).Means("消息ID", "The message's id"),
				wire.Text("chat_message_to_uuid", func(i *messageItem) *string { return &i.peer }).Means("当前会话的会员uuid", "The peer's uuid, in both directions"),
				wire.Raw("chat_message_data", func(i *messageItem) *[]byte { return &i.data }).Means("消息数据结构体", "The message"),
				wire.Text("chat_message_type", func(i *messageItem) *string { return &i.kind }).Means("消息类型", "The message's type"),
				wire.Number("chat_message_is_read", func(i *messageItem) *int64 { return &i.read }).Means("是否已读，0未读1已读", "0 unread, 1 read"),
				wire.Text("chat_message_io", func(i *messageItem) *string { return &i.io }).Means("消息方向，in表示自己发出的，out表示收到的", "in is sent by the caller, out is received, unless the app's io says natural"),
				wire.Clock("add_time", func(i *messageItem) *wire.Moment { return &i.added }).Means("消息发送时间", "When it was sent"),
			).Means("消息列表", "The messages, ascending by id unless the app's list_order says desc"),
			wire.Number("unread_num", func(a *takeAnswer) *int64 { return &a.unread }).Means("未读消息数量", "Unread messages from the peer, paging aside"),
		},
		Do: take,
		Recycle: func(a *takeAnswer) {
			clear(a.messages)
			*a = takeAnswer{list: a.list[:0], messages: a.messages[:0], data: a.data[:0]}
		},
	}
}

type markQuery struct {
	other string
	id    int64
}

type markAnswer struct{ read int64 }

func markRow() *wire.Row[markQuery, markAnswer] {
	return &wire.Row[markQuery, markAnswer]{
		Name: "App.Market_ChatMessage.MarkAsReaded", ZH: "把会话或某一条消息置为已读", EN: "Marks a conversation or one message as read", Access: wire.Member,
		Outcomes: []wire.Outcome{notInstalled()},
		Params: []wire.Param[markQuery]{
			wire.String("other_uuid", func(q *markQuery) *string { return &q.other }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("私信对话的会员uuid", "The peer's uuid"),
			wire.Int("chat_message_id", func(q *markQuery) *int64 { return &q.id }).Or("0").AtLeast(0).Means("会话消息ID，为0时表示全部", "The message's id; 0 means the whole conversation"),
		},
		Answer: []wire.Field[markAnswer]{
			wire.Number("readed_num", func(a *markAnswer) *int64 { return &a.read }).Means("本次已标记为已读的数量", "How many were unread before"),
		},
		Do: mark,
	}
}

type chatsQuery struct{ page, perpage int64 }

type chatsAnswer struct {
	list  []chatItem
	total int64
}

type chatItem struct {
	messageItem
	user   chatUser
	unread int64
}

type chatUser struct {
	name string
	ext  []byte
}

// chatsRow keeps the order of the document's sample and adds id and unread_num behind it.
func chatsRow() *wire.Row[chatsQuery, chatsAnswer] {
	return &wire.Row[chatsQuery, chatsAnswer]{
		Name: "App.Market_ChatMessage.GetAllChatList", ZH: "获取和全部人的私信会话列表", EN: "Lists all conversations, newest message first", Access: wire.Member,
		Outcomes: []wire.Outcome{notInstalled()},
		Params: []wire.Param[chatsQuery]{
			wire.Int("page", func(q *chatsQuery) *int64 { return &q.page }).Or("1").AtLeast(1).AtMost(100).Means("第几页", "The page, from 1"),
			wire.Int("perpage", func(q *chatsQuery) *int64 { return &q.perpage }).Or("20").AtLeast(1).AtMost(100).Means("分页数量", "The size of a page"),
		},
		Answer: []wire.Field[chatsAnswer]{
			wire.Objects("list", func(a *chatsAnswer) *[]chatItem { return &a.list },
				wire.Text("chat_message_to_uuid", func(i *chatItem) *string { return &i.peer }).Means("当前会话的会员uuid", "The peer's uuid"),
				wire.Raw("chat_message_data", func(i *chatItem) *[]byte { return &i.data }).Means("消息数据结构体", "The newest message"),
				wire.Text("chat_message_type", func(i *chatItem) *string { return &i.kind }).Means("消息类型", "Its type"),
				wire.Number("chat_message_is_read", func(i *chatItem) *int64 { return &i.read }).Means("是否已读，0未读1已读", "0 unread, 1 read"),
				wire.Text("chat_message_io", func(i *chatItem) *string { return &i.io }).Means("消息方向，in表示自己发出的，out表示收到的", "in is sent by the caller, out is received, unless the app's io says natural"),
				wire.Clock("add_time", func(i *chatItem) *wire.Moment { return &i.added }).Means("消息发送时间", "When it was sent"),
				wire.Object("user", func(i *chatItem) *chatUser { return &i.user },
					wire.Text("username", func(u *chatUser) *string { return &u.name }).Means("用户账号名", "The peer's login name"),
					wire.Raw("ext_info", func(u *chatUser) *[]byte { return &u.ext }).Means("用户扩展信息", "The peer's ext object"),
				).Means("用户信息", "The peer"),
				wire.Number("id", func(i *chatItem) *int64 { return &i.id }).Means("消息ID", "The newest message's id; not in the platform's document"),
				wire.Number("unread_num", func(i *chatItem) *int64 { return &i.unread }).Means("未读消息数量", "Unread messages from the peer; not in the platform's document"),
			).Means("私信聊天列表", "The conversations"),
			wire.Number("total", func(a *chatsAnswer) *int64 { return &a.total }).Means("私信聊天人数", "How many conversations there are in all"),
		},
		Do: chats,
	}
}

type unreadAnswer struct{ unread int64 }

// unreadRow names its number as TakeMessageList does: no published page of the platform names it.
func unreadRow() *wire.Row[nothing, unreadAnswer] {
	return &wire.Row[nothing, unreadAnswer]{
		Name: "App.Market_ChatMessage.GetAllUnreadNum", ZH: "获取和全部人的未读的新消息数量", EN: "Counts the unread messages of all conversations", Access: wire.Member,
		Outcomes: []wire.Outcome{notInstalled()},
		Answer: []wire.Field[unreadAnswer]{
			wire.Number("unread_num", func(a *unreadAnswer) *int64 { return &a.unread }).Means("未读消息数量", "How many messages are unread"),
		},
		Do: unread,
	}
}
