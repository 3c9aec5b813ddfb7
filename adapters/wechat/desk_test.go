package wechat_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/wechat"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
	"parley/storage/memory"
)

// desk is the dialect with one account behind it and nobody in the background, on a listener in memory.
type desk struct {
	t        testing.TB
	service  *official.Service
	dialect  *wechat.Dialect
	helper   *helper
	account  *official.Account
	listener *fasthttputil.InmemoryListener
	log      *lines
	clock    time.Time
	header   map[string]string
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// helper is a Background that notes what it is asked for, and fails when it is told to.
type helper struct {
	mu    sync.Mutex
	calls []string
	fail  error
}

func (h *helper) note(format string, values ...any) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, fmt.Sprintf(format, values...))
	return h.fail
}

// told returns what the helper was asked for since the last time.
func (h *helper) told() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := strings.Join(h.calls, "; ")
	h.calls = nil
	return all
}

func (h *helper) failWith(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fail = err
}

func (h *helper) CheckCredentials(_ context.Context, _ string, c official.Credentials) error {
	return h.note("check %s %s %s", c.AppID, c.Secret, c.EncodingKey)
}

func (h *helper) CredentialsChanged(context.Context, string) error {
	_ = h.note("changed")
	return nil
}

func (h *helper) ImportFollowers(context.Context, string) error { return h.note("followers") }

func (h *helper) ImportMenu(context.Context, string) error { return h.note("menu") }

func (h *helper) PublishMenu(_ context.Context, _ string, top []*official.Button) error {
	return h.note("publish %d", len(top))
}

func (h *helper) MassSend(_ context.Context, _ string, in official.MassSendInput) error {
	gender := "all"
	if in.Audience.Gender != nil {
		gender = fmt.Sprint(*in.Audience.Gender)
	}
	return h.note("send %s %s to %s %s", in.Type, in.Material, in.Audience.Group, gender)
}

func (h *helper) Preview(_ context.Context, _, openID, msgType, material string) error {
	return h.note("preview %s %s to %s", msgType, material, openID)
}

func (h *helper) Forget(context.Context, string) error { return h.note("forget") }

func (h *helper) Callback(ctx *fasthttp.RequestCtx, id string) {
	_ = h.note("callback %s", id)
	ctx.SetBodyString("called " + id)
}

func newDesk(t testing.TB, set ...func(*wechat.Options)) *desk {
	t.Helper()
	d := &desk{
		t: t, helper: &helper{}, log: &lines{}, clock: time.UnixMilli(1_700_000_000_000), listener: fasthttputil.NewInmemoryListener(),
	}
	log := slog.New(slog.NewTextHandler(d.log, nil))
	env := core.Environment{Now: func() time.Time { return d.clock }, Random: rand.Reader}
	store := memory.New()
	engine := must[*core.Engine](t)(core.Open(t.Context(), store, env, core.Options{CacheMiB: 8, Log: log}))
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	must[*core.App](t)(engine.PutApp(t.Context(), core.App{Key: appKey}))
	d.service = must[*official.Service](t)(official.Open(t.Context(), store, env, official.Options{Key: make([]byte, 32), Log: log}))
	d.account = must[*official.Account](t)(d.service.Bind(t.Context(), originalID))
	options := wechat.Options{Official: d.service, Background: d.helper, App: appKey, BaseURL: baseURL + "/"}
	for _, s := range set {
		s(&options)
	}
	meter := func(_, _ string) wire.Recorder { return func(time.Duration, core.Code) {} }
	d.dialect = must[*wechat.Dialect](t)(wechat.New(wire.House{Engine: engine, Log: log, Meter: meter, Now: env.Now}, options))
	d.serve()
	return d
}

