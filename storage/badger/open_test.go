package badger

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"parley/storage"
)

func TestDirectory(t *testing.T) {
	for rawURL, want := range map[string]string{
		"badger:///var/lib/parley":     "/var/lib/parley",
		"badger:///with%20space":       "/with space",
		"badger://./parley-data":       "./parley-data",
		"badger://./a/b":               "./a/b",
		"badger://./..":                "./..",
		"badger:":                      "",
		"badger:/var/lib/parley":       "",
		"badger://":                    "",
		"badger:///":                   "",
		"badger://.":                   "",
		"badger://./":                  "",
		"badger:parley-data":           "",
		"badger://parley-data":         "",
		"badger://host/var/lib/parley": "",
		"badger://./data?sync=off":     "",
		"badger://./data#fragment":     "",
		"badger://user@./data":         "",
	} {
		location, err := url.Parse(rawURL)
		if err != nil {
			t.Fatal(err)
		}
		got, err := directory(location)
		if filepath.ToSlash(got) != want || (err == nil) != (want != "") {
			t.Errorf("directory(%q) = %q, %v, want %q", rawURL, got, err, want)
		}
	}
}

func TestOpen(t *testing.T) {
	t.Chdir(t.TempDir())
	location, err := url.Parse("badger://./deep/data")
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ended, location, small()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open on an ended context = %v, want context.Canceled", err)
	}
	store, err := Open(t.Context(), location, small())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	if !store.Exclusive() {
		t.Error("the store is not exclusive")
	}
	for _, dir := range []string{"deep", "deep/data"} {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o700 {
			t.Errorf("%s has mode %o, want 700", dir, got)
		}
	}
}

func TestOpenRefusesFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		if s, err := open(dir, small(), freeBytes); err == nil {
			t.Errorf("open(%q) succeeded: %v", dir, s.Close())
		}
	}
}

func TestDivide(t *testing.T) {
	const mib = mebibyte
	for total, want := range map[int]memory{
		0:    {24 * mib, 96 * mib},
		1:    {8 * mib, 32 * mib},
		64:   {8 * mib, 32 * mib},
		200:  {25 * mib, 100 * mib},
		512:  {64 * mib, 256 * mib},
		4096: {64 * mib, 3840 * mib},
	} {
		if got := divide(total); got != want {
			t.Errorf("divide(%d) = %+v, want %+v", total, got, want)
		}
	}
}

// The engine bounds a transaction by a share of the memtable; the smallest one must hold the largest transaction.
func TestSmallestMemtableHoldsLargestTransaction(t *testing.T) {
	s := openSmall(t, t.TempDir())
	const overhead = 64 // more than the engine adds to a write
	if size := s.db.MaxBatchSize(); size < storage.MaxBytes+storage.MaxWrites*overhead {
		t.Errorf("a transaction may have %d bytes, too few", size)
	}
	if count := s.db.MaxBatchCount(); count <= storage.MaxWrites+1 {
		t.Errorf("a transaction may have %d writes, too few", count)
	}
}

// After a kill the engine can leave logs without length, with which it cannot open.
func TestOpenRemovesEmptyLogs(t *testing.T) {
	for _, name := range []string{"00000.mem", "00777.mem", "000000.vlog", "000777.vlog"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := openSmall(t, dir)
			if err := s.Update(t.Context(), set("k", "v")); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
				t.Fatal(err)
			}
			wantValue(t, openSmall(t, dir), "k", "v")
		})
	}
}
