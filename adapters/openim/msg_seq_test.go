package openim_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestSeqsAreDense(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	for i := range 3 {
		s.talk("a", "b", fmt.Sprint("a", i))
		s.deliver(text("a", "c", "elsewhere"))
		s.deliver(groupText("b", "g", fmt.Sprint("g", i)))
		s.talk("b", "a", fmt.Sprint("b", i))
	}
	for _, user := range []string{"a", "b"} {
		s.sees(user, "si_a_b", "1 a0", "2 b0", "3 a1", "4 b1", "5 a2", "6 b2")
		s.sees(user, "sg_g", "1 g0", "2 g1", "3 g2")
	}
	s.gives("/msg/newest_seq", `{"userID":"a"}`, with(`{"maxSeqs":{"sg_g":3,"si_a_b":6,"si_a_c":3},"minSeqs":null}`))
	s.gives("/msg/newest_seq", `{"userID":"c"}`, with(`{"maxSeqs":{"si_a_c":3},"minSeqs":null}`))
	s.gives("/msg/newest_seq", `{"userID":"imAdmin"}`, with(`{"maxSeqs":null,"minSeqs":null}`))
	s.gives("/msg/newest_seq", `{"userID":"nobody"}`, refused(1004, "RecordNotFoundError", "record not found"))
}

func TestConversationIDsOfOddNames(t *testing.T) {
	s := newStage(t, "a_b", "b", "a", "b_b", "B", "用户")
	for _, two := range [][2]string{{"a_b", "b"}, {"a", "b_b"}, {"b", "b"}, {"B", "b"}, {"用户", "a"}, {"a", "a_b"}} {
		s.deliver(text(two[0], two[1], two[0]+" to "+two[1]))
	}
	for _, tt := range []struct{ user, conversation, want string }{
		{"a_b", "si_a_b_b", "1 a_b to b"},
		{"b", "si_a_b_b", "1 a_b to b"},
		{"a", "si_a_b_b", "1 a to b_b"},
		{"b_b", "si_a_b_b", "1 a to b_b"},
		{"b", "si_b_b", "1 b to b"},
		{"b", "si_B_b", "1 B to b"},
		{"B", "si_B_b", "1 B to b"},
		{"用户", "si_a_用户", "1 用户 to a"},
		{"a", "si_a_a_b", "1 a to a_b"},
	} {
		s.sees(tt.user, tt.conversation, tt.want)
	}
	s.gives("/msg/newest_seq", `{"userID":"b"}`, with(`{"maxSeqs":{"si_B_b":1,"si_a_b_b":1,"si_b_b":1},"minSeqs":null}`))
}

func TestPullRanges(t *testing.T) {
	s := newStage(t, "a", "b")
	s.talk("a", "b", "1", "2", "3", "4", "5", "6", "7")
	for _, tt := range []struct {
		begin, end, num, order int
		want                   string // the seqs and isEnd
	}{
		{1, 7, 7, 0, "1234567 true"},
		{1, 100, 100, 0, "1234567 true"},
		{-5, 100, 100, 0, "1234567 true"},
		{1, 6, 100, 0, "123456 false"},
		{3, 5, 100, 0, "345 false"},
		{1, 7, 3, 0, "567 true"}, // the last ones
		{2, 5, 2, 0, "45 false"}, // of the range
		{7, 7, 1, 0, "7 true"},
		{8, 10, 5, 0, " false"},
		{5, 3, 5, 0, " false"},
		{1, 7, 0, 0, " false"}, // none
		{1, 7, -1, 0, " false"},
		{1, 7, 7, 1, "1234567 true"}, // downwards, the end is the first one
		{2, 7, 7, 1, "234567 false"},
		{0, 3, 7, 1, "123 true"},
	} {
		r := s.pull("b", "si_a_b", tt.begin, tt.end, tt.num, tt.order)
		var got strings.Builder
		for _, m := range r.Msgs {
			fmt.Fprint(&got, m.Seq)
		}
		fmt.Fprint(&got, " ", r.IsEnd)
		if got.String() != tt.want {
			t.Errorf("%d to %d, %d of them, order %d: %s, want %s", tt.begin, tt.end, tt.num, tt.order, &got, tt.want)
		}
	}
}

