package openim_test

import (
	"encoding/json"
	"fmt"
	"testing"
)

const revokePath = "/msg/revoke_msg"

var (
	noMessage      = refused(1004, "RecordNotFoundError", "msg not found")
	alreadyRevoked = refused(1404, "MsgAlreadyRevoke", "msg already revoke")
	notYours       = noPermission("no permission")
)

func revoking(user, conversation string, seq int) string {
	return fmt.Sprintf(`{"userID":%q,"conversationID":%q,"seq":%d}`, user, conversation, seq)
}

func TestRevoke(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	s.talk("a", "b", "1", "2")
	s.talk("b", "a", "3", "4")
	for _, tt := range []struct{ as, body, want string }{
		{"a", `{}`, badArgs("conversationID is empty")},
		{"a", `{"conversationID":"si_a_b"}`, badArgs("seq is invalid")},
		{"a", `{"conversationID":"si_a_b","seq":-1}`, badArgs("seq is invalid")},
		{"a", `{"conversationID":"si_a_b","seq":1}`, badArgs("userID is empty")},
		{"a", revoking("b", "si_a_b", 1), noPermission("ownerUserID, b=MISSING")},
		{"", revoking("nobody", "si_a_b", 1), refused(1004, "RecordNotFoundError", "record not found")},
		{"a", revoking("a", "si_a_b", 5), noMessage},
		{"a", revoking("a", "si_a_c", 1), noMessage},
		{"c", revoking("c", "si_a_b", 1), noMessage},
		{"a", revoking("a", "x", 1), noMessage},
		{"a", revoking("a", "si_a_b", 3), notYours},
		{"a", revoking("a", "si_a_b", 1), done},
		{"a", revoking("a", "si_a_b", 1), alreadyRevoked},
		{"b", revoking("b", "si_a_b", 1), alreadyRevoked},
		{"", revoking("a", "si_a_b", 3), done},       // an administrator in the other's name
		{"", revoking("imAdmin", "si_a_b", 4), done}, // and in its own, outside of the conversation
		{"", revoking("imAdmin", "si_a_nobody", 1), noMessage},
		{"", revoking("imAdmin", "sg_none", 1), noMessage},
	} {
		s.givesTo(tt.as, revokePath, tt.body, tt.want)
	}
	for _, user := range []string{"a", "b"} {
		s.sees(user, "si_a_b", "1 (2101, 2)", "2 2", "3 (2101, 2)", "4 (2101, 2)")
	}
	s.hasRead("a", "si_a_b", 2, 4) // seqs and what is read stay
}

// TestRevokedMessage compares what a message becomes.
func TestRevokedMessage(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	single := s.deliver(text("a", "b", "1", `"senderNickname":"Al","ex":"e"`))
	inGroup := s.deliver(groupText("b", "g", "1"))
	s.clock.pass(1e9)
	s.givesTo("a", revokePath, revoking("a", "si_a_b", 1), done)
	s.givesTo("adm", revokePath, revoking("adm", "sg_g", 1), done)
	shown := func(conversation, want string) {
		t.Helper()
		m := s.pull("b", conversation, 1, 1, 1, 0).Msgs[0]
		var content struct{ Detail string }
		if err := json.Unmarshal(m.Content, &content); err != nil || m.ContentType != 2101 || m.Status != 2 {
			t.Errorf("%+v, %v", m, err)
		}
		check(t, content.Detail, want)
	}
	shown("si_a_b", `{"revokerID":"a","revokerRole":20,"clientMsgID":"`+single.ClientMsgID+`","revokerNickname":"Nick a","revokeTime":1795201812000,`+
		`"sourceMessageSendTime":1795201811000,"sourceMessageSendID":"a","sourceMessageSenderNickname":"Al","sessionType":1,"seq":1,"ex":""}`)
	shown("sg_g", `{"revokerID":"adm","revokerRole":60,"clientMsgID":"`+inGroup.ClientMsgID+`","revokerNickname":"Nick adm","revokeTime":1795201812000,`+
		`"sourceMessageSendTime":1795201811000,"sourceMessageSendID":"b","sourceMessageSenderNickname":"","sessionType":3,"seq":1,"ex":""}`)
	if last := s.sorted("b").ConversationElems[0].MsgInfo; last.ContentType != 2101 {
		t.Errorf("the list shows %+v", last)
	}
}

// TestRevokeInAGroup: everybody its own, the owner any, an admin those of ordinary members.
func TestRevokeInAGroup(t *testing.T) {
	s := newStage(t, "own", "adm", "adm2", "m", "m2", "out", "gone")
	s.group("g", "own", "m", "m2", "adm2", "gone")
	s.done("/group/set_group_member_info", `{"members":[{"groupID":"g","userID":"adm2","roleLevel":60}]}`)
	s.deliver(groupText("gone", "g", "from somebody who leaves"))
	s.done("/group/kick_group", `{"groupID":"g","kickedUserIDs":["gone"]}`)
	seq := 1
	for _, tt := range []struct{ sender, revoker, want string }{
		{"m", "m", done},
		{"m", "m2", notYours},
		{"m", "adm", done},
		{"m", "own", done},
		{"m", "out", noMessage},
		{"adm", "m", notYours},
		{"adm", "adm", done},
		{"adm", "adm2", notYours},
		{"adm", "own", done},
		{"own", "m", notYours},
		{"own", "adm", notYours},
		{"own", "own", done},
		{"own", "imAdmin", done},
		{"imAdmin", "m", notYours},
	} {
		s.deliver(groupText(tt.sender, "g", "x"))
		seq++
		as := tt.revoker
		if as == "imAdmin" {
			as = ""
		}
		if got := s.call(t, revokePath, s.as(as), revoking(tt.revoker, "sg_g", seq)); got != tt.want {
			t.Errorf("%s's message by %s: %s, want %s", tt.sender, tt.revoker, got, tt.want)
		}
	}
	s.givesTo("adm", revokePath, revoking("adm", "sg_g", 1), done)
}
