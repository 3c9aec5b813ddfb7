package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/bench/load"
	"parley/bench/report"
	"parley/cmd/parley/demo"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
)

// TestBenchAgainstTheDemo runs the command as a reader would, once in each dialect.
func TestBenchAgainstTheDemo(t *testing.T) {
	s := settings.Default()
	s.Store, s.Listen, s.Admin, s.MemoryMiB, s.Demo = "memory:", "127.0.0.1:0", "127.0.0.1:0", 64, true
	running, err := server.Start(t.Context(), server.Config{Settings: s, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := running.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	target := "http://" + running.Addr().String()
	dir := t.TempDir()
	out, page := filepath.Join(dir, "out.json"), filepath.Join(dir, "page.html")
	lines := map[string][]string{
		"yesapi, demo":  {"--demo", "--users", "3", "--mix", "send=4,bulk=1,list=2,chats=1,mark=1,unread=1", "--recipients", "2"},
		"yesapi, key":   {"--app-key", demo.Key, "--users", "2", "--rate", "2000"},
		"phalapi, demo": {"--demo", "--dialect", "phalapi"},
		"openim, demo":  {"--demo", "--dialect", "openim", "--users", "4", "--mix", "send=4,bulk=1,list=2,chats=1,mark=1,unread=1", "--recipients", "2"},
	}
	for name, flags := range lines {
		p := &program{environ: []string{benchSecretVariable + "=" + demo.Secret}}
		args := append([]string{"bench", "--target", target, "--connections", "2", "--requests", "100", "--json", "--out", out, "--report", page}, flags...)
		code, text, talk := invoke(t, p, args...)
		var r report.Result
		if err := json.Unmarshal([]byte(text), &r); err != nil || code != exitDone {
			t.Fatalf("%s: %d %v %s", name, code, err, talk)
		}
		if r.Sent != 100 || r.Total.Requests != 100 || r.Total.ErrorCount() != 0 || r.Parley != version || !strings.Contains(talk, "loop") {
			t.Errorf("%s: %+v, %s", name, r.Total, talk)
		}
		html, err := os.ReadFile(page)
		if err != nil || !bytes.Contains(html, []byte("</html>")) {
			t.Errorf("%s: the page is %d bytes, %v", name, len(html), err)
		}
		for _, shown := range []string{text, talk, string(html)} {
			if strings.Contains(shown, demo.Secret) {
				t.Errorf("%s: the secret is shown", name)
			}
		}
	}
	if runs, err := report.Read(out); err != nil || len(runs) != len(lines) {
		t.Errorf("%d runs are kept, %v", len(runs), err)
	}
	code, text, talk := invoke(t, new(program), "bench", "compare", out, out)
	if code != exitDone || !strings.Contains(text, "throughput") || !strings.Contains(talk, "B ") {
		t.Errorf("compare: %d %s %s", code, text, talk)
	}
}

func TestBenchRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"bench":       "which server?",
		"bench extra": "there is no command",
		"bench --demo --target http://example.com":                        "not this machine",
		"bench --demo --mix sent=1":                                       "no operation",
		"bench --demo --dialect phalapi --mix chats=1":                    "offers no chats",
		"bench --demo --dialect smtp":                                     "must be one of",
		"bench --demo --recipients 5":                                     "put bulk into the mix",
		"bench --demo --connections 0":                                    "connections must be",
		"bench --demo --rate -1":                                          "rate must be",
		"bench --demo --secret-file /no/such/file":                        "no such file",
		"bench --demo --secret canary":                                    "no flag --secret",
		"bench --demo --dialect phalapi --user-ids 5-4":                   "neither",
		"bench --demo --dialect phalapi --user-ids 1-9999999999":          "more than",
		"bench --target http://127.0.0.1:1 --dialect yesapi":              "app key",
		"bench --target http://127.0.0.1:1 --dialect yesapi --app-key K":  "secret",
		"bench --target http://127.0.0.1:1 --dialect phalapi --app-key K": "neither",
		"bench --target http://127.0.0.1:1 --dialect openim":              "secret",
		"bench --demo --dialect openim --app-key K":                       "neither",
		"bench --demo --dialect phalapi --admin-user a":                   "no administrators",
		"bench compare one.json":                                          "two files",
	} {
		if code, _, talk := invoke(t, new(program), strings.Fields(line)...); code != exitUsage || !strings.Contains(talk, want) {
			t.Errorf("parley %s: %d %s", line, code, talk)
		}
	}
	code, _, talk := invoke(t, new(program), "bench", "--target", "http://127.0.0.1:1", "--dialect", "phalapi", "--users", "2")
	if code != exitFailed || !strings.Contains(talk, "cannot log in") {
		t.Errorf("without a server: %d %s", code, talk)
	}
}

func TestParseIDs(t *testing.T) {
	ids, err := parseIDs("7, 100-102")
	if err != nil || len(ids) != 4 || ids[0] != 7 || ids[3] != 102 {
		t.Errorf("%v, %v", ids, err)
	}
	for _, bad := range []string{",", "x", "-5", "0", "1-", "1-2-3"} {
		if ids, err := parseIDs(bad); err == nil {
			t.Errorf("%q is read as %v", bad, ids)
		}
	}
}

func TestBenchTalksEveryTenSeconds(t *testing.T) {
	var talk bytes.Buffer
	b := newBenchProgress(&talk, &load.Settings{Warmup: 5 * time.Second, Duration: 20 * time.Second})
	for second := range 25 {
		n := int64(second+1) * 1000
		b.run(load.Progress{Elapsed: time.Duration(second+1) * time.Second, Warming: second < 4, Succeeded: n - 1, Failed: 1})
	}
	b.done()
	if want := "10s of 25s, measuring: 1,000 requests/s, 1 errors\n20s of 25s, measuring: 1,000 requests/s, 1 errors\n"; talk.String() != want {
		t.Errorf("got %q", talk.String())
	}
}
