package openim_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documented is the example request of the document's page on batch_send_msg.
func documented(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile("testdata/document/batch_send_msg.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(body))
}

// documentedUsers are those of the example's answer, in its order, behind the administrator.
var documentedUsers = []string{"3473643418", "9948077346", "9371245179", "6412123282"}

// hex32 is what the IDs of messages look like.
var hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

// TestDocumentedBatch sends the example as it stands: to everybody, whatever recvIDs says.
func TestDocumentedBatch(t *testing.T) {
	s := newStage(t, documentedUsers...)
	answer := s.do("/msg/batch_send_msg", documented(t))
	results := s.checkBatch(answer, append([]string{"imAdmin"}, documentedUsers...))
	for _, r := range results {
		m := s.pull(r.RecvID, pair("si_", "3473643418", r.RecvID), 1, 1, 1, 0).Msgs
		if len(m) != 1 {
			t.Errorf("%s has %d messages", r.RecvID, len(m))
			continue
		}
		got := fmt.Sprint(m[0].SendID, m[0].RecvID, m[0].ClientMsgID == r.ClientMsgID, m[0].ServerMsgID == r.ServerMsgID, m[0].SenderNickname,
			m[0].SenderFaceURL, m[0].SenderPlatformID, string(m[0].Content), m[0].Ex, m[0].SendTime, string(m[0].OfflinePushInfo))
		want := fmt.Sprint("3473643418", r.RecvID, true, true, "Alice", "http://nvpydodr.ae/ylyqu", 2, `{"content":"hello!!"}`, "ex", 1340619319058,
			`{"title":"1213","desc":"in eiusmod magna","ex":"ex","iOSPushSound":"in Duis ut sunt nostrud","iOSBadgeCount":true,"signalInfo":""}`)
		if got != want {
			t.Errorf("%s got\n%s, want\n%s", r.RecvID, got, want)
		}
	}
}

// checkBatch compares the whole answer to the example and returns its results.
func (s *stage) checkBatch(answer string, receivers []string) []sent {
	s.t.Helper()
	results := dataOf[struct{ Results []sent }](s.t, answer).Results
	var list, servers []string
	for i, r := range results {
		if !hex32.MatchString(r.ServerMsgID) || !hex32.MatchString(r.ClientMsgID) || slices.Contains(servers, r.ServerMsgID) {
			s.t.Errorf("result %d: the IDs are %s and %s", i, r.ServerMsgID, r.ClientMsgID)
		}
		servers = append(servers, r.ServerMsgID)
		if i < len(receivers) {
			list = append(list, fmt.Sprintf(`{"serverMsgID":%q,"clientMsgID":%q,"sendTime":1340619319058,"recvID":%q}`,
				r.ServerMsgID, results[0].ClientMsgID, receivers[i]))
		}
	}
	check(s.t, answer, with(`{"results":[`+strings.Join(list, ",")+`],"failedUserIDs":null}`))
	if len(results) != len(receivers) {
		s.t.Errorf("%d results, want %d", len(results), len(receivers))
	}
	return results
}

func TestDocumentedBatchToItsReceivers(t *testing.T) {
	s := newStage(t, documentedUsers...)
	body := strings.Replace(documented(t), `"isSendAll": true`, `"isSendAll": false`, 1)
	s.checkBatch(s.do("/msg/batch_send_msg", body), []string{"9948077346", "9371245179"})
	if got := s.places("6412123282"); len(got) != 0 {
		t.Errorf("somebody else got %v", got)
	}
}

// TestDocumentedFailure is the page's example of a failure, in the words of the later release.
func TestDocumentedFailure(t *testing.T) {
	s := newStage(t, documentedUsers...)
	s.gives("/msg/send_msg", text("3473643418", "nobody", "hi"), refused(1004, "RecordNotFoundError", "userID not found"))
}

// TestDocumentedRemark holds that the page is wrong about leaving recvIDs out, also for a group and for everybody.
func TestDocumentedRemark(t *testing.T) {
	s := newStage(t, append(documentedUsers, "adm")...)
	s.group("g", "3473643418")
	const missing = "Key: 'BatchSendMsgReq.RecvIDs' Error:Field validation for 'RecvIDs' failed on the 'required' tag"
	body := documented(t)
	list := body[strings.Index(body, `"recvIDs"`):strings.Index(body, `"sendID"`)]
	s.refusesBinding("/msg/batch_send_msg", strings.Replace(body, list, "", 1), missing)
	s.refusesBinding("/msg/batch_send_msg", strings.Replace(body, list, `"recvIDs": null,`, 1), missing)
	s.refusesBinding("/msg/batch_send_msg", groupText("3473643418", "g", "hi"), missing)
	s.gives("/msg/batch_send_msg", groupText("3473643418", "g", "hi", `"recvIDs":[]`), with(`{"results":null,"failedUserIDs":null}`))
	s.hasRead("3473643418", "sg_g", 0, 0)
}

// pair is the ID of a conversation of two users.
func pair(prefix, a, b string) string { return prefix + min(a, b) + "_" + max(a, b) }
