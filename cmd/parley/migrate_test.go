package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/cmd/parley/server"
	"parley/core"
	"parley/core/migrate"
)

// TestMigrateRefusals are command lines that cannot be carried out, with what is said of them.
func TestMigrateRefusals(t *testing.T) {
	store := newMigrationStore(t)[0]
	dir := t.TempDir()
	open := filepath.Join(dir, "open.json")
	if err := os.WriteFile(open, []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}
	secret := filepath.Join(dir, "secret.json")
	if err := os.WriteFile(secret, []byte(`{"secret":"s"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(dir, "table.csv")
	if err := os.WriteFile(table, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]struct {
		code int
		talk string
	}{
		"run --from nothing":                    {exitUsage, "names no source"},
		"run --from excel:x":                    {exitFailed, "no such file"},
		"run --from excel:" + table:             {exitUsage, `no source of the kind "excel"`},
		"run --from yesapi-csv:" + table:        {exitFailed, "7 or 8 columns"},
		"run --from yesapi-csv:" + dir:          {exitFailed, "is no file"},
		"follow --from yesapi-csv:" + table:     {exitUsage, "a file does not grow"},
		"run --on-error maybe --from x:y":       {exitUsage, "skip or stop"},
		"plan --io sometimes --from archive:x":  {exitUsage, "documented or natural"},
		"plan --zone Mars --from archive:x":     {exitUsage, "--zone Mars"},
		"plan --app none --from archive:x":      {exitUsage, "there is no app none"},
		"status":                                {exitFailed, "no migration into this store runs"},
		"set":                                   {exitUsage, "set needs --rate"},
		"set --rate 5":                          {exitFailed, "no migration into this store runs"},
		"run --from openim+https://example.com": {exitUsage, "needs --credentials"},
		"run --from openim+https://example.com --credentials " + open:      {exitFailed, "chmod 600"},
		"run --from openim+ftp://example.com --credentials " + secret:      {exitUsage, "an http or https URL"},
		"run --from openim+http://127.0.0.1:1 --credentials " + secret:     {exitUsage, "--allow-private"},
		"run --from openim+http://[::1]:1 --credentials " + secret:         {exitUsage, "--allow-private"},
		"run --from openim+http://10.1.2.3 --credentials " + secret:        {exitUsage, "--allow-private"},
		"run --from openim+http://169.254.169.254 --credentials " + secret: {exitUsage, "--allow-private"},
		"run --from openim+http://100.64.0.1 --credentials " + secret:      {exitUsage, "--allow-private"},
		"run --from openim+http://localhost:1 --credentials " + secret:     {exitUsage, "--allow-private"},
		"run --from telex+http://8.8.8.8 --credentials " + secret:          {exitUsage, `no live platform "telex"`},
	} {
		args := append([]string{"migrate"}, strings.Fields(line)...)
		code, _, talk := invoke(t, new(program), append(args, store)...)
		if code != want.code || !strings.Contains(talk, want.talk) {
			t.Errorf("%s: %d %s", line, code, talk)
		}
	}
}

// TestMigrateSetAndStatus looks at a migration that runs, and makes it faster.
func TestMigrateSetAndStatus(t *testing.T) {
	l := newLegacy(20, 2000, 5)
	path, _ := l.csv(t)
	store := newMigrationStore(t)[0]
	from := "--from=yesapi-csv:" + path
	ended := make(chan string)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_, out, talk := invokeWith(ctx, new(program), "migrate", "run", store, from, "--rate=50", "--json")
		ended <- out + talk
	}()
	var a controlAnswer
	until(t, "the migration is at work", func() bool {
		code, out, _ := invoke(t, new(program), "migrate", "status", store, "--json")
		return code == exitDone && json.Unmarshal([]byte(out), &a) == nil && a.Records > 0
	})
	if a.Limit != 50 || a.Source != "yesapi-table" || a.Share <= 0 || a.Share >= 1 || a.Holder != holder() {
		t.Errorf("%+v", a)
	}
	if code, out, talk := invoke(t, new(program), "migrate", "status", store); code != exitDone || !strings.Contains(out, "^C would") {
		t.Errorf("status: %d %s %s", code, out, talk)
	}
	if code, _, talk := invoke(t, new(program), "migrate", "run", store, from); code != exitFailed || !strings.Contains(talk, "in use") {
		t.Errorf("a second run: %d %s", code, talk)
	}
	if code, out, talk := invoke(t, new(program), "migrate", "set", store, "--rate=0"); code != exitDone || !strings.Contains(out, "none") {
		t.Errorf("set: %d %s %s", code, out, talk)
	}
	if out := <-ended; !strings.Contains(out, `"complete": true`) {
		t.Error(out)
	}
	code, out, talk := invoke(t, new(program), "migrate", "status", store, from)
	if code != exitDone || !strings.Contains(out, "complete") || !strings.Contains(out, "2,000") || !strings.Contains(out, "nobody; last process") {
		t.Errorf("status at rest: %d %s %s", code, out, talk)
	}
}

// TestMigrateMaxMinutes stops by itself, says where, and goes on.
func TestMigrateMaxMinutes(t *testing.T) {
	l := newLegacy(20, 2000, 5)
	path, _ := l.sql(t)
	flags := append(newMigrationStore(t), "--from=yesapi-sql:"+path)
	code, out, talk := invoke(t, new(program), append([]string{"migrate", "run", "--max-minutes=0.005", "--rate=900"}, flags...)...)
	if !strings.Contains(talk, "stopped by --max-minutes at ") || !strings.Contains(talk, "the same command goes on there") {
		t.Fatalf("%d %s %s", code, out, talk)
	}
	_, out, talk = invoke(t, new(program), append([]string{"migrate", "run"}, flags...)...)
	if !strings.Contains(talk, "resuming yesapi-table at ") || !strings.Contains(out, "100.0 %") {
		t.Errorf("%s %s", out, talk)
	}
	html := filepath.Join(t.TempDir(), "report.html")
	code, out, talk = invoke(t, new(program), append([]string{"migrate", "verify", "--html=" + html}, flags...)...)
	page, err := os.ReadFile(html)
	if code != exitDone || err != nil || !strings.Contains(string(page), "everything matches") || !strings.Contains(out, "match") {
		t.Errorf("%d %s %s %v", code, out, talk, err)
	}
}

// TestMigrateLive takes over from a server that runs, through its own protocol.
func TestMigrateLive(t *testing.T) {
	l := newLegacy(8, 300, 9)
	path, _ := l.mongo(t)
	a := arrive(t, core.NewUser{ID: openimUser(0)}, func(file *os.File, size int64) (migrate.Source, error) {
		return fileSource("openim-mongo", file, size, nil, false)
	}, path)
	// The engine's dialects are in memory: a real listener stands before them.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client := &fasthttp.Client{Dial: a.dial}
	front := &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		request := fasthttp.AcquireRequest()
		defer fasthttp.ReleaseRequest(request)
		ctx.Request.CopyTo(request)
		request.SetHost("parley")
		if err := client.Do(request, &ctx.Response); err != nil {
			ctx.Error(err.Error(), http.StatusBadGateway)
		}
	}}
	served := make(chan error, 1)
	go func() { served <- front.Serve(listener) }()
	t.Cleanup(func() {
		if err := front.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	store := newMigrationStore(t)[0]
	p := &program{environ: []string{credentialsVariable + `={"secret":"` + openimSecret + `"}`}}
	from := fmt.Sprintf("--from=openim+http://%s", listener.Addr())
	for i, want := range []int64{300, 0} {
		code, out, talk := invoke(t, p, "migrate", "run", store, from, "--allow-private", "--json", "--rejects="+filepath.Join(t.TempDir(), "r"))
		var o migrateOutcome
		if err := json.Unmarshal([]byte(out), &o); code != exitDone || err != nil || o.Counts["message"].Stored != want {
			t.Errorf("run %d: %d %s %s %v", i, code, out, talk, err)
		}
	}
	code, out, talk := invoke(t, p, "migrate", "verify", store, from, "--allow-private")
	if code != exitDone {
		t.Errorf("verify: %d %s %s", code, out, talk)
	}
}

// invokeWith is invoke for a goroutine of its own.
func invokeWith(ctx context.Context, p *program, args ...string) (code int, stdout, stderr string) {
	var out, talk strings.Builder
	p.stdout, p.stderr, p.stdin = &out, &talk, strings.NewReader("")
	code = p.run(ctx, append([]string{"parley"}, args...))
	return code, out.String(), talk.String()
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(deadline) {
			t.Fatal("never: " + what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func TestControlPath(t *testing.T) {
	long := "badger:///" + strings.Repeat("directory/", 20)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, store := range []string{long, "memory:", "postgres://a:secret@host/db"} {
		path, err := controlPath(store)
		if err != nil || len(path) > 120 || strings.Contains(path, "secret") {
			t.Errorf("%s: %s, %v", store, path, err)
		}
	}
	if path, err := controlPath("badger:///var/lib/parley"); err != nil || path != server.StoreDir("badger:///var/lib/parley")+".migrate.sock" {
		t.Errorf("%s, %v", path, err)
	}
}
