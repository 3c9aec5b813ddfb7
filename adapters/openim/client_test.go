package openim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/wire/golden"
	"parley/core"
)

// script is a server that answers what a test says and notes what it is asked.
type script struct {
	mu     sync.Mutex
	answer func(path string, body []byte) (status int, answer string)
	asked  []string // path and token
	ids    map[string]bool
}

func (s *script) serve(ctx *fasthttp.RequestCtx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := string(ctx.Path())
	s.asked = append(s.asked, path+" "+string(ctx.Request.Header.Peek("token")))
	s.ids[string(ctx.Request.Header.Peek("operationID"))] = true
	status, answer := s.answer(path, ctx.PostBody())
	ctx.SetStatusCode(status)
	ctx.SetContentType("application/json")
	if ctx.Request.Header.HasAcceptEncoding("gzip") {
		ctx.Response.Header.SetContentEncoding("gzip")
		ctx.Response.SetBody(fasthttp.AppendGzipBytes(nil, []byte(answer)))
		return
	}
	ctx.SetBodyString(answer)
}

// scripted returns a client in front of such a server. Tokens that it gives are t1, t2 and so on.
func scripted(t *testing.T, now func() time.Time, answer func(path string, body []byte) (status int, answer string)) (*openim.Client, *script) {
	t.Helper()
	tokens := 0
	s := &script{ids: make(map[string]bool), answer: func(path string, body []byte) (int, string) {
		if path == "/auth/get_admin_token" {
			tokens++
			return 200, fmt.Sprintf(`{"errCode":0,"errMsg":"","errDlt":"","data":{"token":"t%d","expireTimeSeconds":7776000}}`, tokens)
		}
		return answer(path, body)
	}}
	server := golden.Serve(t, s.serve)
	client, err := openim.NewClient("http://openim", openim.ClientOptions{Secret: "s", Now: now, Dial: server.Dial})
	if err != nil {
		t.Fatal(err)
	}
	return client, s
}

func TestClientSpeaksToTheServer(t *testing.T) {
	l := newLoop(t)
	ctx := t.Context()
	accounts := []openim.Account{{ID: "u1", Nickname: "One"}, {ID: "u2", Nickname: "Two"}}
	if err := l.client.Register(ctx, accounts...); err != nil {
		t.Fatal(err)
	}
	if err := l.client.Register(ctx, openim.Account{ID: "u3", Nickname: "Three"}, accounts[0]); core.CodeOf(err) != core.Exists {
		t.Errorf("registering again: %v", err)
	}
	if err := l.client.Register(ctx, openim.Account{ID: "a b", Nickname: "x"}); core.CodeOf(err) != core.Invalid {
		t.Errorf("an illegal ID: %v", err)
	}
	known, err := l.client.Registered(ctx, "u3", "u2", "u1")
	if err != nil || fmt.Sprint(known) != "[false true true]" {
		t.Errorf("registered: %v, %v", known, err)
	}
	token, err := l.client.UserToken(ctx, "u1", 5)
	if err != nil {
		t.Fatal(err)
	}
	const mine = `{"userIDs":["u1"]}`
	if body := l.call(t, "/user/get_users_info", token, mine); !strings.Contains(body, `"nickname":"One"`) {
		t.Errorf("with the user's token: %s", body)
	}
	if err := l.client.ForceLogout(ctx, "u1", 5); err != nil {
		t.Error(err)
	}
	if body := l.call(t, "/user/get_users_info", token, mine); !strings.Contains(body, `"errCode":150`) {
		t.Errorf("after the end of the token: %s", body)
	}
	if _, err := l.client.UserToken(ctx, "nobody", 5); core.CodeOf(err) != core.NotFound {
		t.Errorf("a stranger's token: %v", err)
	}
	if _, err := l.world.client(t, "another secret").AdminToken(ctx); core.CodeOf(err) != core.Forbidden {
		t.Errorf("with another secret: %v", err)
	}
}

func TestAdminTokenIsKept(t *testing.T) {
	clock := &clock{at: time.Unix(1795201811, 0)}
	kicked := map[string]bool{}
	var s *script
	client, s := scripted(t, clock.now, func(string, []byte) (int, string) {
		last := s.asked[len(s.asked)-1]
		if kicked[last[strings.LastIndexByte(last, ' ')+1:]] {
			return 200, refused(1506, "TokenKickedError", "TokenKickedError")
		}
		return 200, done
	})
	logout := func() {
		t.Helper()
		if err := client.ForceLogout(t.Context(), "u", 1); err != nil {
			t.Error(err)
		}
	}
	logout()
	clock.pass(5*time.Minute - time.Millisecond)
	logout()
	clock.pass(time.Millisecond)
	logout()
	kicked["t2"] = true
	logout()
	const get, end = "/auth/get_admin_token ", "/auth/force_logout "
	want := []string{get, end + "t1", end + "t1", get, end + "t2", end + "t2", get, end + "t3"}
	if got := fmt.Sprint(s.asked); got != fmt.Sprint(want) {
		t.Errorf("asked %s", got)
	}
	if len(s.ids) != len(s.asked) || s.ids[""] {
		t.Errorf("operation IDs %v", s.ids)
	}
	kicked["t3"], kicked["t4"] = true, true
	if err := client.ForceLogout(t.Context(), "u", 1); core.CodeOf(err) != core.Unauthenticated || len(s.asked) != len(want)+3 {
		t.Errorf("a server that takes no token: %v after %v", err, s.asked)
	}
}

