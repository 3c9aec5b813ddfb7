package wechat_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"parley/adapters/wechat"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
	"parley/storage/memory"
)

const (
	mediaApp     = "HGFEDCBAHGFEDCBAHGFEDCBAHGFEDCBA"
	mediaAccount = "gh_ba9876543210"
	mediaBase    = "https://media.example"
	mediaDone    = `{"code":200,"message":"OK","data":null}`
)

// noBackground is for tests in which nothing is asked of the platform.
type noBackground struct{ wechat.Background }

// mediaStage is a server of the dialect with one account, and a clock that stands still.
type mediaStage struct {
	t       *testing.T
	service *official.Service
	account *official.Account
	address string
	now     time.Time
}

func newMediaStage(t *testing.T, change ...func(*wechat.Options)) *mediaStage {
	t.Helper()
	s := &mediaStage{t: t, now: time.Date(2014, 6, 19, 7, 32, 0, 0, time.UTC)}
	ctx := context.Background()
	store := memory.New()
	env := core.Environment{Now: func() time.Time { return s.now }, Random: rand.Reader}
	engine, err := core.Open(ctx, store, env, core.Options{CacheMiB: 16})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := engine.PutApp(ctx, core.App{Key: mediaApp, Secret: "secret", Name: "test", Zone: "Asia/Shanghai"}); err != nil {
		t.Fatal(err)
	}
	if s.service, err = official.Open(ctx, store, env, official.Options{Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	if s.account, err = s.service.Bind(ctx, mediaAccount); err != nil {
		t.Fatal(err)
	}
	options := wechat.Options{Official: s.service, Background: noBackground{}, App: mediaApp, BaseURL: mediaBase + "/"}
	for _, f := range change {
		f(&options)
	}
	dialect, err := wechat.New(wire.House{
		Engine: engine, Log: slog.New(slog.DiscardHandler), Now: env.Now,
		Meter: func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} },
	}, options)
	if err != nil {
		t.Fatal(err)
	}
	r := router.New()
	r.RedirectTrailingSlash = false
	for _, route := range dialect.Routes() {
		r.ANY(route.Path, route.Handle)
	}
	handle := func(ctx *fasthttp.RequestCtx) {
		r.Handler(ctx)
		if stream := ctx.RequestBodyStream(); stream != nil {
			_, _ = io.Copy(io.Discard, stream) // the listener's part
		}
	}
	server := &fasthttp.Server{Handler: handle, StreamRequestBody: true, DisablePreParseMultipartForm: true, CloseOnShutdown: true}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = "http://" + listener.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := server.ShutdownWithContext(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// mediaAnswer is what the server sent.
type mediaAnswer struct {
	status int
	header http.Header
	body   string
}

// do sends a request to a path of the server; headers are pairs of name and value.
func (s *mediaStage) do(method, path string, body io.Reader, headers ...string) mediaAnswer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.address+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	got, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return mediaAnswer{got.StatusCode, got.Header, string(text)}
}

// call calls an endpoint of the account with JSON and returns the envelope.
func (s *mediaStage) call(method, path, body string) string {
	s.t.Helper()
	a := s.do(method, "/v1/"+s.account.ID+path, strings.NewReader(body), "Content-Type", "application/json")
	if a.status != http.StatusOK {
		s.t.Errorf("%s %s has the HTTP status %d", method, path, a.status)
	}
	return a.body
}

// gives compares a whole envelope.
func (s *mediaStage) gives(method, path, body, want string) {
	s.t.Helper()
	if got := s.call(method, path, body); got != want {
		s.t.Errorf("%s %s %s\ngot  %s\nwant %s", method, path, body, got, want)
	}
}

// mediaForm is a multipart form with a file.
func mediaForm(t *testing.T, part, name string, content []byte) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("before", "something else"); err != nil {
		t.Fatal(err)
	}
	f, err := w.CreateFormFile(part, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// upload sends a file and returns the envelope.
func (s *mediaStage) upload(path, name string, content []byte) string {
	s.t.Helper()
	body, contentType := mediaForm(s.t, "file", name, content)
	a := s.do("POST", "/v1/"+s.account.ID+path, bytes.NewReader(body), "Content-Type", contentType)
	if a.status != http.StatusOK {
		s.t.Errorf("an upload to %s has the HTTP status %d", path, a.status)
	}
	return a.body
}

// stored uploads a file and returns its ID.
func (s *mediaStage) stored(path, name string, content []byte) string {
	s.t.Helper()
	return mediaData[struct{ ID string }](s.t, s.upload(path, name, content)).ID
}

// mediaData returns the data of an envelope that reports success.
func mediaData[T any](t *testing.T, envelope string) T {
	t.Helper()
	var all struct {
		Code    int
		Message string
		Data    T
	}
	if err := json.Unmarshal([]byte(envelope), &all); err != nil || all.Code != 200 || all.Message != "OK" {
		t.Fatalf("%v: %s", err, envelope)
	}
	return all.Data
}

// public is the URL of a medium, and publicPath its path.
func (s *mediaStage) public(file string) string { return mediaBase + s.publicPath(file) }

func (s *mediaStage) publicPath(file string) string { return "/media/" + s.account.ID + "/" + file }

func mediaRefusal(code int, message string) string {
	return fmt.Sprintf(`{"code":%d,"message":%q,"data":null}`, code, message)
}
