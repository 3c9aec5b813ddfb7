package storagetest

import (
	"errors"
	"slices"
	"testing"

	"parley/storage"
)

// pair is a key with its value.
type pair struct{ key, value string }

// pairs makes pairs of which every value is its key in brackets.
func pairs(keys ...string) []pair {
	out := make([]pair, len(keys))
	for i, key := range keys {
		out[i] = pair{key, "<" + key + ">"}
	}
	return out
}

// update runs fn in an Update that has to succeed.
func update(t *testing.T, store storage.Store, fn func(storage.Writer) error) {
	t.Helper()
	if err := store.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// view runs fn in a View that has to succeed.
func view(t *testing.T, store storage.Store, fn func(storage.Reader) error) {
	t.Helper()
	if err := store.View(t.Context(), fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// put stores all in one transaction.
func put(t *testing.T, store storage.Store, all ...pair) {
	t.Helper()
	update(t, store, func(w storage.Writer) error {
		for _, p := range all {
			if err := w.Set([]byte(p.key), []byte(p.value)); err != nil {
				return err
			}
		}
		return nil
	})
}

// contents returns everything in store.
func contents(t *testing.T, store storage.Store) []pair {
	t.Helper()
	var all []pair
	view(t, store, func(r storage.Reader) (err error) {
		all, err = scan(r, storage.Range{})
		return err
	})
	return all
}

// wantContents fails t unless store holds exactly want, which is in order.
func wantContents(t *testing.T, store storage.Store, want ...pair) {
	t.Helper()
	if got := contents(t, store); !slices.Equal(got, want) {
		t.Errorf("the store holds %q, want %q", got, want)
	}
}

// scan collects what rg selects.
func scan(r storage.Reader, rg storage.Range) ([]pair, error) {
	var found []pair
	err := r.Scan(rg, func(key, value []byte) bool {
		found = append(found, pair{string(key), string(value)})
		return true
	})
	return found, err
}

// get returns the value of key, or "absent".
func get(r storage.Reader, key string) (string, error) {
	value, err := r.Get([]byte(key))
	if err != nil {
		return "", err
	}
	if value == nil {
		return "absent", nil
	}
	return string(value), nil
}

// closeStore closes store, unless the test has closed it.
func closeStore(t testing.TB, store storage.Store) {
	if err := store.Close(); err != nil && !errors.Is(err, storage.ErrClosed) {
		t.Errorf("Close: %v", err)
	}
}
