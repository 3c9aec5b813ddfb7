package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/server"
	"parley/core/archive"
)

const movedApp = "MOVEDMOVEDMOVEDMOVEDMOVEDMOVED00"

// writeArchive writes an archive of two users and so many messages between them.
func writeArchive(t *testing.T, file string, messages int, more ...archive.Record) {
	t.Helper()
	var b bytes.Buffer
	out := archive.NewWriter(&b, archive.Header{App: movedApp})
	records := []archive.Record{
		{Type: archive.TypeApp, App: &archive.App{Name: "moved", Zone: "UTC", Dialects: map[string]json.RawMessage{"yesapi": json.RawMessage(`{"sign":"off"}`)}}},
		{Type: archive.TypeUser, User: &archive.User{ID: "a", Registered: 5}},
		{Type: archive.TypeUser, User: &archive.User{ID: "b", Username: "bee", Registered: 6, Password: []byte("sealed")}},
	}
	for i := range messages {
		records = append(records, archive.Record{Type: archive.TypeMessage, Message: &archive.Message{
			ID: int64(2*i + 1), Seq: int64(i + 1), From: "a", To: "b", Time: int64(i), Body: &archive.Body{Kind: "text", Text: fmt.Sprint("text ", i)},
		}})
	}
	for _, r := range append(records, more...) {
		if err := out.Write(&r); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// withoutHeader returns the records of an archive; header and digests differ from export to export.
func withoutHeader(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.SplitAfter(string(data), "\n")[1:] {
		if !strings.HasPrefix(line, `{"type":"check"`) && !strings.HasPrefix(line, `{"type":"end"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// What is imported, exported, imported elsewhere and exported again is the same.
func TestMoveRoundTrip(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	first, second := "--store=badger://"+file("first"), "--store=badger://"+file("second")
	writeArchive(t, file("foreign"), 2300)
	run := func(want int, args ...string) (stdout, talk string) {
		t.Helper()
		code, stdout, talk := invoke(t, new(program), args...)
		if code != want {
			t.Fatalf("%v: %d %s%s", args, code, stdout, talk)
		}
		return stdout, talk
	}
	if _, talk := run(exitFailed, "import", file("foreign"), first); !strings.Contains(talk, "there is no store at") {
		t.Error(talk)
	}
	out, _ := run(exitDone, "import", file("foreign"), first, "--create", "--json")
	var report importReport
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.App != movedApp || report.Secret == "" || report.Records[archive.TypeMessage].Stored != 2300 {
		t.Errorf("%s, %v", out, err)
	}
	run(exitDone, "export", first, "-o", file("one"), "--with-passwords", "--official")
	if _, talk := run(exitUsage, "export", first, "-o", file("one")); !strings.Contains(talk, "--force replaces it") {
		t.Error(talk)
	}
	run(exitUsage, "export", first, "--json")
	run(exitDone, "import", file("one"), second, "--create", "--official")
	run(exitDone, "export", second, "-o", file("two"), "--with-passwords", "--official")
	if one, two := withoutHeader(t, file("one")), withoutHeader(t, file("two")); one != two || strings.Count(one, `"type":"message"`) != 2300 {
		t.Errorf("the archives differ: %d and %d bytes", len(one), len(two))
	}
	plain, _ := run(exitDone, "export", first)
	if strings.Contains(plain, "password") {
		t.Error("an archive without passwords has some")
	}
	out, talk := run(exitDone, "import", file("one"), second)
	if !strings.Contains(talk, "resuming at 99.9 %, after line 2306") {
		t.Errorf("%s%s", out, talk)
	}
	out, _ = run(exitDone, "import", file("one"), second, "--restart", "--json")
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Records[archive.TypeMessage].Known != 2300 {
		t.Errorf("%s, %v", out, err)
	}
}

func TestImportTellsWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	store := "--store=badger://" + file("store")
	bad := archive.Record{Type: archive.TypeMessage, Message: &archive.Message{
		ID: 999, From: "a", To: "nobody", Body: &archive.Body{Kind: "text", Text: "lost"},
	}}
	writeArchive(t, file("archive"), 3, bad)
	data, err := os.ReadFile(file("archive"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"cut": string(data[:len(data)/2]), "altered": strings.Replace(string(data), "text 1", "text 9", 1), "table": "id,name\n",
	} {
		if err := os.WriteFile(file(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{file("none")}, exitFailed, "no such file"},
		{[]string{file("table")}, exitFailed, "line 1 of the archive: the line is no JSON object"},
		{[]string{file("archive"), "--on-error", "perhaps"}, exitUsage, "--on-error is skip or stop"},
		{[]string{file("archive"), "--on-error", "stop", "--create"}, exitRefused, "the user does not exist: nobody"},
		{[]string{file("archive"), "--app", "OTHER"}, exitRefused, "the store has no app OTHER"},
		{[]string{file("cut")}, exitFailed, "it is not whole"},
		{[]string{file("altered"), "--restart"}, exitFailed, "of the archive: the digest is"},
		{[]string{file("archive"), "--restart", "--rejects", file("rejects")}, exitFailed, "1 records were not imported"},
		{[]string{file("archive")}, exitDone, "after line 8"},
		{[]string{file("rejects")}, exitFailed, "not imported: message 999 from a"},
	} {
		code, _, talk := invoke(t, new(program), append([]string{"import", store}, c.args...)...)
		if code != c.code || !strings.Contains(talk, c.want) {
			t.Errorf("%v: %d %s; want %d %s", c.args, code, talk, c.code, c.want)
		}
	}
}

// An export leaves the secrets of dialects out.
func TestPublicSettings(t *testing.T) {
	section := map[string]any{"mode": "x"}
	for _, name := range server.HiddenSettings() {
		section[name] = "secret"
	}
	raw, err := json.Marshal(section)
	if err != nil {
		t.Fatal(err)
	}
	if shown := publicSettings("", raw); string(shown) != `{"mode":"x"}` {
		t.Errorf("%s", shown)
	}
}
