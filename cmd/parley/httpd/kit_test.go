package httpd

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/wire"
	"parley/cmd/parley/metrics"
	"parley/cmd/parley/settings"
)

// echo is a dialect that answers its paths with what it understood of the request.
type echo struct{ paths []string }

func (echo) Name() string { return "echo" }

func (e echo) Routes() []wire.Route {
	var all []wire.Route
	for _, path := range e.paths {
		all = append(all, wire.Route{Path: path, Handle: func(ctx *fasthttp.RequestCtx) {
			ctx.SetContentType("text/plain")
			_, _ = ctx.WriteString(string(ctx.Method()) + " " + path + "?" + string(ctx.URI().QueryString()) + " ")
			_, _ = ctx.Write(ctx.PostBody())
		}})
	}
	return all
}

func (echo) Endpoints() []wire.Endpoint { return nil }

// site is a running server.
type site struct {
	*Server
	dial func() (net.Conn, error)
	log  *bytes.Buffer
	m    *metrics.Metrics
}

func limits() settings.Limits {
	l := settings.Default().Limits
	l.ReadTimeout = 5 * time.Second
	return l
}

// start runs a server of the dialects on a listener in memory, or on loopback if ln is given.
func start(t *testing.T, l settings.Limits, ln net.Listener, dialects ...wire.Dialect) *site {
	t.Helper()
	s := &site{log: new(bytes.Buffer), m: metrics.New("test")}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server, err := New(Site{Dialects: dialects}, l, log, s.m)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = server
	if ln == nil {
		memory := fasthttputil.NewInmemoryListener()
		s.dial, ln = memory.Dial, memory
	} else {
		address := ln.Addr()
		s.dial = func() (net.Conn, error) { return net.Dial(address.Network(), address.String()) }
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	t.Cleanup(func() {
		if err := server.Stop(t.Context()); err != nil && t.Context().Err() == nil {
			t.Errorf("stop: %v", err)
		}
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return s
}

// loopback returns a listener on a free port.
func loopback(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// raw sends bytes on a new connection and returns the first answer, its body, and whether the server then closed.
func (s *site) raw(t *testing.T, request string) (answer *http.Response, body string, closed bool) {
	t.Helper()
	c, err := s.dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(c, request) }()
	r := bufio.NewReader(c)
	answer, err = http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("broken answer: %v", err)
	}
	_ = answer.Body.Close()
	if answer.Close {
		_, err = r.ReadByte()
		closed = err != nil
	}
	return answer, string(text), closed
}
