package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"parley/cmd/parley/demo"
	"parley/cmd/parley/settings"
	"parley/core"
)

// syncBuffer is a log that a running server writes and a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// testSettings are the settings of a server on free ports and a store in memory.
func testSettings() settings.Settings {
	s := settings.Default()
	s.Store, s.Listen, s.Admin, s.MemoryMiB = "memory:", "127.0.0.1:0", "127.0.0.1:0", 64
	return s
}

// start starts a server that is stopped at the end of the test.
func start(t *testing.T, c Config) (s *Server, log *syncBuffer) {
	t.Helper()
	log = new(syncBuffer)
	c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return s, log
}

// get fetches a page of a server and returns status and body.
func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestHealthAndMetrics(t *testing.T) {
	s, _ := start(t, Config{Settings: testSettings(), Version: "v9"})
	base := "http://" + s.AdminAddr().String()
	for path, want := range map[string]string{
		"/healthz": "ok", "/readyz": "ready", "/metrics": `parley_build_info{version="v9"} 1`,
		"/api/v1/store": `"memory:"`, "/debug/pprof/": "goroutine",
	} {
		if status, body := get(t, base+path); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s is answered %d %.200q", path, status, body)
		}
	}
}

func TestReadinessAsksTheClientsListener(t *testing.T) {
	memory := &deafListener{InmemoryListener: fasthttputil.NewInmemoryListener()}
	s, log := start(t, Config{Settings: testSettings(), Listener: memory})
	if err := s.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	memory.deaf.Store(true)
	if status, body := get(t, "http://"+s.AdminAddr().String()+"/readyz"); status != 503 {
		t.Errorf("without a listener: %d %q", status, body)
	}
	if !strings.Contains(log.String(), "not ready") {
		t.Errorf("the log does not say why: %s", log)
	}
}

// deafListener is a listener that at some time does not answer any more.
type deafListener struct {
	*fasthttputil.InmemoryListener
	deaf atomic.Bool
}

func (l *deafListener) Dial() (net.Conn, error) {
	if l.deaf.Load() {
		return nil, errors.New("nobody listens")
	}
	return l.InmemoryListener.Dial()
}

func TestAddressTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for flag, change := range map[string]func(*settings.Settings){
		"--listen": func(s *settings.Settings) { s.Listen = taken.Addr().String() },
		"--admin":  func(s *settings.Settings) { s.Admin = taken.Addr().String() },
	} {
		c := Config{Settings: testSettings(), Log: slog.New(slog.DiscardHandler)}
		change(&c.Settings)
		_, err := Start(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), "another program listens on "+taken.Addr().String()) ||
			!strings.Contains(err.Error(), flag) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

func TestStoreInUse(t *testing.T) {
	c := Config{Settings: testSettings()}
	c.Settings.Store = "badger://" + filepath.Join(t.TempDir(), "store")
	start(t, c)
	c.Log = slog.New(slog.DiscardHandler)
	if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "another process has") {
		t.Errorf("got %v", err)
	}
}

func TestDemoSurvivesARestart(t *testing.T) {
	c := Config{Settings: testSettings(), Log: slog.New(slog.DiscardHandler)}
	c.Settings.Store = "badger://" + filepath.Join(t.TempDir(), "store")
	c.Settings.Demo = true
	for range 2 {
		s, err := Start(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		page, err := s.Engine().Users(t.Context(), s.Demo(), core.UserQuery{Limit: 100})
		if err != nil || page.Total != 9 { // the demo's and OpenIM's administrator
			t.Errorf("%d users, %v", page.Total, err)
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.Settings.Demo = false
	_, log := start(t, c)
	if !strings.Contains(log.String(), "credentials are published") {
		t.Errorf("a store with published credentials is served without a word: %s", log)
	}
}

func TestAppsOfTheFile(t *testing.T) {
	c := Config{Settings: testSettings()}
	c.Settings.PhalAPI.App = demo.Key
	c.Settings.Apps = []settings.App{{
		Key: strings.Repeat("A", 32), Secret: "from the file", Users: "open", Zone: "UTC",
		YesAPI: map[string]any{"sign": "required"},
	}}
	s, log := start(t, c)
	a, ok := s.Engine().App(strings.Repeat("A", 32))
	if !ok || a.Secret != "from the file" || !a.OpenUsers || string(a.Dialects["yesapi"]) != `{"sign":"required"}` {
		t.Errorf("the app is %+v", a)
	}
	if !strings.Contains(log.String(), "phalapi.app names an app that does not exist") {
		t.Errorf("a key of no app is not mentioned: %s", log)
	}
	c.Settings.Apps[0].Key = "short"
	c.Log = slog.New(slog.DiscardHandler)
	if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "apps[0]") {
		t.Errorf("got %v", err)
	}
}

func TestStopWithIdleConnections(t *testing.T) {
	s, _ := start(t, Config{Settings: testSettings()})
	for range 10 {
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.Close {
			t.Fatalf("keep-alive: %v", err)
		}
		_ = answer.Body.Close()
	}
	begun := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if _, err := net.Dial("tcp", s.Addr().String()); err == nil {
		t.Error("clients can still connect")
	}
}

func TestFailureStopsTheServer(t *testing.T) {
	s, _ := start(t, Config{Settings: testSettings()})
	cause := errors.New("on purpose")
	s.failed <- cause
	if err := s.Run(t.Context()); !errors.Is(err, cause) {
		t.Errorf("got %v", err)
	}
}

func TestIdentity(t *testing.T) {
	dir := t.TempDir()
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	want := "badger://" + filepath.ToSlash(real)
	for url, want := range map[string]string{
		"badger://" + filepath.ToSlash(dir): want, "badger://./": want, "badger://" + filepath.ToSlash(dir) + "/../" + filepath.Base(dir): want,
		"memory:": "memory:", "postgresql://user:secret@host/db?password=secret&search_path=a": "postgres://user@host/db?search_path=a",
	} {
		if got := Identity(url); got != want {
			t.Errorf("%s is %s, want %s", url, got, want)
		}
	}
}
