package badger

import (
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"parley/storage"
)

// reader reads the snapshot of txn.
type reader struct {
	txn *badger.Txn
}

// Get implements storage.Reader. The engine copies every value it gets into memory of its own, so values remain valid
// beside each other, and the garbage collector keeps them as long as anyone does.
func (r *reader) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, nil
	}
	item, err := r.txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("badger: get: %w", err)
	}
	var value []byte
	if err := item.Value(func(v []byte) error { value = v; return nil }); err != nil {
		return nil, fmt.Errorf("badger: get: %w", err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, nil
}

// GetMulti implements storage.Reader.
func (r *reader) GetMulti(keys [][]byte) ([][]byte, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		value, err := r.Get(key)
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}

// writer is a reader that also writes to txn.
type writer struct {
	reader
	quota storage.Quota
}

// Set implements storage.Writer.
func (w *writer) Set(key, value []byte) error {
	if err := w.quota.Set(key, value); err != nil {
		return err
	}
	if err := w.txn.Set(key, value); err != nil {
		return w.quota.Refuse(fmt.Errorf("badger: set %q: %w", key, err))
	}
	return nil
}

// Delete implements storage.Writer.
func (w *writer) Delete(key []byte) error {
	if err := w.quota.Set(key, nil); err != nil {
		return err
	}
	if err := w.txn.Delete(key); err != nil {
		return w.quota.Refuse(fmt.Errorf("badger: delete %q: %w", key, err))
	}
	return nil
}
