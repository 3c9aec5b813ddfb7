package mirror_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/adapters/wire/mirror"
	"parley/core"
)

// The toy dialect: GET /read, POST /write?key= and /end and /login, by app and user of the query, answered {"ok":…}.
type toy struct{ app *core.App }

const toyApp = "the app"

func (toy) Name() string { return "toy" }

func (toy) Traits() *mirror.Traits {
	return &mirror.Traits{
		Effects:  map[string]mirror.Effect{"read": mirror.Reads, "write": mirror.Writes, "end": mirror.Ends, "login": mirror.Gives},
		Keys:     map[string]string{"write": "key"},
		Volatile: []string{"id", "at"}, Secrets: []string{"token", "X-Secret"}, Foreign: []string{"since"},
	}
}

type toyAnswer struct {
	id, count int64
	name, at  string
}

func toySpec(name string) *wire.Spec {
	row := &wire.Row[struct{}, toyAnswer]{Name: name, Answer: []wire.Field[toyAnswer]{
		wire.Number("id", func(a *toyAnswer) *int64 { return &a.id }),
		wire.Number("count", func(a *toyAnswer) *int64 { return &a.count }),
		wire.Text("name", func(a *toyAnswer) *string { return &a.name }),
		wire.Text("at", func(a *toyAnswer) *string { return &a.at }),
	}}
	return row.Spec()
}

func (s toy) Look(ctx *fasthttp.RequestCtx) (seen mirror.Sight) {
	q := ctx.QueryArgs()
	if string(q.Peek("app")) == toyApp {
		seen.App = s.app
	}
	if name := strings.TrimPrefix(string(ctx.Path()), "/"); name != "strange" {
		seen.Spec = toySpec(name)
	}
	seen.User, seen.Key = string(q.Peek("user")), q.Has("key")
	if q.Has("since") {
		seen.Foreign = "since"
	}
	seen.Threads = []string{seen.User}
	return seen
}

func (toy) Fields(spec *wire.Spec) []wire.FieldSpec {
	return []wire.FieldSpec{
		{Name: "ok", Type: wire.TypeBool},
		{Name: "why", Type: wire.TypeString},
		{Name: "data", Type: wire.TypeObject, Fields: spec.Answer},
	}
}

func (toy) Open(body []byte) (mirror.Reply, bool) {
	var r struct {
		OK  *bool  `json:"ok"`
		Why string `json:"why"`
	}
	if json.Unmarshal(body, &r) != nil || r.OK == nil {
		return mirror.Reply{}, false
	}
	return mirror.Reply{OK: *r.OK, Text: r.Why, JSON: body}, true
}

func (toy) Adopt(context.Context, *fasthttp.RequestCtx, *mirror.Sight, *mirror.Reply) error {
	return nil
}

// Endpoints and Routes make it a dialect whose answers a side gives.
type toyDialect struct{ side *side }

func (toyDialect) Name() string               { return "toy" }
func (toyDialect) Endpoints() []wire.Endpoint { return nil }
func (d toyDialect) Routes() (all []wire.Route) {
	for _, path := range []string{"/read", "/write", "/end", "/login", "/strange"} {
		all = append(all, wire.Route{Path: path, Handle: d.side.handle})
	}
	return all
}

// side is one of the two servers.
type side struct {
	mu     sync.Mutex
	seen   []string // the requests that came
	answer func(ctx *fasthttp.RequestCtx)
	raw    []string
	down   bool
}

var errDown = errors.New("nobody listens")

func (s *side) handle(ctx *fasthttp.RequestCtx) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, string(ctx.Method())+" "+string(ctx.RequestURI()))
	s.raw = append(s.raw, string(ctx.Request.Header.RawHeaders())+"|"+string(ctx.Request.Body()))
	ctx.Response.Header.SetContentType("application/json")
	ctx.SetBodyString(`{"ok":true,"data":{"id":1,"count":2,"name":"n","at":"2026-01-31 12:00:00"}}`)
	if s.answer != nil {
		s.answer(ctx)
	}
}

func (s *side) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func (s *side) set(down bool, answer func(ctx *fasthttp.RequestCtx)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.answer = down, answer
}

// memoryKeeper keeps everything in memory.
type memoryKeeper struct {
	mu     sync.Mutex
	states map[string][]byte
	items  map[string]map[uint64][]byte
	groups [][]byte
	broken error
}

func newKeeper() *memoryKeeper {
	return &memoryKeeper{states: make(map[string][]byte), items: make(map[string]map[uint64][]byte)}
}

func (k *memoryKeeper) State(_ context.Context, app string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.states[app], nil
}

func (k *memoryKeeper) SetState(_ context.Context, app string, state []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.states[app] = state
	return k.broken
}

func (k *memoryKeeper) Append(_ context.Context, app string, first uint64, items [][]byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.broken != nil {
		return k.broken
	}
	if k.items[app] == nil {
		k.items[app] = make(map[uint64][]byte)
	}
	for i, raw := range items {
		k.items[app][first+uint64(i)] = slices.Clone(raw)
	}
	return nil
}

