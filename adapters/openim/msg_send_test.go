package openim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const sendPath = "/msg/send_msg"

func TestSendAnswers(t *testing.T) {
	s := newStage(t, "a", "b")
	first := s.deliver(text("a", "b", "1", `"clientMsgID":"the caller's","serverMsgID":"the caller's"`))
	second := s.deliver(text("a", "b", "2", `"sendTime":-5`))
	for _, m := range []sent{first, second} {
		if !hex32.MatchString(m.ClientMsgID) || !hex32.MatchString(m.ServerMsgID) || m.SendTime != s.clock.now().UnixMilli() {
			t.Errorf("%+v", m)
		}
	}
	if first.ClientMsgID == second.ClientMsgID || first.ServerMsgID == second.ServerMsgID {
		t.Error("two messages have the same ID")
	}
	// The caller's time is kept, whatever it is, and does not change the order.
	for _, at := range []int64{1, 1340619319058, 4102444800000} {
		if m := s.deliver(text("a", "b", "x", fmt.Sprintf(`"sendTime":%d`, at))); m.SendTime != at {
			t.Errorf("sendTime %d has become %d", at, m.SendTime)
		}
	}
}

func TestSendRefusals(t *testing.T) {
	s := newStage(t, "a", "b")
	s.gives(sendPath, text("a", "nobody", "x"), refused(1004, "RecordNotFoundError", "userID not found"))
	s.gives(sendPath, text("imAdmin", "nobody", "x"), refused(1004, "RecordNotFoundError", "userID not found"))
	s.gives(sendPath, text("a", "b", "x", `"sessionType":9`), badArgs("unknown sessionType"))
	s.gives(sendPath, text("a", "b", "x", `"sessionType":2,"groupID":"g"`), badArgs("unknown sessionType"))
	s.gives(sendPath, text("a", "b", "x", `"sessionType":4`), badArgs("notification msg must have correct session type and content type"))
	s.gives(sendPath, text("a", "b", "", `"content":{}`), refused(500, "ServerInternalError", "Key: 'TextElem.Content' Error:Field validation for 'Content' failed on the 'required' tag"))
	const prefix = "Key: 'SendMsgReq."
	missing := func(path, field string) string {
		return prefix + path + "' Error:Field validation for '" + field + "' failed on the 'required' tag"
	}
	recv := prefix + "RecvID' Error:Field validation for 'RecvID' failed on the 'required_if' tag"
	for body, detail := range map[string]string{
		`{`:                                    "unexpected EOF",
		`{"sendTime":"1"}`:                     "json: cannot unmarshal string into Go struct field SendMsgReq.SendMsg.sendTime of type int64",
		`{"content":"x"}`:                      "json: cannot unmarshal string into Go struct field SendMsgReq.SendMsg.content of type map[string]interface {}",
		text("a", "b", "x", `"content":null`):  missing("SendMsg.Content", "Content"),
		text("", "b", "x"):                     missing("SendMsg.SendID", "SendID"),
		text("a", "", "x"):                     recv,
		notice("a", "", "x"):                   recv,
		text("a", "b", "x", `"contentType":0`): missing("SendMsg.ContentType", "ContentType"),
		text("a", "b", "x", `"sessionType":3`): prefix + "SendMsg.GroupID' Error:Field validation for 'GroupID' failed on the 'required_if=SessionType 2|required_if=SessionType 3' tag",
	} {
		s.refusesBinding(sendPath, body, detail)
	}
	// What is malformed is said before who may send.
	a := s.send(t, "POST", sendPath, `{}`, "operationID", "op", "token", s.as("a"))
	if a.status != 400 {
		t.Errorf("a malformed request of a user: %d %s", a.status, a.body)
	}
	s.givesTo("a", sendPath, text("a", "b", "x"), noPermission("only app manager can send message"))
	s.sees("a", "si_a_b")
}

// TestUnknownSenders: whoever sends need not be registered, and whoever registers later has the messages.
func TestUnknownSenders(t *testing.T) {
	s := newStage(t, "b")
	s.talk("ghost", "b", "boo")
	s.sees("b", "si_b_ghost", "1 boo")
	s.gives(sendPath, text("b", "ghost", "x"), refused(1004, "RecordNotFoundError", "userID not found"))
	s.gives("/user/account_check", `{"checkUserIDs":["ghost"]}`, with(`{"results":[{"userID":"ghost","accountStatus":0}]}`))
	s.register("ghost")
	s.talk("b", "ghost", "who is there")
	s.sees("ghost", "si_b_ghost", "1 boo", "2 who is there")
}

