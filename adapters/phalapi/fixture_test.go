package phalapi_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/core"
	"parley/storage/memory"
)

const (
	appKey    = "0123456789ABCDEF0123456789ABCDEF"
	appSecret = "yesapi-test-secrect-AbCdEfGh0123456789"
	otherKey  = "FEDCBA9876543210FEDCBA9876543210"
	anonymous = "HTogSDnO9kHwjBVkv8La7eQ4ehI0BVhx"
	peer      = "12345678123456781234567812345678"
	memberID  = "9948077346"
)

// station is the dialect in front of an app as the document's samples show it: the anonymous user, the peer, and a member
// whose ID fits into a token.
type station struct {
	t       testing.TB
	engine  *core.Engine
	app     *core.App
	dialect *phalapi.Dialect
	ahead   atomic.Int64 // seconds by which the clock is put forward
	handle  fasthttp.RequestHandler
	server  *golden.Server
}

// section is an app's settings with the anonymous user and further members.
func section(members string) json.RawMessage {
	return json.RawMessage(`{"anonymous_user":"` + anonymous + `"` + members + `}`)
}

func openStation(t testing.TB, settings json.RawMessage) *station {
	t.Helper()
	s := &station{t: t}
	ctx := context.Background()
	engine, err := core.Open(ctx, memory.New(), core.Environment{Now: s.now, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	s.engine = engine
	s.app = s.putApp(core.App{Key: appKey, Secret: appSecret, Dialects: map[string]json.RawMessage{phalapi.Name: settings}})
	for _, u := range []core.NewUser{{UUID: anonymous}, {UUID: peer}, {ID: memberID}} {
		s.register(s.app, u)
	}
	s.dialect, err = phalapi.New(
		wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: discard, Now: s.now},
		phalapi.Options{App: appKey},
	)
	if err != nil {
		t.Fatal(err)
	}
	s.handle = routed(s.dialect)
	s.server = golden.Serve(t, s.handle)
	return s
}

// routed finds a handler as the server does: a path without parameters by its bytes, any other in the router's tree.
func routed(d *phalapi.Dialect) fasthttp.RequestHandler {
	r := router.New()
	r.RedirectTrailingSlash, r.RedirectFixedPath, r.HandleMethodNotAllowed, r.HandleOPTIONS = false, false, false, false
	fixed := make(map[string]fasthttp.RequestHandler)
	for _, route := range d.Routes() {
		if strings.Contains(route.Path, "{") {
			r.ANY(route.Path, route.Handle)
		} else {
			fixed[route.Path] = route.Handle
		}
	}
	return func(ctx *fasthttp.RequestCtx) {
		if handle, ok := fixed[string(ctx.Path())]; ok {
			handle(ctx)
			return
		}
		r.Handler(ctx)
	}
}

// now is the moment of the document's samples.
func (s *station) now() time.Time {
	return time.Date(2020, 7, 3, 3, 51, 14, 0, time.UTC).Add(time.Duration(s.ahead.Load()) * time.Second)
}

func (s *station) putApp(app core.App) *core.App {
	s.t.Helper()
	stored, err := s.engine.PutApp(context.Background(), app)
	if err != nil {
		s.t.Fatal(err)
	}
	return stored
}

func (s *station) register(app *core.App, u core.NewUser) *core.User {
	s.t.Helper()
	user, err := s.engine.Register(context.Background(), app, u)
	if err != nil {
		s.t.Fatal(err)
	}
	return user
}

// answer is an envelope as far as tests ask for it.
type answer struct {
	Ret  int
	Msg  string
	Data struct {
		ID          string
		AccessToken string `json:"access_token"`
		ExpireAt    int64  `json:"expire_at"`
		ExpireTime  string `json:"expire_time"`
		Items       []struct {
			ID   int64
			UUID string
			To   string `json:"chat_message_to_uuid"`
			Data string `json:"chat_message_data"`
			Type string `json:"chat_message_type"`
			IO   string `json:"chat_message_io"`
		}
	}
}

// raw sends a request and returns the body of its answer, which must have status 200.
func (s *station) raw(request string) string {
	s.t.Helper()
	response := s.server.Send(s.t, []byte(request))
	if response.StatusCode() != fasthttp.StatusOK {
		s.t.Fatalf("status %d", response.StatusCode())
	}
	return string(response.Body())
}

// call posts a form to a service. pairs are names and values in turn; the cookie "language" may be empty.
func (s *station) call(service, language string, pairs ...string) (a answer) {
	s.t.Helper()
	form := url.Values{"service": {service}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	var request fasthttp.Request
	request.Header.SetMethod(fasthttp.MethodPost)
	request.SetRequestURI("http://parley/api/platform")
	request.Header.SetContentType("application/x-www-form-urlencoded")
	if language != "" {
		request.Header.SetCookie("language", language)
	}
	request.SetBodyString(form.Encode())
	body := s.raw(request.String())
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		s.t.Fatalf("%s: %v", body, err)
	}
	return a
}

// stored returns how many messages the anonymous user has.
func (s *station) stored() int {
	s.t.Helper()
	a := s.call("Platform.ChatMessage.GetMessageList", "", "perpage", "100")
	if a.Ret != 200 {
		s.t.Fatalf("the list is refused: %d %s", a.Ret, a.Msg)
	}
	return len(a.Data.Items)
}

// fill sends texts from the anonymous user to the peer.
func (s *station) fill(data ...string) {
	s.t.Helper()
	for _, d := range data {
		if a := s.call("Platform.ChatMessage.Send", "", "chat_message_to_uuid", peer, "chat_message_data", d, "chat_message_type", "text"); a.Ret != 200 {
			s.t.Fatalf("%d %s", a.Ret, a.Msg)
		}
	}
}
