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

	"github.com/urfave/cli/v3"

	"parley/cmd/parley/server"
	"parley/cmd/parley/settings"
)

// invoke runs a command line and returns its exit code and what it wrote.
func invoke(t *testing.T, p *program, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, talk bytes.Buffer
	p.stdout, p.stderr = &out, &talk
	if p.stdin == nil {
		p.stdin = strings.NewReader("")
	}
	code = p.run(t.Context(), append([]string{"parley"}, args...))
	return code, out.String(), talk.String()
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	store := "--store=badger://" + filepath.Join(dir, "store")
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("listne: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, talk := invoke(t, new(program), "app", "add", store, "--name", "first"); code != exitDone {
		t.Fatalf("app add: %d %s", code, talk)
	}
	for line, want := range map[string]struct {
		code int
		talk string
	}{
		"":                                    {exitDone, ""},
		"--help":                              {exitDone, ""},
		"--version":                           {exitDone, ""},
		"serv":                                {exitUsage, "did you mean serve?"},
		"app lst":                             {exitUsage, "did you mean list?"},
		"serve --lisetn x":                    {exitUsage, "did you mean --listen?"},
		"serve extra":                         {exitUsage, "takes no argument"},
		"version extra":                       {exitUsage, "takes no argument"},
		"serve --memory-mib many":             {exitUsage, "--memory-mib"},
		"serve --config " + bad:               {exitUsage, "did you mean listen?"},
		"config check --admin nil":            {exitUsage, "admin: "},
		"serve --demo --listen 0.0.0.0:0":     {exitUsage, "listens on loopback only"},
		"config docs --lang fr":               {exitUsage, "en or zh"},
		"app list --store nosql:":             {exitFailed, "no engine"},
		"app list --store badger:///no/where": {exitFailed, "there is no store at"},
		"app list --store memory: --admin 127.0.0.1:1": {exitUnreachable, "admin listener is not at 127.0.0.1:1"},
		"app rotate " + store:                          {exitUsage, "needs one argument"},
		"app rotate none " + store:                     {exitRefused, "parley: the app does not exist"},
		"app add --users some " + store:                {exitRefused, "closed or open"},
		"app add --set yesapi=1 " + store:              {exitUsage, "DIALECT.SETTING=VALUE"},
		"app add --set smtp.a=1 " + store:              {exitRefused, "no dialect smtp"},
		"user add " + store:                            {exitRefused, "needs an ID"},
		"user add --username u " + store:               {exitUsage, "needs a password"},
		"user add --id 1 --app none " + store:          {exitRefused, "no app"},
		"user ban " + store:                            {exitUsage, "needs one argument"},
		"user ban nobody " + store:                     {exitRefused, ""},
		"user list --limit 5000 " + store:              {exitRefused, "out of bounds"},
	} {
		code, _, talk := invoke(t, new(program), strings.Fields(line)...)
		if code != want.code || !strings.Contains(talk, want.talk) {
			t.Errorf("parley %s exits with %d and says %q; want %d and %q", line, code, talk, want.code, want.talk)
		}
		if code == exitDone && talk != "" {
			t.Errorf("parley %s says %q", line, talk)
		}
	}
}

