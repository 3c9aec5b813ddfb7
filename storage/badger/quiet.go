package badger

import (
	"context"
	"errors"
	"fmt"

	"parley/storage"
)

// errQuiet reports a write to a store that is only looked at.
var errQuiet = errors.New("badger: the store is open for reading only")

// quiet is a store that is only looked at.
type quiet struct{ store }

// View implements storage.Store.
func (q *quiet) View(ctx context.Context, fn func(storage.Reader) error) error {
	return q.store.View(ctx, fn)
}

// Update implements storage.Store: it refuses.
func (q *quiet) Update(context.Context, func(storage.Writer) error) error { return errQuiet }

// Close implements storage.Store.
func (q *quiet) Close() error {
	if err := q.gate.Close(); err != nil {
		return err
	}
	if err := errors.Join(q.db.Close(), q.lock.Close()); err != nil {
		return fmt.Errorf("badger: close %s: %w", q.dir, err)
	}
	return nil
}
