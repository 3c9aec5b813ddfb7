package httpd

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/cmd/parley/metrics"
)

func TestUnknownPath(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/", "/api/platform", "/api/{class}/{action}"}})
	for _, path := range []string{"/zzz", "/api/platform/", "/API/PLATFORM", "/api", "/api/a/b/c", "///", "*"} {
		answer, body, _ := s.raw(t, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n")
		kind := answer.Header.Get("Content-Type")
		if answer.StatusCode != 404 || body != "404 page not found" || !strings.HasPrefix(kind, "text/plain") {
			t.Errorf("%s is answered %d %q %q", path, answer.StatusCode, kind, body)
		}
		if answer.Header.Get("Location") != "" || answer.Header.Get("Server") != "" || answer.Header.Get("Allow") != "" {
			t.Errorf("%s is answered with %v", path, answer.Header)
		}
	}
}

// TestFallback: what no dialect answers is the fallback's, in every method, and counted.
func TestFallback(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/a"}})
	s.fallback = func(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("fallback " + string(ctx.Path())) }
	for _, request := range []string{"GET /a", "POST /b", "OPTIONS /b/c"} {
		method, path, _ := strings.Cut(request, " ")
		_, body, _ := s.raw(t, request+" HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
		want := "fallback " + path
		if path == "/a" {
			want = method + " /a? "
		}
		if body != want {
			t.Errorf("%s is answered %q", request, body)
		}
	}
	if n := testutil.ToFloat64(s.m.Unrouted); n != 2 {
		t.Errorf("%v requests are counted as unrouted", n)
	}
}

func TestPathsBelongToOneDialect(t *testing.T) {
	_, err := New(Site{Dialects: []wire.Dialect{echo{paths: []string{"/"}}, echo{paths: []string{"/"}}}}, limits(), nil, metrics.New("test"))
	if err == nil || !strings.Contains(err.Error(), "path / belongs to both") {
		t.Errorf("got %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	l := limits()
	l.Body = 1000
	s := start(t, l, nil, echo{paths: []string{"/"}})
	const head = "POST / HTTP/1.1\r\nHost: x\r\n"
	for name, tt := range map[string]struct {
		request string
		status  int
	}{
		"body at the limit":   {head + "Content-Length: 1000\r\n\r\n" + strings.Repeat("a", 1000), 200},
		"body over the limit": {head + "Content-Length: 1001\r\n\r\n" + strings.Repeat("a", 1001), 413},
		"body announced":      {head + "Content-Length: 1000000000000\r\n\r\n", 413},
		"chunks":              {head + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + strings.Repeat("a", 1001) + "\r\n0\r\n\r\n", 413},
		"asked before":        {head + "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n", 413},
		"header":              {head + "X-Any: " + strings.Repeat("a", int(l.Header)) + "\r\n\r\n", 431},
		"target":              {"GET /?" + strings.Repeat("a", int(l.Header)) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, _, closed := s.raw(t, tt.request)
			if answer.StatusCode != tt.status || closed != (tt.status != 200) {
				t.Errorf("answered %d, closed %t; want %d", answer.StatusCode, closed, tt.status)
			}
		})
	}
}

// TestRefusalReachesTheClient sends more than the socket buffers hold to a server that does not read it: without
// lingering the reset overtakes the answer most of the time.
func TestRefusalReachesTheClient(t *testing.T) {
	ln := loopback(t)
	start(t, limits(), ln, echo{paths: []string{"/"}})
	body := strings.Repeat("x", 10<<20)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 10 {
		answer, err := client.Post("http://"+ln.Addr().String()+"/", "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != 413 {
			t.Fatalf("answered %d", answer.StatusCode)
		}
	}
}

func TestContinue(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/"}})
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	_, _ = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
	if line, err := r.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	_, _ = r.ReadString('\n')
	_, _ = io.WriteString(c, "abc")
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(answer.Body); string(body) != "POST /? abc" {
		t.Errorf("got %q", body)
	}
	_ = answer.Body.Close()
}

func TestSlowRequestIsCut(t *testing.T) {
	l := limits()
	l.ReadTimeout = 20 * time.Millisecond
	s := start(t, l, nil, echo{paths: []string{"/"}})
	answer, _, closed := s.raw(t, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
	if answer.StatusCode != 408 || !closed {
		t.Errorf("answered %d, closed %t", answer.StatusCode, closed)
	}
}

func TestConnectionsPerAddress(t *testing.T) {
	l := limits()
	l.ConnectionsPerIP = 2
	s := start(t, l, loopback(t), echo{paths: []string{"/"}})
	const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	ask := func() (net.Conn, int) {
		c, err := s.dial()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, get)
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return c, answer.StatusCode
	}
	first, one := ask()
	second, two := ask()
	if one != 200 || two != 200 {
		t.Fatalf("answered %d and %d", one, two)
	}
	third, three := ask()
	if three != 429 {
		t.Errorf("the connection too many is answered %d", three)
	}
	for _, c := range []net.Conn{first, second, third} {
		_ = c.Close()
	}
}

func TestOrigin(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::",
	} {
		if got := origin(&net.TCPAddr{IP: net.ParseIP(address)}); got.String() != want {
			t.Errorf("%s is counted under %s, want %s", address, got, want)
		}
	}
}

// act is a dialect with one path and a handler of the test's own.
type act struct{ handle fasthttp.RequestHandler }

func (act) Name() string               { return "act" }
func (a act) Routes() []wire.Route     { return []wire.Route{{Path: "/", Handle: a.handle}} }
func (act) Endpoints() []wire.Endpoint { return nil }

func TestPanicEndsOneRequest(t *testing.T) {
	s := start(t, limits(), nil, act{func(ctx *fasthttp.RequestCtx) {
		if len(ctx.QueryArgs().Peek("bad")) > 0 {
			_, _ = ctx.WriteString("half an answer")
			panic("on purpose")
		}
		_, _ = ctx.WriteString("fine")
	}})
	answer, body, closed := s.raw(t, "GET /?bad=1 HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer.StatusCode != 500 || body != "internal server error" || !closed {
		t.Errorf("answered %d %q, closed %t", answer.StatusCode, body, closed)
	}
	if log := s.log.String(); !strings.Contains(log, "on purpose") || !strings.Contains(log, "server_test.go") {
		t.Errorf("the log lacks cause and stack: %s", log)
	}
	if answer, body, _ := s.raw(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); answer.StatusCode != 200 || body != "fine" {
		t.Errorf("afterwards: %d %q", answer.StatusCode, body)
	}
}

// TestStop stops a server that has a request running and a connection that idles.
func TestStop(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := start(t, limits(), loopback(t), act{func(ctx *fasthttp.RequestCtx) {
		if len(ctx.QueryArgs().Peek("slow")) > 0 {
			close(entered)
			<-leave
		}
		_, _ = ctx.WriteString("done")
	}})
	idle, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = idle.Close() }()
	_, _ = io.WriteString(idle, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if answer, err := http.ReadResponse(bufio.NewReader(idle), nil); err != nil || answer.Close {
		t.Fatalf("keep-alive: %v", err)
	}

	var wg sync.WaitGroup
	wg.Go(func() {
		answer, body, closed := s.raw(t, "GET /?slow=1 HTTP/1.1\r\nHost: x\r\n\r\n")
		if answer.StatusCode != 200 || body != "done" || !closed {
			t.Errorf("the running request was answered %d %q, closed %t", answer.StatusCode, body, closed)
		}
	})
	<-entered
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		stopped <- s.Stop(ctx)
	}()
	// The idle connection is closed while the request still runs.
	if _, err := io.ReadAll(idle); err != nil {
		t.Errorf("the idle connection ended with %v", err)
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped before the running request ended: %v", err)
	default:
	}
	close(leave)
	wg.Wait()
	if err := <-stopped; err != nil {
		t.Errorf("stop: %v", err)
	}
	if _, err := s.dial(); err == nil {
		t.Error("the listener is still open")
	}
}

func TestLogHoldsNothingOfTheRequest(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/"}})
	const canary = "CANARY0123456789"
	for _, request := range []string{
		"GET /?token=" + canary + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /" + canary + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /?token=" + canary + "\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + canary + "\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: " + canary + "\x00\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\n" + canary + "\r\n\r\n",
		canary + "\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + canary + "\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + canary,
	} {
		s.raw(t, request)
	}
	if log := s.log.String(); strings.Contains(log, canary) {
		t.Errorf("the log repeats what clients sent: %s", log)
	}
}

func TestConnectionsAtOnce(t *testing.T) {
	l := limits()
	l.Connections = 1
	entered, leave := make(chan struct{}), make(chan struct{})
	s := start(t, l, nil, act{func(*fasthttp.RequestCtx) {
		close(entered)
		<-leave
	}})
	var wg sync.WaitGroup
	wg.Go(func() {
		if answer, _, _ := s.raw(t, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); answer.StatusCode != 200 {
			t.Errorf("the first connection is answered %d", answer.StatusCode)
		}
	})
	<-entered
	if answer, _, closed := s.raw(t, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); answer.StatusCode != 503 || !closed {
		t.Errorf("the connection too many is answered %d, closed %t", answer.StatusCode, closed)
	}
	close(leave)
	wg.Wait()
}
