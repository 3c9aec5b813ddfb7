package openim_test

import (
	"slices"
	"strings"
	"testing"
)

// TestMalformedBodies: the platform has two ways of decoding, which say differently what is wrong. Every endpoint has one
// of them.
func TestMalformedBodies(t *testing.T) {
	s := newStage(t)
	family := []string{
		"/msg/send_msg", "/msg/batch_send_msg", "/msg/send_business_notification", "/msg/send_simple_msg", "/user/get_users_online_status",
	}
	found := 0
	for _, e := range s.dialect.Endpoints() {
		path := e.Spec().Name
		binds := slices.Contains(family, path)
		if binds {
			found++
		}
		for body, detail := range map[string]string{"": "EOF", "{": "unexpected EOF", `{"a"`: "unexpected EOF", "[]": ""} {
			a := s.send(t, "POST", path, body, "operationID", "op", "token", s.op)
			status, want := 200, refused(1001, "Error: Error: unexpected end of JSON input", "")
			if binds {
				status, want = 400, badArgs(detail)
			}
			if detail == "" { // the text names the request's type
				want = a.body
				if !strings.Contains(a.body, "json: cannot unmarshal array into Go value of type ") {
					t.Errorf("%s %s: %s", path, body, a.body)
				}
			}
			if a.status != status || a.body != want {
				t.Errorf("%s %s: %d %s, want %s", path, body, a.status, a.body, want)
			}
		}
	}
	if found != len(family) {
		t.Errorf("%d of the family's endpoints are in the table", found)
	}
}

// TestNamesOfMembers: the case of names does not matter, and members that nobody knows are ignored.
func TestNamesOfMembers(t *testing.T) {
	s := newStage(t, "a", "b")
	s.deliver(`{"SENDID":"a","recvid":"b","Content":{"content":"x"},"contenttype":101,"sessionType":1,"isSendAll":"?","unknown":{"a":[1]}}`)
	s.sees("b", "si_a_b", "1 x")
}
