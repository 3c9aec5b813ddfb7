package mirror_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/golden"
	"parley/adapters/wire/mirror"
)

const own = "?app=the%20app&user=u"

func TestWhoAnswers(t *testing.T) {
	for _, tt := range []struct {
		mode         mirror.Mode
		legacy, here int
	}{
		{mirror.Legacy, 1, 0}, {mirror.MirrorLegacy, 1, 1}, {mirror.MirrorLocal, 1, 1}, {mirror.Local, 0, 1},
	} {
		t.Run(string(tt.mode), func(t *testing.T) {
			s := newStage(t, tt.mode, nil)
			s.legacy.set(false, func(ctx *fasthttp.RequestCtx) { ctx.Response.Header.Set("X-Side", "legacy") })
			s.here.set(false, func(ctx *fasthttp.RequestCtx) { ctx.Response.Header.Set("X-Side", "here") })
			answer := s.server.Send(t, []byte("GET /read"+own+" HTTP/1.1\r\nHost: chat.example\r\n\r\n"))
			s.front.Settle()
			side := "here"
			if tt.mode == mirror.Legacy || tt.mode == mirror.MirrorLegacy {
				side = "legacy"
			}
			if got := string(answer.Header.Peek("X-Side")); got != side {
				t.Errorf("%q answers", got)
			}
			if l, h := len(s.legacy.requests()), len(s.here.requests()); l != tt.legacy || h != tt.here {
				t.Errorf("%d requests at the legacy server, %d here", l, h)
			}
			if compared := s.counts.get("read differs"); compared != (tt.legacy+tt.here)/2 {
				t.Errorf("%d comparisons found the header", compared)
			}
		})
	}
}

// TestOriginalBytesGoUpstream compares what the legacy server gets with what the client has sent.
func TestOriginalBytesGoUpstream(t *testing.T) {
	s := newStage(t, mirror.Legacy, nil)
	const target = "//a/../b%2f?x=%41&x=+&empty"
	s.server.Send(t, []byte("POST "+target+" HTTP/1.1\r\nHost: chat.example\r\noperationID: 7\r\ntoken: T\r\nConnection: X-Hop\r\nX-Hop: 1\r\n"+
		"Cookie: a=b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=\x00\r\n0\r\n\r\n"))
	requests := s.legacy.requests()
	if len(requests) != 1 || requests[0] != "POST "+target {
		t.Fatalf("%q", requests)
	}
	raw := s.legacy.raw[0]
	for _, want := range []string{"operationID: 7\r\n", "token: T\r\n", "Host: chat.example\r\n", "Cookie: a=b\r\n", "Content-Length: 3\r\n", "|a=\x00"} {
		if !strings.Contains(raw, want) {
			t.Errorf("%q lacks %q", raw, want)
		}
	}
	for _, not := range []string{"X-Hop", "Connection", "Transfer-Encoding", "User-Agent", "Content-Type"} {
		if strings.Contains(raw, not) {
			t.Errorf("%q has %s", raw, not)
		}
	}
}

func TestRedirectionsAreAnswers(t *testing.T) {
	s := newStage(t, mirror.Legacy, nil)
	s.legacy.set(false, func(ctx *fasthttp.RequestCtx) {
		ctx.Response.Header.Set("Location", "http://169.254.169.254/")
		ctx.SetStatusCode(302)
	})
	answer := s.server.Send(t, []byte("GET /read"+own+" HTTP/1.1\r\nHost: chat.example\r\n\r\n"))
	if answer.StatusCode() != 302 || string(answer.Header.Peek("Location")) != "http://169.254.169.254/" || len(s.legacy.requests()) != 1 {
		t.Errorf("%d, %d requests", answer.StatusCode(), len(s.legacy.requests()))
	}
}

