package openim

import "parley/adapters/wire"

type markQuery struct {
	conversationID, userID string
	readSeq                int64
	seqs                   []int64
	seqsGiven              bool
	silent                 bool
}

func (q *markQuery) conversation() error {
	switch {
	case q.conversationID == "":
		return badArgs("conversationID is empty")
	case q.userID == "":
		return badArgs("userID is empty")
	}
	return nil
}

func markParams(more ...wire.Param[markQuery]) []wire.Param[markQuery] {
	return append([]wire.Param[markQuery]{
		wire.String("conversationID", func(q *markQuery) *string { return &q.conversationID }).Must().Means("会话 ID", "The conversation"),
		wire.String("userID", func(q *markQuery) *string { return &q.userID }).Must().Means("用户 ID", "The user"),
	}, more...)
}

func markSeqsParam() wire.Param[markQuery] {
	return wire.Ints("seqs", func(q *markQuery) *[]int64 { return &q.seqs }).Given(func(q *markQuery) *bool { return &q.seqsGiven }).Means("消息 seq 列表", "The seqs")
}

func readSeqParam() wire.Param[markQuery] {
	return wire.Int("hasReadSeq", func(q *markQuery) *int64 { return &q.readSeq }).Means("已读到的 seq", "The seq up to which everything is read")
}

func markMessagesRow() *wire.Row[markQuery, nothing] {
	return &wire.Row[markQuery, nothing]{
		Name: "/msg/mark_msgs_as_read", ZH: "标记消息已读", EN: "Marks messages as read", Access: wire.Member, Request: "MarkMsgsAsReadReq",
		Params: markParams(markSeqsParam()),
		Check:  checkMarkMessages,
		Do:     markMessages,
	}
}

func markConversationRow() *wire.Row[markQuery, nothing] {
	return &wire.Row[markQuery, nothing]{
		Name: "/msg/mark_conversation_as_read", ZH: "标记会话已读", EN: "Marks a conversation as read", Access: wire.Member, Request: "MarkConversationAsReadReq",
		Params: markParams(readSeqParam(), markSeqsParam()),
		Check:  checkReadSeq,
		Do:     markConversation,
	}
}

func setReadSeqRow() *wire.Row[markQuery, nothing] {
	return &wire.Row[markQuery, nothing]{
		Name: "/msg/set_conversation_has_read_seq", ZH: "设置会话已读 seq，可后退", EN: "Sets how far a conversation is read, also backwards",
		Access: wire.Member, Request: "SetConversationHasReadSeqReq",
		Params: markParams(readSeqParam(), wire.Bool("noNotification", func(q *markQuery) *bool { return &q.silent }).Means("不通知其他端", "Does not tell other devices")),
		Check:  checkReadSeq,
		Do:     setReadSeq,
	}
}

type readSeqsQuery struct {
	userID          string
	conversationIDs []string
	pinned          bool
}

type readSeqsAnswer struct {
	seqs   []readSeqs
	pinned []string
}

type readSeqs struct {
	conversationID           string
	maxSeq, readSeq, maxTime int64
}

func readSeqsRow() *wire.Row[readSeqsQuery, readSeqsAnswer] {
	return &wire.Row[readSeqsQuery, readSeqsAnswer]{
		Name: "/msg/get_conversations_has_read_and_max_seq", ZH: "获取会话的已读与最大 seq", EN: "Tells how far conversations are read",
		Access: wire.Member, Request: "GetConversationsHasReadAndMaxSeqReq",
		Params: []wire.Param[readSeqsQuery]{
			wire.String("userID", func(q *readSeqsQuery) *string { return &q.userID }).Must().Means("用户 ID", "The user"),
			wire.List("conversationIDs", func(q *readSeqsQuery) *[]string { return &q.conversationIDs }).Means("会话 ID，空为全部", "The conversations; all if empty"),
			wire.Bool("returnPinned", func(q *readSeqsQuery) *bool { return &q.pinned }).Means("是否返回置顶会话", "Whether to list those that are pinned"),
		},
		Answer: []wire.Field[readSeqsAnswer]{
			wire.Keyed("seqs", func(a *readSeqsAnswer) *[]readSeqs { return &a.seqs }, func(s *readSeqs) *string { return &s.conversationID },
				wire.Number("maxSeq", func(s *readSeqs) *int64 { return &s.maxSeq }).Means("最大 seq", "The newest seq"),
				wire.Number("hasReadSeq", func(s *readSeqs) *int64 { return &s.readSeq }).Means("已读 seq", "How far it is read"),
				wire.Number("maxSeqTime", func(s *readSeqs) *int64 { return &s.maxTime }).Means("最新消息时间（毫秒）", "The time of the newest message"),
			).OrNull().Means("按会话 ID", "By conversation ID"),
			wire.Strings("pinnedConversationIDs", func(a *readSeqsAnswer) *[]string { return &a.pinned }).Means("置顶会话", "Those that are pinned"),
		},
		Check: func(q *readSeqsQuery) error { return userIDGiven(q.userID) },
		Do:    listReadSeqs,
	}
}
