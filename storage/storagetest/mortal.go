package storagetest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"parley/storage"
)

// Store is a store, under a name for the tests of layers that must not know storage itself.
type Store = storage.Store

// Mortal is a store whose process dies: from some change on nothing is written any more. It is safe for concurrent use.
type Mortal struct {
	storage.Store
	left atomic.Int64
}

// ErrDead is what a change meets after the death.
var ErrDead = errors.New("storagetest: the process is dead")

// NewMortal returns a store on s that lives until DieAfter says otherwise.
func NewMortal(s storage.Store) *Mortal {
	m := &Mortal{Store: s}
	m.DieAfter(1 << 40)
	return m
}

// DieAfter lets so many more changes happen.
func (m *Mortal) DieAfter(changes int64) { m.left.Store(changes) }

// Dead tells that a change has been refused.
func (m *Mortal) Dead() bool { return m.left.Load() < 0 }

// Update implements storage.Store.
func (m *Mortal) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if m.left.Add(-1) < 0 {
		return ErrDead
	}
	return m.Store.Update(ctx, fn)
}

// Contents returns everything that a store holds, as a text to compare.
func Contents(t testing.TB, s storage.Store) string {
	t.Helper()
	return ContentsBut(t, s, func([]byte) bool { return false })
}

// ContentsBut is Contents without the rows whose keys without returns true for.
func ContentsBut(t testing.TB, s storage.Store, without func(key []byte) bool) string {
	t.Helper()
	var all strings.Builder
	err := s.View(t.Context(), func(r storage.Reader) error {
		return r.Scan(storage.Range{}, func(key, value []byte) bool {
			if !without(key) {
				all.WriteString(string(key) + "\x00=\x00" + string(value) + "\x00\n")
			}
			return true
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
