package openim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const sortedPath = "/conversation/get_sorted_conversation_list"

var noConversation = refused(1004, "RecordNotFoundError", "record not found")

func TestSortedListRefusals(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a")
	for body, want := range map[string]string{
		`{}`:             badArgs("userID is empty"),
		`{"userID":"a"}`: badArgs("pagination is empty"),
		`{"userID":"a","pagination":{"showNumber":5}}`: badArgs("pageNumber is invalid"),
		`{"userID":"a",` + onePage + `}`:               noConversation, // a group without a message is not listed
		`{"userID":"nobody",` + onePage + `}`:          noConversation,
	} {
		s.gives(sortedPath, body, want)
	}
	s.talk("a", "b", "1")
	s.gives(sortedPath, `{"userID":"a","conversationIDs":["si_x_y"],`+onePage+`}`, noConversation)
	s.gives(sortedPath, `{"userID":"a","pagination":{"pageNumber":2,"showNumber":5}}`, with(`{"conversationTotal":1,"unreadTotal":0,"conversationElems":null}`))
}

// TestSortedListOrder: pinned ones first, then the newest message first; at the same millisecond what was sent last.
func TestSortedListOrder(t *testing.T) {
	peers := []string{"p1", "p2", "p3", "p4", "p5"}
	s := newStage(t, append(peers, "me", "adm")...)
	s.group("g", "p1", "me")
	order := func(want ...string) {
		t.Helper()
		if l := s.sorted("me"); !slices.Equal(l.ids(), want) {
			t.Errorf("%q, want %q", l.ids(), want)
		}
	}
	for _, peer := range peers { // all at the same time
		s.deliver(text(peer, "me", "x"))
	}
	order("si_me_p5", "si_me_p4", "si_me_p3", "si_me_p2", "si_me_p1")
	s.clock.pass(time.Millisecond)
	s.deliver(groupText("p1", "g", "x"))
	s.deliver(text("me", "p2", "x"))
	order("si_me_p2", "sg_g", "si_me_p5", "si_me_p4", "si_me_p3", "si_me_p1")
	s.deliver(text("p4", "me", "from the past", `"sendTime":1`))
	s.deliver(text("p3", "me", "from the future", `"sendTime":4102444800000`))
	order("si_me_p3", "si_me_p2", "sg_g", "si_me_p5", "si_me_p1", "si_me_p4")
	for _, peer := range []string{"p4", "p1"} {
		s.done(setPath, fmt.Sprintf(`{"userIDs":["me"],"conversation":{"conversationType":1,"userID":%q,"isPinned":true}}`, peer))
	}
	order("si_me_p1", "si_me_p4", "si_me_p3", "si_me_p2", "sg_g", "si_me_p5")
	l := s.sorted("me")
	if !l.ConversationElems[1].IsPinned || l.ConversationElems[2].IsPinned || l.ConversationTotal != 6 {
		t.Errorf("%+v", l)
	}
	var paged []string
	for page := 1; page <= 4; page++ {
		l := s.sorted("me", fmt.Sprintf(`"pagination":{"pageNumber":%d,"showNumber":2}`, page))
		paged = append(paged, l.ids()...)
		if l.ConversationTotal != 6 || l.UnreadTotal != 7 {
			t.Errorf("page %d: %+v", page, l)
		}
	}
	if !slices.Equal(paged, l.ids()) {
		t.Errorf("by pages %q, at once %q", paged, l.ids())
	}
	if l := s.sorted("me", `"conversationIDs":["si_me_p1","sg_g","x"]`); !slices.Equal(l.ids(), []string{"si_me_p1", "sg_g"}) || l.UnreadTotal != 2 || l.ConversationTotal != 2 {
		t.Errorf("some: %+v", l)
	}
}

