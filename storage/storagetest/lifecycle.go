package storagetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"parley/storage"
)

// A transaction whose context has ended does not start.
func testContext(t *testing.T, store storage.Store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	err := store.Update(ended, func(w storage.Writer) error {
		t.Error("Update ran its function on an ended context")
		return w.Set([]byte("k"), nil)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Update on an ended context = %v, want context.Canceled", err)
	}
	err = store.View(ended, func(storage.Reader) error {
		t.Error("View ran its function on an ended context")
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("View on an ended context = %v, want context.Canceled", err)
	}
	wantContents(t, store)
}

func testClose(t *testing.T, store storage.Store) {
	put(t, store, pairs("k")...)
	if err := store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := store.View(t.Context(), func(storage.Reader) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("View after Close = %v, want ErrClosed", err)
	}
	if err := store.Update(t.Context(), func(storage.Writer) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("Update after Close = %v, want ErrClosed", err)
	}
	if err := store.Close(); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("second Close = %v, want ErrClosed", err)
	}
}

// Close lets a running transaction end, and meanwhile refuses new ones.
func testCloseWaits(t *testing.T, store storage.Store) {
	put(t, store, pairs("k")...)
	var ended atomic.Bool
	closed := make(chan error, 1)
	view(t, store, func(r storage.Reader) error {
		go func() {
			err := store.Close()
			if !ended.Load() {
				err = errors.Join(err, errors.New("returned before the running transaction had ended"))
			}
			closed <- err
		}()
		for {
			err := store.View(t.Context(), func(storage.Reader) error { return nil })
			if errors.Is(err, storage.ErrClosed) {
				break
			}
			if err != nil {
				return err
			}
			runtime.Gosched()
		}
		got, err := scan(r, storage.Range{})
		if !slices.Equal(got, pairs("k")) {
			t.Errorf("while Close waits the transaction reads %q, want %q", got, pairs("k"))
		}
		ended.Store(true)
		return err
	})
	if err := <-closed; err != nil {
		t.Errorf("Close: %v", err)
	}
}

// What was committed is there when the store is opened again, and what was not is not.
func testReopen(t *testing.T, engine Engine) {
	dir := t.TempDir()
	model := map[string]string{}
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, storage.MaxValue)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for round := range 4 {
		store := open(t, engine, dir)
		wantContents(t, store, sorted(model)...)
		wantRanges(t, store, model, random)
		for range 10 {
			var ops []operation
			for range 5 {
				op := operation{kind: "set", key: fmt.Sprintf("key-%d", random.IntN(40))}
				if random.IntN(3) == 0 {
					op.kind = "delete"
				} else {
					op.value = string(noise[:[]int{0, 1, 100, storage.MaxValue}[random.IntN(4)]])
				}
				ops = append(ops, op)
			}
			var pending map[string]string
			update(t, store, func(w storage.Writer) error {
				pending = maps.Clone(model)
				for _, op := range ops {
					if err := op.apply(w, pending); err != nil {
						return err
					}
				}
				return nil
			})
			model = pending
		}
		err := store.Update(t.Context(), func(w storage.Writer) error {
			return errors.Join(w.Set([]byte("never"), nil), errAbort)
		})
		if !errors.Is(err, errAbort) {
			t.Fatalf("round %d: Update = %v, want %v", round, err, errAbort)
		}
		if err := store.Close(); err != nil {
			t.Fatalf("round %d: Close: %v", round, err)
		}
	}
	store := open(t, engine, dir)
	wantContents(t, store, sorted(model)...)
	wantRanges(t, store, model, random)
}

// wantRanges compares random ranges of keys like those of testReopen with model, which an engine now has in other
// places than when they were written.
func wantRanges(t *testing.T, store storage.Store, model map[string]string, random *rand.Rand) {
	t.Helper()
	key := func() string { return fmt.Sprintf("key-%d", random.IntN(50)) }
	view(t, store, func(r storage.Reader) error {
		for range 50 {
			rg := storage.Range{From: []byte(key()), To: []byte(key())}
			if random.IntN(2) == 0 {
				rg = storage.Prefix([]byte(key()))
			}
			rg.Reverse, rg.Limit = random.IntN(2) == 0, random.IntN(4)
			op := operation{kind: "scan", rg: rg}
			if err := op.read(r, model); err != nil {
				return err
			}
			op = operation{kind: "get", key: key()}
			if err := op.read(r, model); err != nil {
				return err
			}
		}
		return nil
	})
}
