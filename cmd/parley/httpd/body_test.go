package httpd

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// reader is a dialect with one path whose handler reads the body itself, and one beside it that is given it.
type reader struct{ handle fasthttp.RequestHandler }

func (reader) Name() string { return "reader" }
func (r reader) Routes() []wire.Route {
	return []wire.Route{{Path: "/files/{id}", Handle: r.handle, Streams: true}, {Path: "/whole", Handle: func(ctx *fasthttp.RequestCtx) {
		_, _ = fmt.Fprint(ctx, "whole ", len(ctx.PostBody()))
	}}}
}
func (reader) Endpoints() []wire.Endpoint { return nil }

// count answers with the length of the body.
func count(ctx *fasthttp.RequestCtx) {
	n, err := io.Copy(io.Discard, ctx.RequestBodyStream())
	_, _ = fmt.Fprint(ctx, "read ", n, " ", err)
}

// TestBodiesAtTheBoundsOfBuffers sends bodies about as long as the portions that they are read in, each followed by
// another request, which must be seen where it begins.
func TestBodiesAtTheBoundsOfBuffers(t *testing.T) {
	s := start(t, limits(), nil, reader{count})
	for _, n := range []int{0, 1, 4095, 8191, 8192, 8193, 16384, 16385, 65536, 65537, 1 << 20} {
		for path, word := range map[string]string{"/whole": "whole %d", "/files/a": "read %d <nil>"} {
			if n == 0 && path != "/whole" {
				continue
			}
			body := strings.Repeat("G", n)
			for framing, framed := range map[string]string{
				"length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", n, body),
				"chunks": fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%s0\r\n\r\n", chunk(body)),
			} {
				request := "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + framed + "GET /whole HTTP/1.1\r\nHost: x\r\n\r\n"
				answers := pipeline(t, s, request, 2)
				if want := fmt.Sprintf(word, n); answers[0] != want || answers[1] != "whole 0" {
					t.Errorf("%d bytes in %s to %s: answered %q", n, framing, path, answers)
				}
			}
		}
	}
}

func chunk(body string) string {
	if body == "" {
		return ""
	}
	return strconv.FormatInt(int64(len(body)), 16) + "\r\n" + body + "\r\n"
}

// pipeline sends bytes that hold n requests and returns the bodies of the answers.
func pipeline(t *testing.T, s *site, requests string, n int) (bodies []string) {
	t.Helper()
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(c, requests) }()
	r := bufio.NewReader(c)
	for range n {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("after %q: %v", bodies, err)
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		bodies = append(bodies, string(text))
	}
	return bodies
}

// TestUnreadBodyIsNoRequest: what a handler leaves of a body is never taken for the next request.
func TestUnreadBodyIsNoRequest(t *testing.T) {
	const smuggled = "GET /whole HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, tt := range map[string]struct {
		times  int
		hangUp bool
		closed bool
	}{
		"a little":                  {times: 10},
		"a little, to be closed":    {times: 10, hangUp: true, closed: true},
		"more than is worth it":     {times: 100_000, closed: true},
		"as much, and to be closed": {times: 100_000, hangUp: true, closed: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, limits(), loopback(t), reader{func(ctx *fasthttp.RequestCtx) {
				if tt.hangUp {
					ctx.SetConnectionClose()
				}
				ctx.SetBodyString("not read")
			}})
			body := strings.Repeat(smuggled, tt.times)
			answer, text, closed := s.raw(t, "POST /files/a HTTP/1.1\r\nHost: x\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
			if text != "not read" || answer.Close != tt.closed || closed != tt.closed {
				t.Errorf("answered %q, closed %t", text, closed)
			}
		})
	}
}

// TestLimitHoldsBesideUploads: a body over the limit is for the handlers that read themselves only.
func TestLimitHoldsBesideUploads(t *testing.T) {
	l := limits()
	l.Body = 1000
	s := start(t, l, nil, reader{count})
	body := strings.Repeat("a", 5000)
	const length, chunked = "Content-Length: 5000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"
	for name, tt := range map[string]struct {
		target, framed string
		status         int
		method         string
	}{
		"length":             {"/whole", length + body, 413, "POST"},
		"chunks":             {"/whole", chunked + chunk(body) + "0\r\n\r\n", 413, "POST"},
		"no such path":       {"/zzz", length + body, 413, "POST"},
		"beside the uploads": {"/files/a/b", length + body, 413, "POST"},
		"another method":     {"/files/a", length + body, 200, "PUT"},
		"upload":             {"/files/a", length + body, 200, "POST"},
		"absolute target":    {"http://y/files/a?b", length + body, 200, "POST"},
		"upload in chunks":   {"/files/a", chunked + chunk(body) + "0\r\n\r\n", 200, "POST"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, text, closed := s.raw(t, tt.method+" "+tt.target+" HTTP/1.1\r\nHost: x\r\n"+tt.framed)
			if answer.StatusCode != tt.status || closed == (tt.status == 200) || tt.status == 200 && text != "read 5000 <nil>" {
				t.Errorf("answered %d %q, closed %t", answer.StatusCode, text, closed)
			}
		})
	}
	t.Run("asked before", func(t *testing.T) {
		answer, _, _ := s.raw(t, "POST /files/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"+length+body)
		if answer.StatusCode != 100 {
			t.Errorf("answered %d", answer.StatusCode)
		}
	})
}

// TestManyUploadsNeedLittleMemory holds 50 uploads of 10 MiB in their middle and weighs the server.
func TestManyUploadsNeedLittleMemory(t *testing.T) {
	const uploads, size, allowed = 50, 10 << 20, 16 << 20
	var half sync.WaitGroup
	half.Add(uploads)
	weighed := make(chan struct{})
	s := start(t, limits(), loopback(t), reader{func(ctx *fasthttp.RequestCtx) {
		_, err := io.CopyN(io.Discard, ctx.RequestBodyStream(), size/2)
		half.Done()
		<-weighed
		if err == nil {
			count(ctx)
		}
	}})
	before := heap()
	var sent sync.WaitGroup
	for range uploads {
		sent.Go(func() {
			c, err := s.dial()
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = c.Close() }()
			_, _ = fmt.Fprintf(c, "POST /files/a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", size)
			portion := make([]byte, 32<<10)
			for range size / len(portion) {
				if _, err := c.Write(portion); err != nil {
					t.Error(err)
					return
				}
			}
			answer, err := http.ReadResponse(bufio.NewReader(c), nil)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = answer.Body.Close() }()
			if text, err := io.ReadAll(answer.Body); err != nil || string(text) != fmt.Sprint("read ", size/2, " <nil>") {
				t.Errorf("answered %q, %v", text, err)
			}
		})
	}
	half.Wait()
	if grown := heap() - before; grown > allowed {
		t.Errorf("%d uploads of %d bytes take %d bytes of memory", uploads, size, grown)
	}
	close(weighed)
	sent.Wait()
}

// heap returns the bytes that are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