func TestOneRenewalForAll(t *testing.T) {
	client, s := scripted(t, nil, func(string, []byte) (int, string) { return 200, done })
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := client.ForceLogout(t.Context(), "u", 1); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := strings.Count(fmt.Sprint(s.asked), "get_admin_token"); n != 1 {
		t.Errorf("%d tokens for %d calls", n, len(s.asked))
	}
}

func TestAnswersThatAreFaults(t *testing.T) {
	const token = "eyJh.x.y"
	for name, c := range map[string]struct {
		status int
		answer string
		want   core.Code
	}{
		"no JSON":              {200, `<html>`, core.Internal},
		"no data":              {200, done, core.Internal},
		"null":                 {200, `{"errCode":0,"errMsg":"","errDlt":"","data":null}`, core.Internal},
		"wrong data":           {200, `{"errCode":0,"errMsg":"","errDlt":"","data":[]}`, core.Internal},
		"400 without an error": {400, `{"errCode":0,"errMsg":"","errDlt":"","data":{}}`, core.Internal},
		"binding":              {400, badArgs("EOF"), core.Invalid},
		"no such path":         {404, "404 page not found", core.Unsupported},
		"limiter":              {429, `{"errCode":429,"errMsg":"too many requests, please try again later","errDlt":""}`, core.Limited},
		"panic":                {500, "", core.Unavailable},
		"gateway":              {502, "", core.Unavailable},
		"arguments":            {200, badArgs("userID is empty"), core.Invalid},
		"too large":            {200, badArgs("the request is too large"), core.TooLarge},
		"permission":           {200, noPermission("x"), core.Forbidden},
		"no record":            {200, refused(1004, "RecordNotFoundError", "userID not found"), core.NotFound},
		"no user":              {200, refused(1101, "UserIDNotFoundError", "UserIDNotFoundError"), core.NotFound},
		"blocked":              {200, refused(1302, "BlockedByPeer", "BlockedByPeer"), core.Forbidden},
		"not in group":         {200, refused(1203, "NotInGroupYetError", "NotInGroupYetError"), core.Forbidden},
		"dismissed":            {200, refused(1204, "DismissedAlreadyError", ""), core.Conflict},
		"exists":               {200, refused(1202, "GroupIDExisted", ""), core.Exists},
		"database":             {200, refused(90002, "DatabaseError", ""), core.Unavailable},
		"content":              {200, refused(500, "ServerInternalError", "Key: 'TextElem.Content' Error:Field validation"), core.Invalid},
		"decoding":             {200, refused(500, "ServerInternalError", "1 error(s) decoding:\n\n* 'data' expected type"), core.Invalid},
		"timeout":              {200, refused(500, "ServerInternalError", "the service timed out"), core.Timeout},
		"internal":             {200, refused(500, "ServerInternalError", "boom"), core.Internal},
		"unknown":              {200, refused(20001, "hook", "no"), core.Internal},
		"malformed token":      {200, refused(1503, "TokenMalformedError", "1503 TokenMalformedError jwt parse error, token="+token), core.Unauthenticated},
	} {
		client, s := scripted(t, nil, func(string, []byte) (int, string) { return c.status, c.answer })
		_, err := client.As("a").User(t.Context(), "b")
		if core.CodeOf(err) != c.want || strings.Contains(fmt.Sprint(err), token) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if len(s.asked) != 2 {
			t.Errorf("%s: asked %v", name, s.asked)
		}
	}
}

