package core

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"

	"parley/storage"
)

// operation is one change of the store. Operations that arrive together are committed as one group: one transaction, one
// sync to disk.
type operation interface {
	// weight bounds how many keys and bytes the operation writes.
	weight() (keys, bytes int)
	// stage writes into the group's transaction. It may run more than once and has no effect but on the group and on the
	// operation's own result. If it returns a fault it has written nothing, and the other operations of the group go on;
	// another error ends the group.
	stage(g *commitGroup) error
}

const (
	// groupKeys and groupBytes bound a group; the rest of a transaction's limits is for the heads and the feed.
	groupKeys  = storage.MaxWrites - 40
	groupBytes = storage.MaxBytes - storage.MaxValue - 32<<10
	// maxWaiting bounds the full groups that wait for the committer; beyond it callers are refused.
	maxWaiting = 64
)

// batch is a group while it collects operations, and what became of each. It is reused after the last caller has left.
type batch struct {
	operations  []operation
	faults      []error
	keys, bytes int
	done        sync.WaitGroup // one: the commit
	waiting     atomic.Int32   // callers who have not left since
}

// committer runs one group after the other. It is the only writer of an engine.
type committer struct {
	engine *Engine
	mu     sync.Mutex
	open   *batch   // collects
	full   []*batch // wait, oldest first
	closed bool
	spare  sync.Pool // of batches
	wake   chan struct{}
	ended  chan struct{}
	failed error // why nothing is committed any more; set under mu
	group  commitGroup
}

func newCommitter(e *Engine) *committer {
	return &committer{
		engine: e, wake: make(chan struct{}, 1), ended: make(chan struct{}), group: commitGroup{engine: e},
	}
}

// commit runs op in the next group and returns after it is durable, or with the fault that op or its group met.
func (c *committer) commit(op operation) error {
	b, i, err := c.enqueue(op)
	if err != nil {
		return err
	}
	b.done.Wait()
	err = b.faults[i]
	if b.waiting.Add(-1) == 0 {
		c.reuse(b)
	}
	return err
}

// newBatch returns an empty batch.
func (c *committer) newBatch() *batch {
	b, ok := c.spare.Get().(*batch)
	if !ok {
		b = new(batch)
	}
	b.done.Add(1)
	return b
}

// reuse keeps a batch that nobody refers to any more for another group. What it referred to is let go of.
func (c *committer) reuse(b *batch) {
	clear(b.operations)
	clear(b.faults)
	b.operations, b.faults = b.operations[:0], b.faults[:0]
	b.keys, b.bytes = 0, 0
	c.spare.Put(b)
}

func (c *committer) enqueue(op operation) (*batch, int, error) {
	keys, bytes := op.weight()
	if keys > groupKeys || bytes > groupBytes {
		return nil, 0, NewFault(TooLarge, "", "the operation exceeds one transaction")
	}
	c.mu.Lock()
	if c.failed != nil || c.closed {
		err := c.failed
		c.mu.Unlock()
		return nil, 0, Wrap(Unavailable, "writes have stopped", err)
	}
	if len(c.full) >= maxWaiting {
		c.mu.Unlock()
		return nil, 0, NewFault(Unavailable, "", "too many writes are waiting")
	}
	if c.open != nil && (c.open.keys+keys > groupKeys || c.open.bytes+bytes > groupBytes) {
		c.full = append(c.full, c.open)
		c.open = nil
	}
	if c.open == nil {
		c.open = c.newBatch()
	}
	b := c.open
	i := len(b.operations)
	b.operations = append(b.operations, op)
	b.keys += keys
	b.bytes += bytes
	c.mu.Unlock()
	signal(c.wake)
	return b, i, nil
}

// next takes the oldest batch, or nil.
func (c *committer) next() *batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.full) > 0 {
		b := c.full[0]
		c.full = append(c.full[:0], c.full[1:]...)
		return b
	}
	b := c.open
	c.open = nil
	return b
}

// run commits until close.
func (c *committer) run() {
	defer close(c.ended)
	for {
		// Yielding once lets requests that are ready join the group: a larger group for no waiting.
		runtime.Gosched()
		if b := c.next(); b != nil {
			c.commitBatch(b)
			continue
		}
		if c.isClosed() {
			return
		}
		<-c.wake
	}
}

func (c *committer) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

func (c *committer) commitBatch(b *batch) {
	b.faults = append(b.faults[:0], make([]error, len(b.operations))...)
	c.engine.committing.Lock()
	err := c.engine.store.Update(context.Background(), func(tx storage.Writer) error {
		c.group.begin(tx)
		for i, op := range b.operations {
			err := op.stage(&c.group)
			b.faults[i] = err
			if _, isFault := errors.AsType[*Fault](err); err != nil && !isFault {
				return err
			}
		}
		return c.group.finish()
	})
	if err != nil {
		c.group.abandon()
		c.fail(b, err)
	} else {
		c.group.publish()
	}
	c.engine.committing.Unlock()
	b.waiting.Store(int32(len(b.operations)))
	b.done.Done() // b belongs to the callers from here on
	switch lag := c.engine.lag(); {
	case lag > followLimit:
		c.engine.follow()
	case lag > followUrgent:
		c.engine.follower.hurry()
	}
}

// fail answers a whole group with err. An error that does not pass leaves it unknown what the disk has kept, so nothing
// more is written: retrying a failed sync would turn a loss into silence.
func (c *committer) fail(b *batch, err error) {
	note := "the group could not be committed"
	switch {
	case errors.Is(err, storage.ErrFull):
		note = "too little free disk space"
	case errors.Is(err, storage.ErrUnavailable):
		note = "the database cannot be reached; whether the change was stored is not known"
	}
	if !isPassing(err) {
		c.mu.Lock()
		c.failed = err
		c.mu.Unlock()
	}
	fault := Wrap(Unavailable, note, err)
	for i := range b.faults {
		b.faults[i] = fault
	}
}

// isPassing tells whether a store that returned err may be used further.
func isPassing(err error) bool {
	return errors.Is(err, storage.ErrFull) || errors.Is(err, storage.ErrConflict) || errors.Is(err, storage.ErrTooLarge) ||
		errors.Is(err, storage.ErrUnavailable)
}

// health returns why nothing can be written any more, or nil.
func (c *committer) health() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed
}

// close refuses new operations, commits those that wait, and returns when the last one is done.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	signal(c.wake)
	<-c.ended
}
