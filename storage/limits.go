package storage

import (
	"errors"
	"fmt"
)

// ErrEmptyKey reports an attempt to write under the empty key, which no engine stores.
var ErrEmptyKey = errors.New("storage: empty key")

// Quota counts what one transaction writes and holds it to the limits. The zero value belongs to a transaction that has
// written nothing. It is not safe for concurrent use.
type Quota struct {
	writes, bytes int
	err           error
}

// Set accounts for writing value under key; deleting is setting nil. A second write of the same key counts again. The
// first refusal sticks: everything after it is refused too, and Err returns it.
func (q *Quota) Set(key, value []byte) error {
	if q.err != nil {
		return q.err
	}
	q.writes++
	q.bytes += len(key) + len(value)
	switch {
	case len(key) == 0:
		q.err = ErrEmptyKey
	case len(key) > MaxKey:
		q.err = fmt.Errorf("%w: a key of %d bytes, at most %d", ErrTooLarge, len(key), MaxKey)
	case len(value) > MaxValue:
		q.err = fmt.Errorf("%w: a value of %d bytes, at most %d", ErrTooLarge, len(value), MaxValue)
	case q.writes > MaxWrites:
		q.err = fmt.Errorf("%w: more than %d writes", ErrTooLarge, MaxWrites)
	case q.bytes > MaxBytes:
		q.err = fmt.Errorf("%w: more than %d bytes", ErrTooLarge, MaxBytes)
	}
	return q.err
}

// Refuse makes err the refusal of the transaction unless it has one, and returns the one it has. Engines call it when a
// write fails for a reason of their own.
func (q *Quota) Refuse(err error) error {
	if q.err == nil {
		q.err = err
	}
	return q.err
}

// Err returns why the transaction must not be committed, or nil. An engine asks it before it commits, because the
// transaction's function may have ignored what Set or Delete returned.
func (q *Quota) Err() error { return q.err }
