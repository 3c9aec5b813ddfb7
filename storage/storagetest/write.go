package storagetest

import (
	"errors"
	"testing"

	"parley/storage"
)

func testDeleteAndReinsert(t *testing.T, store storage.Store) {
	set := func(value string) func(storage.Writer) error {
		return func(w storage.Writer) error { return w.Set([]byte("k"), []byte(value)) }
	}
	del := func(w storage.Writer) error { return w.Delete([]byte("k")) }
	steps := []struct {
		name string
		ops  []func(storage.Writer) error
		want string
	}{
		{"delete what is absent", []func(storage.Writer) error{del}, "absent"},
		{"insert", []func(storage.Writer) error{set("1")}, "1"},
		{"delete", []func(storage.Writer) error{del}, "absent"},
		{"delete again", []func(storage.Writer) error{del}, "absent"},
		{"reinsert", []func(storage.Writer) error{set("2")}, "2"},
		{"delete and reinsert", []func(storage.Writer) error{del, set("3")}, "3"},
		{"overwrite twice", []func(storage.Writer) error{set("4"), set("5")}, "5"},
		{"overwrite and delete", []func(storage.Writer) error{set("6"), del}, "absent"},
		{"insert, delete, insert", []func(storage.Writer) error{set("7"), del, set("")}, ""},
	}
	for _, step := range steps {
		update(t, store, func(w storage.Writer) error {
			for _, op := range step.ops {
				if err := op(w); err != nil {
					return err
				}
			}
			return nil
		})
		view(t, store, func(r storage.Reader) error {
			got, err := get(r, "k")
			if got != step.want {
				t.Errorf("after %q the value is %q, want %q", step.name, got, step.want)
			}
			return err
		})
	}
}

// After the transaction its slices belong to the caller again.
func testSlicesMayBeReused(t *testing.T, store storage.Store) {
	key, value := []byte("key"), []byte("value")
	update(t, store, func(w storage.Writer) error { return w.Set(key, value) })
	copy(key, "xxx")
	copy(value, "yyyyy")
	wantContents(t, store, pair{"key", "value"})
}

func testRollback(t *testing.T, store storage.Store) {
	put(t, store, pairs("kept", "untouched")...)
	failure := errors.New("failure")
	err := store.Update(t.Context(), func(w storage.Writer) error {
		if err := w.Set([]byte("added"), []byte("x")); err != nil {
			return err
		}
		if err := w.Set([]byte("kept"), []byte("x")); err != nil {
			return err
		}
		if err := w.Delete([]byte("untouched")); err != nil {
			return err
		}
		return failure
	})
	if err != failure { //nolint:errorlint // the contract says unchanged
		t.Errorf("Update = %v, want the function's error unchanged", err)
	}
	wantContents(t, store, pairs("kept", "untouched")...)

	err = store.View(t.Context(), func(storage.Reader) error { return failure })
	if err != failure { //nolint:errorlint // the contract says unchanged
		t.Errorf("View = %v, want the function's error unchanged", err)
	}
}

// A panic passes through, writes nothing, and leaves a store that works and can be closed.
func testPanic(t *testing.T, store storage.Store) {
	put(t, store, pairs("kept")...)
	attempt := func(run func() error) {
		t.Helper()
		defer func() {
			if got := recover(); got != "cat" {
				t.Errorf("recovered %v, want the function's panic", got)
			}
		}()
		t.Errorf("returned %v instead of panicking", run())
	}
	attempt(func() error {
		return store.View(t.Context(), func(r storage.Reader) error {
			return r.Scan(storage.Range{}, func(_, _ []byte) bool { panic("cat") })
		})
	})
	attempt(func() error {
		return store.Update(t.Context(), func(w storage.Writer) error {
			if err := w.Set([]byte("lost"), nil); err != nil {
				return err
			}
			return w.Scan(storage.Range{}, func(_, _ []byte) bool { panic("cat") })
		})
	})
	put(t, store, pairs("later")...)
	wantContents(t, store, pairs("kept", "later")...)
}

func testSnapshot(t *testing.T, store storage.Store) {
	before := pairs("changed", "deleted")
	put(t, store, before...)
	view(t, store, func(r storage.Reader) error {
		wantScan(t, "before the update", r, storage.Range{}, before)
		done := make(chan error, 1)
		go func() {
			done <- store.Update(t.Context(), func(w storage.Writer) error {
				return errors.Join(
					w.Set([]byte("added"), []byte("new")),
					w.Set([]byte("changed"), []byte("new")),
					w.Delete([]byte("deleted")))
			})
		}()
		if err := <-done; err != nil {
			return err
		}
		wantScan(t, "after the update", r, storage.Range{}, before)
		for key, want := range map[string]string{"added": "absent", "changed": "<changed>", "deleted": "<deleted>"} {
			got, err := get(r, key)
			if err != nil {
				return err
			}
			if got != want {
				t.Errorf("Get(%q) of the old snapshot = %q, want %q", key, got, want)
			}
		}
		return nil
	})
	wantContents(t, store, pair{"added", "new"}, pair{"changed", "new"})
}
