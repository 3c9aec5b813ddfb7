package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/server"
	"parley/storage"
)

// smallStore keeps the stores of tests small.
func smallStore() storage.Options { return storage.Options{MemoryMiB: 64, MinFreeMiB: 1} }

// editStore opens the store at a URL, lets do write to it, and closes it.
func editStore(t *testing.T, rawURL string, do func(storage.Store) error) {
	t.Helper()
	s, err := server.Engines().Open(context.Background(), rawURL, smallStore())
	if err != nil {
		t.Fatal(err)
	}
	if err := do(s); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// fillStore writes so many keys into the store at a URL.
func fillStore(t *testing.T, rawURL string, keys int) {
	t.Helper()
	editStore(t, rawURL, func(s storage.Store) error {
		for first := 0; first < keys; first += 500 {
			err := s.Update(context.Background(), func(w storage.Writer) error {
				for i := first; i < min(keys, first+500); i++ {
					if err := w.Set(fmt.Appendf(nil, "%c%06d", "amx"[i%3], i), fmt.Appendf(nil, "%0*d", i%600, i)); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func TestStoreCopy(t *testing.T) {
	dir := t.TempDir()
	url := func(name string) string { return "badger://" + filepath.Join(dir, name) }
	fillStore(t, url("a"), 3000)
	if err := os.WriteFile(filepath.Join(dir, "a.key"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	copyTo := func(from, to string, flags ...string) (int, string, string) {
		t.Helper()
		return invoke(t, new(program), append(append([]string{"store", "copy", "--memory-mib=64", "--min-free-mib=1"}, flags...), url(from), url(to))...)
	}
	code, out, talk := copyTo("a", "b")
	if code != exitDone || strings.Count(out, "equal") != 3 || !strings.Contains(talk, "complete copy") || !strings.Contains(talk, "b.key") {
		t.Fatalf("store copy: %d %s %s", code, out, talk)
	}
	var view comparisonView
	code, out, talk = copyTo("a", "b", "--verify-only", "--json")
	if err := json.Unmarshal([]byte(out), &view); err != nil || code != exitDone || !view.Equal || view.Keys != 3000 ||
		len(view.Tables) != 3 || view.Tables[0].Source.Digest != view.Tables[0].Target.Digest || view.Tables[2].Table != "x" {
		t.Fatalf("verify: %d %s %s", code, out, talk)
	}
	if code, _, talk = copyTo("a", "b"); code != exitDone || !strings.Contains(talk, "complete copy") {
		t.Errorf("a second time: %d %s", code, talk)
	}
	if code, _, talk = copyTo("a", "b", "--restart"); code != exitFailed || !strings.Contains(talk, "not empty") {
		t.Errorf("restarting a finished copy: %d %s", code, talk)
	}
	editStore(t, url("b"), func(s storage.Store) error {
		return s.Update(t.Context(), func(w storage.Writer) error { return w.Set([]byte("m000001"), []byte("other")) })
	})
	if code, _, talk = copyTo("a", "b"); code != exitFailed || !strings.Contains(talk, "not empty") {
		t.Errorf("into another store: %d %s", code, talk)
	}
	code, out, talk = copyTo("a", "b", "--verify-only")
	if key := fmt.Sprintf("%x", "m000001"); code != exitFailed || !strings.Contains(talk, key) || !strings.Contains(out, key) {
		t.Errorf("after a change: %d %s %s", code, out, talk)
	}
}

func TestStoreCopyRefuses(t *testing.T) {
	dir := t.TempDir()
	a, b := "badger://"+filepath.Join(dir, "a"), "badger://"+filepath.Join(dir, "b")
	fillStore(t, a, 10)
	for line, want := range map[string]struct {
		code int
		talk string
	}{
		"store":                           {exitDone, ""},
		"store copi":                      {exitUsage, "did you mean copy?"},
		"store copy " + a:                 {exitUsage, "two arguments"},
		"store copy " + a + " " + a + "/": {exitUsage, "both"},
		"store copy " + a + " memory:":    {exitUsage, "memory"},
		"store copy --verify-only --restart " + a + " " + b: {exitUsage, "no meaning"},
		"store copy --verify-only " + a + " " + b:           {exitFailed, "no store at"},
		"store copy badger:///no/where " + b:                {exitFailed, "no store at"},
		"store copy " + a + " nosql:":                       {exitFailed, "no engine"},
	} {
		code, _, talk := invoke(t, new(program), strings.Fields(line)...)
		if code != want.code || !strings.Contains(talk, want.talk) {
			t.Errorf("parley %s exits with %d and says %q; want %d and %q", line, code, talk, want.code, want.talk)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "b")); err == nil {
		t.Error("a refused copy has made its target")
	}
	editStore(t, a, func(storage.Store) error {
		if code, _, talk := invoke(t, new(program), "store", "copy", a, b); code != exitFailed || !strings.Contains(talk, "in use") {
			t.Errorf("a source in use: %d %s", code, talk)
		}
		return nil
	})
}

func TestPublicName(t *testing.T) {
	for rawURL, want := range map[string]string{
		"postgres://parley:canary@db:5432/parley?password=canary": "postgres://parley@db:5432/parley",
		"postgres://db/parley": "postgres://db/parley",
		"badger:///no/where/":  "badger:///no/where",
		"://":                  "a store",
	} {
		if got := server.Identity(rawURL); got != want {
			t.Errorf("server.Identity(%q) = %q, want %q", rawURL, got, want)
		}
	}
}
