// Package storage defines the ordered transactional map on which Parley keeps everything, and opens its engines by URL.
//
// The contract is that of the weakest engine. Transactions read a snapshot. Two transactions conflict if one writes a
// key that the other got, a key that was absent included; a scanned range is not protected against phantoms, so what
// must be unique has to be read by Get on a named key. An acknowledged Update survives a crash of the process and, on
// durable engines, a power cut.
package storage

import (
	"context"
	"errors"
)

// The bounds of every engine. An engine refuses what exceeds them with ErrTooLarge and stores nothing of the
// transaction.
const (
	// MaxKey is the longest key, in bytes.
	MaxKey = 1 << 10
	// MaxValue is the longest value, in bytes: a message body of 64 KiB and the record around it. What is larger is
	// stored in chunks by its owner.
	MaxValue = 68 << 10
	// MaxWrites is how many keys one transaction sets or deletes at the most.
	MaxWrites = 1000
	// MaxBytes bounds the sum of the keys and values that one transaction writes.
	MaxBytes = 1 << 20
)

var (
	// ErrTooLarge reports a key, value or transaction over the bounds.
	ErrTooLarge = errors.New("storage: key, value or transaction exceeds the limits")
	// ErrConflict reports a transaction that kept conflicting until its engine gave up.
	ErrConflict = errors.New("storage: transaction conflict persists")
	// ErrFull reports that the engine refuses writes because its disk is nearly full; reads go on.
	ErrFull = errors.New("storage: too little free disk space for writes")
	// ErrClosed reports use of a store after Close.
	ErrClosed = errors.New("storage: store is closed")
	// ErrLocked reports that another process has the store open.
	ErrLocked = errors.New("storage: store is in use by another process")
)

// Store is an ordered transactional map from byte strings to byte strings. It is safe for concurrent use.
type Store interface {
	// View runs fn on a snapshot. It returns fn's error unchanged.
	View(ctx context.Context, fn func(Reader) error) error

	// Update runs fn in a transaction and commits what it wrote, durably, before it returns nil. fn may run more than
	// once, so it has no side effects outside the transaction. If fn returns an error nothing is written and the error
	// is returned unchanged. After any other error the transaction may or may not have been committed.
	Update(ctx context.Context, fn func(Writer) error) error

	// Exclusive reports whether no other process can write to the store while this one has it open, so that what was
	// read once may be remembered.
	Exclusive() bool

	// Close waits for running transactions and releases the store. Further calls return ErrClosed.
	Close() error
}

// Reader reads a snapshot. It, and every slice it returns, is valid until the transaction's function returns; the
// slices must not be modified.
type Reader interface {
	// Get returns the value of key, or nil if the key is absent. A value that is present is never nil.
	Get(key []byte) ([]byte, error)

	// GetMulti is Get for many keys in one round trip: values[i] belongs to keys[i].
	GetMulti(keys [][]byte) (values [][]byte, err error)

	// Scan calls visit for the keys in r, in order, until visit returns false. Key and value are valid only during the
	// call of visit. Inside an Update, Get and Scan see what the transaction itself wrote.
	Scan(r Range, visit func(key, value []byte) bool) error
}

// Writer is a Reader that also writes. The slices given to it must not be modified until the transaction has ended.
type Writer interface {
	Reader
	// Set writes value under key. A nil value is stored as an empty one.
	Set(key, value []byte) error
	// Delete removes key; deleting an absent key is not an error.
	Delete(key []byte) error
}

// Range selects the keys k with From <= k < To. A nil To means no upper bound.
type Range struct {
	From, To []byte
	// Reverse visits the greatest key first.
	Reverse bool
	// Limit ends the scan after so many keys; zero means no limit.
	Limit int
	// KeysOnly allows the engine to pass nil values.
	KeysOnly bool
}

// Prefix returns the range of all keys that begin with prefix.
func Prefix(prefix []byte) Range {
	return Range{From: prefix, To: After(prefix)}
}

// After returns the smallest key that is greater than every key beginning with prefix, or nil if there is none.
func After(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			end := append([]byte(nil), prefix[:i+1]...)
			end[i]++
			return end
		}
	}
	return nil
}