func (k *memoryKeeper) Items(_ context.Context, app string, from uint64, limit int) (all []mirror.Item, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for number, raw := range k.items[app] {
		if number >= from {
			all = append(all, mirror.Item{Number: number, Raw: raw})
		}
	}
	slices.SortFunc(all, func(a, b mirror.Item) int {
		if a.Number < b.Number {
			return -1
		}
		return 1
	})
	return all[:min(len(all), limit)], nil
}

func (k *memoryKeeper) Drop(_ context.Context, app string, numbers []uint64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, n := range numbers {
		delete(k.items[app], n)
	}
	return nil
}

func (k *memoryKeeper) Differences(context.Context) ([][]byte, error) { return k.groups, nil }

func (k *memoryKeeper) SetDifferences(_ context.Context, groups [][]byte) error {
	k.groups = groups
	return nil
}

// counts is a meter.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

func (c *counts) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == nil {
		c.of = make(map[string]int)
	}
	c.of[what]++
}

func (c *counts) Compared(_, operation string, v mirror.Verdict) { c.add(operation + " " + string(v)) }
func (c *counts) Skipped(_, operation, reason string)            { c.add(operation + " " + reason) }
func (c *counts) Dropped(string)                                 { c.add("dropped") }
func (c *counts) Unanswered(string)                              { c.add("unanswered") }

func (c *counts) get(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.of[what]
}

// stage is a front between a client and two sides.
type stage struct {
	t            *testing.T
	front        *mirror.Front
	server       *golden.Server
	legacy, here *side
	keeper       *memoryKeeper
	counts       *counts
}

// newStage serves the toy dialect. The options may be changed before.
func newStage(t *testing.T, mode mirror.Mode, change func(*mirror.Options)) *stage {
	t.Helper()
	s := &stage{t: t, legacy: new(side), here: new(side), keeper: newKeeper(), counts: new(counts)}
	s.open(mode, change)
	return s
}

func (s *stage) open(mode mirror.Mode, change func(*mirror.Options)) {
	s.t.Helper()
	upstream := golden.Serve(s.t, s.legacy.handle)
	legacy, err := mirror.NewUpstream(mirror.UpstreamOptions{
		URL: "http://legacy.example", Timeout: 5 * time.Second, MaxAnswer: 1 << 20,
		Dial: func(address string) (net.Conn, error) {
			s.legacy.mu.Lock()
			defer s.legacy.mu.Unlock()
			if s.legacy.down {
				return nil, &net.OpError{Op: "dial", Err: errDown}
			}
			return upstream.Dial(address)
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	options := mirror.Options{
		Apps:   []mirror.AppOptions{{Key: toyApp, Upstreams: map[string]*mirror.Upstream{"toy": legacy}, Mode: mode, Percent: 100}},
		Keeper: s.keeper, Log: slog.New(slog.DiscardHandler), Now: time.Now, Meter: s.counts,
		Queue: 100, QueueBytes: 1 << 20, Workers: 2, MaxAnswer: 1 << 20, Hold: 5 * time.Second,
	}
	if change != nil {
		change(&options)
	}
	if s.front, err = mirror.Open(s.t.Context(), options); err != nil {
		s.t.Fatal(err)
	}
	shown, fallback := s.front.Dialect(toyDialect{s.here}, toy{&core.App{Key: toyApp}}, s.here.handle)
	handlers := make(map[string]fasthttp.RequestHandler)
	for _, r := range shown.Routes() {
		handlers[r.Path] = r.Handle
	}
	s.server = golden.Serve(s.t, func(ctx *fasthttp.RequestCtx) {
		if handle := handlers[string(ctx.Path())]; handle != nil {
			handle(ctx)
			return
		}
		fallback(ctx)
	})
	s.front.Start()
	front := s.front
	s.t.Cleanup(func() {
		if err := front.Close(); err != nil {
			s.t.Error(err)
		}
	})
}

// call sends a request of the app and returns status and body.
func (s *stage) call(method, target string) (int, string) {
	s.t.Helper()
	answer := s.server.Send(s.t, []byte(method+" "+target+" HTTP/1.1\r\nHost: chat.example\r\nContent-Length: 0\r\n\r\n"))
	return answer.StatusCode(), string(answer.Body())
}

func (s *stage) status() mirror.AppStatus {
	s.t.Helper()
	status, err := s.front.Status(toyApp)
	if err != nil {
		s.t.Fatal(err)
	}
	return status
}

// until waits for what the front does by itself.
func (s *stage) until(what string, is func(mirror.AppStatus) bool) {
	s.t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !is(s.status()) {
		select {
		case <-tick.C:
		case <-limit.C:
			s.t.Fatalf("never %s: %+v", what, s.status())
		}
	}
}