// TestHelpTeaches demands an example of every command, and a meaning of every flag.
func TestHelpTeaches(t *testing.T) {
	p := &program{stdin: strings.NewReader(""), stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	eachCommand(p.command(), func(c *cli.Command) {
		if c.Usage == "" {
			t.Errorf("%s has no usage", c.Name)
		}
		if len(c.Commands) == 0 && !strings.Contains(c.Description, "   parley "+"") {
			t.Errorf("%s has no example", c.Name)
		}
		for _, f := range c.Flags {
			if d, ok := f.(cli.DocGenerationFlag); !ok || d.GetUsage() == "" {
				t.Errorf("%s: flag %v has no usage", c.Name, f.Names())
			}
		}
	})
	_, text, _ := invoke(t, new(program), "--help")
	for _, want := range []string{"parley serve --demo", "Exit codes", "completion"} {
		if !strings.Contains(text, want) {
			t.Errorf("the help lacks %q", want)
		}
	}
}

func TestAppsAndUsersWithoutAServer(t *testing.T) {
	lifecycle(t, "--store=badger://"+filepath.Join(t.TempDir(), "store"), "--admin=127.0.0.1:1")
}

func TestAppsAndUsersWhileTheServerRuns(t *testing.T) {
	for name, store := range map[string]string{"memory": "memory:", "badger": "badger://" + filepath.Join(t.TempDir(), "store")} {
		t.Run(name, func(t *testing.T) {
			s := settings.Default()
			s.Store, s.Listen, s.Admin, s.MemoryMiB = store, "127.0.0.1:0", "127.0.0.1:0", 64
			running, err := server.Start(t.Context(), server.Config{Settings: s, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := running.Stop(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			lifecycle(t, "--store="+store, "--admin="+running.AdminAddr().String())

			if name == "badger" {
				code, _, talk := invoke(t, new(program), "app", "list", "--store="+store, "--admin=127.0.0.1:1")
				if code != exitUnreachable || !strings.Contains(talk, "--admin") {
					t.Errorf("without its admin listener: %d %s", code, talk)
				}
				code, _, talk = invoke(t, new(program), "app", "list", "--store=memory:", "--admin="+running.AdminAddr().String())
				if code != exitFailed || !strings.Contains(talk, "another store open") {
					t.Errorf("with another server's admin listener: %d %s", code, talk)
				}
			}
		})
	}
}

// lifecycle adds, lists, changes and bans.
func lifecycle(t *testing.T, flags ...string) {
	run := func(p *program, args ...string) string {
		t.Helper()
		code, out, talk := invoke(t, p, append(args, flags...)...)
		if code != exitDone {
			t.Fatalf("parley %s: %d %s", strings.Join(args, " "), code, talk)
		}
		if strings.Contains(talk, "canary") {
			t.Errorf("parley %s talks of a password: %s", strings.Join(args, " "), talk)
		}
		return out
	}
	decode := func(text string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
	}
	var app struct{ Key, Secret, Name string }
	decode(run(new(program), "app", "add", "--name", "shop", "--set", "yesapi.sign=required", "--json"), &app)
	if len(app.Key) != 32 || app.Secret == "" || app.Name != "shop" {
		t.Fatalf("added %+v", app)
	}
	if text := run(new(program), "app", "list"); !strings.Contains(text, app.Key) || strings.Contains(text, app.Secret) {
		t.Errorf("app list: %s", text)
	}
	if text := run(new(program), "app", "list", "--secrets"); !strings.Contains(text, app.Secret) {
		t.Errorf("app list --secrets: %s", text)
	}
	if text := run(new(program), "app", "set", app.Key, "--set", "yesapi.sign=off", "--users", "open"); !strings.Contains(text, `"sign":"off"`) || !strings.Contains(text, "open") {
		t.Errorf("app set: %s", text)
	}
	if text := run(new(program), "app", "rotate", app.Key); strings.Contains(text, app.Secret) {
		t.Errorf("app rotate keeps the secret: %s", text)
	}
	run(new(program), "user", "add", "--id", "9948077346")
	var user struct{ UUID, Username, Role string }
	decode(run(&program{stdin: strings.NewReader("canary-1\n")}, "user", "add", "--username", "dogstar",
		"--password-file", "-", "--role", "admin", "--json"), &user)
	if user.Username != "dogstar" || user.Role != "admin" || len(user.UUID) != 32 {
		t.Errorf("added %+v", user)
	}
	run(&program{environ: []string{"PARLEY_PASSWORD=canary-2"}}, "user", "add", "--username", "other", "--app", app.Key)
	if text := run(new(program), "user", "ban", user.UUID); !strings.Contains(text, "true") {
		t.Errorf("user ban: %s", text)
	}
	if text := run(new(program), "user", "unban", user.UUID); !strings.Contains(text, "false") {
		t.Errorf("user unban: %s", text)
	}
	var page struct {
		Users []struct{ ID string }
		Total int
	}
	decode(run(new(program), "user", "list", "--json", "--limit", "1"), &page)
	if page.Total != 3 || len(page.Users) != 1 || page.Users[0].ID != "9948077346" {
		t.Errorf("user list: %+v", page)
	}
	if text := run(new(program), "user", "list", "--offset", "2"); !strings.Contains(text, "other") {
		t.Errorf("user list: %s", text)
	}
}

func TestConfigCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(file, []byte("admin_token: canary-0123456789\nlimits: {recipients: 7}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &program{environ: []string{"PARLEY_LISTEN=127.0.0.1:99"}}
	code, out, _ := invoke(t, p, "config", "show", "--config", file, "--json")
	var values []settings.Value
	if err := json.Unmarshal([]byte(out), &values); err != nil || code != exitDone {
		t.Fatalf("config show: %d %v", code, err)
	}
	want := map[string]settings.Value{
		"listen":            {Key: "listen", Value: "127.0.0.1:99", Origin: settings.FromEnv},
		"limits.recipients": {Key: "limits.recipients", Value: "7", Origin: settings.FromFile},
		"admin_token":       {Key: "admin_token", Value: settings.Redacted, Origin: settings.FromFile},
		"store":             {Key: "store", Value: "badger://./parley-data", Origin: settings.FromDefault},
	}
	for _, v := range values {
		if w, ok := want[v.Key]; ok && v != w {
			t.Errorf("shown %+v, want %+v", v, w)
		}
	}
	if strings.Contains(out, "canary") {
		t.Error("config show prints a secret")
	}
	if code, _, talk := invoke(t, p, "config", "check", "--config", file); code != exitDone || !strings.Contains(talk, "sound") {
		t.Errorf("config check: %d %s", code, talk)
	}
	for _, args := range [][]string{{"config", "docs"}, {"config", "docs", "--lang", "zh"}, {"config", "example"}} {
		if code, out, _ := invoke(t, p, args...); code != exitDone || !strings.Contains(out, "read_timeout") {
			t.Errorf("%v: %d %.100s", args, code, out)
		}
	}
}

func TestVersion(t *testing.T) {
	_, out, _ := invoke(t, new(program), "version", "--json")
	var v versionInfo
	if err := json.Unmarshal([]byte(out), &v); err != nil || v.Version != version || v.Go == "" {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "pwsh"} {
		if code, out, talk := invoke(t, new(program), "completion", shell); code != exitDone || out == "" {
			t.Errorf("%s: %d %s", shell, code, talk)
		}
	}
}

func TestLogEscapesControlCharacters(t *testing.T) {
	for _, format := range []string{"text", "json", "auto"} {
		var b bytes.Buffer
		newLogger(&b, format, "info").Info("x", slog.String("from", "a\r\nlevel=ERROR\x1b[31m"))
		if line := b.String(); strings.Count(line, "\n") != 1 || strings.ContainsAny(line, "\r\x1b") {
			t.Errorf("%s: %q", format, line)
		}
		if isJSON := strings.HasPrefix(b.String(), "{"); isJSON != (format != "text") {
			t.Errorf("%s is written as %q", format, b.String())
		}
	}
}
