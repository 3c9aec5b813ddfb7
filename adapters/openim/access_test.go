package openim_test

import (
	"strings"
	"testing"
)

// newAccessWorld has the users own and peer with a conversation and groups, a user who has nothing to do with them, and
// somebody to invite.
func newAccessWorld(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, "own", "peer", "stranger", "third", "adm")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":4}`))
	s.group("g", "own", "peer")
	s.group("g2", "peer")
	s.group("g3", "peer", "own")
	s.talk("own", "peer", "1")
	s.talk("peer", "own", "2")
	return s
}

// TestAccess calls every endpoint of the table as everybody.
func TestAccess(t *testing.T) {
	w := newWorld(t, section)
	endpoints := w.dialect.Endpoints()
	for _, e := range endpoints {
		path := e.Spec().Name
		t.Run(path[1:], func(t *testing.T) {
			m, ok := minimals[path]
			if !ok {
				t.Fatal("the endpoint has no minimal request: say who may call it")
			}
			checkAccessTo(t, path, m)
		})
	}
	if len(minimals) != len(endpoints) {
		t.Errorf("%d minimal requests for %d endpoints", len(minimals), len(endpoints))
	}
}

// The refusals that a caller meets, by the beginning of the answer.
const (
	refusedUnnamed  = `{"errCode":1001,"errMsg":"ArgsError","errDlt":"header must have token"`
	refusedForged   = `{"errCode":1505,`
	refusedStranger = `{"errCode":1002,"errMsg":"NoPermissionError"`
	refusedOutside  = `{"errCode":1203,"errMsg":"NotInGroupYetError"`
	allowed         = `{"errCode":0,"errMsg":"","errDlt":""`
)

func checkAccessTo(t *testing.T, path string, m minimal) {
	t.Helper()
	for _, caller := range []struct {
		name, refusal string
		least         access // what the endpoint must at most ask for
		token         func(*stage) string
	}{
		{"nobody", refusedUnnamed, anyone, func(*stage) string { return "" }},
		{"a forger", refusedForged, anyone, (*stage).forged},
		{"a stranger", refusedStranger, anyUser, func(s *stage) string { return s.as("stranger") }},
		{"the owner", refusedStranger, members, func(s *stage) string { return s.as("own") }},
		{"an administrator", "", adminOnly, func(s *stage) string { return s.op }},
	} {
		s := newAccessWorld(t)
		target := path
		if path == "/msg/send_simple_msg" {
			target += "?key=" + answering(`{"sendID":"own","recvID":"bot"}`)
		}
		got := s.call(t, target, caller.token(s), strings.Replace(m.body, "TOKEN", s.as("own"), 1))
		switch {
		case m.who <= caller.least && strings.HasPrefix(got, allowed):
		case m.who > caller.least && strings.HasPrefix(got, caller.refusal):
		case m.who == members && caller.name == "a stranger" && strings.HasPrefix(got, refusedOutside):
		default:
			t.Errorf("%s gets %s", caller.name, got)
		}
	}
}
