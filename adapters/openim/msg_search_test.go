package openim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const searchPath = "/msg/search_msg"

type searchAnswer struct {
	ChatLogs []struct {
		ChatLog struct {
			SendID, RecvID, GroupID, Content string
			Seq                              int64
		}
		IsRevoked bool
	}
	ChatLogsNum int
}

// newSearchWorld has, from the oldest to the newest: a text and a custom message in si_a_b, a text in si_b_c, one in the
// group g, a notice, and a text in si_a_b of the next day.
func newSearchWorld(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, "a", "b", "c", "adm")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	s.group("g", "a", "b")
	for _, message := range []string{
		text("a", "b", "one", `"senderNickname":"Al","senderFaceURL":"f","senderPlatformID":2,"ex":"e"`),
		text("b", "a", "", `"content":{"data":"two"},"contentType":110`),
		text("b", "c", "three"),
		groupText("a", "g", "four"),
		notice("bot", "a", "five"),
	} {
		s.deliver(message)
		s.clock.pass(time.Second)
	}
	s.clock.pass(24 * time.Hour)
	s.deliver(text("a", "b", "six"))
	return s
}

func TestSearch(t *testing.T) {
	s := newSearchWorld(t)
	for _, tt := range []struct {
		filter string
		total  int
		want   []string // sender, receiver and seq of what is found, the newest first
	}{
		{``, 6, []string{"a>b 3", "bot>a 1", "a>g 1", "b>c 1", "b>a 2", "a>b 1"}},
		{`"sendID":"a"`, 3, []string{"a>b 3", "a>g 1", "a>b 1"}},
		{`"sendID":"imAdmin"`, 0, nil},
		{`"sendID":"nobody"`, 0, nil},
		{`"recvID":"a"`, 2, []string{"bot>a 1", "b>a 2"}},
		{`"recvID":"g"`, 1, []string{"a>g 1"}},
		{`"recvID":"nobody"`, 0, nil},
		{`"sendID":"b","recvID":"c"`, 1, []string{"b>c 1"}},
		{`"contentType":110`, 1, []string{"b>a 2"}},
		{`"contentType":1400`, 1, []string{"bot>a 1"}},
		{`"contentType":102`, 0, nil},
		{`"sessionType":1`, 4, []string{"a>b 3", "b>c 1", "b>a 2", "a>b 1"}},
		{`"sessionType":3`, 1, []string{"a>g 1"}},
		{`"sessionType":4`, 1, []string{"bot>a 1"}},
		{`"sendTime":"2026-11-20"`, 5, []string{"bot>a 1", "a>g 1", "b>c 1", "b>a 2", "a>b 1"}},
		{`"sendTime":"2026-11-21"`, 1, []string{"a>b 3"}},
		{`"sendTime":"2026-11-22"`, 0, nil},
		{`"sendTime":"2026-11-20","sendID":"a","contentType":101,"sessionType":1`, 1, []string{"a>b 1"}},
		{`"pagination":{"pageNumber":1,"showNumber":2}`, 6, []string{"a>b 3", "bot>a 1"}},
		{`"pagination":{"pageNumber":2,"showNumber":4}`, 6, []string{"b>a 2", "a>b 1"}},
		{`"pagination":{"pageNumber":4,"showNumber":2}`, 6, nil},
	} {
		filter := tt.filter
		if !strings.Contains(filter, "pagination") {
			filter = strings.TrimPrefix(filter+","+onePage, ",")
		}
		a := dataOf[searchAnswer](t, s.do(searchPath, `{`+filter+`}`))
		var got []string
		for _, l := range a.ChatLogs {
			got = append(got, fmt.Sprintf("%s>%s %d", l.ChatLog.SendID, l.ChatLog.RecvID, l.ChatLog.Seq))
		}
		if a.ChatLogsNum != tt.total || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %d and %q, want %d and %q", tt.filter, a.ChatLogsNum, got, tt.total, tt.want)
		}
	}
	for body, want := range map[string]string{
		`{}`:                                    badArgs("pagination is empty"),
		`{"pagination":{}}`:                     badArgs("pageNumber is invalid"),
		`{"sendTime":"20 Nov",` + onePage + `}`: badArgs("invalid sendTime: 20 Nov is not a date such as 2026-01-31"),
		`{"pagination":{"pageNumber":11,"showNumber":1000}}`: badArgs("pageNumber is too large"),
	} {
		s.gives(searchPath, body, want)
	}
}

// TestFoundMessages compares every member of what a search shows.
func TestFoundMessages(t *testing.T) {
	s := newSearchWorld(t)
	id := func(conversation string) string {
		m := s.pull("a", conversation, 1, 1, 1, 0).Msgs[0]
		return fmt.Sprintf(`"serverMsgID":%q,"clientMsgID":%q`, m.ServerMsgID, m.ClientMsgID)
	}
	s.gives(searchPath, `{"sendID":"a","sendTime":"2026-11-20",`+onePage+`}`, with(`{"chatLogs":[`+
		`{"chatLog":{`+id("sg_g")+`,"sendID":"a","recvID":"g","groupID":"g","recvNickname":"","senderPlatformID":0,"senderNickname":"","senderFaceURL":"",`+
		`"groupName":"G","sessionType":3,"msgFrom":200,"contentType":101,"content":"{\"content\":\"four\"}","status":2,"sendTime":1795201814000,"createTime":1795201814000,`+
		`"ex":"","groupFaceURL":"","groupMemberCount":3,"seq":1,"groupOwner":"a","groupType":2},"isRevoked":false},`+
		`{"chatLog":{`+id("si_a_b")+`,"sendID":"a","recvID":"b","groupID":"","recvNickname":"Nick b","senderPlatformID":2,"senderNickname":"Al","senderFaceURL":"f",`+
		`"groupName":"","sessionType":1,"msgFrom":200,"contentType":101,"content":"{\"content\":\"one\"}","status":2,"sendTime":1795201811000,"createTime":1795201811000,`+
		`"ex":"e","groupFaceURL":"","groupMemberCount":0,"seq":1,"groupOwner":"","groupType":0},"isRevoked":false}],"chatLogsNum":2}`))
}

func TestSearchOfRevokedAndDeleted(t *testing.T) {
	s := newSearchWorld(t)
	s.gives(revokePath, revoking("a", "si_a_b", 1), done)
	s.done(deleteSeqPath, `{"conversationID":"sg_g","seqs":[1]}`)
	s.done(clearPath, `{"conversationIDs":["si_a_b"],"userID":"a"}`) // hides nothing from the operator
	a := dataOf[searchAnswer](t, s.do(searchPath, `{"sendID":"a",`+onePage+`}`))
	if len(a.ChatLogs) != 2 || a.ChatLogsNum != 2 || a.ChatLogs[0].IsRevoked || !a.ChatLogs[1].IsRevoked {
		t.Errorf("%+v", a)
	}
}