func TestOnlineOnly(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	for _, message := range []string{text("a", "b", "x", `"isOnlineOnly":true`), groupText("a", "g", "x", `"isOnlineOnly":true`)} {
		m := s.deliver(message)
		if !hex32.MatchString(m.ClientMsgID) || !hex32.MatchString(m.ServerMsgID) || m.SendTime != s.clock.now().UnixMilli() {
			t.Errorf("%+v", m)
		}
	}
	if m := s.deliver(text("a", "b", "x", `"isOnlineOnly":true,"sendTime":7`)); m.SendTime != 7 {
		t.Errorf("the time is %d", m.SendTime)
	}
	s.gives("/msg/newest_seq", `{"userID":"b"}`, with(`{"maxSeqs":null,"minSeqs":null}`))
	s.gives(sendPath, text("a", "nobody", "x", `"isOnlineOnly":true`), refused(1004, "RecordNotFoundError", "userID not found"))
	s.gives(sendPath, groupText("a", "none", "x", `"isOnlineOnly":true`), unknownGroup())
	s.talk("a", "b", "stored")
	s.sees("b", "si_a_b", "1 stored")
}

func TestStatusOfAnOperation(t *testing.T) {
	s := newStage(t, "a", "b")
	status := func(operation string, want int) {
		t.Helper()
		a := s.send(t, "POST", "/msg/check_msg_is_send_success", `{}`, "operationID", operation, "token", s.op)
		check(t, a.body, with(fmt.Sprintf(`{"status":%d}`, want)))
	}
	post := func(operation, path, body string) {
		s.send(t, "POST", path, body, "operationID", operation, "token", s.op)
	}
	post("sent", sendPath, text("a", "b", "x"))
	post("refused", sendPath, text("a", "nobody", "x"))
	post("batch", "/msg/batch_send_msg", toAll("a", []string{"b"}, "x"))
	status("sent", 2)
	status("refused", 0)
	status("batch", 0)
	status("unknown", 0)
	s.clock.pass(24 * time.Hour)
	status("sent", 2)
	s.clock.pass(time.Millisecond)
	status("sent", 0)
}

func TestServerTime(t *testing.T) {
	s := newStage(t)
	s.gives("/msg/get_server_time", `{}`, with(`{"serverTime":1795201811000}`))
	s.gives("/msg/get_server_time", ``, refused(1001, "Error: Error: unexpected end of JSON input", ""))
}

func TestNotices(t *testing.T) {
	s := newStage(t, "a", "b")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	s.gives(sendPath, notice("nobody", "b", "x"), refused(1101, "UserIDNotFoundError", "UserIDNotFoundError"))
	s.gives(sendPath, notice("a", "b", "x"), noPermission("notification messages cannot be sent for this ID"))
	s.deliver(notice("bot", "b", "1"))
	s.deliver(notice("imAdmin", "b", "from an administrator"))
	s.deliver(notice("bot", "b", "2", `"sessionType":1`)) // becomes 4
	s.deliver(notice("bot", "b", "3", `"sessionType":3,"groupID":"g"`))
	s.sees("b", "sn_b_bot", "1 (1400, 2)", "2 (1400, 2)", "3 (1400, 2)")
	s.sees("b", "si_b_bot")
	s.hasRead("b", "sn_b_bot", 0, 3)
	// The conversation is the receiver's only.
	if got := s.places("bot"); len(got) != 0 {
		t.Errorf("the sender has %v", got)
	}
	s.refusesBinding(sendPath, notice("bot", "b", "x", `"sessionType":3`),
		"Key: 'SendMsgReq.SendMsg.GroupID' Error:Field validation for 'GroupID' failed on the 'required_if=SessionType 2|required_if=SessionType 3' tag")
	got := s.do(sendPath, notice("bot", "b", "", `"content":{"text":"t","mixType":6}`))
	if !strings.HasPrefix(got, `{"errCode":500,"errMsg":"ServerInternalError","errDlt":"Key: 'OANotificationElem.NotificationName'`) {
		t.Error(got)
	}
}

func TestReceptionIsRespected(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	notSent := badArgs("message is not sent")
	option := func(user string, value int) {
		s.done("/user/set_global_msg_recv_opt", fmt.Sprintf(`{"userID":%q,"globalRecvMsgOpt":%d}`, user, value))
	}
	inConversation := func(user, peer string, value int) {
		s.done("/conversation/set_conversations", fmt.Sprintf(`{"userIDs":[%q],"conversation":{"conversationType":1,"userID":%q,"recvMsgOpt":%d}}`, user, peer, value))
	}
	option("b", 1)
	s.gives(sendPath, text("a", "b", "x"), notSent)
	s.gives(sendPath, text("imAdmin", "b", "x"), notSent)
	option("b", 2)
	s.talk("a", "b", "quietly")
	inConversation("b", "a", 1)
	s.gives(sendPath, text("a", "b", "x"), notSent)
	s.talk("c", "b", "another conversation")
	s.talk("b", "a", "the other way")
	inConversation("b", "a", 2)
	s.talk("a", "b", "again")
	s.sees("b", "si_a_b", "1 quietly", "2 the other way", "3 again")
	inConversation("b", "a", 1)
	got := dataOf[batchAnswer](t, s.do("/msg/batch_send_msg", toAll("a", []string{"b", "c"}, "x")))
	if len(got.Results) != 1 || fmt.Sprint(got.FailedUserIDs) != "[b]" {
		t.Errorf("%+v", got)
	}
}
