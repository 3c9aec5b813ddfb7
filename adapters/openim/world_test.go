package openim_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/openim"
	"parley/adapters/wire"
	"parley/core"
	"parley/storage/memory"
)

const (
	appKey = "0123456789ABCDEF0123456789ABCDEF"
	secret = "a secret for tests"
	// section is the settings of an ordinary app.
	section = `{"secret":"` + secret + `"}`
)

// clock is a wall clock that tests set.
type clock struct {
	mu   sync.Mutex
	at   time.Time
	tick time.Duration // passes whenever somebody looks
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(c.tick)
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// entropy yields numbers that never repeat.
type entropy struct {
	mu sync.Mutex
	n  uint64
}

func (e *entropy) Read(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.n++
	clear(p)
	digits := strconv.FormatUint(1e7+e.n, 10)
	copy(p[max(0, len(p)-8):], digits[max(0, len(digits)-len(p)):])
	return len(p), nil
}

// world is an app with the dialect in front of it, on a listener in memory.
type world struct {
	engine   *core.Engine
	app      *core.App
	dialect  *openim.Dialect
	clock    *clock
	log      *strings.Builder
	handle   fasthttp.RequestHandler
	listener *fasthttputil.InmemoryListener
}

// openWorld prepares an engine with one app, whose section is the given one, and no dialect yet.
func openWorld(t testing.TB, settings string) *world {
	t.Helper()
	w := &world{
		clock: &clock{at: time.Unix(1795201811, 0)}, log: new(strings.Builder), listener: fasthttputil.NewInmemoryListener(),
	}
	engine, err := core.Open(context.Background(), memory.New(), core.Environment{Now: w.clock.now, Random: new(entropy)},
		core.Options{CacheMiB: 8, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w.engine = engine
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	w.app = w.put(t, appKey, settings)
	return w
}

// house is what the dialect is built from. Its log is read by tests after the answer only.
func (w *world) house() wire.House {
	meter := func(_, _ string) wire.Recorder { return func(time.Duration, core.Code) {} }
	return wire.House{Engine: w.engine, Log: slog.New(slog.NewTextHandler(w.log, nil)), Meter: meter, Now: w.clock.now}
}

// newWorld serves an app with the given section.
func newWorld(t testing.TB, settings string) *world {
	t.Helper()
	w := openWorld(t, settings)
	var err error
	if w.dialect, err = openim.New(w.house()); err != nil {
		t.Fatal(err)
	}
	paths := make(map[string]fasthttp.RequestHandler)
	for _, route := range w.dialect.Routes() {
		paths[route.Path] = route.Handle
	}
	w.handle = func(ctx *fasthttp.RequestCtx) {
		if handle, ok := paths[string(ctx.URI().PathOriginal())]; ok {
			handle(ctx)
			return
		}
		w.dialect.Unknown(ctx)
	}
	server := &fasthttp.Server{Handler: w.handle, NoDefaultServerHeader: true, NoDefaultContentType: true}
	served := make(chan error, 1)
	go func() { served <- server.Serve(w.listener) }()
	t.Cleanup(func() {
		if err := w.listener.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return w
}

// put stores an app with the given section; the empty one is none.
func (w *world) put(t testing.TB, key, settings string) *core.App {
	t.Helper()
	app := core.App{Key: key}
	if settings != "" {
		app.Dialects = map[string]json.RawMessage{openim.Name: json.RawMessage(settings)}
	}
	a, err := w.engine.PutApp(context.Background(), app)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// user registers an ordinary user of the app.
func (w *world) user(t testing.TB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if _, err := w.engine.Register(context.Background(), w.app, core.NewUser{ID: id, Nickname: "Nick " + id}); err != nil {
			t.Fatal(err)
		}
	}
}

// answer is one response, decompressed.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends one request; headers are names and values by turns.
func (w *world) send(t testing.TB, method, target, body string, headers ...string) answer {
	t.Helper()
	request := method + " " + target + " HTTP/1.1\r\nHost: openim\r\n"
	for i := 0; i < len(headers); i += 2 {
		request += headers[i] + ": " + headers[i+1] + "\r\n"
	}
	request += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
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
	response, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}()
	in := io.Reader(response.Body)
	if response.Header.Get("Content-Encoding") == "gzip" {
		if in, err = gzip.NewReader(response.Body); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// call posts a body with a token, which may be empty, and returns the answer's body.
func (w *world) call(t testing.TB, path, token, body string) string {
	t.Helper()
	headers := []string{"operationID", "op1"}
	if token != "" {
		headers = append(headers, "token", token)
	}
	a := w.send(t, "POST", path, body, headers...)
	if a.status != http.StatusOK {
		t.Errorf("%s: status %d", path, a.status)
	}
	return a.body
}

// admin returns a token of the administrator.
func (w *world) admin(t testing.TB) string {
	t.Helper()
	return tokenIn(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"imAdmin"}`))
}

// token returns a token of a user on a platform.
func (w *world) token(t testing.TB, userID string, platform int) string {
	t.Helper()
	return tokenIn(t, w.call(t, "/auth/get_user_token", w.admin(t), `{"userID":"`+userID+`","platformID":`+strconv.Itoa(platform)+`}`))
}

func tokenIn(t testing.TB, body string) string {
	t.Helper()
	var a struct {
		Data struct{ Token string }
	}
	if err := json.Unmarshal([]byte(body), &a); err != nil || a.Data.Token == "" {
		t.Fatalf("no token in %s", body)
	}
	return a.Data.Token
}

// forge signs claims with any method and key.
func forge(t testing.TB, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// refused is the whole answer of an error.
func refused(code int, message, detail string) string {
	text, err := json.Marshal(struct {
		Code    int    `json:"errCode"`
		Message string `json:"errMsg"`
		Detail  string `json:"errDlt"`
	}{code, message, detail})
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// done is the whole answer of a success without data.
const done = `{"errCode":0,"errMsg":"","errDlt":""}`

func badArgs(detail string) string      { return refused(1001, "ArgsError", detail) }
func noPermission(detail string) string { return refused(1002, "NoPermissionError", detail) }

func check(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
