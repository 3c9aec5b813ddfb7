package storage

import (
	"errors"
	"sync"
)

// ErrFailed reports a store whose disk failed a write. What was acknowledged before is safe, but nothing more can be
// promised: the store takes no more writes, and the process should end and be started again.
var ErrFailed = errors.New("storage: the store failed to write to its disk")

// Gate counts the running transactions of an engine, so that closing waits for them and keeps new ones out. The zero
// value is an open gate. It is safe for concurrent use.
type Gate struct {
	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// Enter admits a transaction, which must call Leave at its end. It returns ErrClosed as soon as Close has been called,
// also while Close still waits, so that a transaction that starts another cannot deadlock with it.
func (g *Gate) Enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ErrClosed
	}
	g.running.Add(1)
	return nil
}

// Leave ends what Enter admitted.
func (g *Gate) Leave() { g.running.Done() }

// Close keeps new transactions out and waits for the running ones. It must not be called inside a transaction. A second
// call returns ErrClosed at once.
func (g *Gate) Close() error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return ErrClosed
	}
	g.closed = true
	g.mu.Unlock()
	g.running.Wait()
	return nil
}
