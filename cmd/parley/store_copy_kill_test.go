//go:build unix

package main

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/transfer"
)

// startCopy starts the program that copies a store in a process of its own.
func startCopy(t *testing.T, talk *bytes.Buffer, flags ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, append([]string{"store", "copy", "--memory-mib=64", "--min-free-mib=1"}, flags...)...)
	c.Env = childEnvironment()
	c.Stderr = talk
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return c
}

// unfinishedAt returns how far the copy in the store at a URL has come; nil if it is complete or has not begun.
func unfinishedAt(t *testing.T, rawURL string) (u *transfer.Unfinished) {
	t.Helper()
	editStore(t, rawURL, func(s storage.Store) (err error) {
		u, err = transfer.ReadUnfinished(t.Context(), s)
		return err
	})
	return u
}

// A copy that is killed five times, at moments of chance, ends well, never goes back, and is not taken for complete
// before it is. One that ends before its kill is followed by another.
func TestKillStoreCopy(t *testing.T) {
	dir := t.TempDir()
	url := func(name string) string { return "badger://" + filepath.Join(dir, name) }
	const keys = 60_000
	fillStore(t, url("a"), keys)

	// How long a whole copy takes here says when to kill.
	begun := time.Now()
	if err := startCopy(t, new(bytes.Buffer), url("a"), url("whole")).Wait(); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(begun)

	target, done := url("b"), int64(0)
	for kills := 0; kills < 5; {
		var talk bytes.Buffer
		c := startCopy(t, &talk, url("a"), target)
		timer := time.AfterFunc(rand.N(whole), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); err != nil && (!ok || !status.Signaled()) {
			t.Fatalf("after %d kills the copy ends by itself: %v: %s", kills, err, talk.String())
		}
		if err != nil {
			kills++
		}
		u := unfinishedAt(t, target)
		if u == nil {
			// It ended, or was killed before it began or after its end.
			if err := startCopy(t, &talk, url("a"), target).Wait(); err != nil {
				t.Errorf("kill %d: the copy does not go on: %v: %s", kills, err, talk.String())
			}
			wantEqualStores(t, url("a"), target)
			target, done = target+"x", 0
			continue
		}
		t.Logf("kill %d at %d of %d keys", kills, u.Done, keys)
		if u.Done < done || u.Total != keys {
			t.Errorf("kill %d: the copy went back from %d to %d of %d", kills, done, u.Done, u.Total)
		}
		done = u.Done
		if code, out, _ := invoke(t, new(program), "app", "list", "--store", target); code == exitDone {
			t.Errorf("kill %d: an unfinished copy is used: %s", kills, out)
		}
	}
	if unfinishedAt(t, target) != nil {
		if err := startCopy(t, new(bytes.Buffer), url("a"), target).Wait(); err != nil {
			t.Fatalf("the last run: %v", err)
		}
		wantEqualStores(t, url("a"), target)
	}
}

// wantEqualStores fails t unless the second store is a complete copy of the first.
func wantEqualStores(t *testing.T, a, b string) {
	t.Helper()
	if code, out, talk := invoke(t, new(program), "store", "copy", "--verify-only", a, b); code != exitDone {
		t.Errorf("the stores differ: %s %s", out, talk)
	}
	if u := unfinishedAt(t, b); u != nil {
		t.Errorf("the target says that it is not complete: %+v", u)
	}
}

// ^C ends a copy in good order, says where it was, and the same command says where it goes on.
func TestInterruptStoreCopy(t *testing.T) {
	dir := t.TempDir()
	a, b := "badger://"+filepath.Join(dir, "a"), "badger://"+filepath.Join(dir, "b")
	fillStore(t, a, 60_000)
	var talk bytes.Buffer
	c := startCopy(t, &talk, a, b)
	await(t, func() bool {
		_, err := os.Stat(filepath.Join(dir, "b", "MANIFEST"))
		return err == nil
	})
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err == nil {
		t.Skip("the copy was faster than the signal")
	}
	if code := c.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(talk.String(), "stopped") {
		t.Fatalf("exit code %d: %s", code, talk.String())
	}
	u := unfinishedAt(t, b)
	talk.Reset()
	if err := startCopy(t, &talk, a, b).Wait(); err != nil {
		t.Fatalf("%v: %s", err, talk.String())
	}
	first, _, _ := bufio.NewReader(&talk).ReadLine()
	if u != nil && !strings.Contains(string(first), "going on") {
		t.Errorf("the copy does not say that it goes on: %s", first)
	}
}

// await returns as soon as something is as it should be.
func await(t *testing.T, is func() bool) {
	t.Helper()
	ticker, late := time.NewTicker(time.Millisecond), time.NewTimer(time.Minute)
	defer ticker.Stop()
	defer late.Stop()
	for !is() {
		select {
		case <-ticker.C:
		case <-late.C:
			t.Fatal("in vain")
		}
	}
}
