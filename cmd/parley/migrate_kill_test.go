//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Sizes of the migration that is killed: small ones unless these are set.
const (
	migrateKills    = "TEST_MIGRATE_KILLS"
	migrateMessages = "TEST_MIGRATE_MESSAGES"
)

func sizeOf(t *testing.T, name string, small int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		return small
	}
	return n
}

// runParley runs the program in a process of its own, which is killed after a while unless that is zero.
func runParley(t *testing.T, kill time.Duration, args ...string) (killed bool, stdout, talk string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, args...)
	c.Env = childEnvironment()
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if kill > 0 {
		timer := time.AfterFunc(kill, func() { _ = c.Process.Kill() })
		defer timer.Stop()
	}
	err = c.Wait()
	return err != nil && !c.ProcessState.Exited(), out.String(), said.String(), c.ProcessState.ExitCode()
}

// newMigrationStore makes a store with an app.
func newMigrationStore(t *testing.T) (flags []string) {
	t.Helper()
	flags = []string{"--store=badger://" + filepath.Join(t.TempDir(), "s")}
	if code, _, talk := invoke(t, new(program), "app", "add", flags[0], "--set", "openim.secret="+openimSecret); code != exitDone {
		t.Fatal(talk)
	}
	return flags
}

type migrateOutcome struct {
	Complete bool
	Resumed  bool
	Share    float64
	Counts   map[string]struct{ Stored, Known, Rejected int64 }
	Rejected int64
	Seconds  float64
}

// TestMigrateAndKill takes a platform over from each kind of file while the program is killed again and again: nothing is
// lost, nothing is there twice, and the next run says where it goes on.
func TestMigrateAndKill(t *testing.T) {
	kills, messages := sizeOf(t, migrateKills, 3), sizeOf(t, migrateMessages, 5000)
	l := newLegacy(max(20, messages/100), messages, 7)
	for name, write := range map[string]func(*testing.T) (string, int){"yesapi-csv": l.csv, "yesapi-sql": l.sql, "openim-mongo": l.mongo} {
		t.Run(name, func(t *testing.T) {
			path, broken := write(t)
			flags := append(newMigrationStore(t), "--from="+name+":"+path)
			code, out, talk := invoke(t, new(program), append([]string{"migrate", "plan", "--json"}, flags...)...)
			var plan struct {
				Types   map[string]int
				Rejects int
				Space   int64
			}
			if code != exitDone || json.Unmarshal([]byte(out), &plan) != nil || plan.Types["message"] != messages || plan.Rejects != broken {
				t.Fatalf("the plan, with %d broken rows: %d %s %s", broken, code, out, talk)
			}
			run := append([]string{"migrate", "run", "--json"}, flags...)
			// At this rate it lasts long enough for each kill to find it at work: together they wait for less than that.
			each := 100 * time.Microsecond
			if name == "openim-mongo" { // which is read as a whole first
				each *= 12
			}
			whole := max(5*time.Second, time.Duration(messages)*each)
			slow := append(slices.Clone(run), "--rate="+strconv.Itoa(int(float64(messages)/whole.Seconds())))
			begun, died, resumed := time.Now(), 0, 0
			for died < kills {
				killed, out, talk, _ := runParley(t, 100*time.Millisecond+rand.N(whole*3/5/time.Duration(kills)), slow...)
				if strings.Contains(talk, "resuming") {
					resumed++
				}
				if !killed {
					t.Fatalf("it ended before kill %d: %s %s", died+1, out, talk)
				}
				died++
			}
			killed, out, talk, _ := runParley(t, 0, run...)
			var r migrateOutcome
			if err := json.Unmarshal([]byte(out), &r); killed || err != nil || !r.Complete || r.Share != 1 {
				t.Fatalf("the last run: %s %s", out, talk)
			}
			t.Logf("%d kills, %d runs went on where one had been killed; all in all %v; the last run: %s", died, resumed, time.Since(begun).Round(time.Millisecond), out)
			if int(r.Rejected) != broken {
				t.Errorf("%d rejects for %d broken rows", r.Rejected, broken)
			}
			began := time.Now()
			code, out, talk = invoke(t, new(program), append([]string{"migrate", "verify", "--json"}, flags...)...)
			if code != exitDone {
				t.Errorf("not the same: %s %s", out, talk)
			}
			t.Logf("verified in %v", time.Since(began).Round(time.Millisecond))
			code, out, talk = invoke(t, new(program), append(slices.Clone(run), "--rejects="+filepath.Join(t.TempDir(), "none"))...)
			var again migrateOutcome
			if json.Unmarshal([]byte(out), &again) != nil || again.Counts["message"].Stored != 0 || again.Counts["user"].Stored != 0 || code != exitDone {
				t.Errorf("the second run: %d %s %s", code, out, talk)
			}
			if broken > 0 {
				if code, out, _ := invoke(t, new(program), "migrate", "rejects", path+".rejects"); code != exitDone || strings.Count(out, "\n") < broken {
					t.Errorf("the rejects: %s", out)
				}
			}
		})
	}
}

// TestMigrateFresh reports how fast a whole migration is, if its size is given.
func TestMigrateFresh(t *testing.T) {
	messages := sizeOf(t, migrateMessages, 0)
	if messages == 0 {
		t.Skip("set " + migrateMessages)
	}
	l := newLegacy(max(20, messages/100), messages, 7)
	for name, write := range map[string]func(*testing.T) (string, int){"yesapi-csv": l.csv, "yesapi-sql": l.sql, "openim-mongo": l.mongo} {
		path, _ := write(t)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		flags := newMigrationStore(t)
		_, out, talk, _ := runParley(t, 0, append([]string{"migrate", "run", "--json", "--from=" + name + ":" + path}, flags...)...)
		var r migrateOutcome
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatal(out, talk)
		}
		store := int64(0)
		dir := strings.TrimPrefix(flags[0], "--store=badger://")
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				store += info.Size()
			}
		}
		t.Logf("%s: %.1f MB, %d messages in %.1f s, %.0f a second; the store's files have %.1f MB", name, float64(info.Size())/1e6,
			r.Counts["message"].Stored, r.Seconds, float64(r.Counts["message"].Stored)/r.Seconds, float64(store)/1e6)
	}
}
