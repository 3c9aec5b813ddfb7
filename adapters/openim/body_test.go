package openim

import (
	"errors"
	"os"
	"strings"
	"testing"

	"parley/adapters/wire"
)

// bodyQuery and its parameters mirror bodyRequest of the comparison with encoding/json.
type bodyQuery struct {
	recvID, sendID, content string
	contentType, sendTime   int64
	onlineOnly              bool
	recvIDs                 []string
	seqs                    []int64
	push                    pushQuery
	pushGiven, exGiven      bool
	ex                      string
	users                   []userQuery
}

type pushQuery struct {
	title string
	badge bool
	users []userQuery
}

type userQuery struct {
	userID string
	age    int64
}

func userParams() []wire.Param[userQuery] {
	return []wire.Param[userQuery]{
		wire.String("userID", func(q *userQuery) *string { return &q.userID }),
		wire.Int("age", func(q *userQuery) *int64 { return &q.age }).As("uint32"),
	}
}

func bodyParams() []wire.Param[bodyQuery] {
	return []wire.Param[bodyQuery]{
		wire.String("recvID", func(q *bodyQuery) *string { return &q.recvID }),
		wire.String("sendID", func(q *bodyQuery) *string { return &q.sendID }).In("SendMsg"),
		wire.JSON("content", func(q *bodyQuery) *string { return &q.content }).In("SendMsg").As("map[string]interface {}"),
		wire.Int("contentType", func(q *bodyQuery) *int64 { return &q.contentType }).In("SendMsg").As("int32"),
		wire.Bool("isOnlineOnly", func(q *bodyQuery) *bool { return &q.onlineOnly }).In("SendMsg"),
		wire.Int("sendTime", func(q *bodyQuery) *int64 { return &q.sendTime }).In("SendMsg"),
		wire.Nested("offlinePushInfo", func(q *bodyQuery) *pushQuery { return &q.push },
			wire.String("title", func(q *pushQuery) *string { return &q.title }),
			wire.Bool("iOSBadgeCount", func(q *pushQuery) *bool { return &q.badge }),
			wire.NestedList("users", func(q *pushQuery) *[]userQuery { return &q.users }, userParams()...).Go("openim.userRequest"),
		).Go("openim.pushRequest").In("SendMsg").Given(func(q *bodyQuery) *bool { return &q.pushGiven }),
		wire.String("ex", func(q *bodyQuery) *string { return &q.ex }).In("SendMsg").Given(func(q *bodyQuery) *bool { return &q.exGiven }),
		wire.List("recvIDs", func(q *bodyQuery) *[]string { return &q.recvIDs }),
		wire.Ints("seqs", func(q *bodyQuery) *[]int64 { return &q.seqs }),
		wire.NestedList("users", func(q *bodyQuery) *[]userQuery { return &q.users }, userParams()...).Go("openim.userRequest"),
	}
}

func decodeBody(b *body, raw string, bind bool) (q bodyQuery, err error) {
	if err = b.read([]byte(raw), "openim.SendMsgReq", bind); err == nil {
		err = wire.Decode(bodyParams(), b, &q)
	}
	return q, err
}

// textOf returns the decoder's text in a refusal, after checking the form that its family has.
func textOf(t *testing.T, err error, bind bool) string {
	t.Helper()
	if err == nil {
		return ""
	}
	r, ok := errors.AsType[*refusal](err)
	if !ok || r.number != 1001 {
		t.Fatalf("%v is no refusal of the decoder", err)
	}
	if bind {
		if r.status != 400 || r.message != "ArgsError" {
			t.Fatalf("%+v", r)
		}
		return r.detail
	}
	text, ok := strings.CutPrefix(r.message, "Error: Error: ")
	if r.status != 200 || r.detail != "" || !ok {
		t.Fatalf("%+v", r)
	}
	return text
}