func TestServersOfOtherReleases(t *testing.T) {
	messages := map[string]string{
		"shuffled": `{"msgs":{"si_a_b":{"Msgs":[{"seq":2,"sendID":"b","contentType":101,"content":"eyJjb250ZW50IjoiaGkifQ==","status":2,"x":{}},` +
			`{"seq":1,"sendID":"a","contentType":113,"content":"eyJtc2dUaXBzIjoieCJ9","status":2}],"isEnd":true,"endSeq":0}},"notificationMsgs":null}`,
		"elsewhere": `{"msgs":{"si_a_c":{"Msgs":[{"seq":2}]}}}`,
		"empty":     `{"msgs":{"si_a_b":{"Msgs":null,"isEnd":true}}}`,
	}
	for name, want := range map[string]string{"shuffled": "1 custom true,2 text false,", "elsewhere": "", "empty": ""} {
		client, _ := scripted(t, nil, func(string, []byte) (int, string) {
			return 200, `{"errCode":0,"errMsg":"","errDlt":"","data":` + messages[name] + `}`
		})
		h, err := client.As("a").History(t.Context(), core.HistoryQuery{Peer: "b", Limit: 10})
		got := ""
		for _, m := range h.Messages {
			got += fmt.Sprint(m.ID, m.Content.Kind, m.Own) + ","
		}
		if strings.ReplaceAll(want, " ", "") != strings.ReplaceAll(got, " ", "") || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// TestListsWhatIsLeft lists conversations of which servers show only a part, down to the requests.
func TestListsWhatIsLeft(t *testing.T) {
	const last = 60
	for name, c := range map[string]struct {
		first int            // what comes before has been cleared
		gone  map[int64]bool // deleted, and shown as such
		query core.HistoryQuery
		want  string
		asks  int
	}{
		"newest":                {1, nil, core.HistoryQuery{}, "[56 60]", 1},
		"a poller up to date":   {1, nil, core.HistoryQuery{After: 60}, "[]", 1},
		"a poller close behind": {1, nil, core.HistoryQuery{After: 57}, "[58 60]", 1},
		"exactly one page":      {1, nil, core.HistoryQuery{After: 55}, "[56 60]", 1},
		"a poller far behind":   {1, nil, core.HistoryQuery{After: 10}, "[11 15]", 2},
		"partly cleared":        {14, nil, core.HistoryQuery{After: 10}, "[14 15]", 2},
		"cleared":               {43, nil, core.HistoryQuery{After: 10}, "[43 47]", 5},
		"cleared, whole pages":  {51, nil, core.HistoryQuery{After: 10}, "[51 55]", 4},
		"older":                 {1, nil, core.HistoryQuery{After: 20, Direction: core.Older}, "[15 19]", 1},
		"the end":               {14, nil, core.HistoryQuery{After: 16, Direction: core.Older}, "[14 15]", 1},
		"nothing older":         {14, nil, core.HistoryQuery{After: 14, Direction: core.Older}, "[]", 1},
		"before the first":      {1, nil, core.HistoryQuery{After: 1, Direction: core.Older}, "[]", 0},
		"beyond all":            {1, nil, core.HistoryQuery{After: 1<<63 - 1}, "[]", 0},
		"deleted ones":          {1, map[int64]bool{60: true, 58: true}, core.HistoryQuery{}, "[56 59]", 1},
		"a deleted page":        {1, map[int64]bool{56: true, 57: true, 58: true, 59: true, 60: true}, core.HistoryQuery{}, "[51 55]", 2},
	} {
		client, s := scripted(t, nil, func(_ string, body []byte) (int, string) {
			var q struct {
				SeqRanges []struct{ Begin, End, Num int64 }
			}
			if err := json.Unmarshal(body, &q); err != nil || len(q.SeqRanges) != 1 {
				return 400, badArgs("EOF")
			}
			r := q.SeqRanges[0]
			begin, end := max(r.Begin, int64(c.first)), min(r.End, last)
			begin = max(begin, end-r.Num+1)
			list := []map[string]any{}
			for seq := begin; seq <= end; seq++ {
				list = append(list, map[string]any{"seq": seq, "sendID": "b", "contentType": 101, "status": map[bool]int{true: 4, false: 2}[c.gone[seq]]})
			}
			answer, err := json.Marshal(map[string]any{"msgs": map[string]any{"si_a_b": map[string]any{"Msgs": list}}})
			if err != nil {
				return 500, err.Error()
			}
			return 200, `{"errCode":0,"errMsg":"","errDlt":"","data":` + string(answer) + `}`
		})
		c.query.Peer, c.query.Limit = "b", 5
		h, err := client.As("a").History(t.Context(), c.query)
		got := "[]"
		if n := len(h.Messages); n > 0 {
			got = fmt.Sprint([]int64{h.Messages[0].ID, h.Messages[n-1].ID})
		}
		if got != c.want || err != nil || max(0, len(s.asked)-1) != c.asks {
			t.Errorf("%s: %s in %d requests, %v", name, got, len(s.asked)-1, err)
		}
	}
	client, _ := scripted(t, nil, nil)
	for _, q := range []core.HistoryQuery{{}, {Peer: "b"}, {Peer: "b", Limit: core.MaxPage + 1}} {
		if _, err := client.As("a").History(t.Context(), q); core.CodeOf(err) != core.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestNoServer(t *testing.T) {
	for _, url := range []string{"", "openim:10002", "ftp://openim"} {
		if _, err := openim.NewClient(url, openim.ClientOptions{}); core.CodeOf(err) != core.Invalid {
			t.Errorf("%q: %v", url, err)
		}
	}
	client, err := openim.NewClient("http://openim", openim.ClientOptions{
		Dial: func(string) (net.Conn, error) { return nil, errors.New("refused") },
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AdminToken(t.Context()); core.CodeOf(err) != core.Unavailable {
		t.Errorf("without a server: %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.AdminToken(over); core.CodeOf(err) != core.Timeout {
		t.Errorf("given up: %v", err)
	}
}
