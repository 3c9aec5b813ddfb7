package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/memory"
	"parley/storage/transfer"
)

// rowKey is the reserved key, as the package's documentation promises that no table begins with its first byte.
const rowKey = "!transfer"

// newStore returns a store in memory with the given pairs.
func newStore(t testing.TB, pairs map[string]string) *memory.Store {
	t.Helper()
	s := memory.New()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	put(t, s, pairs)
	return s
}

func put(t testing.TB, s storage.Store, pairs map[string]string) {
	t.Helper()
	for key, value := range pairs {
		err := s.Update(t.Context(), func(w storage.Writer) error { return w.Set([]byte(key), []byte(value)) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func remove(t testing.TB, s storage.Store, key string) {
	t.Helper()
	if err := s.Update(t.Context(), func(w storage.Writer) error { return w.Delete([]byte(key)) }); err != nil {
		t.Fatal(err)
	}
}

// dump returns all pairs of a store.
func dump(t testing.TB, s storage.Store) map[string]string {
	t.Helper()
	pairs := make(map[string]string)
	err := s.View(t.Context(), func(r storage.Reader) error {
		return r.Scan(storage.Range{}, func(key, value []byte) bool {
			pairs[string(key)] = string(value)
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return pairs
}

// sample returns pairs that fill several pages, by number and by size.
func sample(seed uint64) map[string]string {
	random := rand.New(rand.NewPCG(seed, seed))
	pairs := map[string]string{"a": "", string(make([]byte, storage.MaxKey)): "", "\xff\xff": "last"}
	for i := range 2500 {
		pairs[fmt.Sprintf("m%06d", i)] = fmt.Sprint(random.Uint64())
	}
	for i := range 40 {
		pairs[fmt.Sprintf("w%c%d", random.Uint32()%256, i)] = string(make([]byte, storage.MaxValue-i))
	}
	return pairs
}

// newCopy returns a copy whose clock stands still.
func newCopy(source, target storage.Store) *transfer.Copy {
	return &transfer.Copy{
		Source: source, Target: target, Name: "here", Now: func() time.Time { return time.UnixMilli(1700000000000) },
	}
}

// wantCopied runs a copy to its end and checks the target.
func wantCopied(t *testing.T, c *transfer.Copy, pairs map[string]string) {
	t.Helper()
	found, err := c.Run(t.Context())
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	if !found.Equal() || found.Keys() != int64(len(pairs)) || found.Differences() != 0 {
		t.Errorf("the comparison found %d differences in %d keys, want none in %d", found.Differences(), found.Keys(), len(pairs))
	}
	wantPairs(t, c.Target, pairs)
}

func wantPairs(t *testing.T, s storage.Store, pairs map[string]string) {
	t.Helper()
	got := dump(t, s)
	if len(got) != len(pairs) {
		t.Errorf("the store has %d keys, want %d", len(got), len(pairs))
	}
	for key, value := range pairs {
		if got[key] != value {
			t.Errorf("%.20q has another value", key)
			return
		}
	}
}

var errBroken = errors.New("the connection broke")

// frail is a store of which one Update fails: before it does anything, or after it has been committed.
type frail struct {
	storage.Store
	left      int // Updates until that
	committed bool
}

func (f *frail) Update(ctx context.Context, fn func(storage.Writer) error) error {
	f.left--
	if f.left != 0 {
		return f.Store.Update(ctx, fn)
	}
	if f.committed {
		if err := f.Store.Update(ctx, fn); err != nil {
			return err
		}
	}
	return errBroken
}

// again is a store that runs every transaction twice, as an engine does that did not learn of its commit.
type again struct{ storage.Store }

func (a again) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := a.Store.Update(ctx, fn); err != nil {
		return err
	}
	return a.Store.Update(ctx, fn)
}
