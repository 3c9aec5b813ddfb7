package badger

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/badger/v4"

	"parley/storage"
	"parley/storage/storagetest"
)

// small keeps the stores of tests small and independent of the machine's disk.
func small() storage.Options { return storage.Options{MemoryMiB: minMemoryMiB, MinFreeMiB: 1} }

// openSmall opens dir and closes it at the end of the test, if the test has not done so.
func openSmall(t testing.TB, dir string) *store {
	t.Helper()
	s, err := open(dir, small(), freeBytes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func set(key, value string) func(storage.Writer) error {
	return func(w storage.Writer) error { return w.Set([]byte(key), []byte(value)) }
}

// wantValue fails t unless s holds want under key.
func wantValue(t *testing.T, s *store, key, want string) {
	t.Helper()
	err := s.View(t.Context(), func(r storage.Reader) error {
		got, err := r.Get([]byte(key))
		if err == nil && string(got) != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
		return err
	})
	if err != nil {
		t.Errorf("View: %v", err)
	}
}

func TestConformance(t *testing.T) {
	storagetest.Run(t, storagetest.Engine{
		Open:    func(t testing.TB, dir string) storage.Store { return openSmall(t, dir) },
		Durable: true,
	})
}

func TestReservedKeysSpoilTheTransaction(t *testing.T) {
	s := openSmall(t, t.TempDir())
	for name, write := range map[string]func(storage.Writer) error{
		"Set":    set("!badger!x", ""),
		"Delete": func(w storage.Writer) error { return w.Delete([]byte("!badger!x")) },
	} {
		err := s.Update(t.Context(), func(w storage.Writer) error {
			if err := write(w); err == nil {
				t.Errorf("%s of a reserved key succeeded", name)
			}
			return w.Set([]byte("k"), nil)
		})
		if !errors.Is(err, badger.ErrInvalidKey) {
			t.Errorf("Update after %s of a reserved key = %v, want %v", name, err, badger.ErrInvalidKey)
		}
	}
}

func TestUpdateGivesUpOnConflicts(t *testing.T) {
	t.Parallel()
	s := openSmall(t, t.TempDir())
	s.commit = func(*badger.Txn) error { return badger.ErrConflict }
	runs := 0
	err := s.Update(t.Context(), func(w storage.Writer) error {
		runs++
		return w.Set([]byte("k"), nil)
	})
	if !errors.Is(err, storage.ErrConflict) || runs != maxTries {
		t.Errorf("Update = %v after %d runs, want ErrConflict after %d", err, runs, maxTries)
	}
}

func TestUpdateGivesUpWithItsContext(t *testing.T) {
	s := openSmall(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	s.commit = func(*badger.Txn) error {
		cancel()
		return badger.ErrConflict
	}
	if err := s.Update(ctx, set("k", "v")); !errors.Is(err, context.Canceled) {
		t.Errorf("Update = %v, want context.Canceled", err)
	}
	s.commit = (*badger.Txn).Commit
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Update(ctx, func(w storage.Writer) error {
		cancel()
		return w.Set([]byte("k"), []byte("v"))
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update whose context ends inside = %v, want context.Canceled", err)
	}
	wantValue(t, s, "k", "")
}

func TestPauseGrowsToItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		longest := make(map[int]time.Duration)
		for try := range maxTries {
			for range 200 {
				start := time.Now()
				if err := pause(t.Context(), try); err != nil {
					t.Fatal(err)
				}
				longest[try] = max(longest[try], time.Since(start))
			}
		}
		for try, bound := range map[int]time.Duration{
			0: 0, 1: firstPause, 2: 2 * firstPause, 6: 32 * firstPause, 7: lastPause, maxTries - 1: lastPause,
		} {
			if got := longest[try]; got > bound || got < bound/2 {
				t.Errorf("the longest pause before try %d is %v, want nearly %v", try, got, bound)
			}
		}
	})
}

// After a commit that did not reach the disk nothing is acknowledged any more, whoever learns of it; reads go on.
func TestUpdateStopsAfterFailedWrite(t *testing.T) {
	cause := errors.New("input/output error")
	for name, fail := range map[string]func(*store) error{
		"reported to the commit": func(s *store) error {
			s.commit = func(*badger.Txn) error { return cause }
			err := s.Update(t.Context(), set("k", "lost"))
			s.commit = (*badger.Txn).Commit
			return err
		},
		"reported to another commit": func(s *store) error {
			s.commit = func(txn *badger.Txn) error {
				s.db.Opts().Logger.Errorf("writeRequests: %v", cause)
				return txn.Commit()
			}
			err := s.Update(t.Context(), set("other", "in doubt"))
			s.commit = (*badger.Txn).Commit
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openSmall(t, t.TempDir())
			if err := s.Update(t.Context(), set("k", "kept")); err != nil {
				t.Fatal(err)
			}
			if err := fail(s); !errors.Is(err, storage.ErrFailed) || !strings.Contains(err.Error(), cause.Error()) {
				t.Errorf("failing Update = %v, want ErrFailed with its cause", err)
			}
			if err := s.Update(t.Context(), set("k", "later")); !errors.Is(err, storage.ErrFailed) {
				t.Errorf("next Update = %v, want ErrFailed", err)
			}
			wantValue(t, s, "k", "kept")
		})
	}
}

func TestOpenLocked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := openSmall(t, dir)
	// In a store in use a log without length is one that is being created; who does not get the lock must not touch it.
	young := filepath.Join(dir, "99999.mem")
	if err := os.WriteFile(young, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := open(dir, small(), freeBytes); !errors.Is(err, storage.ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("opening a second time = %v, want ErrLocked and the directory", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openSmall(t, dir)
}
