package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"parley/storage"
)

// store is a storage.Store in a database.
type store struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	gate storage.Gate
	// epoch counts the outages. Connections of an earlier epoch are not used again.
	epoch atomic.Int64
	// closing counts the transactions that are being ended in the background.
	closing sync.WaitGroup
	hot     hotKeys
	// patience is how long a database out of reach is waited for.
	patience time.Duration
	// stop ends the cleaner.
	stop    context.CancelFunc
	cleaner sync.WaitGroup
}

// View implements storage.Store. A connection that is lost before fn has read anything is replaced; later, View returns
// storage.ErrUnavailable.
func (s *store) View(ctx context.Context, fn func(storage.Reader) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	t := &snapshot{ctx: ctx, store: s, begin: stmtBeginView, outage: &outage{patience: s.patience}}
	defer t.release()
	return fn(t)
}

// Update implements storage.Store. It runs fn again, after a short random pause, as long as the transaction conflicts
// with another, and returns storage.ErrConflict after the hundredth time. When the database cannot be reached it tries
// for half a minute, and then returns storage.ErrUnavailable.
func (s *store) Update(ctx context.Context, fn func(storage.Writer) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.gate.Leave()
	away := &outage{patience: s.patience}
	var queue []int64
	for try := range maxTries {
		if err := pause(ctx, pauseBound(try)); err != nil {
			return err
		}
		w := newWriter(ctx, s, queue, away)
		verdict, err := w.run(fn)
		if verdict == over {
			return err
		}
		if verdict == conflicted {
			queue = w.contended()
			s.hot.add(queue)
		}
	}
	return storage.ErrConflict
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

// acquire takes a connection from the pool. As long as there is none it tries again, until the outage is over or has
// lasted too long.
func (s *store) acquire(ctx context.Context, away *outage) (*link, error) {
	for {
		bounded, cancel := context.WithDeadline(ctx, away.end())
		pooled, err := s.pool.Acquire(bounded)
		cancel()
		if err == nil {
			own, err := sessionOf(pooled.Conn())
			if err != nil {
				pooled.Release()
				return nil, err
			}
			return &link{session: own, pooled: pooled}, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !time.Now().Before(away.end()) {
			if errors.Is(err, context.DeadlineExceeded) {
				// Not the caller's deadline, and not to be taken for it.
				err = errNoConnection
			}
			return nil, err
		}
		if err := pause(ctx, outagePause); err != nil {
			return nil, err
		}
	}
}

// noteLoss has all connections of the epoch of lost made anew, because what ended one has mostly ended all.
func (s *store) noteLoss(lost *session) {
	if s.epoch.CompareAndSwap(lost.epoch, lost.epoch+1) {
		s.pool.Reset()
	}
}

// explain makes an error of the database one of the store.
func (s *store) explain(k kind, err error) error {
	switch k {
	case kindContext:
		return err
	case kindConflict:
		return fmt.Errorf("%w: postgres: %w", storage.ErrConflict, err)
	case kindLost, kindBusy:
		return fmt.Errorf("%w: postgres: %w", storage.ErrUnavailable, err)
	case kindFull:
		return fmt.Errorf("%w: postgres: %w", storage.ErrFull, err)
	case kindOther:
	}
	return fmt.Errorf("postgres: %w", err)
}

// Exclusive implements storage.Store: others may use the same database.
func (s *store) Exclusive() bool { return false }

// Close implements storage.Store.
func (s *store) Close() error {
	if err := s.gate.Close(); err != nil {
		return err
	}
	s.stop()
	s.cleaner.Wait()
	s.closing.Wait()
	s.pool.Close()
	return nil
}

var (
	// errDoubt is what a commit meets that the server has warned about.
	errDoubt = errors.New("the server warned at the commit")
	// errNoConnection is met when all connections are in use, or none can be made.
	errNoConnection = errors.New("no connection was to be had in time; pool_max_conns in the URL bounds their number")
)
