package openim_test

import (
	"fmt"
	"testing"
)

const (
	clearPath      = "/msg/clear_conversation_msg"
	clearAllPath   = "/msg/user_clear_all_msg"
	deletePath     = "/msg/delete_msgs"
	deleteSeqPath  = "/msg/delete_msg_phsical_by_seq"
	deleteTimePath = "/msg/delete_msg_physical"
	forEverybody   = `,"deleteSyncOpt":{"IsSyncSelf":true,"IsSyncOther":true}`
)

func TestDeleteRefusals(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	s.talk("a", "b", "1")
	s.deliver(groupText("a", "g", "1"))
	unknown := refused(1004, "RecordNotFoundError", "record not found")
	for _, tt := range []struct{ as, path, body, want string }{
		{"", clearPath, `{}`, badArgs("conversationIDs is empty")},
		{"", clearPath, `{"conversationIDs":["si_a_b"]}`, badArgs("userID is empty")},
		{"", clearAllPath, `{}`, badArgs("userID is empty")},
		{"", deletePath, `{}`, badArgs("conversationID is empty")},
		{"", deletePath, `{"conversationID":"si_a_b"}`, badArgs("seqs is empty")},
		{"", deletePath, `{"conversationID":"si_a_b","seqs":[1]}`, badArgs("userID is empty")},
		{"", deletePath, `{"conversationID":"si_a_b","seqs":[1],"userID":"c"}`, unknown},
		{"", deletePath, `{"conversationID":"x","seqs":[1],"userID":"a"}`, unknown},
		{"", deleteSeqPath, `{}`, badArgs("conversationID is empty")},
		{"", deleteSeqPath, `{"conversationID":"si_a_b"}`, badArgs("seqs is empty")},
		{"", deleteSeqPath, `{"conversationID":"si_x_y","seqs":[1]}`, unknown},
		{"", deleteTimePath, `{}`, badArgs("conversationIDs is empty")},
		{"", deleteTimePath, `{"conversationIDs":["si_x_y"]}`, done},
		{"", clearPath, `{"conversationIDs":["si_b_c","x"],"userID":"b"}`, done},
		{"b", clearPath, `{"conversationIDs":["sg_g"],"userID":"b"` + forEverybody + `}`, noPermission("NoPermissionError")},
		{"b", deletePath, `{"conversationID":"sg_g","seqs":[1],"userID":"b"` + forEverybody + `}`, noPermission("NoPermissionError")},
	} {
		s.givesTo(tt.as, tt.path, tt.body, tt.want)
	}
	s.sees("a", "si_a_b", "1 1")
	s.sees("a", "sg_g", "1 1")
}

func TestClear(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	s.talk("a", "b", "1", "2")
	s.deliver(groupText("a", "g", "1"))
	s.done(clearPath, `{"conversationIDs":["si_a_b","sg_g"],"userID":"b","deleteSyncOpt":{"IsSyncSelf":false,"IsSyncOther":false}}`)
	for _, id := range []string{"si_a_b", "sg_g"} {
		s.sees("b", id)
	}
	s.hasRead("b", "si_a_b", 2, 2)
	s.hasRead("b", "sg_g", 1, 1)
	s.sees("a", "si_a_b", "1 1", "2 2")
	s.gives("/conversation/get_sorted_conversation_list", `{"userID":"b",`+onePage+`}`, refused(1004, "RecordNotFoundError", "record not found"))
	s.gives(revokePath, revoking("a", "si_a_b", 1), done) // it is there still
	s.talk("a", "b", "3")
	s.sees("b", "si_a_b", "3 3")
	s.hasRead("b", "si_a_b", 2, 3)
	if l := s.sorted("b"); l.UnreadTotal != 1 || l.ConversationTotal != 1 {
		t.Errorf("%+v", l)
	}
	s.done(clearPath, `{"conversationIDs":["si_a_b"],"userID":"b"`+forEverybody+`}`)
	s.sees("a", "si_a_b")
	s.sees("b", "si_a_b")
	s.givesTo("a", clearPath, `{"conversationIDs":["sg_g"],"userID":"a"`+forEverybody+`}`, done) // the owner's group
	s.sees("a", "sg_g")
	s.sees("adm", "sg_g")
	s.talk("b", "a", "4")
	s.sees("a", "si_a_b", "4 4")
	s.sees("b", "si_a_b", "4 4")
}

