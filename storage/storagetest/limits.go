package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"parley/storage"
)

func testLimits(t *testing.T, store storage.Store) {
	const few = 16 // values that fill a transaction to the last byte
	tests := []struct {
		name  string
		write func(storage.Writer) error
		want  error
	}{
		{"longest key", setSizes(1, storage.MaxKey, 1), nil},
		{"key too long", setSizes(1, storage.MaxKey+1, 1), storage.ErrTooLarge},
		{"empty key", setSizes(1, 0, 1), storage.ErrEmptyKey},
		{"longest value", setSizes(1, 8, storage.MaxValue), nil},
		{"value too long", setSizes(1, 8, storage.MaxValue+1), storage.ErrTooLarge},
		{"most writes", setSizes(storage.MaxWrites, 8, 1), nil},
		{"one write too many", setSizes(storage.MaxWrites+1, 8, 1), storage.ErrTooLarge},
		{"most bytes", setSizes(few, 8, storage.MaxBytes/few-8), nil},
		{"one byte too many", setSizes(few, 8, storage.MaxBytes/few-7), storage.ErrTooLarge},
		{"most deletions", deletions(storage.MaxWrites, 8), nil},
		{"one deletion too many", deletions(storage.MaxWrites+1, 8), storage.ErrTooLarge},
		{"deletion of a key too long", deletions(1, storage.MaxKey+1), storage.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := contents(t, store)
			if err := store.Update(t.Context(), tt.write); !errors.Is(err, tt.want) {
				t.Errorf("Update = %v, want %v", err, tt.want)
			}
			if tt.want != nil {
				wantContents(t, store, before...)
			}
		})
	}
}

// A refused write spoils its transaction, also when the function does not look.
func testIgnoredRefusal(t *testing.T, store storage.Store) {
	for name, spoil := range map[string]func(storage.Writer) error{
		"key":      setSizes(1, storage.MaxKey+1, 1),
		"value":    setSizes(1, 8, storage.MaxValue+1),
		"deletion": deletions(1, storage.MaxKey+1),
	} {
		err := store.Update(t.Context(), func(w storage.Writer) error {
			if err := w.Set([]byte("before"), nil); err != nil {
				return err
			}
			if err := spoil(w); !errors.Is(err, storage.ErrTooLarge) {
				t.Errorf("%s too large: %v, want ErrTooLarge", name, err)
			}
			return nil
		})
		if !errors.Is(err, storage.ErrTooLarge) {
			t.Errorf("Update that ignored a %s too large = %v, want ErrTooLarge", name, err)
		}
	}
	wantContents(t, store)
}

// setSizes sets n different keys of the given sizes.
func setSizes(n, keySize, valueSize int) func(storage.Writer) error {
	return func(w storage.Writer) error {
		value := bytes.Repeat([]byte{'v'}, valueSize)
		for i := range n {
			if err := w.Set(sizedKey(i, keySize), value); err != nil {
				return err
			}
		}
		return nil
	}
}

// deletions deletes n different keys of the given size.
func deletions(n, keySize int) func(storage.Writer) error {
	return func(w storage.Writer) error {
		for i := range n {
			if err := w.Delete(sizedKey(i, keySize)); err != nil {
				return err
			}
		}
		return nil
	}
}

func sizedKey(i, size int) []byte {
	return fmt.Appendf(nil, "%0*d", size, i)[:size]
}
