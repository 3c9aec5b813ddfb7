package storagetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/storage"
)

// testModel runs random transactions on the store and on a plain map, which have to agree on every answer.
func testModel(t *testing.T, store storage.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		clearStore(t, store)
		committed := map[string]string{}
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			if rapid.Bool().Draw(rt, "readOnly") {
				ops := rapid.SliceOfN(reads(), 1, 6).Draw(rt, "reads")
				err := store.View(t.Context(), func(r storage.Reader) error {
					for _, op := range ops {
						if err := op.read(r, committed); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					rt.Fatalf("View: %v", err)
				}
				continue
			}
			ops := rapid.SliceOfN(rapid.OneOf(reads(), writes(), writes()), 1, 12).Draw(rt, "operations")
			abort := rapid.IntRange(0, 3).Draw(rt, "abort") == 0
			var pending map[string]string
			err := store.Update(t.Context(), func(w storage.Writer) error {
				pending = maps.Clone(committed)
				for _, op := range ops {
					if err := op.apply(w, pending); err != nil {
						return err
					}
				}
				if abort {
					return errAbort
				}
				return nil
			})
			switch {
			case err == nil && !abort:
				committed = pending
			case abort && errors.Is(err, errAbort):
			default:
				rt.Fatalf("Update (abort: %v): %v", abort, err)
			}
			if got, want := contents(t, store), sorted(committed); !slices.Equal(got, want) {
				rt.Fatalf("the store holds %q, want %q", got, want)
			}
		}
	})
}

var errAbort = errors.New("abort")

// operation is one step of a random transaction: a scan, a get, a set or a deletion.
type operation struct {
	kind       string
	key, value string
	rg         storage.Range
}

// texts draws keys: few different ones, so that operations meet.
func texts() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]byte{0x00, 'a', 'b', 0xff}), 1, 3),
		func(b []byte) string { return string(b) })
}

// bounds draws keys and nil.
func bounds() *rapid.Generator[[]byte] {
	return rapid.OneOf(rapid.Just[[]byte](nil), rapid.Map(texts(), func(s string) []byte { return []byte(s) }))
}

func reads() *rapid.Generator[operation] {
	return rapid.Custom(func(t *rapid.T) operation {
		if rapid.Bool().Draw(t, "get") {
			return operation{kind: "get", key: texts().Draw(t, "key")}
		}
		return operation{kind: "scan", rg: storage.Range{
			From:    bounds().Draw(t, "from"),
			To:      bounds().Draw(t, "to"),
			Reverse: rapid.Bool().Draw(t, "reverse"),
			Limit:   rapid.IntRange(0, 4).Draw(t, "limit"),
		}}
	})
}

func writes() *rapid.Generator[operation] {
	return rapid.Custom(func(t *rapid.T) operation {
		if rapid.IntRange(0, 2).Draw(t, "delete") == 0 {
			return operation{kind: "delete", key: texts().Draw(t, "key")}
		}
		return operation{kind: "set", key: texts().Draw(t, "key"), value: rapid.StringN(0, 3, -1).Draw(t, "value")}
	})
}

// apply runs op on w and on model.
func (op operation) apply(w storage.Writer, model map[string]string) error {
	switch op.kind {
	case "set":
		model[op.key] = op.value
		return w.Set([]byte(op.key), []byte(op.value))
	case "delete":
		delete(model, op.key)
		return w.Delete([]byte(op.key))
	default:
		return op.read(w, model)
	}
}

// read runs op on r and compares the answer with that of model.
func (op operation) read(r storage.Reader, model map[string]string) error {
	if op.kind == "get" {
		value, err := r.Get([]byte(op.key))
		want, present := model[op.key]
		if err != nil || string(value) != want || (value != nil) != present {
			return fmt.Errorf("Get(%q) = %#v, %w, want %q (present: %v)", op.key, value, err, want, present)
		}
		return nil
	}
	got, err := scan(r, op.rg)
	if want := selected(sorted(model), op.rg); err != nil || !slices.Equal(got, want) {
		return fmt.Errorf("Scan(%+v) = %q, %w, want %q", op.rg, got, err, want)
	}
	return nil
}

// sorted returns model in key order.
func sorted(model map[string]string) []pair {
	var all []pair
	for _, key := range slices.Sorted(maps.Keys(model)) {
		all = append(all, pair{key, model[key]})
	}
	return all
}

// selected returns what a scan of rg finds in all, which is in key order.
func selected(all []pair, rg storage.Range) []pair {
	var found []pair
	for _, p := range all {
		if p.key >= string(rg.From) && (rg.To == nil || p.key < string(rg.To)) {
			found = append(found, p)
		}
	}
	if rg.Reverse {
		slices.Reverse(found)
	}
	if rg.Limit > 0 && len(found) > rg.Limit {
		found = found[:rg.Limit]
	}
	return found
}

// clearStore deletes everything.
func clearStore(t *testing.T, store storage.Store) {
	t.Helper()
	all := contents(t, store)
	update(t, store, func(w storage.Writer) error {
		for _, p := range all {
			if err := w.Delete([]byte(p.key)); err != nil {
				return err
			}
		}
		return nil
	})
}