func TestUnread(t *testing.T) {
	s := newStage(t, "me", "a", "b", "adm")
	s.group("g", "a", "me")
	s.talk("a", "me", "1", "2", "3")
	s.talk("b", "me", "1")
	s.talk("me", "b", "2")
	s.deliver(groupText("a", "g", "1"))
	counts := func(total int, want map[string]int) {
		t.Helper()
		l := s.sorted("me")
		for _, row := range l.ConversationElems {
			if row.UnreadCount != want[row.ConversationID] {
				t.Errorf("%s has %d unread, want %d", row.ConversationID, row.UnreadCount, want[row.ConversationID])
			}
		}
		if l.UnreadTotal != total {
			t.Errorf("%d unread in all, want %d", l.UnreadTotal, total)
		}
	}
	counts(4, map[string]int{"si_a_me": 3, "sg_g": 1})
	s.done(markAllPath, `{"conversationID":"si_a_me","userID":"me","hasReadSeq":2}`)
	s.done(markAllPath, `{"conversationID":"sg_g","userID":"me","hasReadSeq":1}`)
	counts(1, map[string]int{"si_a_me": 1})
	s.deliver(groupText("me", "g", "2"))
	s.talk("me", "a", "4")
	counts(0, nil)
	if l := s.sorted("a"); l.UnreadTotal != 2 {
		t.Errorf("the other side: %+v", l)
	}
}

// TestSortedListMembers compares every member of a line of each kind.
func TestSortedListMembers(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	s.group("g", "a", "b")
	line := func(user, conversation, kept string, unread int, want string, m sent) {
		t.Helper()
		s.gives(sortedPath, fmt.Sprintf(`{"userID":%q,"conversationIDs":[%q],%s}`, user, conversation, onePage), with(fmt.Sprintf(
			`{"conversationTotal":1,"unreadTotal":%d,"conversationElems":[{"conversationID":%q,"recvMsgOpt":%s,"unreadCount":%d,"IsPinned":false,`+
				`"msgInfo":{"serverMsgID":%q,"clientMsgID":%q,%s}}]}`, unread, conversation, kept, unread, m.ServerMsgID, m.ClientMsgID, want)))
	}
	m := s.deliver(text("a", "b", "hi", `"senderNickname":"Al","senderFaceURL":"f","ex":"e"`))
	shown := func(name, face string) string {
		return `"sessionType":1,"sendID":"a","recvID":"b","senderName":"` + name + `","faceURL":"` + face + `","groupID":"","groupName":"","groupFaceURL":"",` +
			`"groupType":0,"groupMemberCount":0,"LatestMsgRecvTime":1795201811000,"msgFrom":200,"contentType":101,"content":"{\"content\":\"hi\"}","ex":"e"`
	}
	line("b", "si_a_b", "0", 1, shown("Nick a", "http://f/a"), m)
	line("a", "si_a_b", "0", 0, shown("Nick b", "http://f/b"), m) // of one's own message the other's name
	s.done(setPath, `{"userIDs":["b"],"conversation":{"conversationType":1,"userID":"a","recvMsgOpt":2}}`)
	line("b", "si_a_b", "2", 1, shown("Nick a", "http://f/a"), m)
	m = s.deliver(groupText("b", "g", "hi", `"senderNickname":"Bo"`))
	line("a", "sg_g", "0", 1, `"sessionType":3,"sendID":"b","recvID":"","senderName":"Nick b","faceURL":"","groupID":"g","groupName":"G","groupFaceURL":"",`+
		`"groupType":2,"groupMemberCount":3,"LatestMsgRecvTime":1795201811000,"msgFrom":200,"contentType":101,"content":"{\"content\":\"hi\"}","ex":""`, m)
	m = s.deliver(notice("bot", "a", "hi"))
	line("a", "sn_a_bot", "0", 1, `"sessionType":4,"sendID":"bot","recvID":"a","senderName":"Bot","faceURL":"","groupID":"","groupName":"","groupFaceURL":"",`+
		`"groupType":0,"groupMemberCount":0,"LatestMsgRecvTime":1795201811000,"msgFrom":200,"contentType":1400,`+
		`"content":"{\"detail\":\"{\\\"notificationName\\\":\\\"n\\\",\\\"notificationType\\\":1,\\\"text\\\":\\\"hi\\\"}\"}","ex":""`, m)
}
