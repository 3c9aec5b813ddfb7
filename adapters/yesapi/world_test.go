package yesapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/wire"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/storage/memory"
)

// The credentials of the published example vectors, and the members that they name.
const (
	appKey    = "0123456789ABCDEF0123456789ABCDEF"
	appSecret = "yesapi-test-secrect-AbCdEfGh0123456789"
	uuidA     = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	uuidC     = "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCC"
	uuidD     = "DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD"
	nobody    = "00000000000000000000000000000000"
	// digest is the MD5 of the password 123456.
	digest = "e10adc3949ba59abbe56e057f20f883e"
	// unixNow is the time of the document's sample answer.
	unixNow = 1657513450
	clock   = "2022-07-11 12:24:10"
)

// tokenB is the token of every session in a world: its entropy has only one byte.
var tokenB = strings.Repeat("B", core.TokenLength)

// entropy yields the byte fill, or numbers that never repeat while fill is zero.
type entropy struct {
	mu   sync.Mutex
	fill byte
	n    uint64
}

func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range p {
		p[i] = e.fill
	}
	if e.fill == 0 {
		e.n++
		copy(p[max(0, len(p)-8):], strconv.FormatUint(1e7+e.n, 10))
	}
	return len(p), nil
}

// set changes the byte.
func (e *entropy) set(fill byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fill = fill
}

// world is an app with the dialect in front of it, on a listener in memory.
type world struct {
	engine   *core.Engine
	app      *core.App
	dialect  *yesapi.Dialect
	random   *entropy
	listener *fasthttputil.InmemoryListener
}

// newWorld serves an app whose section has the given settings.
func newWorld(t testing.TB, settings string) *world {
	t.Helper()
	w := &world{random: new(entropy), listener: fasthttputil.NewInmemoryListener()}
	now := func() time.Time { return time.Unix(unixNow, 0) }
	log := slog.New(slog.DiscardHandler)
	engine, err := core.Open(context.Background(), memory.New(), core.Environment{Now: now, Random: w.random}, core.Options{CacheMiB: 8, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	w.engine = engine
	w.set(t, settings)
	meter := func(_, _ string) wire.Recorder { return func(time.Duration, core.Code) {} }
	if w.dialect, err = yesapi.New(wire.House{Engine: engine, Log: log, Meter: meter, Now: now}); err != nil {
		t.Fatal(err)
	}
	server := &fasthttp.Server{Handler: w.dialect.Serve, NoDefaultServerHeader: true}
	served := make(chan error, 1)
	go func() { served <- server.Serve(w.listener) }()
	t.Cleanup(func() {
		if err := w.listener.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// set replaces the app's section; the empty one is none.
func (w *world) set(t testing.TB, settings string) {
	t.Helper()
	app := core.App{Key: appKey, Secret: appSecret}
	if settings != "" {
		app.Dialects = map[string]json.RawMessage{yesapi.Name: json.RawMessage(settings)}
	}
	w.put(t, app)
}

func (w *world) put(t testing.TB, app core.App) {
	t.Helper()
	a, err := w.engine.PutApp(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	w.app = a
}

// user registers a member without a password.
func (w *world) user(t testing.TB, uuid, name, ext string) *core.User {
	t.Helper()
	u, err := w.engine.Register(context.Background(), w.app, core.NewUser{UUID: uuid, Username: name, Ext: []byte(ext)})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// member registers a member whose password is 123456 and logs it in; the token is tokenB.
func (w *world) member(t testing.TB, uuid, name, ext string) {
	t.Helper()
	_, err := w.engine.Register(context.Background(), w.app, core.NewUser{UUID: uuid, Username: name, Password: digest, Ext: []byte(ext)})
	if err != nil {
		t.Fatal(err)
	}
	w.random.set(0xbb)
	defer w.random.set(0)
	token, _, err := w.engine.Login(context.Background(), w.app, name, digest, true)
	if err != nil {
		t.Fatal(err)
	}
	if token != tokenB {
		t.Fatalf("token %s", token)
	}
}

// answer is one response.
type answer struct {
	status int
	header http.Header
	body   string
}

// raw sends the bytes of one request and reads one response.
func (w *world) raw(t testing.TB, request string) answer {
	t.Helper()
	c, err := w.listener.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

// get sends a GET for a target that is written as it stands.
func (w *world) get(t testing.TB, target string) answer {
	t.Helper()
	return w.raw(t, "GET "+target+" HTTP/1.1\r\nHost: hn216.api.yesapi.cn\r\n\r\n")
}

// post sends a body as it stands. header is nothing or whole lines.
func (w *world) post(t testing.TB, target, contentType, header, body string) answer {
	t.Helper()
	if contentType != "" {
		header += "Content-Type: " + contentType + "\r\n"
	}
	return w.raw(t, "POST "+target+" HTTP/1.1\r\nHost: hn216.api.yesapi.cn\r\n"+header+
		"Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

// call sends a service with the app's key and the parameters, names and values by turns, as a form. It returns the body.
func (w *world) call(t testing.TB, service string, params ...string) string {
	t.Helper()
	form := url.Values{"app_key": {appKey}}
	for i := 0; i < len(params); i += 2 {
		form.Set(params[i], params[i+1])
	}
	a := w.post(t, "/?s="+service, formType, "", form.Encode())
	if a.status != http.StatusOK {
		t.Errorf("%s: status %d", service, a.status)
	}
	return a.body
}

// as is call with the session of uuid, for a service of the message plug-in.
func (w *world) as(t testing.TB, uuid, service string, params ...string) string {
	t.Helper()
	return w.call(t, "App.Market_ChatMessage."+service, append([]string{"uuid", uuid, "token", tokenB}, params...)...)
}

// send sends a message for uuid and fails the test if it is not delivered.
func (w *world) send(t testing.TB, uuid, to, kind, data string) {
	t.Helper()
	body := w.as(t, uuid, "Send", "other_uuid", to, "chat_message_type", kind, "chat_message_data", data)
	if !strings.Contains(body, `"data":{"err_code":0,"err_msg":"",`) {
		t.Fatalf("send: %s", body)
	}
}

// succeeded is the whole answer of a service with the given data.
func succeeded(service, data string) string {
	return `{"ret":200,"data":` + data + `,"msg":"V3.3.0 YesApi ` + service + `"}`
}

// messages is succeeded for a service of the message plug-in.
func messages(service, data string) string { return succeeded("App.Market_ChatMessage."+service, data) }

// refused is the whole answer of a protocol error.
func refused(ret int, detail string) string {
	return `{"ret":` + strconv.Itoa(ret) + `,"data":{},"msg":"客户端非法请求：` + strings.ReplaceAll(detail, "/", `\/`) + `"}`
}

func check(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
