package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/storage"
)

// prepared returns the directory and the flag of a store with an app and a user, written by the program itself.
func prepared(t *testing.T) (dir, flag string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "store")
	flag = "--store=badger://" + dir
	p := &program{environ: []string{"PARLEY_MIN_FREE_MIB=1"}}
	for _, line := range []string{"app add --name shop", "user add --id 17"} {
		if code, _, talk := invoke(t, p, append(strings.Fields(line), flag)...); code != exitDone {
			t.Fatalf("parley %s: %d %s", line, code, talk)
		}
	}
	return dir, flag
}

// examineWith runs doctor and returns its exit code and what it found.
func examineWith(t *testing.T, flags ...string) (int, diagnosis) {
	t.Helper()
	p := &program{environ: []string{"PARLEY_MIN_FREE_MIB=1"}}
	code, out, talk := invoke(t, p, append([]string{"doctor", "--json"}, flags...)...)
	var d diagnosis
	if err := json.Unmarshal([]byte(out), &d); err != nil {
		t.Fatalf("%v: %s %s", err, out, talk)
	}
	want := map[storage.Grade]int{storage.Pass: int(doctorPass), storage.Warn: int(doctorWarn), storage.Fail: int(doctorFail)}
	if code != want[d.Grade] || talk != "" {
		t.Errorf("exit code %d for %s; %s", code, d.Grade, talk)
	}
	return code, d
}

// wantFinding fails t unless the check is of the grade.
func wantFinding(t *testing.T, d diagnosis, check string, grade storage.Grade) {
	t.Helper()
	for _, f := range d.Findings {
		if f.Check == check && f.Grade == grade {
			return
		}
	}
	t.Errorf("%s is not %q: %+v", check, grade, d.Findings)
}

func TestDoctorOnSoundStore(t *testing.T) {
	_, flag := prepared(t)
	code, d := examineWith(t, flag)
	if code != int(doctorPass) || d.Content == nil || d.Content.Apps != 1 || d.Content.Users != 1 || len(d.Defects) != 0 {
		t.Errorf("%d %+v", code, d)
	}
	for _, check := range []string{"settings", "store", "permissions", "disk space", "lock", "tables", "content", "consistency"} {
		wantFinding(t, d, check, storage.Pass)
	}
	code, out, _ := invoke(t, &program{environ: []string{"PARLEY_MIN_FREE_MIB=1"}}, "doctor", flag)
	if code != exitDone || strings.Count(out, "pass ") < 8 {
		t.Errorf("%d %s", code, out)
	}
}

func TestDoctorWhileServerRuns(t *testing.T) {
	_, flag := prepared(t)
	editStore(t, strings.TrimPrefix(flag, "--store="), func(storage.Store) error {
		_, d := examineWith(t, flag)
		wantFinding(t, d, "lock", storage.Pass)
		wantFinding(t, d, "tables", storage.Pass)
		wantFinding(t, d, "content", storage.Skip)
		return nil
	})
}

func TestDoctorFindsDefects(t *testing.T) {
	dir, flag := prepared(t)
	editStore(t, "badger://"+dir, func(s storage.Store) error {
		return s.Update(t.Context(), func(w storage.Writer) error {
			return w.Delete([]byte("u\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01"))
		})
	})
	_, d := examineWith(t, flag)
	wantFinding(t, d, "consistency", storage.Fail)
	if len(d.Defects) == 0 || d.Defects[0].App != 1 {
		t.Errorf("defects %+v", d.Defects)
	}
	tables, err := filepath.Glob(filepath.Join(dir, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatal(err)
	}
	data, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	data[3] ^= 1
	if err := os.WriteFile(tables[0], data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, d = examineWith(t, flag)
	wantFinding(t, d, "tables", storage.Fail)
	wantFinding(t, d, "content", storage.Skip)
	if d.Content != nil {
		t.Error("what is not whole is counted")
	}
}

func TestDoctorOnUnfinishedCopy(t *testing.T) {
	dir, flag := prepared(t)
	editStore(t, "badger://"+dir, func(s storage.Store) error {
		return s.Update(t.Context(), func(w storage.Writer) error {
			return w.Set([]byte("!transfer"), []byte("\x01\x02\x00\x09\x03\x04here\x00\x00"))
		})
	})
	_, d := examineWith(t, flag)
	wantFinding(t, d, "copy", storage.Fail)
	if code, _, talk := invoke(t, new(program), "app", "list", flag); code != exitFailed || !strings.Contains(talk, "unfinished copy of here") {
		t.Errorf("an unfinished copy is used: %d %s", code, talk)
	}
}

func TestDoctorOnSettings(t *testing.T) {
	dir, flag := prepared(t)
	file := filepath.Join(filepath.Dir(dir), "parley.yaml")
	for name, test := range map[string]struct {
		text  string
		grade storage.Grade
	}{
		"sound":      {"min_free_mib: 1\nadmin_token: canary-0123456789\n", storage.Pass},
		"typo":       {"admin_token: canary-0123456789\nlistne: x\n", storage.Fail},
		"impossible": {"admin_token: canary-0123456789\nadmin: nil\nmemory_mib: 1\n", storage.Fail},
		"no YAML":    {"admin_token: canary-0123456789\n\tx", storage.Fail},
	} {
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, d := examineWith(t, "--config", file, flag)
		wantFinding(t, d, "settings", test.grade)
		wantFinding(t, d, "content", storage.Pass)
		if text, err := json.Marshal(d); err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("%s: a secret is printed: %s", name, text)
		}
	}
	if err := os.WriteFile(file, []byte("listne: x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, d := examineWith(t, "--config", file)
	wantFinding(t, d, "settings", storage.Fail)
	wantFinding(t, d, "store", storage.Skip)
}

func TestDoctorOnOtherStores(t *testing.T) {
	for url, grade := range map[string]storage.Grade{
		"memory:": storage.Warn, "nosql://db": storage.Fail, "badger:///no/where": storage.Fail, "badger://x/y": storage.Fail, "%": storage.Fail,
	} {
		_, d := examineWith(t, "--store="+url)
		wantFinding(t, d, "store", grade)
	}
	if _, err := os.Stat("/no"); err == nil {
		t.Error("the doctor makes stores")
	}
}

func TestUrlSecrets(t *testing.T) {
	secrets := urlSecrets("postgres://parley:one@db/parley?password=two&sslpassword=three&x=y")
	if all := strings.Join(secrets, " "); len(secrets) != 3 || !strings.Contains(all, "one") || !strings.Contains(all, "two") || !strings.Contains(all, "three") {
		t.Errorf("%q", secrets)
	}
}
