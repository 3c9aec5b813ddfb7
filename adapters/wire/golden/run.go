package golden

import (
	"bufio"
	"bytes"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"
)

// Run replays each file *.txt of dir as a subtest of the file's name without the ending. serve returns the handler for a
// file; the exchanges of one file share it.
func Run(t *testing.T, dir string, serve func(t *testing.T, name string) fasthttp.RequestHandler) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("%s holds no files", dir)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txt")
		t.Run(name, func(t *testing.T) {
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			exchanges, err := Parse(file)
			if err != nil {
				t.Fatal(err)
			}
			server := Serve(t, serve(t, name))
			for i := range exchanges {
				exchanges[i].check(t, server)
			}
		})
	}
}

func (e *Exchange) check(t *testing.T, server *Server) {
	t.Helper()
	answer := server.Send(t, e.Request)
	if answer.StatusCode() != e.Status {
		t.Errorf("status %d, want %d", answer.StatusCode(), e.Status)
	}
	var headers []string
	for name, value := range answer.Header.All() {
		switch string(name) {
		case fasthttp.HeaderContentLength, fasthttp.HeaderConnection, fasthttp.HeaderDate, fasthttp.HeaderServer:
		default:
			headers = append(headers, string(name)+": "+string(value))
		}
	}
	slices.Sort(headers)
	want := slices.Sorted(slices.Values(e.Headers))
	if !slices.Equal(headers, want) {
		t.Errorf("headers %q, want %q", headers, want)
	}
	if got := string(answer.Body()); !Match(e.Body, got) {
		t.Errorf("request\n%s\nbody\n%s\nwant\n%s", e.Request, got, e.Body)
	}
}

// Server is a handler behind a listener in memory.
type Server struct {
	listener *fasthttputil.InmemoryListener
}

// Serve puts handler on a listener in memory until the test ends.
func Serve(t testing.TB, handler fasthttp.RequestHandler) *Server {
	t.Helper()
	listener := fasthttputil.NewInmemoryListener()
	// What the product sets where it matters to what handlers see: a multipart body stays as it was sent.
	server := &fasthttp.Server{Handler: handler, DisablePreParseMultipartForm: true}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		// Closing the listener is enough: what connections are left hold nothing of the test, and Shutdown would wait for
		// them in steps of 100 ms.
		if err := listener.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &Server{listener}
}

// Dial connects a client to the server, whatever the address.
func (s *Server) Dial(string) (net.Conn, error) { return s.listener.Dial() }

// Send sends raw bytes over a connection of their own and returns the answer.
func (s *Server) Send(t testing.TB, raw []byte) *fasthttp.Response {
	t.Helper()
	conn, err := s.listener.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write(raw); err != nil {
		t.Fatal(err)
	}
	answer := new(fasthttp.Response)
	answer.SkipBody = bytes.HasPrefix(raw, []byte("HEAD "))
	if err := answer.Read(bufio.NewReader(conn)); err != nil {
		t.Fatal(err)
	}
	return answer
}
