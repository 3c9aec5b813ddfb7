package badger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"

	"parley/storage"
)

// watchInterval is the time between two looks at the free space, the mapped files and the engine's buffers. At the pace of a
// fast disk it is some hundred megabytes, less than the space that is kept free.
const watchInterval = 500 * time.Millisecond

// store is a storage.Store in a directory.
type store struct {
	dir   string
	log   *slog.Logger
	lock  io.Closer
	space *space
	db    *badger.DB
	gate  storage.Gate
	// commit is (*badger.Txn).Commit, except in tests.
	commit  func(*badger.Txn) error
	failure atomic.Pointer[error]
	stop    chan struct{}
	watcher sync.WaitGroup
}

// View implements storage.Store.
func (s *store) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	return fn(&reader{txn: txn})
}

// Update implements storage.Store. It runs fn again, after a short random pause, as long as the transaction conflicts
// with another, and returns storage.ErrConflict after the hundredth time.
func (s *store) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	for try := range maxTries {
		if err := pause(ctx, try); err != nil {
			return err
		}
		err := s.attempt(ctx, fn)
		if err != errConflict { //nolint:errorlint // fn's errors are not ours to look into
			return err
		}
	}
	return storage.ErrConflict
}

// errConflict is what attempt returns of a transaction that has to run again.
var errConflict = errors.New("badger: conflict")

// attempt runs fn once.
func (s *store) attempt(ctx context.Context, fn func(storage.Writer) error) error {
	if err := errors.Join(s.failed(), s.space.err()); err != nil {
		return err
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	w := &writer{reader: reader{txn: txn}}
	if err := fn(w); err != nil {
		return err
	}
	if err := w.quota.Err(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err := s.commit(txn)
	if errors.Is(err, badger.ErrConflict) {
		return errConflict
	}
	if err != nil {
		s.fail(err)
	}
	return s.failed()
}

func (s *store) enter(ctx context.Context) error {
	if err := s.gate.Enter(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		s.gate.Leave()
		return err
	}
	return nil
}

// fail remembers that a commit did not reach the disk. After a failed sync the kernel takes the lost pages for written,
// so trying again would succeed and prove nothing.
func (s *store) fail(cause error) {
	err := fmt.Errorf("%w: badger: %s: %w", storage.ErrFailed, s.dir, cause)
	s.failure.CompareAndSwap(nil, &err)
}

// failed returns what fail has remembered.
func (s *store) failed() error {
	if err := s.failure.Load(); err != nil {
		return *err
	}
	return nil
}

// Exclusive implements storage.Store: the directory is locked.
func (s *store) Exclusive() bool { return true }

// Close implements storage.Store.
func (s *store) Close() error {
	if err := s.gate.Close(); err != nil {
		return err
	}
	close(s.stop)
	s.watcher.Wait()
	if err := errors.Join(s.db.Close(), s.lock.Close()); err != nil {
		return fmt.Errorf("badger: close %s: %w", s.dir, err)
	}
	return nil
}

// watch advises the kernel at once and then, until Close, looks after space, mapped files and buffers at every tick.
func (s *store) watch(ticker *time.Ticker) {
	trim := func() {}
	if buffers, err := buffersOf(s.db); err != nil {
		s.log.Warn("memory for compactions stays without limit", "engine", "badger", "error", err)
	} else {
		trim = func() { buffers.trim(keptBuffer) }
	}
	advise := adviseMemtables
	look := func() {
		s.space.check()
		if err := advise(s.dir); err != nil {
			s.log.Warn("memtables stay without advice", "engine", "badger", "error", err)
			advise = func(string) error { return nil }
		}
		trim()
	}
	look()
	s.watcher.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				look()
			case <-s.stop:
				return
			}
		}
	})
}
