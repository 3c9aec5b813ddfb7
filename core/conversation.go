package core

import (
	"context"
	"sort"
	"sync"
	"sync/atomic"

	"parley/storage"
)

// conversation is what the engine remembers of one conversation: its head, its newest messages and what its members have
// read. Only the committer changes it after a commit; readers load what is missing.
type conversation struct {
	key  conversationKey
	pins atomic.Int32

	// current is the app's epoch: what was remembered in an earlier one may be out of date.
	current *atomic.Uint64

	mu    sync.RWMutex
	epoch uint64
	known bool // head is loaded
	head  messageRecord
	// tail holds the newest messages in order. Its elements never change, so a reader may keep the slice.
	tail     []storedMessage
	complete bool            // tail holds every message
	untold   int64           // bytes that have been loaded, less those forgotten, without the cache being told
	states   [2]*memberState // by side; not of a group

	changes    uint64      // counts the changes of what is shown
	renderings *renderings // of the state since the last change, nil before anybody has asked

	// The rest belongs to the committer: what its group has staged, and in which run of it.
	staged       messageRecord
	added        []storedMessage
	stagedStates [2]*memberState
	run          uint64 // that has staged the head
	stateRun     uint64 // that has changed what a member has done
	touchedRun   uint64 // that has staged anything
}

// storedMessage is a message record as the store holds it.
type storedMessage struct {
	id     int64
	record []byte
}

const (
	// tailLength is how many of the newest messages are loaded at the most, and the number that is kept at least.
	tailLength = 40
	// conversationSize is what a conversation takes in memory beside its tail, roughly.
	conversationSize = 500
)

func (c *conversation) pin() { c.pins.Add(1) }

// release ends the use of a conversation that acquire returned.
func (c *conversation) release() { c.pins.Add(-1) }

// acquire returns the remembered state of a conversation, pinned: two holders never see two states of one conversation.
func (e *Engine) acquire(key conversationKey) *conversation {
	return e.conversations.acquire(key,
		func(k conversationKey) *conversation { return &conversation{key: k, current: &e.appState(k.app).epoch} },
		(*conversation).pin, conversationSize)
}

// fresh tells whether what is remembered belongs to the present. The caller holds c.mu.
func (c *conversation) fresh() bool { return c.epoch == c.current.Load() }

// refresh forgets what another gateway may have made out of date. The caller holds c.mu for writing, and loads what it
// needs from a snapshot that it takes afterwards.
func (c *conversation) refresh() {
	if epoch := c.current.Load(); c.epoch != epoch {
		c.epoch = epoch
		c.forget()
	}
}

// forget drops what is remembered. The caller holds c.mu.
func (c *conversation) forget() {
	c.outdate()
	c.known = false
	c.dropTail()
	c.states = [2]*memberState{}
}

