package postgres

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/storage"
)

var errRollback = errors.New("rollback")

// TestScanOwnWrites compares scans over several pages, in transactions that have written here and there, with a map.
func TestScanOwnWrites(t *testing.T) {
	s := openAt(t, newDatabase(t).schema(t))
	const many = 700
	stored := map[string]string{}
	err := s.Update(t.Context(), func(w storage.Writer) error {
		for i := range many {
			key := fmt.Sprintf("%04d", 2*i)
			stored[key] = "stored"
			if err := w.Set([]byte(key), []byte("stored")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	key := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("%04d", rapid.IntRange(0, 2*many).Draw(t, "number")) })
	rapid.Check(t, func(rt *rapid.T) {
		err := s.Update(t.Context(), func(w storage.Writer) error {
			model := maps.Clone(stored)
			for range 3 {
				for _, key := range rapid.SliceOfN(key, 0, 20).Draw(rt, "set") {
					model[key] = "own"
					if err := w.Set([]byte(key), []byte("own")); err != nil {
						return err
					}
				}
				// Runs of deletions as long as pages.
				from := rapid.IntRange(0, 2*many).Draw(rt, "from")
				for i := range rapid.SampledFrom([]int{0, 1, 40, 300}).Draw(rt, "deletions") {
					key := fmt.Sprintf("%04d", from+i)
					delete(model, key)
					if err := w.Delete([]byte(key)); err != nil {
						return err
					}
				}
				rg := storage.Range{
					From: []byte(key.Draw(rt, "lower")), To: []byte(key.Draw(rt, "upper")),
					Reverse:  rapid.Bool().Draw(rt, "reverse"),
					Limit:    rapid.SampledFrom([]int{0, 1, 20, 31, 32, 33, 300}).Draw(rt, "limit"),
					KeysOnly: rapid.Bool().Draw(rt, "keysOnly"),
				}
				if rapid.Bool().Draw(rt, "unbounded") {
					rg.To = nil
				}
				var got []string
				err := w.Scan(rg, func(key, value []byte) bool {
					if !rg.KeysOnly && string(value) != model[string(key)] {
						rt.Errorf("%s holds %q, want %q", key, value, model[string(key)])
					}
					got = append(got, string(key))
					return true
				})
				if want := selected(model, rg); err != nil || !slices.Equal(got, want) {
					rt.Fatalf("Scan(%+v) = %v, %v, want %v", rg, got, err, want)
				}
			}
			return errRollback
		})
		if !errors.Is(err, errRollback) {
			rt.Fatal(err)
		}
	})
}

// selected returns the keys of model that rg selects.
func selected(model map[string]string, rg storage.Range) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(model)) {
		if key >= string(rg.From) && (rg.To == nil || key < string(rg.To)) {
			keys = append(keys, key)
		}
	}
	if rg.Reverse {
		slices.Reverse(keys)
	}
	if rg.Limit > 0 && len(keys) > rg.Limit {
		keys = keys[:rg.Limit]
	}
	return keys
}
