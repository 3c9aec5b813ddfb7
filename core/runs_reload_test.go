package core_test

import (
	"context"
	"sync"
	"testing"

	"parley/core"
	"parley/storage"
	"parley/storage/memory"
)

// hookStore calls a function once, after a transaction has been committed or after a cursor has been read.
type hookStore struct {
	storage.Store
	mu                     sync.Mutex
	committed, cursorKnown func()
}

func (s *hookStore) set(committed, cursorKnown func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed, s.cursorKnown = committed, cursorKnown
}

func (s *hookStore) take(hook *func()) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := *hook
	*hook = nil
	if f == nil {
		return func() {}
	}
	return f
}

func (s *hookStore) Update(ctx context.Context, fn func(storage.Writer) error) error {
	err := s.Store.Update(ctx, fn)
	s.take(&s.committed)()
	return err
}

func (s *hookStore) View(ctx context.Context, fn func(storage.Reader) error) error {
	return s.Store.View(ctx, func(r storage.Reader) error { return fn(hookReader{r, s}) })
}

type hookReader struct {
	storage.Reader
	store *hookStore
}

func (r hookReader) Get(key []byte) ([]byte, error) {
	value, err := r.Reader.Get(key)
	if key[0] == 'c' {
		r.store.take(&r.store.cursorKnown)()
	}
	return value, err
}

// The follower finds out anew where the cursor is while a message is committed: the message counts once, whether the
// follower knew of it or not.
func TestMessagesDuringReloadCountOnce(t *testing.T) {
	for _, during := range []string{"committed and not yet known", "sent after the cursor was read"} {
		t.Run(during, func(t *testing.T) {
			hooks := &hookStore{Store: memory.New()}
			m := newRunsModel(t, hooks, 3)
			// A transaction of the follower that fails and is committed makes it read the cursor anew.
			lose := func() {
				m.send(t, 0, core.Direct, 1)
				m.store.arm(2, fate{err: storage.ErrConflict, committed: true})
				if err := m.engine.FollowOnce(10); err == nil {
					t.Fatal("the transaction did not fail")
				}
			}
			for range 3 {
				lose()
				if during == "committed and not yet known" {
					hooks.set(m.engine.Follow, nil)
					m.send(t, 2, core.Direct, 1)
				} else {
					send := func() { m.send(t, 2, core.Direct, 1) }
					hooks.set(nil, func() { hooks.set(nil, send) }) // the first reader finds that the cursor has moved
					m.engine.Follow()
				}
				m.check(t, 1, 10)
				m.send(t, 1, core.Direct, 0)
				m.check(t, 1, 10)
				m.follow(t, 1)
				m.check(t, 0, 10)
				m.check(t, 1, 10)
				m.check(t, 2, 10)
			}
			m.reopen(t)
			m.check(t, 1, 10)
		})
	}
}
