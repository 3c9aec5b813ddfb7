package openim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// stage is a world with users, the administrator's token and short words for what tests do most.
type stage struct {
	*world
	t      *testing.T
	op     string            // the administrator's token
	tokens map[string]string // by user
}

// newStage registers users through the API.
func newStage(t *testing.T, users ...string) *stage {
	t.Helper()
	s := &stage{world: newWorld(t, section), t: t, tokens: make(map[string]string)}
	s.op = s.admin(t)
	s.register(users...)
	return s
}

func (s *stage) register(users ...string) {
	s.t.Helper()
	for page := range slices.Chunk(users, 500) {
		var list []string
		for _, id := range page {
			list = append(list, fmt.Sprintf(`{"userID":%q,"nickname":%q,"faceURL":%q}`, id, "Nick "+id, "http://f/"+id))
		}
		s.done("/user/user_register", `{"users":[`+strings.Join(list, ",")+`]}`)
	}
}

// as returns the token of a user; the empty one is the administrator.
func (s *stage) as(user string) string {
	s.t.Helper()
	if user == "" {
		return s.op
	}
	if s.tokens[user] == "" {
		s.tokens[user] = s.token(s.t, user, 1)
	}
	return s.tokens[user]
}

// do calls an endpoint as the administrator.
func (s *stage) do(path, body string) string {
	s.t.Helper()
	return s.call(s.t, path, s.op, body)
}

// done calls an endpoint that answers nothing.
func (s *stage) done(path, body string) {
	s.t.Helper()
	if got := s.do(path, body); got != done {
		s.t.Errorf("%s %s\ngot %s", path, body, got)
	}
}

// gives compares the whole answer to the administrator.
func (s *stage) gives(path, body, want string) {
	s.t.Helper()
	s.givesTo("", path, body, want)
}

// givesTo compares the whole answer to a user.
func (s *stage) givesTo(user, path, body, want string) {
	s.t.Helper()
	if got := s.call(s.t, path, s.as(user), body); got != want {
		s.t.Errorf("%s %s\ngot  %s\nwant %s", path, body, got, want)
	}
}

// refusesBinding compares an answer with the status 400.
func (s *stage) refusesBinding(path, body, detail string) {
	s.t.Helper()
	a := s.send(s.t, "POST", path, body, "operationID", "op", "token", s.op)
	if want := badArgs(detail); a.status != 400 || a.body != want {
		s.t.Errorf("%s %s\ngot  %d %s\nwant %s", path, body, a.status, a.body, want)
	}
}

// dataOf returns what a successful answer holds.
func dataOf[T any](t testing.TB, answer string) T {
	t.Helper()
	var a struct {
		Code int `json:"errCode"`
		Data T   `json:"data"`
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil || a.Code != 0 {
		t.Fatalf("no success: %s (%v)", answer, err)
	}
	return a.Data
}

// with members added to a JSON object.
func adding(object string, members ...string) string {
	return strings.TrimSuffix(object, "}") + strings.Join(append([]string{""}, members...), ",") + "}"
}

// text is the request to send a text from one user to another.
func text(from, to, content string, members ...string) string {
	return adding(fmt.Sprintf(`{"sendID":%q,"recvID":%q,"content":{"content":%q},"contentType":101,"sessionType":1}`, from, to, content), members...)
}

// groupText is the request to send a text to a group.
func groupText(from, group, content string, members ...string) string {
	return adding(fmt.Sprintf(`{"sendID":%q,"groupID":%q,"content":{"content":%q},"contentType":101,"sessionType":3}`, from, group, content), members...)
}

// notice is the request to announce something.
func notice(from, to, content string, members ...string) string {
	return adding(fmt.Sprintf(`{"sendID":%q,"recvID":%q,"content":{"notificationName":"n","notificationType":1,"text":%q},`+
		`"contentType":1400,"sessionType":4}`, from, to, content), members...)
}

// toAll is the request to send a text to several users.
func toAll(from string, to []string, content string, members ...string) string {
	return adding(fmt.Sprintf(`{"sendID":%q,"recvIDs":[%s],"content":{"content":%q},"contentType":101,"sessionType":1}`, from, quoted(to...), content), members...)
}

// quoted is a list of JSON strings without its brackets.
func quoted(texts ...string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = fmt.Sprintf("%q", text)
	}
	return strings.Join(list, ",")
}

// sent is what a send answers for one receiver.
type sent struct {
	ServerMsgID, ClientMsgID, RecvID string
	SendTime                         int64
}

// deliver sends one message.
func (s *stage) deliver(message string) sent {
	s.t.Helper()
	return dataOf[sent](s.t, s.do("/msg/send_msg", message))
}

// talk sends a text for each of the contents, a millisecond apart.
func (s *stage) talk(from, to string, contents ...string) {
	s.t.Helper()
	for _, content := range contents {
		s.deliver(text(from, to, content))
		s.clock.pass(1e6)
	}
}

