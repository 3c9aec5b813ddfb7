package memory

import (
	"bytes"

	"parley/storage"
)

// reader reads one snapshot.
type reader struct {
	tree
}

// Get implements storage.Reader.
func (r reader) Get(key []byte) ([]byte, error) { return r.get(key), nil }

// GetMulti implements storage.Reader.
func (r reader) GetMulti(keys [][]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		values[i] = r.get(key)
	}
	return values, nil
}

// Scan implements storage.Reader. Inside an Update it sees the transaction as it is when Scan is called.
func (r reader) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	visited := 0
	r.scan(rg, func(n *node) bool {
		visited++
		value := n.value
		if rg.KeysOnly {
			value = nil
		}
		return visit(n.key, value) && visited != rg.Limit
	})
	return nil
}

// writer is a reader of its own changes; a commit makes its tree the current one.
type writer struct {
	reader
	quota storage.Quota
}

// Set implements storage.Writer.
func (w *writer) Set(key, value []byte) error {
	if err := w.quota.Set(key, value); err != nil {
		return err
	}
	w.tree = w.set(bytes.Clone(key), append([]byte{}, value...))
	return nil
}

// Delete implements storage.Writer.
func (w *writer) Delete(key []byte) error {
	if err := w.quota.Set(key, nil); err != nil {
		return err
	}
	w.tree = w.remove(key)
	return nil
}
