package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wire"
	"parley/cmd/parley/httpd"
	"parley/cmd/parley/metrics"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/core/official"
	"parley/storage/memory"
)

// officialDemo serves the demo's account and returns the lines to paste.
func officialDemo(t *testing.T) string {
	t.Helper()
	store, log := memory.New(), slog.New(slog.DiscardHandler)
	env := core.Environment{Now: time.Now, Random: rand.Reader}
	engine, err := core.Open(t.Context(), store, env, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	app, err := Prepare(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	service, err := official.Open(t.Context(), store, env, official.Options{Key: []byte(SealKey), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	platform, err := StartPlatform(log)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + listener.Addr().String()
	worker := wechat.NewWorker(wechat.WorkerOptions{
		Official: service, Engine: engine, App: app.Key, Log: log, Now: time.Now, BaseURL: base, API: platform.API,
	})
	account, err := platform.Bind(t.Context(), service, base)
	if err != nil {
		t.Fatal(err)
	}
	if err := worker.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := metrics.New("test")
	dialect, err := wechat.New(wire.House{Engine: engine, Log: log, Meter: m.Meter, Now: time.Now}, wechat.Options{
		Official: service, Background: worker, App: app.Key, BaseURL: base,
	})
	if err != nil {
		t.Fatal(err)
	}
	server, err := httpd.New(httpd.Site{Dialects: []wire.Dialect{dialect}}, settings.Default().Limits, log, m)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		err := errors.Join(platform.Close(), server.Stop(context.Background()), <-served)
		worker.Close()
		if err := errors.Join(err, engine.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	var guide bytes.Buffer
	if err := platform.PrintOfficial(&guide, account, base); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(guide.String(), "%!") {
		t.Fatalf("a verb is left over:\n%s", guide.String())
	}
	return guide.String()
}

// TestOfficialLinesWork runs the lines as a reader pastes them.
func TestOfficialLinesWork(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "sha1sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("needs", tool)
		}
	}
	var script bytes.Buffer
	calls := 0
	for line := range strings.Lines(officialDemo(t)) {
		switch {
		case strings.HasPrefix(line, "curl "):
			calls++
			script.WriteString(strings.Replace(line, "curl ", "curl -sS --noproxy '*' ", 1) + "echo\n")
		case strings.HasPrefix(line, "text=") || strings.HasPrefix(line, "at="):
			script.WriteString(line)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh")
	shell.Stdin = &script
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != calls || calls < 10 {
		t.Fatalf("%d calls got %d answers: %s", calls, len(answers), out)
	}
	for i, a := range answers {
		switch {
		case strings.HasPrefix(a, "<xml>"):
			if !strings.Contains(a, "hello from Parley") {
				t.Errorf("the follower is answered %s", a)
			}
		case !strings.HasPrefix(a, `{"code":200,"message":"OK","data":`):
			t.Errorf("call %d is answered %s", i, a)
		case i == len(answers)-1 && !strings.Contains(a, "hello there"):
			t.Errorf("what has come in is not listed: %s", a)
		}
	}
}
