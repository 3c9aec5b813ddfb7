package openim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const batchPath = "/msg/batch_send_msg"

type batchAnswer struct {
	Results       []sent
	FailedUserIDs []string
}

func (a *batchAnswer) receivers() (ids []string) {
	for i := range a.Results {
		ids = append(ids, a.Results[i].RecvID)
	}
	return ids
}

func (s *stage) batch(message string) batchAnswer {
	s.t.Helper()
	return dataOf[batchAnswer](s.t, s.do(batchPath, message))
}

func TestBatchOrder(t *testing.T) {
	s := newStage(t, "a", "b", "c", "d")
	a := s.batch(toAll("a", []string{"d", "bad", "b", "a", "d", "", "c", "bad"}, "hi"))
	if want := []string{"d", "b", "a", "d", "c"}; !slices.Equal(a.receivers(), want) {
		t.Errorf("the results are %q, want %q", a.receivers(), want)
	}
	if want := []string{"bad", "", "bad"}; !slices.Equal(a.FailedUserIDs, want) {
		t.Errorf("failed are %q, want %q", a.FailedUserIDs, want)
	}
	servers := make(map[string]bool)
	for _, r := range a.Results {
		servers[r.ServerMsgID] = true
		if r.ClientMsgID != a.Results[0].ClientMsgID || r.SendTime != s.clock.now().UnixMilli() {
			t.Errorf("%+v", r)
		}
	}
	if len(servers) != len(a.Results) {
		t.Errorf("%d serverMsgIDs for %d results", len(servers), len(a.Results))
	}
	s.sees("d", "si_a_d", "1 hi", "2 hi") // named twice, sent twice
	s.sees("a", "si_a_a", "1 hi")
	s.hasRead("d", "si_a_d", 0, 2)
	s.hasRead("a", "si_a_d", 2, 2)
}

func TestBatchRefusals(t *testing.T) {
	s := newStage(t, "a", "b")
	s.givesTo("a", batchPath, toAll("a", []string{"b"}, "x"), noPermission("only app manager can send message"))
	s.gives(batchPath, toAll("a", []string{"b"}, "x", `"contentType":107`), badArgs(""))
	s.gives(batchPath, toAll("a", nil, "x", `"content":{}`), refused(500, "ServerInternalError", "Key: 'TextElem.Content' Error:Field validation for 'Content' failed on the 'required' tag"))
	s.refusesBinding(batchPath, `{"recvIDs":[1]}`, "json: cannot unmarshal number into Go struct field BatchSendMsgReq.recvIDs of type string")
	s.refusesBinding(batchPath, `{"recvIDs":[]}`, strings.Join([]string{
		"Key: 'BatchSendMsgReq.SendMsg.SendID' Error:Field validation for 'SendID' failed on the 'required' tag",
		"Key: 'BatchSendMsgReq.SendMsg.Content' Error:Field validation for 'Content' failed on the 'required' tag",
		"Key: 'BatchSendMsgReq.SendMsg.ContentType' Error:Field validation for 'ContentType' failed on the 'required' tag",
		"Key: 'BatchSendMsgReq.SendMsg.SessionType' Error:Field validation for 'SessionType' failed on the 'required' tag",
	}, "\n"))
	s.sees("b", "si_a_b")
}

func TestBatchOfNoticesAndOnlineOnly(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	announce := func(from string) string { return notice(from, "", "x", `"recvIDs":["b","c"]`) }
	if a := s.batch(announce("bot")); !slices.Equal(a.receivers(), []string{"b", "c"}) || a.FailedUserIDs != nil {
		t.Errorf("%+v", a)
	}
	s.sees("c", "sn_bot_c", "1 (1400, 2)")
	s.gives(batchPath, announce("a"), with(`{"results":null,"failedUserIDs":["b","c"]}`))
	s.gives(batchPath, announce("nobody"), with(`{"results":null,"failedUserIDs":["b","c"]}`))
	if a := s.batch(toAll("a", []string{"b", "bad", "c"}, "x", `"isOnlineOnly":true`)); !slices.Equal(a.receivers(), []string{"b", "c"}) || !slices.Equal(a.FailedUserIDs, []string{"bad"}) {
		t.Errorf("%+v", a)
	}
	s.sees("b", "si_a_b")
}

// TestBatchToAGroup: the message is sent once for every entry, which need not be members, nor exist.
func TestBatchToAGroup(t *testing.T) {
	s := newStage(t, "a", "b", "adm")
	s.group("g", "a", "b")
	if a := s.batch(groupText("a", "g", "hi", `"recvIDs":["b","x","b"]`)); !slices.Equal(a.receivers(), []string{"b", "x", "b"}) {
		t.Errorf("%+v", a)
	}
	s.sees("b", "sg_g", "1 hi", "2 hi", "3 hi")
	s.gives(batchPath, groupText("stranger", "g", "hi", `"recvIDs":["b"]`), with(`{"results":null,"failedUserIDs":["b"]}`))
	s.gives(batchPath, groupText("a", "none", "hi", `"recvIDs":["b"]`), with(`{"results":null,"failedUserIDs":["b"]}`))
	s.refusesBinding(batchPath, groupText("a", "", "hi", `"recvIDs":["b"]`),
		"Key: 'BatchSendMsgReq.SendMsg.GroupID' Error:Field validation for 'GroupID' failed on the 'required_if=SessionType 2|required_if=SessionType 3' tag")
}

// TestBigBatches sends to ten thousand receivers in one call, by name and to everybody.
func TestBigBatches(t *testing.T) {
	const many = 10_000
	users := make([]string, many)
	for i := range users {
		users[i] = fmt.Sprintf("u%05d", i)
	}
	s := newStage(t, users...)
	all := append([]string{"imAdmin"}, users...)
	slices.Reverse(users)
	for _, tt := range []struct {
		message string
		want    []string
	}{
		{toAll("imAdmin", users, "by name"), users},
		{toAll("imAdmin", []string{"ignored"}, "to all", `"isSendAll":true`), all},
	} {
		a := s.batch(tt.message)
		if !slices.Equal(a.receivers(), tt.want) || a.FailedUserIDs != nil {
			t.Fatalf("%d results, failed %d", len(a.Results), len(a.FailedUserIDs))
		}
		servers := make(map[string]bool, many)
		for _, r := range a.Results {
			servers[r.ServerMsgID] = true
		}
		if len(servers) != len(tt.want) {
			t.Errorf("%d serverMsgIDs", len(servers))
		}
	}
	for _, user := range []string{"u00000", "u04999", "u09999"} {
		s.sees(user, pair("si_", "imAdmin", user), "1 by name", "2 to all")
	}
	s.sees("imAdmin", "si_imAdmin_imAdmin", "1 to all")
}