func TestLegacyServerIsDown(t *testing.T) {
	s := newStage(t, mirror.MirrorLegacy, nil)
	s.legacy.set(true, nil)
	if status, _ := s.call("GET", "/read"+own); status != 502 {
		t.Errorf("status %d", status)
	}
	mode := mirror.MirrorLocal
	if err := s.front.Set(t.Context(), toyApp, mirror.Change{Mode: &mode}); err != nil {
		t.Fatal(err)
	}
	if status, _ := s.call("GET", "/read"+own); status != 200 {
		t.Errorf("here: status %d", status)
	}
	s.front.Settle()
	if s.counts.get("read one-failed") != 1 || s.counts.get("unanswered") != 2 {
		t.Errorf("%v", s.counts.of)
	}
	if status, _ := s.call("POST", "/login"+own); status != 200 {
		t.Errorf("a session while the legacy server is down: status %d", status)
	}
}

func TestWritesAreMirroredWithKeysOnly(t *testing.T) {
	for _, tt := range []struct {
		name, target string
		writes       bool
		here         int
		count        string
	}{
		{"no key", "/write" + own, true, 0, "write write without key"},
		{"key, not allowed", "/write" + own + "&key=k", false, 0, "write write without key"},
		{"key", "/write" + own + "&key=k", true, 1, "write same"},
		{"end of a session", "/end" + own, false, 1, "end session"},
		{"beginning of a session", "/login" + own, true, 0, "login session"},
		{"an id of one side", "/read" + own + "&since=5", true, 0, "read names an id of one side"},
		{"not of the dialect", "/strange" + own, true, 0, "unknown unknown operation"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, mirror.MirrorLegacy, func(o *mirror.Options) { o.Apps[0].Writes = tt.writes })
			s.call("POST", tt.target)
			s.front.Settle()
			if got := len(s.here.requests()); got != tt.here {
				t.Errorf("%d requests here", got)
			}
			if s.counts.get(tt.count) != 1 {
				t.Errorf("%v", s.counts.of)
			}
		})
	}
}

func TestShareOfUsers(t *testing.T) {
	s := newStage(t, mirror.Local, func(o *mirror.Options) { o.Apps[0].Percent = 30 })
	for i := range 100 {
		for range 2 {
			s.call("GET", fmt.Sprintf("/read?app=the%%20app&user=u%d", i))
		}
	}
	here := s.here.requests()
	if len(here) < 30 || len(here) > 90 || len(here)+len(s.legacy.requests()) != 200 {
		t.Errorf("%d of 200 here", len(here))
	}
	for i, request := range here {
		if i%2 == 1 && request != here[i-1] {
			t.Fatalf("a user is on both sides: %s", request)
		}
	}
	zero, mode := 0, mirror.MirrorLocal
	if err := s.front.Set(t.Context(), toyApp, mirror.Change{Percent: &zero, Mode: &mode}); err != nil {
		t.Fatal(err)
	}
	s.call("GET", "/read"+own)
	if len(s.here.requests()) != len(here) {
		t.Error("nobody's share answers")
	}
}

func TestRequestsOfOthersPass(t *testing.T) {
	s := newStage(t, mirror.Legacy, nil)
	if status, _ := s.call("GET", "/zzz"); status != 200 || len(s.legacy.requests()) != 1 {
		t.Errorf("an unknown path of the only app: %d, %q", status, s.legacy.requests())
	}
}

// TestQueueIsBounded compares nothing more when too much waits, counts that, and keeps no client waiting.
func TestQueueIsBounded(t *testing.T) {
	s := newStage(t, mirror.MirrorLegacy, func(o *mirror.Options) { o.Queue, o.Workers = 2, 1 })
	hold, reached := make(chan struct{}), make(chan struct{}, 1)
	s.here.set(false, func(*fasthttp.RequestCtx) {
		select {
		case reached <- struct{}{}:
		default:
		}
		<-hold
	})
	s.call("GET", "/read"+own)
	<-reached
	for range 9 {
		if status, _ := s.call("GET", "/read"+own); status != 200 {
			t.Error(status)
		}
	}
	close(hold)
	s.front.Settle()
	if s.counts.get("dropped") != 7 || s.counts.get("read same") != 3 || s.front.Waiting() != 0 {
		t.Errorf("%v", s.counts.of)
	}
}

