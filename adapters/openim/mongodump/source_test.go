package mongodump_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/openim"
	"parley/adapters/openim/mongodump"
	"parley/core"
	"parley/core/archive"
)

func open(t testing.TB, text string) *mongodump.Source {
	t.Helper()
	s, err := mongodump.Open(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told is what a source says, a line an item.
func told(t testing.TB, s *mongodump.Source, cursor []byte) (lines []string, cursors [][]byte) {
	t.Helper()
	for item, err := range s.Records(context.Background(), cursor) {
		if err != nil {
			return append(lines, "error: "+err.Error()), cursors
		}
		if len(item.Cursor) == 0 || len(item.Cursor) > core.MaxImportCursor || item.Bytes > s.Size() {
			t.Fatalf("a cursor of %d bytes, %d bytes of %d", len(item.Cursor), item.Bytes, s.Size())
		}
		cursors = append(cursors, item.Cursor)
		switch r := item.Record; {
		case item.Reject != nil:
			lines = append(lines, fmt.Sprintf("reject %d: %s", item.Reject.Line, item.Reject.Reason))
		case item.Skip != "":
			lines = append(lines, "skip "+item.Skip)
		case r.Type == archive.TypeUser:
			lines = append(lines, fmt.Sprintf("user %s %s %s %s %d", r.User.ID, r.User.Nickname, r.User.Role, r.User.Reception, r.User.Registered))
		case r.Type == archive.TypeGroup:
			lines = append(lines, fmt.Sprintf("group %s %q of %s %v muted=%t", r.Group.ID, r.Group.Name, r.Group.Owner, r.Group.Members, r.Group.Muted))
		case r.Type == archive.TypeRead:
			lines = append(lines, fmt.Sprintf("read %s %s%s%s %v hidden %v", r.Read.Member, r.Read.Channel, r.Read.Peer, r.Read.Group, r.Read.Read, r.Read.Hidden))
		default:
			m := r.Message
			body := "-"
			if m.Body != nil {
				body = m.Body.Kind + " " + m.Body.Text
			}
			lines = append(lines, fmt.Sprintf("%s#%d %s>%s%s%s %d %s read=%t revoked=%v", m.Origin, m.Seq, m.From, m.To, m.Group, m.Channel, m.Time, body, m.Read, m.Revoked))
		}
	}
	return lines, cursors
}

// said is an element of a document's list.
func said(from, to, group string, seq, time, contentType int, content, more string) string {
	return fmt.Sprintf(`{"msg":{"send_id":%q,"recv_id":%q,"group_id":%q,"client_msg_id":"00112233445566778899aabbccddeeff","sender_platform_id":{"$numberInt":"2"},`+
		`"sender_nickname":"N","session_type":1,"msg_from":200,"content_type":%d,"content":%q,"seq":{"$numberLong":"%d"},"send_time":{"$numberLong":"%d"},`+
		`"status":2,"is_read":false,"options":{"offlinePush":false},"at_user_id_list":["x"],"ex":"e"}%s}`, from, to, group, contentType, content, seq, time, more)
}

func document(id string, elements ...string) string {
	return `{ "_id" : {"$oid":"5f0000000000000000000000"}, "doc_id":"` + id + `", "msgs": [ ` + strings.Join(elements, " , ") + ` ] }` + "\n"
}

func dump() string {
	return document("si_ann_bob:0",
		said("ann", "bob", "", 1, 1000, 101, `{"content":"one"}`, `,"is_read":true`),
		`{"msg":null}`,
		said("bob", "ann", "", 3, 900, 101, `{"content":"\ud83d\ude00"}`, `,"del_list":["ann"]`),
		said("ann", "bob", "", 3, 950, 101, `{"content":"again"}`, ``),
		said("ann", "bob", "", 7, 3000, 110, `{"data":"d","description":"","extension":""}`, `,"revoke":{"user_id":"ann","role":{"$numberInt":"20"},"nickname":"A","time":{"$numberDouble":"3500.0"}}`),
	) +
		"not json\n\n" +
		document("sg_g1:0", said("cid", "", "g1", 1, 2000, 101, `{"content":"all"}`, ``), said("ann", "", "g1", 2, 2500, 101, `{"content":"me"}`, ``)) +
		document("n_ann_bob:0", said("ann", "bob", "", 1, 1500, 2200, `{"detail":"{}"}`, ``)) +
		document("n_g1:0", said("ann", "", "g1", 1, 1600, 1501, `{"detail":"{}"}`, ``)) +
		document("sn_bob_bot:0", said("bot", "bob", "", 1, 2600, 1400, `{"detail":"{\"text\":\"t\"}"}`, ``)) +
		document("si_ann_bob:1", `{"msg":{"send_id":"ann","recv_id":"bob","seq":101,"send_time":0,"create_time":4000,"status":4,"content_type":101}}`,
			`{"msg":{"send_id":"","seq":102,"send_time":5}}`, `{"msg":{"send_id":7,"seq":103,"send_time":5}}`) +
		`{"user_id":"ann","nickname":"Ann","face_url":"","create_time":{"$date":"2021-01-01T00:00:00Z"},"app_manger_level":1,"global_recv_msg_opt":2}` + "\n" +
		`{"user_id":"bot","nickname":"Bot","create_time":{"$date":{"$numberLong":"1609459200000"}},"app_manger_level":{"$numberInt":"3"}}` + "\n" +
		`{"group_id":"g1","group_name":"G","status":3,"creator_user_id":"ann"}` + "\n" +
		`{"group_id":"g1","user_id":"ann","role_level":100,"join_time":{"$date":"2021-01-01T00:00:00Z"}}` + "\n" +
		`{"group_id":"g1","user_id":"dan","role_level":20}` + "\n" +
		`{"user_id":"bob","conversation_id":"si_ann_bob","min_seq":0,"max_seq":0,"read_seq":{"$numberLong":"6"}}` + "\n" +
		`{"user_id":"ann","conversation_id":"sg_g1","read_seq":1}` + "\n" +
		`{"user_id":"ann","conversation_id":"si_ann_ghost","read_seq":1}` + "\n" +
		`{"something":"else"}`
}

func TestDump(t *testing.T) {
	want := []string{
		"reject 2: the line is no document: invalid character 'o' in literal null (expecting 'u')",
		"reject 8: a message has no sender, time or place, or one of another type",
		"reject 8: a message has no sender, time or place, or one of another type",
		"reject 17: the document is of none of the collections msg, user, group, group_member and seq_user",
		"user ann Ann  quietly 1609459200000", "user bob    0", "user bot Bot notifier  1609459200000", "user cid    0", "user dan    0",
		`group g1 "G" of ann [{ann owner    1609459200000 0   false 0} {dan     0 0   false 0}] muted=true`,
		"reject 0: the conversation has another message in this place",
		"1#1 ann>bob 1000 text one read=true revoked=<nil>",
		"3#2 bob>ann 900 text \U0001F600 read=false revoked=<nil>",
		"1#1 ann>bobevents 1500 notification {} read=false revoked=<nil>",
		"skip an event of a group, which is told to its members' programs and kept nowhere",
		"1#1 cid>g1 2000 text all read=false revoked=<nil>",
		"2#2 ann>g1 2500 text me read=false revoked=<nil>",
		`1#1 bot>bobnotices 2600 notification {"text":"t"} read=false revoked=<nil>`,
		`7#3 ann>bob 3000 custom {"data":"d","description":"","extension":""} read=false revoked=&{ann  3500}`,
		"101#4 ann>bob 4000 - read=false revoked=<nil>",
		"read ann bob [] hidden [[2 2]]",
		"read bob ann [[1 2]] hidden []",
		"read ann g1 [[1 1]] hidden []",
	}
	got, cursors := told(t, open(t, dump()), nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for i := range cursors {
		if !strings.Contains(string(cursors[i]), `"phase":0`) {
			if rest, _ := told(t, open(t, dump()), cursors[i]); !slices.Equal(rest, got[i+1:]) {
				t.Errorf("behind %s: %s", got[i], cmp.Diff(got[i+1:], rest))
			}
		}
	}
}

// TestContents compares what the reader makes of a message with what the dialect makes of it.
func TestContents(t *testing.T) {
	text := document("si_a_b:0", said("a", "b", "", 1, 1000, 102, `{"sourcePicture":{"url":"http://p","width":3}}`, ``))
	for item, err := range open(t, text).Records(t.Context(), nil) {
		if err != nil {
			t.Fatal(err)
		}
		m := item.Record.Message
		if m == nil {
			continue
		}
		c := (&openim.StoredMessage{
			ContentType: 102, Content: `{"sourcePicture":{"url":"http://p","width":3}}`, ClientMsgID: "00112233445566778899aabbccddeeff",
			Platform: 2, Nickname: "N", From: 200, Ex: "e", NotOfflinePush: true, AtUsers: []string{"x"},
		}).Decode()
		if m.Body.Kind != "image" || m.Body.Raw == nil || *m.Body.Raw != string(c.Raw) || string(m.Body.Meta) != string(c.Meta) || m.Body.Text != string(c.Body) {
			t.Errorf("%+v is not %+v", m.Body, c)
		}
	}
}

func FuzzDump(f *testing.F) {
	f.Add(dump())
	f.Add(`[{"doc_id":"si_a_b:0","msgs":[{"msg":{"send_id":"a","recv_id":"b","seq":1,"send_time":{"$date":{"$date":1}}}}]}]`)
	f.Fuzz(func(t *testing.T, text string) {
		lines, cursors := told(t, open(t, text), nil)
		if len(cursors) > 0 {
			i := len(cursors) - 1
			if rest, _ := told(t, open(t, text), cursors[i]); strings.Contains(string(cursors[i]), `"phase":1`) && !slices.Equal(rest, lines[i+1:]) {
				t.Error(cmp.Diff(lines[i+1:], rest))
			}
		}
		told(t, open(t, text), []byte(text))
	})
}
