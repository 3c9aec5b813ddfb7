package openim

import "parley/adapters/wire"

type revokeQuery struct {
	conversationID, userID string
	seq                    int64
}

func revokeRow() *wire.Row[revokeQuery, nothing] {
	return &wire.Row[revokeQuery, nothing]{
		Name: "/msg/revoke_msg", ZH: "撤回消息", EN: "Takes a message back", Access: wire.Member, Request: "RevokeMsgReq",
		Params: []wire.Param[revokeQuery]{
			wire.String("conversationID", func(q *revokeQuery) *string { return &q.conversationID }).Must().Means("会话 ID", "The conversation"),
			wire.Int("seq", func(q *revokeQuery) *int64 { return &q.seq }).Must().Means("消息 seq", "The message's seq"),
			wire.String("userID", func(q *revokeQuery) *string { return &q.userID }).Must().Means("撤回者 ID", "Who takes it back"),
		},
		Check: func(q *revokeQuery) error {
			switch {
			case q.conversationID == "":
				return badArgs("conversationID is empty")
			case q.seq < 1:
				return badArgs("seq is invalid")
			}
			return userIDGiven(q.userID)
		},
		Do: revoke,
	}
}

type deleteQuery struct {
	userID, conversationID string
	conversationIDs        []string
	seqs                   []int64
	timestamp              int64
	sync                   syncOptions
}

// syncOptions say for whom something is deleted.
type syncOptions struct{ self, other bool }

func syncParam() wire.Param[deleteQuery] {
	return wire.Nested("deleteSyncOpt", func(q *deleteQuery) *syncOptions { return &q.sync },
		wire.Bool("IsSyncSelf", func(o *syncOptions) *bool { return &o.self }).Means("同步到自己的其他端", "Also on the user's other devices"),
		wire.Bool("IsSyncOther", func(o *syncOptions) *bool { return &o.other }).Means("对所有人删除", "For everybody"),
	).Go("DeleteSyncOpt").Means("同步选项", "For whom")
}

func deletingUserParam() wire.Param[deleteQuery] {
	return wire.String("userID", func(q *deleteQuery) *string { return &q.userID }).Must().Means("用户 ID", "The user")
}

func deletedIDsParam() wire.Param[deleteQuery] {
	return wire.List("conversationIDs", func(q *deleteQuery) *[]string { return &q.conversationIDs }).Must().Means("会话 ID 列表", "The conversations")
}

func deletedIDParam() wire.Param[deleteQuery] {
	return wire.String("conversationID", func(q *deleteQuery) *string { return &q.conversationID }).Must().Means("会话 ID", "The conversation")
}

func deletedSeqsParam() wire.Param[deleteQuery] {
	return wire.Ints("seqs", func(q *deleteQuery) *[]int64 { return &q.seqs }).Must().Means("消息 seq 列表", "The seqs")
}

func (q *deleteQuery) conversationsGiven() error {
	if len(q.conversationIDs) == 0 {
		return badArgs("conversationIDs is empty")
	}
	return nil
}

func (q *deleteQuery) seqsGiven() error {
	switch {
	case q.conversationID == "":
		return badArgs("conversationID is empty")
	case len(q.seqs) == 0:
		return badArgs("seqs is empty")
	}
	return nil
}

func clearConversationsRow() *wire.Row[deleteQuery, nothing] {
	return &wire.Row[deleteQuery, nothing]{
		Name: "/msg/clear_conversation_msg", ZH: "清空会话消息", EN: "Empties conversations", Access: wire.Member, Request: "ClearConversationsMsgReq",
		Params: []wire.Param[deleteQuery]{deletedIDsParam(), deletingUserParam(), syncParam()},
		Check: func(q *deleteQuery) error {
			if err := q.conversationsGiven(); err != nil {
				return err
			}
			return userIDGiven(q.userID)
		},
		Do: clearConversations,
	}
}

func clearAllRow() *wire.Row[deleteQuery, nothing] {
	return &wire.Row[deleteQuery, nothing]{
		Name: "/msg/user_clear_all_msg", ZH: "清空用户的全部消息", EN: "Empties all of a user's conversations", Access: wire.Member, Request: "UserClearAllMsgReq",
		Params: []wire.Param[deleteQuery]{deletingUserParam(), syncParam()},
		Check:  func(q *deleteQuery) error { return userIDGiven(q.userID) },
		Do:     clearAll,
	}
}

func deleteMessagesRow() *wire.Row[deleteQuery, nothing] {
	return &wire.Row[deleteQuery, nothing]{
		Name: "/msg/delete_msgs", ZH: "删除消息", EN: "Deletes messages", Access: wire.Member, Request: "DeleteMsgsReq",
		Params: []wire.Param[deleteQuery]{deletedIDParam(), deletedSeqsParam(), deletingUserParam(), syncParam()},
		Check: func(q *deleteQuery) error {
			if err := q.seqsGiven(); err != nil {
				return err
			}
			return userIDGiven(q.userID)
		},
		Do: deleteMessages,
	}
}

func deleteBySeqRow() *wire.Row[deleteQuery, nothing] {
	return &wire.Row[deleteQuery, nothing]{
		Name: "/msg/delete_msg_phsical_by_seq", ZH: "按 seq 物理删除消息", EN: "Deletes messages for everybody, by seq", Access: wire.Operator, Request: "DeleteMsgPhysicalBySeqReq",
		Params: []wire.Param[deleteQuery]{deletedIDParam(), deletedSeqsParam()},
		Check:  func(q *deleteQuery) error { return q.seqsGiven() },
		Do:     deleteBySeq,
	}
}

func deleteByTimeRow() *wire.Row[deleteQuery, nothing] {
	return &wire.Row[deleteQuery, nothing]{
		Name: "/msg/delete_msg_physical", ZH: "按时间物理删除消息", EN: "Deletes messages for everybody, by time", Access: wire.Operator, Request: "DeleteMsgPhysicalReq",
		Params: []wire.Param[deleteQuery]{
			deletedIDsParam(),
			wire.Int("timestamp", func(q *deleteQuery) *int64 { return &q.timestamp }).Means("删除此时间（毫秒）之前的消息", "Deletes what is older, in milliseconds"),
		},
		Check: func(q *deleteQuery) error { return q.conversationsGiven() },
		Do:    deleteByTime,
	}
}
