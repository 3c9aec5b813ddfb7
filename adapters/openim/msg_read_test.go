package openim_test

import (
	"fmt"
	"testing"
)

const (
	markPath    = "/msg/mark_msgs_as_read"
	markAllPath = "/msg/mark_conversation_as_read"
	setReadPath = "/msg/set_conversation_has_read_seq"
)

func TestReadRefusals(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "c")
	s.talk("a", "b", "1", "2")
	beyond, unknown := badArgs("hasReadSeq must not be bigger than maxSeq"), refused(1004, "RecordNotFoundError", "record not found")
	for _, tt := range []struct{ path, body, want string }{
		{markPath, `{}`, badArgs("conversationID is empty")},
		{markPath, `{"conversationID":"si_a_b"}`, badArgs("seqs is empty")},
		{markPath, `{"conversationID":"si_a_b","seqs":null}`, badArgs("seqs is empty")},
		{markPath, `{"conversationID":"si_a_b","seqs":[1]}`, badArgs("userID is empty")},
		{markPath, `{"conversationID":"si_a_b","seqs":[1,0],"userID":"b"}`, badArgs("seqs has 0 value is invalid")},
		{markPath, `{"conversationID":"si_a_b","seqs":[1,3],"userID":"b"}`, beyond},
		{markPath, `{"conversationID":"si_a_c","seqs":[1],"userID":"b"}`, unknown},
		{markPath, `{"conversationID":"si_b_c","seqs":[1],"userID":"b"}`, beyond},
		{markPath, `{"conversationID":"sg_g","seqs":[1],"userID":"b"}`, unknown},
		{markPath, `{"conversationID":"si_a_b","seqs":[1],"userID":"nobody"}`, unknown},
		{markAllPath, `{}`, badArgs("conversationID is empty")},
		{markAllPath, `{"conversationID":"si_a_b"}`, badArgs("userID is empty")},
		{markAllPath, `{"conversationID":"si_a_b","userID":"b"}`, badArgs("hasReadSeq is invalid")},
		{markAllPath, `{"conversationID":"si_a_b","userID":"b","hasReadSeq":-1}`, badArgs("hasReadSeq is invalid")},
		{markAllPath, `{"conversationID":"si_a_b","userID":"b","hasReadSeq":3}`, beyond},
		{setReadPath, `{}`, badArgs("conversationID is empty")},
		{setReadPath, `{"conversationID":"si_a_b","userID":"b","hasReadSeq":3}`, beyond},
	} {
		s.gives(tt.path, tt.body, tt.want)
	}
	s.hasRead("b", "si_a_b", 0, 2)
}

func TestReadState(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	for range 2 {
		s.talk("a", "b", "from a", "from a") // 1 and 2, 4 and 5
		s.talk("b", "a", "from b")           // 3, 6
	}
	const single = "si_a_b"
	mark := func(path, user, conversation, how string) {
		t.Helper()
		s.done(path, fmt.Sprintf(`{"conversationID":%q,"userID":%q,%s}`, conversation, user, how))
	}
	// What one has sent oneself is read, and so is what was there before it.
	s.hasRead("b", single, 6, 6)
	s.hasRead("a", single, 5, 6)
	mark(setReadPath, "b", single, `"hasReadSeq":1`)
	s.hasRead("b", single, 1, 6)
	mark(markAllPath, "b", single, `"hasReadSeq":4,"seqs":[]`)
	s.hasRead("b", single, 4, 6)
	mark(markAllPath, "b", single, `"hasReadSeq":1`) // never backwards
	s.hasRead("b", single, 4, 6)
	mark(markPath, "b", single, `"seqs":[]`)
	s.hasRead("b", single, 4, 6)
	mark(markPath, "b", single, `"seqs":[5]`)
	s.hasRead("b", single, 6, 6)
	mark(setReadPath, "b", single, `"hasReadSeq":2,"noNotification":true`) // backwards
	if unread := s.sorted("b").UnreadTotal; unread != 2 {
		t.Errorf("%d unread", unread)
	}
	s.hasRead("a", single, 5, 6) // the other side has its own
	s.deliver(groupText("a", "g", "1"))
	s.deliver(groupText("a", "g", "2"))
	s.hasRead("b", "sg_g", 0, 2)
	mark(markAllPath, "b", "sg_g", `"hasReadSeq":2`)
	mark(markAllPath, "b", "sg_g", `"hasReadSeq":1`)
	s.hasRead("b", "sg_g", 2, 2)
	mark(setReadPath, "b", "sg_g", `"hasReadSeq":1`)
	s.hasRead("b", "sg_g", 1, 2)
	s.deliver(groupText("b", "g", "3"))
	s.hasRead("b", "sg_g", 3, 3) // the sender's own moves with what it sends
	s.hasRead("a", "sg_g", 2, 3)
}

func TestIsRead(t *testing.T) {
	s := newStage(t, "a", "b")
	s.talk("a", "b", "1", "2")
	s.done(markPath, `{"conversationID":"si_a_b","userID":"b","seqs":[1]}`)
	for _, user := range []string{"a", "b"} {
		m := s.pull(user, "si_a_b", 1, 2, 2, 0).Msgs
		if len(m) != 2 || !m[0].IsRead || m[1].IsRead {
			t.Errorf("%s sees %+v", user, m)
		}
	}
}

func TestReadAndNewestSeqs(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a")
	s.talk("a", "b", "1", "2")
	s.talk("c", "a", "3")
	s.done("/conversation/set_conversations", `{"userIDs":["a"],"conversation":{"conversationType":1,"userID":"b","isPinned":true}}`)
	const path = "/msg/get_conversations_has_read_and_max_seq"
	ab, ac := `"si_a_b":{"maxSeq":2,"hasReadSeq":2,"maxSeqTime":1795201811001}`, `"si_a_c":{"maxSeq":1,"hasReadSeq":0,"maxSeqTime":1795201811002}`
	group := `"sg_g":{"maxSeq":0,"hasReadSeq":0,"maxSeqTime":0}`
	for body, want := range map[string]string{
		`{"userID":"a"}`:                                                  `{"seqs":{` + group + `,` + ab + `,` + ac + `},"pinnedConversationIDs":null}`,
		`{"userID":"a","conversationIDs":[]}`:                             `{"seqs":{` + group + `,` + ab + `,` + ac + `},"pinnedConversationIDs":null}`,
		`{"userID":"a","conversationIDs":["si_a_c","x"]}`:                 `{"seqs":{` + ac + `},"pinnedConversationIDs":null}`,
		`{"userID":"a","conversationIDs":["x"]}`:                          `{"seqs":null,"pinnedConversationIDs":null}`,
		`{"userID":"a","returnPinned":true,"conversationIDs":["si_a_b"]}`: `{"seqs":{` + ab + `},"pinnedConversationIDs":["si_a_b"]}`,
		`{"userID":"imAdmin","returnPinned":true}`:                        `{"seqs":null,"pinnedConversationIDs":null}`,
	} {
		s.gives(path, body, with(want))
	}
	s.gives(path, `{}`, badArgs("userID is empty"))
}