func TestClearAll(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	s.group("g", "c", "a")
	s.talk("a", "b", "1")
	s.talk("c", "a", "1")
	s.deliver(notice("bot", "a", "1"))
	s.deliver(groupText("c", "g", "1"))
	s.done(clearAllPath, `{"userID":"a"}`)
	for _, id := range []string{"si_a_b", "si_a_c", "sn_a_bot", "sg_g"} {
		s.sees("a", id)
		s.hasRead("a", id, 1, 1)
	}
	s.sees("b", "si_a_b", "1 1")
	s.sees("c", "sg_g", "1 1")
	s.talk("b", "a", "2")
	s.givesTo("a", clearAllPath, `{"userID":"a"`+forEverybody+`}`, noPermission("NoPermissionError")) // there is a group of another's
	s.done(clearAllPath, `{"userID":"a"`+forEverybody+`}`)
	s.sees("b", "si_a_b")
	s.sees("c", "si_a_c")
}

func TestDeleteMessages(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	s.talk("a", "b", "1", "2", "3")
	for i := range 3 {
		s.deliver(groupText("b", "g", fmt.Sprint(i+1)))
	}
	// For oneself; the place stays.
	s.givesTo("b", deletePath, `{"conversationID":"si_a_b","seqs":[2],"userID":"b"}`, done)
	s.sees("b", "si_a_b", "1 1", "2 (0, 4)", "3 3")
	s.sees("a", "si_a_b", "1 1", "2 2", "3 3")
	s.givesTo("b", deletePath, `{"conversationID":"si_a_b","seqs":[3,99],"userID":"b"}`, done)
	if last := s.sorted("b", `"conversationIDs":["si_a_b"]`).ConversationElems[0].MsgInfo.Content; last != `{"content":"1"}` {
		t.Errorf("the newest one shown is %s", last)
	}
	// For everybody.
	s.givesTo("a", deletePath, `{"conversationID":"si_a_b","seqs":[1],"userID":"a"`+forEverybody+`}`, done)
	s.sees("a", "si_a_b", "1 (0, 4)", "2 2", "3 3")
	s.done(deleteSeqPath, `{"conversationID":"si_a_b","seqs":[3]}`)
	s.sees("a", "si_a_b", "1 (0, 4)", "2 2", "3 (0, 4)")
	s.gives(revokePath, revoking("a", "si_a_b", 3), noMessage)
	s.done(deleteSeqPath, `{"conversationID":"sg_g","seqs":[1,3]}`)
	s.sees("b", "sg_g", "1 (0, 4)", "2 2", "3 (0, 4)")
	s.hasRead("a", "sg_g", 0, 3)
	s.talk("a", "b", "4")
	s.sees("a", "si_a_b", "1 (0, 4)", "2 2", "3 (0, 4)", "4 4")
}

func TestDeleteByTime(t *testing.T) {
	s := newStage(t, "a", "b")
	for i, at := range []int{1000, 2000, 3000} {
		s.deliver(text("a", "b", fmt.Sprint(i+1), fmt.Sprintf(`"sendTime":%d`, at)))
	}
	s.done(deleteTimePath, `{"conversationIDs":["si_a_b","x"],"timestamp":2000}`)
	s.sees("a", "si_a_b", "1 (0, 4)", "2 2", "3 3")
	s.done(deleteTimePath, `{"conversationIDs":["si_a_b"],"timestamp":4000}`)
	s.sees("b", "si_a_b", "1 (0, 4)", "2 (0, 4)", "3 (0, 4)")
	s.talk("a", "b", "4")
	s.hasRead("b", "si_a_b", 0, 4)
}
