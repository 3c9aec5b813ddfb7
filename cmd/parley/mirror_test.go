package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/adapters/wire/golden"
	"parley/adapters/wire/mirror"
	"parley/adapters/yesapi"
	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
)

// serveApp starts a server with one app and stops it at the end of the test.
func serveApp(t *testing.T, change func(*settings.Settings)) *server.Server {
	t.Helper()
	s := settings.Default()
	s.Store, s.Listen, s.Admin, s.MemoryMiB = "memory:", "127.0.0.1:0", "127.0.0.1:0", 64
	s.Apps = []settings.App{{Key: strings.Repeat("F", 32), Secret: "a secret of both", YesAPI: map[string]any{"sign": "optional"}}}
	change(&s)
	running, err := server.Start(t.Context(), server.Config{Settings: s, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return running
}

// TestMirrorAndCutoverCommands goes through the commands as an operator does.
func TestMirrorAndCutoverCommands(t *testing.T) {
	key := strings.Repeat("F", 32)
	legacy := serveApp(t, func(s *settings.Settings) { s.Apps[0].YesAPI["msg_prefix"] = "Old " })
	front := serveApp(t, func(s *settings.Settings) {
		s.Mirror.AllowPrivate = true
		s.Mirrors = []settings.AppMirror{{App: key, YesAPI: "http://" + legacy.Addr().String()}}
	})
	run := func(want int, words string, args ...string) string {
		t.Helper()
		code, out, talk := invoke(t, new(program), append(args, "--store=memory:", "--admin="+front.AdminAddr().String())...)
		if code != want || !strings.Contains(out+talk, words) {
			t.Errorf("%v: %d, want %d with %q\n%s%s", args, code, want, words, out, talk)
		}
		return out
	}
	hello := func() {
		c, err := yesapi.NewClient("http://"+front.Addr().String()+"/", yesapi.ClientOptions{AppKey: key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.As(yesapi.Session{}).User(t.Context(), strings.Repeat("0", 32)); err == nil {
			t.Fatal("there is a user whom nobody has registered")
		}
		front.Mirror().Settle()
	}
	run(exitDone, "legacy", "mirror", "status")
	run(exitUsage, "none of the modes", "mirror", "set", key, "--mode", "both")
	run(exitRefused, "no legacy server for app", "mirror", "set", strings.Repeat("0", 32), "--percent", "5")
	run(exitRefused, "between 0 and 100", "mirror", "set", key, "--percent", "101")
	run(exitDone, "50%", "mirror", "set", key, "--percent", "50%")
	run(exitDone, "mirror-legacy", "mirror", "set", key, "--mode", "mirror-legacy", "--percent", "100", "--writes", "true")
	hello()
	if out := run(exitDone, "App.User.OtherProfile", "mirror", "diff"); strings.Count(out, "\n") != 2 || !strings.Contains(out, "Old App.User") {
		t.Errorf("the differences are\n%s", out)
	}
	folder := t.TempDir()
	run(exitDone, "mirror_001", "mirror", "export", folder)
	run(exitFailed, "is there already", "mirror", "export", folder)
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if exchanges, err := golden.Parse(text); err != nil || !strings.Contains(exchanges[0].Body, "Old App.User") {
		t.Errorf("%v\n%s", err, text)
	}
	run(exitDone, "ignore", "mirror", "set", key, "--ignore", "* msg")
	run(exitDone, "", "mirror", "diff", "--forget")
	hello()
	if out := run(exitDone, "", "mirror", "diff"); strings.Count(out, "\n") != 1 {
		t.Errorf("what is ignored is listed:\n%s", out)
	}
	run(exitDone, "ignored", "mirror", "diff", "--all")

	run(exitRefused, "in state legacy", "cutover", "commit", key)
	run(exitDone, "begun", "cutover", "begin", key)
	run(exitRefused, "commit and rollback only", "mirror", "set", key, "--mode", "local")
	for range 1000 {
		var s mirror.AppStatus
		if err := json.Unmarshal([]byte(run(exitDone, "state", "cutover", "status", key, "--json")), &s); err != nil {
			t.Fatal(err)
		}
		if s.State == mirror.Ready {
			break
		}
	}
	run(exitDone, "mirror-local", "cutover", "commit", key)
	run(exitUsage, "--retry and --drop", "cutover", "repair", key)
	run(exitDone, "committed", "cutover", "repair", key, "--retry")
	run(exitDone, "committed to legacy", "cutover", "rollback", key)
	run(exitDone, "legacy to begun", "cutover", "status", key)
	run(exitDone, "begun", "cutover", "begin", key)
	run(exitDone, "to legacy", "cutover", "abort", key)
	run(exitUsage, "", "cutover", "begin")
}
