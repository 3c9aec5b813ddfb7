package core_test

import (
	"context"
	"sync"
	"testing"

	"parley/core"
	"parley/storage"
	"parley/storage/memory"
)

// hookStore calls a function once, after a transaction has been committed or after the feed has been scanned.
type hookStore struct {
	storage.Store
	mu                   sync.Mutex
	committed, feedKnown func()
}

func (s *hookStore) set(committed, feedKnown func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed, s.feedKnown = committed, feedKnown
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

func (r hookReader) Scan(area storage.Range, visit func(key, value []byte) bool) error {
	err := r.Reader.Scan(area, visit)
	if len(area.From) > 0 && area.From[0] == 'f' && !area.KeysOnly {
		r.store.take(&r.store.feedKnown)()
	}
	return err
}

// The follower reads the feed anew while a message is committed: the message counts once, whether it was in what the
// follower read or came right after.
func TestMessagesDuringReloadCountOnce(t *testing.T) {
	for _, during := range []string{"committed and not yet known", "sent after the feed was read"} {
		t.Run(during, func(t *testing.T) {
			hooks := &hookStore{Store: memory.New()}
			m := newRunsModel(t, hooks, 3)
			// A transaction of the follower that fails and is committed makes it read the feed anew.
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
					hooks.set(nil, func() { m.send(t, 2, core.Direct, 1) })
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