func TestPullSeveralConversations(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	s.group("others", "c")
	s.talk("a", "b", "hi")
	s.talk("a", "c", "secret")
	s.deliver(groupText("a", "g", "all"))
	ranges := `[`
	for _, id := range []string{"si_a_b", "sg_g", "si_a_c", "sg_others", "sg_none", "si_b_nobody", "n_a_b", "x", "", "si_", "si_b", "xx_a_b"} {
		ranges += fmt.Sprintf(`{"conversationID":%q,"begin":1,"end":9,"num":9},`, id)
	}
	body := `{"userID":"b","seqRanges":` + strings.TrimSuffix(ranges, ",") + `]}`
	got := dataOf[pulledRanges](t, s.call(t, "/msg/pull_msg_by_seq", s.as("b"), body))
	if len(got.Msgs) != 2 || len(got.Msgs["si_a_b"].Msgs) != 1 || len(got.Msgs["sg_g"].Msgs) != 1 || len(got.NotificationMsgs) != 0 {
		t.Errorf("b pulls %+v", got)
	}
	s.gives("/msg/pull_msg_by_seq", `{"userID":"b","seqRanges":[]}`, with(`{"msgs":null,"notificationMsgs":null}`))
	s.gives("/msg/pull_msg_by_seq", `{"userID":"b"}`, with(`{"msgs":null,"notificationMsgs":null}`))
	s.gives("/msg/pull_msg_by_seq", `{"userID":"b","seqRanges":[`+strings.Repeat(`{},`, 1000)+`{}]}`, badArgs("too many seqRanges"))
}

// TestPulledMessage compares every member of messages in each kind of conversation.
func TestPulledMessage(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	const more = `"senderNickname":"Al","senderFaceURL":"f","senderPlatformID":2,"ex":"e","sendTime":1340619319058,"offlinePushInfo":{"title":"t","iOSBadgeCount":true}`
	push := `{"title":"t","desc":"","ex":"","iOSPushSound":"","iOSBadgeCount":true,"signalInfo":""}`
	at := `{"sendID":"a","groupID":"g","content":{"text":"hi","atUserList":["b"]},"contentType":106,"sessionType":3}`
	for _, tt := range []struct{ conversation, message, want string }{
		{"si_a_b", text("a", "b", "hi <b>&", more), `"sendID":"a","recvID":"b","groupID":"",IDS,"senderPlatformID":2,"senderNickname":"Al","senderFaceURL":"f",` +
			`"sessionType":1,"msgFrom":200,"contentType":101,"content":"eyJjb250ZW50IjoiaGkgXHUwMDNjYlx1MDAzZVx1MDAyNiJ9","seq":1,"sendTime":1340619319058,` +
			`"createTime":1340619319058,"status":2,"isRead":false,"options":null,"offlinePushInfo":` + push + `,"atUserIDList":null,"attachedInfo":"","ex":"e"`},
		{"sg_g", at, `"sendID":"a","recvID":"","groupID":"g",IDS,"senderPlatformID":0,"senderNickname":"","senderFaceURL":"",` +
			`"sessionType":3,"msgFrom":200,"contentType":106,"content":"eyJhdFVzZXJMaXN0IjpbImIiXSwidGV4dCI6ImhpIn0=","seq":1,"sendTime":1795201811000,` +
			`"createTime":1795201811000,"status":2,"isRead":false,"options":null,"offlinePushInfo":null,"atUserIDList":null,"attachedInfo":"","ex":""`},
		{"sn_b_bot", notice("bot", "b", "hi"), `"sendID":"bot","recvID":"b","groupID":"",IDS,"senderPlatformID":0,"senderNickname":"","senderFaceURL":"",` +
			`"sessionType":4,"msgFrom":200,"contentType":1400,"content":"eyJkZXRhaWwiOiJ7XCJub3RpZmljYXRpb25OYW1lXCI6XCJuXCIsXCJub3RpZmljYXRpb25UeXBlXCI6MSxcInRleHRcIjpcImhpXCJ9In0=",` +
			`"seq":1,"sendTime":1795201811000,"createTime":1795201811000,"status":2,"isRead":false,"options":null,"offlinePushInfo":null,"atUserIDList":null,"attachedInfo":"","ex":""`},
	} {
		m := s.deliver(tt.message)
		ids := fmt.Sprintf(`"clientMsgID":%q,"serverMsgID":%q`, m.ClientMsgID, m.ServerMsgID)
		s.givesTo("b", "/msg/pull_msg_by_seq", fmt.Sprintf(`{"userID":"b","seqRanges":[{"conversationID":%q,"begin":1,"end":1,"num":1}]}`, tt.conversation),
			with(fmt.Sprintf(`{"msgs":{%q:{"Msgs":[{%s}],"isEnd":true,"endSeq":0}},"notificationMsgs":null}`, tt.conversation, strings.Replace(tt.want, "IDS", ids, 1))))
	}
}