// serve answers the roots of the dialect's routes, with the bodies of requests as streams.
func (d *desk) serve() {
	roots := make(map[string]fasthttp.RequestHandler)
	for _, route := range d.dialect.Routes() {
		roots[strings.TrimSuffix(route.Path, "{path:*}")] = route.Handle
	}
	server := &fasthttp.Server{
		StreamRequestBody: true, DisablePreParseMultipartForm: true, NoDefaultServerHeader: true, NoDefaultContentType: true,
		Logger: quiet{},
		Handler: func(ctx *fasthttp.RequestCtx) {
			path := string(ctx.URI().PathOriginal())
			for root, handle := range roots {
				if strings.HasPrefix(path, root) {
					handle(ctx)
					return
				}
			}
			ctx.Error("404 page not found", http.StatusNotFound)
		},
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(d.listener) }()
	d.t.Cleanup(func() {
		if err := d.listener.Close(); err != nil {
			d.t.Error(err)
		}
		if err := <-served; err != nil {
			d.t.Error(err)
		}
	})
}

// ask sends a request, "METHOD /path", in which $I is the account, with JSON unless the body is empty.
func (d *desk) ask(request, body string) (*http.Response, string) {
	d.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	connection := must[io.ReadWriteCloser](d.t)(asStream(d.listener.Dial()))
	defer connection.Close() //nolint:errcheck // it has been read to the end
	text := method + " " + strings.ReplaceAll(path, "$I", d.account.ID) + " HTTP/1.1\r\nConnection: close\r\n"
	header := map[string]string{"Host": "localhost", "Content-Type": "application/json"}
	maps.Copy(header, d.header)
	for name, value := range header {
		if value != "" {
			text += name + ": " + value + "\r\n"
		}
	}
	if body != "" || method == http.MethodPost || method == http.MethodPut {
		text += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	if _, err := io.WriteString(connection, text+"\r\n"+body); err != nil {
		d.t.Fatal(err)
	}
	response := must[*http.Response](d.t)(http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method}))
	all := must[[]byte](d.t)(io.ReadAll(response.Body))
	return response, strings.ReplaceAll(string(all), d.account.ID, "$I")
}

func asStream[C io.ReadWriteCloser](c C, err error) (io.ReadWriteCloser, error) { return c, err }

// gives compares the whole answer, which has HTTP status 200 and the envelope's type.
func (d *desk) gives(request, body, want string) {
	d.t.Helper()
	response, got := d.ask(request, body)
	if got != want {
		d.t.Errorf("%s %s\ngot  %s\nwant %s", request, body, got, want)
	}
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
		d.t.Errorf("%s: %s, %v", request, response.Status, response.Header)
	}
}

// refuses compares code and message of a refusal.
func (d *desk) refuses(request, body string, code int, message string) {
	d.t.Helper()
	text := must[[]byte](d.t)(json.Marshal(message))
	d.gives(request, body, fmt.Sprintf(`{"code":%d,"message":%s,"data":null}`, code, text))
}

// ok is the envelope of data.
func ok(data string) string { return `{"code":200,"message":"OK","data":` + data + `}` }

// done compares with an answer that says nothing.
func (d *desk) done(request, body string) {
	d.t.Helper()
	d.gives(request, body, ok("null"))
}

// makes sends what creates something and returns its ID.
func (d *desk) makes(request, body string) string {
	d.t.Helper()
	_, text := d.ask(request, body)
	var answer struct{ Data string }
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Data) != 32 {
		d.t.Fatalf("%s %s\ngot %s", request, body, text)
	}
	return answer.Data
}

// follow makes followers, the last one the newest.
func (d *desk) follow(updates ...official.FollowerUpdate) {
	d.t.Helper()
	for i := range updates {
		updates[i].Subscribed, updates[i].SubscribeTime = true, int64(1000*(i+1))
	}
	if err := d.service.UpsertFollowers(d.t.Context(), d.account.ID, updates); err != nil {
		d.t.Fatal(err)
	}
}

// told checks what the helper was asked for.
func (d *desk) told(want string) {
	d.t.Helper()
	if got := d.helper.told(); got != want {
		d.t.Errorf("asked for %q, want %q", got, want)
	}
}
