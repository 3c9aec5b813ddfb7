package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

type setConversationsQuery struct {
	userIDs []string
	change  conversationChange
	given   bool
}

// conversationChange names a conversation and what to change about it. A member that is absent changes nothing.
type conversationChange struct {
	id              string
	kind            int64
	userID, groupID string

	reception, mention, burnSeconds optional[int64]
	minSeq, maxSeq, destructSeconds optional[int64]
	pinned, private, destruct       optional[bool]
	attached, ex                    optional[string]
}

// optional is a member that may be absent.
type optional[V any] struct {
	value V
	given bool
}

// pointer returns the value, nil if it is absent.
func (o *optional[V]) pointer() *V {
	if !o.given {
		return nil
	}
	return &o.value
}

func optionalInt[T any](name string, at func(*T) *optional[int64]) wire.Param[T] {
	return wire.Int(name, func(q *T) *int64 { return &at(q).value }).Given(func(q *T) *bool { return &at(q).given })
}

func optionalBool[T any](name string, at func(*T) *optional[bool]) wire.Param[T] {
	return wire.Bool(name, func(q *T) *bool { return &at(q).value }).Given(func(q *T) *bool { return &at(q).given })
}

func optionalString[T any](name string, at func(*T) *optional[string]) wire.Param[T] {
	return wire.String(name, func(q *T) *string { return &at(q).value }).Given(func(q *T) *bool { return &at(q).given })
}

func setConversationsRow() *wire.Row[setConversationsQuery, nothing] {
	type change = conversationChange
	return &wire.Row[setConversationsQuery, nothing]{
		Name: "/conversation/set_conversations", ZH: "设置会话", EN: "Changes users' settings of a conversation", Access: wire.Member, Request: "SetConversationsReq",
		Params: []wire.Param[setConversationsQuery]{
			wire.List("userIDs", func(q *setConversationsQuery) *[]string { return &q.userIDs }).Must().Means("用户 ID 列表", "The users"),
			wire.Nested("conversation", func(q *setConversationsQuery) *change { return &q.change },
				wire.String("conversationID", func(c *change) *string { return &c.id }).Means("会话 ID", "The conversation"),
				wire.Int("conversationType", func(c *change) *int64 { return &c.kind }).As("int32").Means("会话类型", "1 single, 3 group, 4 notification"),
				wire.String("userID", func(c *change) *string { return &c.userID }).Means("对方 ID", "The other user"),
				wire.String("groupID", func(c *change) *string { return &c.groupID }).Means("群 ID", "The group"),
				optionalInt("recvMsgOpt", func(c *change) *optional[int64] { return &c.reception }).As("int32").Means("接收选项", "0 receives, 1 does not, 2 quietly"),
				optionalBool("isPinned", func(c *change) *optional[bool] { return &c.pinned }).Means("是否置顶", "Whether it is pinned"),
				optionalString("attachedInfo", func(c *change) *optional[string] { return &c.attached }).Means("附加信息", "The client's own text"),
				optionalBool("isPrivateChat", func(c *change) *optional[bool] { return &c.private }).Means("是否私聊", "Whether messages burn after reading"),
				optionalString("ex", func(c *change) *optional[string] { return &c.ex }).Means("扩展字段", "Free text"),
				optionalInt("burnDuration", func(c *change) *optional[int64] { return &c.burnSeconds }).As("int32").Means("阅后即焚时长（秒）", "Seconds until a message burns"),
				optionalInt("minSeq", func(c *change) *optional[int64] { return &c.minSeq }).Means("最小 seq", "The first seq that is shown"),
				optionalInt("maxSeq", func(c *change) *optional[int64] { return &c.maxSeq }).Means("最大 seq", "The last seq that is shown"),
				optionalInt("groupAtType", func(c *change) *optional[int64] { return &c.mention }).As("int32").Means("@ 类型", "How the user was mentioned"),
				optionalInt("msgDestructTime", func(c *change) *optional[int64] { return &c.destructSeconds }).Means("定期删除周期（秒）", "Seconds after which messages go"),
				optionalBool("isMsgDestruct", func(c *change) *optional[bool] { return &c.destruct }).Means("是否定期删除", "Whether messages go"),
			).Go("ConversationReq").Given(func(q *setConversationsQuery) *bool { return &q.given }).Means("会话", "The conversation and what to change"),
		},
		Outcomes: talkOutcomes(),
		Check:    checkSetConversations,
		Do:       setConversations,
	}
}

func checkSetConversations(q *setConversationsQuery) error {
	switch {
	case len(q.userIDs) == 0:
		return badArgs("userID is empty")
	case !q.given:
		return badArgs("conversation is empty")
	case q.change.kind != sessionSingle && q.change.kind != sessionGroup && q.change.kind != sessionNotification:
		return badArgs("conversationType is invalid")
	case q.change.kind == sessionGroup && q.change.groupID == "":
		return badArgs("groupID is empty")
	case q.change.kind != sessionGroup && q.change.userID == "":
		return badArgs("userID is empty")
	}
	if _, err := globalReception(q.change.reception.value); err != nil {
		return badArgs("recvMsgOpt is invalid")
	}
	return nil
}

// maxSettingUsers bounds how many users one call may set a conversation for.
const maxSettingUsers = 1000

func setConversations(c *wire.Call, q *setConversationsQuery, _ *nothing) error {
	if len(q.userIDs) > maxSettingUsers {
		return badArgs("too many userIDs")
	}
	owners := make([]core.Caller, 0, len(q.userIDs))
	for _, id := range q.userIDs {
		owner, err := ownerOf(c, id)
		if err != nil {
			return err
		}
		owners = append(owners, owner)
	}
	change, err := q.change.change()
	if err != nil {
		return err
	}
	for _, owner := range owners {
		ref := core.Ref{Peer: q.change.userID}
		switch q.change.kind {
		case sessionGroup:
			ref = core.Ref{Group: q.change.groupID}
		case sessionNotification:
			ref.Channel = core.Notices
		}
		if err := c.Engine.ChangeThread(c.Context, owner, ref, change); err != nil {
			return err
		}
	}
	return nil
}

func (q *conversationChange) change() (core.ThreadChange, error) {
	change := core.ThreadChange{
		Pinned: q.pinned.pointer(), Private: q.private.pointer(), Destruct: q.destruct.pointer(),
		Attached: q.attached.pointer(), Extra: q.ex.pointer(), Mention: narrow(&q.mention), BurnSeconds: narrow(&q.burnSeconds),
		MinSeq: q.minSeq.pointer(), MaxSeq: q.maxSeq.pointer(), DestructSeconds: q.destructSeconds.pointer(),
	}
	if q.reception.given {
		r, err := globalReception(q.reception.value)
		if err != nil {
			return change, err
		}
		change.Reception = &r
	}
	return change, nil
}

// narrow returns a number that was decoded within 32 bits, nil if it is absent.
func narrow(o *optional[int64]) *int32 {
	if !o.given {
		return nil
	}
	n := int32(o.value) // the parameter's Go type bounds it
	return &n
}
