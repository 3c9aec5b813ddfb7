package postgres

import (
	"slices"
	"strings"

	"parley/storage"
)

// Scan implements storage.Reader. It sees the transaction as it is when Scan is called.
func (w *writer) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	own := w.within(rg)
	if len(own) == 0 {
		return w.scan(rg, visit)
	}
	visited, going := 0, true
	show := func(key, value []byte) bool {
		visited++
		going = visit(key, value) && visited != rg.Limit
		return going
	}
	ahead := func(a, b string) bool { return a != b && rg.Reverse == (a > b) }
	// Of the stored keys, the transaction's own deletions are skipped, so the limit is counted here.
	stored := rg
	if rg.Limit > 0 {
		stored.Limit = rg.Limit + len(own)
	}
	err := w.scan(stored, func(key, value []byte) bool {
		for len(own) > 0 && ahead(own[0].key, string(key)) {
			next := own[0]
			own = own[1:]
			if next.value != nil && !show([]byte(next.key), next.value) {
				return false
			}
		}
		if len(own) > 0 && own[0].key == string(key) {
			value = own[0].value
			own = own[1:]
			if value == nil {
				return true
			}
		}
		return show(key, value)
	})
	if err != nil {
		return err
	}
	for len(own) > 0 && going {
		if own[0].value != nil {
			show([]byte(own[0].key), own[0].value)
		}
		own = own[1:]
	}
	return nil
}

// change is a key that the transaction has written; a nil value is a deletion.
type change struct {
	key   string
	value []byte
}

// within returns the transaction's own changes in rg, in the order of the scan.
func (w *writer) within(rg storage.Range) []change {
	if len(w.written) == 0 {
		return nil
	}
	keys := w.sorted()
	from, _ := slices.BinarySearchFunc(keys, string(rg.From), strings.Compare)
	to := len(keys)
	if rg.To != nil {
		to, _ = slices.BinarySearchFunc(keys, string(rg.To), strings.Compare)
	}
	if from >= to {
		return nil
	}
	own := make([]change, 0, to-from)
	for _, key := range keys[from:to] {
		own = append(own, change{key, w.written[key]})
	}
	if rg.Reverse {
		slices.Reverse(own)
	}
	return own
}