// group creates a group with an owner, one admin "adm" and the given members.
func (s *stage) group(id, owner string, members ...string) {
	s.t.Helper()
	dataOf[any](s.t, s.do("/group/create_group", fmt.Sprintf(
		`{"ownerUserID":%q,"adminUserIDs":["adm"],"memberUserIDs":[%s],"groupInfo":{"groupID":%q,"groupName":"G","groupType":2,"needVerification":2}}`,
		owner, quoted(members...), id)))
}

// pulledMessage is a message as pull_msg_by_seq shows it.
type pulledMessage struct {
	SendID, RecvID, GroupID, ClientMsgID, ServerMsgID string
	SenderNickname, SenderFaceURL, Ex                 string
	SenderPlatformID, SessionType, MsgFrom            int
	ContentType, Status                               int
	Content                                           []byte
	Seq, SendTime, CreateTime                         int64
	IsRead                                            bool
	AtUserIDList                                      []string
	OfflinePushInfo                                   json.RawMessage
}

type pulledRange struct {
	Msgs   []pulledMessage
	IsEnd  bool
	EndSeq int64
}

type pulledRanges struct{ Msgs, NotificationMsgs map[string]pulledRange }

// pull lists messages of one conversation for a user; order is 0 or 1.
func (s *stage) pull(user, conversation string, begin, end, num, order int) pulledRange {
	s.t.Helper()
	a := dataOf[pulledRanges](s.t, s.do("/msg/pull_msg_by_seq", fmt.Sprintf(
		`{"userID":%q,"seqRanges":[{"conversationID":%q,"begin":%d,"end":%d,"num":%d}],"order":%d}`, user, conversation, begin, end, num, order)))
	if strings.HasPrefix(conversation, "n_") {
		return a.NotificationMsgs[conversation]
	}
	return a.Msgs[conversation]
}

// log is what a user sees of a conversation: "seq content" of each message, or the type where it is no text.
func (s *stage) log(user, conversation string) (lines []string) {
	s.t.Helper()
	for _, m := range s.pull(user, conversation, 1, 1000, 1000, 0).Msgs {
		var c struct{ Content string }
		if err := json.Unmarshal(m.Content, &c); err != nil || m.ContentType != 101 {
			c.Content = fmt.Sprintf("(%d, %d)", m.ContentType, m.Status)
		}
		lines = append(lines, fmt.Sprintf("%d %s", m.Seq, c.Content))
	}
	return lines
}

// sees compares a log.
func (s *stage) sees(user, conversation string, want ...string) {
	s.t.Helper()
	if got := s.log(user, conversation); !slices.Equal(got, want) {
		s.t.Errorf("%s sees %q in %s, want %q", user, got, conversation, want)
	}
}

// place is how far a user has read a conversation.
type place struct{ MaxSeq, HasReadSeq, MaxSeqTime int64 }

func (s *stage) places(user string) map[string]place {
	s.t.Helper()
	return dataOf[struct{ Seqs map[string]place }](s.t, s.do("/msg/get_conversations_has_read_and_max_seq", fmt.Sprintf(`{"userID":%q}`, user))).Seqs
}

// hasRead compares how far a user has read a conversation and how far it goes.
func (s *stage) hasRead(user, conversation string, read, newest int64) {
	s.t.Helper()
	if p := s.places(user)[conversation]; p.HasReadSeq != read || p.MaxSeq != newest {
		s.t.Errorf("%s has read %d of %d in %s, want %d of %d", user, p.HasReadSeq, p.MaxSeq, conversation, read, newest)
	}
}

// conversationRow is a line of the sorted list.
type conversationRow struct {
	ConversationID          string
	RecvMsgOpt, UnreadCount int
	IsPinned                bool
	MsgInfo                 struct {
		ServerMsgID, ClientMsgID, SendID, RecvID, SenderName, FaceURL string
		GroupID, GroupName, Content, Ex                               string
		SessionType, GroupType, GroupMemberCount, MsgFrom             int
		ContentType                                                   int
		LatestMsgRecvTime                                             int64
	}
}

type sortedList struct {
	ConversationTotal, UnreadTotal int
	ConversationElems              []conversationRow
}

func (l *sortedList) ids() (ids []string) {
	for i := range l.ConversationElems {
		ids = append(ids, l.ConversationElems[i].ConversationID)
	}
	return ids
}

// sorted is the sorted list of a user, with further members of the request.
func (s *stage) sorted(user string, members ...string) sortedList {
	s.t.Helper()
	return dataOf[sortedList](s.t, s.do("/conversation/get_sorted_conversation_list",
		adding(fmt.Sprintf(`{"userID":%q,"pagination":{"pageNumber":1,"showNumber":100}}`, user), members...)))
}
