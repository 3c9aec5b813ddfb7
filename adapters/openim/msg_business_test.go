package openim_test

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"testing"
)

// answering is the key of an answer to a message, as it stands in a URL.
func answering(message string) string {
	return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(message)))
}

func TestBusinessNotifications(t *testing.T) {
	s := newStage(t, "a", "b")
	const path = "/msg/send_business_notification"
	s.refusesBinding(path, `{"recvUserID":"b"}`, "Key: 'SendUserID' Error:Field validation for 'SendUserID' failed on the 'required' tag")
	s.refusesBinding(path, `{"sendUserID":"a"}`, "Key: 'RecvUserID' Error:Field validation for 'RecvUserID' failed on the 'required' tag")
	s.refusesBinding(path, ``, "EOF")
	s.gives(path, `{"sendUserID":"a","recvUserID":"nobody"}`, refused(1004, "RecordNotFoundError", "userID not found"))
	s.gives(path, `{"sendUserID":"a","recvUserID":"nobody","reliabilityLevel":2}`, refused(1004, "RecordNotFoundError", "userID not found"))
	for _, level := range []string{"", `,"reliabilityLevel":1`} {
		m := dataOf[sent](t, s.do(path, `{"key":"k","data":"d","sendUserID":"a","recvUserID":"b"`+level+`}`))
		if !hex32.MatchString(m.ClientMsgID) || !hex32.MatchString(m.ServerMsgID) || m.SendTime != 1795201811000 {
			t.Errorf("%+v", m)
		}
	}
	s.gives("/msg/newest_seq", `{"userID":"b"}`, with(`{"maxSeqs":null,"minSeqs":null}`)) // nothing is stored at these levels
	m := dataOf[sent](t, s.do(path, `{"key":"k","data":"<d>","sendUserID":"a","recvUserID":"b","reliabilityLevel":2}`))
	got := s.pull("b", "n_a_b", 1, 9, 9, 0).Msgs
	if len(got) != 1 || got[0].ContentType != 2001 || string(got[0].Content) != `{"detail":"{\"key\":\"k\",\"data\":\"\\u003cd\\u003e\"}"}` ||
		got[0].SessionType != 1 || got[0].SendID != "a" || got[0].RecvID != "b" || got[0].ServerMsgID != m.ServerMsgID || got[0].ClientMsgID != m.ClientMsgID {
		t.Errorf("stored as %+v", got)
	}
	s.gives("/conversation/get_sorted_conversation_list", `{"userID":"b",`+onePage+`}`, refused(1004, "RecordNotFoundError", "record not found"))
	s.gives("/conversation/get_all_conversations", `{"ownerUserID":"b"}`, with(`{"conversations":null}`))
	s.talk("a", "b", "hi")
	s.gives("/msg/newest_seq", `{"userID":"b"}`, with(`{"maxSeqs":{"n_a_b":1,"si_a_b":1},"minSeqs":null}`))
	s.gives("/msg/search_msg", `{`+onePage+`,"contentType":2001}`, with(`{"chatLogs":null,"chatLogsNum":0}`))
	s.do(path, `{"key":"k","sendUserID":"b","recvUserID":"b","reliabilityLevel":2}`)
	s.gives("/msg/newest_seq", `{"userID":"b"}`, with(`{"maxSeqs":{"n_a_b":1,"n_b_b":1,"si_a_b":1},"minSeqs":null}`))
}

func TestSimpleMessages(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","faceURL":"face","appMangerLevel":4}`))
	const path = "/msg/send_simple_msg"
	to := func(message string) string { return path + "?key=" + answering(message) }
	s.refusesBinding(to(`{"sendID":"a","recvID":"bot"}`), `{}`, "Key: 'SendSingleMsgReq.Content' Error:Field validation for 'Content' failed on the 'required' tag")
	for target, want := range map[string]string{
		path:                                   badArgs("missing key in query"),
		path + "?key=%25":                      badArgs("the key is not base64 of a message"),
		to(`no JSON`):                          badArgs("the key is not base64 of a message"),
		to(`{"sendID":"a"}`):                   badArgs("missing recvID or GroupID"),
		to(`{"sendID":"a","groupID":"g"}`):     badArgs("missing sendID"),
		to(`{"sendID":"nobody","recvID":"b"}`): refused(1004, "RecordNotFoundError", "userID not found"),
	} {
		s.gives(target, `{"content":"x"}`, want)
	}
	dataOf[sent](t, s.do(to(`{"sendID":"a","recvID":"bot"}`), `{"sendID":"bot","content":"**hi**","offlinePushInfo":null,"ex":"e"}`))
	dataOf[sent](t, s.do(to(`{"sendID":"a","recvID":"bot","groupID":"g"}`), `{"sendID":"b","content":"hello"}`))
	for conversation, want := range map[string]string{
		"si_a_bot": `bot a  Bot face 10 100 118 {"content":"**hi**"} e`,
		"sg_g":     `b  g Nick b http://f/b 10 100 118 {"content":"hello"} `,
	} {
		m := s.pull("a", conversation, 1, 1, 1, 0).Msgs
		if len(m) != 1 {
			t.Errorf("%s has %d messages", conversation, len(m))
			continue
		}
		got := fmt.Sprintf("%s %s %s %s %s %d %d %d %s %s", m[0].SendID, m[0].RecvID, m[0].GroupID, m[0].SenderNickname, m[0].SenderFaceURL,
			m[0].SenderPlatformID, m[0].MsgFrom, m[0].ContentType, m[0].Content, m[0].Ex)
		check(t, got, want)
	}
}
