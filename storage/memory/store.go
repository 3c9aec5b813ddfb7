// Package memory keeps a store in the memory of the process. It is the reference that the other engines are measured
// against and the store of tests: as simple as the contract allows, and nothing survives Close.
package memory

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"
	"sync/atomic"

	"parley/storage"
)

// Store is a storage.Store in memory. Transactions that write run one after another, so they never conflict; those that
// read run beside them on snapshots.
type Store struct {
	gate storage.Gate
	// turn holds the one token that a writing transaction needs.
	turn    chan struct{}
	current atomic.Pointer[tree]
}

// New returns an empty store.
func New() *Store {
	s := &Store{turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	s.current.Store(&tree{seed: maphash.MakeSeed()})
	return s
}

// Open is the storage.Opener of the URL "memory:". Every call opens a new, empty store; opts do not concern it.
func Open(ctx context.Context, location *url.URL, _ storage.Options) (storage.Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if *location != (url.URL{Scheme: location.Scheme}) {
		return nil, fmt.Errorf("memory: the URL of a store in memory is %s: and nothing after it, not %q",
			location.Scheme, location)
	}
	return New(), nil
}

// View implements storage.Store.
func (s *Store) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	return fn(reader{*s.current.Load()})
}

// Update implements storage.Store. It runs fn once.
func (s *Store) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	select {
	case <-s.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.turn <- struct{}{} }()

	w := &writer{reader: reader{*s.current.Load()}}
	if err := fn(w); err != nil {
		return err
	}
	if err := w.quota.Err(); err != nil {
		return err
	}
	s.current.Store(&w.tree)
	return nil
}

func (s *Store) enter(ctx context.Context) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		s.gate.Leave()
		return err
	}
	return nil
}

// Exclusive implements storage.Store: nobody else has this store.
func (s *Store) Exclusive() bool { return true }

// Close implements storage.Store and forgets everything.
func (s *Store) Close() error {
	if err := s.gate.Close(); err != nil {
		return err
	}
	s.current.Store(&tree{})
	return nil
}
