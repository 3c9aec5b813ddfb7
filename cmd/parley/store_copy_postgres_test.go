package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"parley/storage"
	"parley/storage/postgres/postgrestest"
)

// What a server has written goes from one engine to the other and back, and is the same.
func TestStoreCopyBetweenEngines(t *testing.T) {
	database := postgrestest.Shared(t)
	_, flag := prepared(t)
	first := strings.TrimPrefix(flag, "--store=")
	fillStore(t, first, 5000) // not of a server: doctor would complain of it, and does not mind where the copy goes
	back := "badger://" + filepath.Join(t.TempDir(), "back")
	digests := make(map[string]bool)
	for _, way := range [][2]string{{first, database}, {database, back}} {
		code, out, talk := invoke(t, new(program), "store", "copy", "--memory-mib=64", "--min-free-mib=1", way[0], way[1])
		if code != exitDone {
			t.Fatalf("%d %s %s", code, out, talk)
		}
		if strings.Contains(talk+out, "@") && strings.Contains(talk+out, "password") {
			t.Errorf("credentials are printed: %s", talk)
		}
		digests[out] = true
	}
	if len(digests) != 1 {
		t.Errorf("the digests differ between engines: %v", digests)
	}
	// The other way around, the database holds something already, and something else.
	editStore(t, database, func(s storage.Store) error {
		return s.Update(context.Background(), func(w storage.Writer) error { return w.Delete([]byte("m000001")) })
	})
	code, _, talk := invoke(t, new(program), "store", "copy", "--min-free-mib=1", back, database)
	if code != exitFailed || !strings.Contains(talk, "not empty") {
		t.Errorf("into a database that is in use: %d %s", code, talk)
	}
	if code, _, talk = invoke(t, new(program), "store", "copy", "--min-free-mib=1", "--verify-only", back, database); code != exitFailed {
		t.Errorf("a difference is not found: %d %s", code, talk)
	}
}

func TestDoctorOnDatabase(t *testing.T) {
	database := postgrestest.Shared(t)
	flag := "--store=" + database
	_, d := examineWith(t, flag)
	wantFinding(t, d, "tables", storage.Fail) // there are none yet
	_, made := prepared(t)
	if code, _, talk := invoke(t, new(program), "store", "copy", "--min-free-mib=1", strings.TrimPrefix(made, "--store="), database); code != exitDone {
		t.Fatal(talk)
	}
	_, d = examineWith(t, flag)
	wantFinding(t, d, "tables", storage.Pass)
	wantFinding(t, d, "content", storage.Pass)
	wantFinding(t, d, "consistency", storage.Pass)
	if d.Content == nil || d.Content.Users != 1 {
		t.Errorf("content %+v", d.Content)
	}
}