func TestSettingsAreRefused(t *testing.T) {
	s := newStage(t, mirror.Legacy, nil)
	mode, percent := mirror.Mode("both"), 101
	for _, c := range []mirror.Change{{Mode: &mode}, {Percent: &percent}} {
		if err := s.front.Set(t.Context(), toyApp, c); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if err := s.front.Set(t.Context(), "another", mirror.Change{}); err == nil {
		t.Error("an app without a legacy server is set")
	}
	for _, url := range []string{"", "ftp://x", "http://", "http://u:p@x", "http://x?q", "://"} {
		if _, err := mirror.NewUpstream(mirror.UpstreamOptions{URL: url}); err == nil {
			t.Errorf("%q is accepted", url)
		}
	}
}

func TestPrivateAddressesNeedPermission(t *testing.T) {
	for address, private := range map[string]bool{
		"http://127.0.0.1:1": false, "http://[::1]:1": false, "http://10.0.0.1": false, "http://169.254.169.254": false,
		"http://[::ffff:127.0.0.1]:1": false, "http://localhost:1": false,
	} {
		upstream, err := mirror.NewUpstream(mirror.UpstreamOptions{URL: address, Timeout: 1e9, MaxAnswer: 1 << 10, Private: private})
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t, mirror.Legacy, func(o *mirror.Options) { o.Apps[0].Upstreams["toy"] = upstream })
		if status, _ := s.call("GET", "/read"+own); status != 502 {
			t.Errorf("%s: %d", address, status)
		}
	}
}

// TestDifferencesOutliveTheProcess finds a difference, starts again and exports it.
func TestDifferencesOutliveTheProcess(t *testing.T) {
	s := newStage(t, mirror.MirrorLegacy, nil)
	s.here.set(false, func(ctx *fasthttp.RequestCtx) {
		ctx.SetBodyString(`{"ok":true,"data":{"id":9,"count":3,"name":"n","at":"2027-01-31 12:00:00"}}`)
	})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			s.server.Send(t, []byte("GET /read"+own+"&token=hidden HTTP/1.1\r\nHost: chat.example\r\nX-Secret: hidden\r\n\r\n"))
		})
	}
	wg.Wait()
	s.front.Settle()
	if err := s.front.Close(); err != nil {
		t.Fatal(err)
	}
	s.open(mirror.MirrorLegacy, nil)
	groups, _ := s.front.Groups("")
	if len(groups) != 3 || groups[0].Count != 10 {
		t.Fatalf("%+v", groups)
	}
	files := mirror.Export(groups)
	if len(files) != 3 {
		t.Fatalf("%d files", len(files))
	}
	for _, f := range files {
		if strings.Contains(f.Text, "hidden") {
			t.Errorf("a secret is exported:\n%s", f.Text)
		}
		exchanges, err := golden.Parse([]byte(f.Text))
		if err != nil {
			t.Fatal(err)
		}
		for side, want := range map[*side]bool{s.legacy: true, s.here: false} {
			answer := golden.Serve(t, side.handle).Send(t, exchanges[0].Request)
			if golden.Match(exchanges[0].Body, string(answer.Body())) != want {
				t.Errorf("matching is %v:\n%s", !want, f.Text)
			}
		}
	}
	s.front.Forget("")
	if groups, _ := s.front.Groups(""); len(groups) > 0 {
		t.Error("differences are not forgotten")
	}
}

func TestIgnoredByRule(t *testing.T) {
	s := newStage(t, mirror.MirrorLegacy, nil)
	s.here.set(false, func(ctx *fasthttp.RequestCtx) {
		ctx.SetBodyString(`{"ok":true,"data":{"id":1,"count":3,"name":"n","at":"2026-01-31 12:00:00"}}`)
	})
	for _, tt := range []struct{ rule, count string }{
		{"read data.name", "read differs"}, {"read data.count", "read ignored"}, {"* data.*", "read ignored"}, {"write *", "read differs"},
	} {
		before := s.counts.get(tt.count)
		rules := []string{tt.rule}
		if err := s.front.Set(t.Context(), toyApp, mirror.Change{Ignore: &rules}); err != nil {
			t.Fatal(err)
		}
		s.call("GET", "/read"+own)
		s.front.Settle()
		if s.counts.get(tt.count) != before+1 {
			t.Errorf("%s: %v", tt.rule, s.counts.of)
		}
	}
}