func TestBodyRefusals(t *testing.T) {
	const field = " into Go struct field "
	for raw, want := range map[string]string{
		`{"isOnlineOnly":"true"}`:                    "json: cannot unmarshal string" + field + "SendMsgReq.SendMsg.isOnlineOnly of type bool",
		`{"sendTime":"1"}`:                           "json: cannot unmarshal string" + field + "SendMsgReq.SendMsg.sendTime of type int64",
		`{"SENDTIME":1.0}`:                           "json: cannot unmarshal number 1.0" + field + "SendMsgReq.SendMsg.sendTime of type int64",
		`{"sendTime":1e3}`:                           "json: cannot unmarshal number 1e3" + field + "SendMsgReq.SendMsg.sendTime of type int64",
		`{"sendTime":9223372036854775808}`:           "json: cannot unmarshal number 9223372036854775808" + field + "SendMsgReq.SendMsg.sendTime of type int64",
		`{"contentType":2147483648}`:                 "json: cannot unmarshal number 2147483648" + field + "SendMsgReq.SendMsg.contentType of type int32",
		`{"content":"hi"}`:                           "json: cannot unmarshal string" + field + "SendMsgReq.SendMsg.content of type map[string]interface {}",
		`{"content":{"a":[1e999]}}`:                  "json: cannot unmarshal number 1e999" + field + "SendMsgReq.SendMsg.content of type float64",
		`{"recvID":12}`:                              "json: cannot unmarshal number" + field + "SendMsgReq.recvID of type string",
		`{"recvIDs":"a"}`:                            "json: cannot unmarshal string" + field + "SendMsgReq.recvIDs of type []string",
		`{"recvIDs":["a",{}]}`:                       "json: cannot unmarshal object" + field + "SendMsgReq.recvIDs of type string",
		`{"seqs":[1,"a"]}`:                           "json: cannot unmarshal string" + field + "SendMsgReq.seqs of type int64",
		`{"seqs":[1.5]}`:                             "json: cannot unmarshal number 1.5" + field + "SendMsgReq.seqs of type int64",
		`{"seqs":{}}`:                                "json: cannot unmarshal object" + field + "SendMsgReq.seqs of type []int64",
		`{"offlinePushInfo":[]}`:                     "json: cannot unmarshal array" + field + "SendMsgReq.SendMsg.offlinePushInfo of type openim.pushRequest",
		`{"offlinePushInfo":{"iOSBadgeCount":1}}`:    "json: cannot unmarshal number" + field + "pushRequest.SendMsg.offlinePushInfo.iOSBadgeCount of type bool",
		`{"offlinePushInfo":{"users":[{"age":-1}]}}`: "json: cannot unmarshal number -1" + field + "userRequest.SendMsg.offlinePushInfo.users.age of type uint32",
		`{"users":7}`:                                "json: cannot unmarshal number" + field + "SendMsgReq.users of type []*openim.userRequest",
		`{"users":[null,true]}`:                      "json: cannot unmarshal bool" + field + "SendMsgReq.users of type openim.userRequest",
		`{"users":[{"userID":false}]}`:               "json: cannot unmarshal bool" + field + "userRequest.users.userID of type string",
		`[]`:                                         "json: cannot unmarshal array into Go value of type openim.SendMsgReq",
		` "a" `:                                      "json: cannot unmarshal string into Go value of type openim.SendMsgReq",
		`{"a":'b'}`:                                  `invalid character '\'' looking for beginning of value`,
		`{"a" 1}`:                                    "invalid character '1' after object key",
		`{"a":01}`:                                   "invalid character '1' after object key:value pair",
		`x`:                                          "invalid character 'x' looking for beginning of value",
		"{\"a\":\"\n\"}":                             `invalid character '\n' in string literal`,
		`{"a":` + strings.Repeat("[", 64) + "]":      "", // see below
		`{"a":` + deep(wire.MaxDepth) + `}`:          "exceeded max depth",
		`{"a":` + deep(wire.MaxDepth-1) + `}`:        "-",
		`null`:                                       "-",
		`{"isOnlineOnly":null,"seqs":null,"zz":[{}]}`: "-",
	} {
		for _, bind := range []bool{true, false} {
			wanted := want
			switch {
			case want == "-":
				wanted = ""
			case want == "" && bind:
				wanted = "unexpected EOF"
			case want == "":
				wanted = "unexpected end of JSON input"
			}
			_, err := decodeBody(new(body), raw, bind)
			if got := textOf(t, err, bind); got != wanted {
				t.Errorf("%s: %q, want %q", raw, got, wanted)
			}
		}
	}
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// TestBodyFamilies checks where the two families differ.
func TestBodyFamilies(t *testing.T) {
	for _, test := range []struct{ raw, bound, other string }{
		{"", "EOF", "unexpected end of JSON input"},
		{" \n", "EOF", "unexpected end of JSON input"},
		{`{"secret":`, "unexpected EOF", "unexpected end of JSON input"},
		{`{"recvID":"a"} x`, "", "invalid character 'x' after top-level value"},
		{`nullx`, "", "invalid character 'x' after top-level value"},
	} {
		for bind, want := range map[bool]string{true: test.bound, false: test.other} {
			_, err := decodeBody(new(body), test.raw, bind)
			if got := textOf(t, err, bind); got != want {
				t.Errorf("%q, %v: %q, want %q", test.raw, bind, got, want)
			}
		}
	}
}

func TestBodyWithoutTypeName(t *testing.T) {
	var b body
	if err := b.read([]byte(`{"recvID":1}`), "", true); err != nil {
		t.Fatal(err)
	}
	var q bodyQuery
	err := wire.Decode(bodyParams(), &b, &q)
	if got := textOf(t, err, true); got != "json: cannot unmarshal number into Go struct field .recvID of type string" {
		t.Error(got)
	}
}

// TestBodyValues reads several requests with one body, so that nothing may be left over from the one before.
func TestBodyValues(t *testing.T) {
	var b body
	for range 2 {
		q, err := decodeBody(&b, `{"RECVID":"a","recvid":"b","sendid":"\u0041\ud83d\ude00\ud800\n","content": { "a": 1 } ,
			"recvIDs":[],"seqs":[-1,null,9007199254740993],"ex":"","offlinePushInfo":{"title":"`+"\xff"+`"},"ſendTime":5,
			"users":[{"userID":"u1"},null,{"age":4294967295}]}`, true)
		if err != nil {
			t.Fatal(err)
		}
		if q.recvID != "b" || q.sendID != "A😀\ufffd\n" || q.content != `{ "a": 1 }` || q.sendTime != 5 || q.push.title != "\ufffd" {
			t.Errorf("%+v", q)
		}
		if q.recvIDs == nil || len(q.recvIDs) != 0 || !q.exGiven || !q.pushGiven {
			t.Errorf("%+v", q)
		}
		if len(q.seqs) != 3 || q.seqs[2] != 1<<53+1 || len(q.users) != 3 || q.users[0].userID != "u1" || q.users[2].age != 1<<32-1 {
			t.Errorf("%+v", q)
		}
		if q, err = decodeBody(&b, `{"content":null,"offlinePushInfo":null}`, false); err != nil || q.content != "" || q.users != nil || q.recvIDs != nil || q.exGiven || q.pushGiven {
			t.Errorf("%+v, %v", q, err)
		}
	}
}

// TestBodyCost checks that reading a message allocates nothing once a body has been used.
func TestBodyCost(t *testing.T) {
	raw, params, want := []byte(captured(t)[15]), bodyParams(), "s1"
	var b body
	var q bodyQuery
	allocations := testing.AllocsPerRun(100, func() {
		if err := b.read(raw, "SendMsgReq", true); err != nil {
			t.Fatal(err)
		}
		if err := wire.Decode(params, &b, &q); err != nil || q.sendID != want {
			t.Fatalf("%+v, %v", q, err)
		}
	})
	if allocations > 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func BenchmarkBody(b *testing.B) {
	raw, params := []byte(captured(b)[15]), bodyParams()
	var in body
	var q bodyQuery
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := in.read(raw, "SendMsgReq", true); err != nil {
			b.Fatal(err)
		}
		if err := wire.Decode(params, &in, &q); err != nil {
			b.Fatal(err)
		}
	}
}

// captured returns the bodies of requests to the original, one a line.
func captured(t testing.TB) []string {
	t.Helper()
	all, err := os.ReadFile("testdata/bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(all)), "\n")
}