// loadHead makes sure that the head is known.
func (c *conversation) loadHead(ctx context.Context, e *Engine) error {
	c.mu.RLock()
	known := c.known && c.fresh()
	c.mu.RUnlock()
	if known {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refresh(); c.known {
		return nil
	}
	return e.store.View(ctx, func(r storage.Reader) error { return c.readHead(r, 1) })
}

// shrink forgets the tail and the renderings, unless somebody is using them, and returns how many bytes that frees. The head
// stays: the committer may have built on it.
func (c *conversation) shrink() (freed int64) {
	if !c.mu.TryLock() {
		return 0
	}
	defer c.mu.Unlock()
	if len(c.tail) > 0 || c.renderings != nil {
		c.outdate()
		c.dropTail()
	}
	return -c.tell()
}

// readHead loads the head from r, and with it as many of the newest messages as are wanted, at least one and at most
// tailLength. Nothing of the conversation is known. The caller holds c.mu for writing.
func (c *conversation) readHead(r storage.Reader, wanted int) error {
	newest, err := scanMessages(r, c.key, maxMessageID+1, 0, tailOf(wanted))
	if err != nil {
		return err
	}
	var head messageRecord
	if n := len(newest); n > 0 {
		if head, err = parseMessageRecord(newest[n-1].id, newest[n-1].record); err != nil {
			return err
		}
	}
	c.setTail(newest, head.seq == int64(len(newest)))
	c.untold += tailSize(newest)
	c.head, c.known = head, true
	return nil
}

// tailOf bounds how many messages are loaded for a page of so many.
func tailOf(page int) int { return max(1, min(page, tailLength)) }

func (c *conversation) setTail(tail []storedMessage, complete bool) {
	c.tail, c.complete = tail, complete
}

func (c *conversation) dropTail() {
	c.untold -= tailSize(c.tail)
	c.setTail(nil, false)
}

// loadTail makes sure that the tail holds the newest messages for a page of so many, or all, unless they are more than
// tailLength, and returns it.
func (c *conversation) loadTail(ctx context.Context, e *Engine, page int) ([]storedMessage, bool, error) {
	wanted := tailOf(page)
	c.mu.RLock()
	tail, complete, known := c.tail, c.complete, c.known && c.fresh()
	c.mu.RUnlock()
	if known && (complete || len(tail) >= wanted) {
		return tail, complete, nil
	}
	tail, complete, grown, err := c.extendTail(ctx, e, wanted)
	if grown != 0 {
		e.conversations.grow(c.key, grown)
	}
	return tail, complete, err
}

// extendTail loads older messages before those of the tail, and returns what the cache has to be told.
func (c *conversation) extendTail(ctx context.Context, e *Engine, wanted int) (tail []storedMessage, complete bool, grown int64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	err = e.store.View(ctx, func(r storage.Reader) error {
		if !c.known {
			return c.readHead(r, wanted)
		}
		missing := wanted - len(c.tail)
		if c.complete || missing <= 0 {
			return nil
		}
		before := c.head.id + 1 // what is newer has been committed and is about to be published
		if len(c.tail) > 0 {
			before = c.tail[0].id
		}
		older, err := scanMessages(r, c.key, before, 0, missing)
		if err != nil {
			return err
		}
		c.untold += tailSize(older)
		c.setTail(append(older, c.tail...), len(older) < missing)
		return nil
	})
	return c.tail, c.complete, c.tell(), err
}

// tell returns by how many bytes the cache's books are behind, for the caller to tell it. The caller holds c.mu for
// writing.
func (c *conversation) tell() (grown int64) {
	grown, c.untold = c.untold, 0
	return grown
}

// publish makes what is staged visible, at once: no reader sees a message without what its group has done to the
// members' states, or the reverse. Only the committer calls it, after its commit.
func (c *conversation) publish(e *Engine) {
	c.mu.Lock()
	c.outdate()
	for side, s := range c.stagedStates {
		if s != nil {
			c.states[side] = s
		}
	}
	if len(c.added) > 0 {
		c.head = c.staged
	}
	for _, m := range c.added {
		c.tail = append(c.tail, m)
		c.untold += messageSize(m)
	}
	if drop := len(c.tail) - 2*tailLength; drop > 0 {
		kept := make([]storedMessage, tailLength, 2*tailLength+8)
		cut := len(c.tail) - tailLength
		copy(kept, c.tail[cut:])
		c.untold -= tailSize(c.tail[:cut])
		c.setTail(kept, false)
	}
	grown := c.tell()
	c.mu.Unlock()
	c.unstage()
	if grown != 0 {
		e.conversations.grow(c.key, grown)
	}
}

// unstage forgets what a group has staged.
func (c *conversation) unstage() {
	clear(c.added)
	c.added = c.added[:0]
	c.stagedStates = [2]*memberState{}
}

// replace shows a stored message in its new form. Readers that hold the tail keep the old one.
func (c *conversation) replace(m storedMessage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outdate()
	i := sort.Search(len(c.tail), func(i int) bool { return c.tail[i].id >= m.id })
	if i < len(c.tail) && c.tail[i].id == m.id {
		tail := append(make([]storedMessage, 0, cap(c.tail)), c.tail...)
		tail[i] = m
		c.setTail(tail, c.complete)
	}
}

func messageSize(m storedMessage) int64 { return int64(len(m.record)) + 48 }

func tailSize(tail []storedMessage) (size int64) {
	for _, m := range tail {
		size += messageSize(m)
	}
	return size
}

// scanMessages returns up to limit messages with after < id < before, ascending: the newest of them, or with a negative
// limit the oldest. The records are copies.
func scanMessages(r storage.Reader, k conversationKey, before, after int64, limit int) ([]storedMessage, error) {
	found := make([]storedMessage, 0, min(max(limit, -limit), tailLength))
	var failed error
	area := storage.Range{
		From:    appendMessageKey(nil, k, after+1),
		To:      appendMessageKey(nil, k, before),
		Reverse: limit > 0,
		Limit:   max(limit, -limit),
	}
	err := r.Scan(area, func(key, value []byte) bool {
		var id int64
		if id, failed = parseMessageID(key); failed != nil {
			return false
		}
		found = append(found, storedMessage{id: id, record: append([]byte(nil), value...)})
		return true
	})
	if err == nil {
		err = failed
	}
	if limit > 0 {
		for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
			found[i], found[j] = found[j], found[i]
		}
	}
	return found, err
}
