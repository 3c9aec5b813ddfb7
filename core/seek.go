package core

import (
	"context"
	"sort"

	"parley/storage"
)

// Messages are keyed by id. Their places and the counts of each side grow with the ids, so that a message with a given
// place is found by a search between two known ones, and no table of places has to be written.

// measure is a number of a message that grows along its conversation.
type measure func(*messageRecord) uint64

func bySeq(m *messageRecord) uint64 { return uint64(m.seq) }

// byReadable measures what user can read; see messageRecord.readable.
func byReadable(k conversationKey, user UserNumber) measure {
	return func(m *messageRecord) uint64 { return m.readable(k, user) }
}

// seekScan is the number of messages that are looked through one by one at the end of a search.
const seekScan = 64

// find returns the oldest message whose measure is at least n, without a record if there is none.
func (c *conversation) find(ctx context.Context, e *Engine, n uint64, of measure) (storedMessage, error) {
	tail, complete, err := c.loadTail(ctx, e, tailLength)
	if err != nil || len(tail) == 0 {
		return storedMessage{}, err
	}
	var failed error
	measured := func(s storedMessage) uint64 {
		m, err := parseMessageRecord(s.id, s.record)
		if err != nil {
			failed = err
		}
		return of(&m)
	}
	if complete || measured(tail[0]) < n {
		i := sort.Search(len(tail), func(i int) bool { return measured(tail[i]) >= n })
		if failed != nil || i == len(tail) {
			return storedMessage{}, failed
		}
		return tail[i], nil
	}
	oldest, err := parseMessageRecord(tail[0].id, tail[0].record)
	if err != nil {
		return storedMessage{}, err
	}
	var found storedMessage
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		found, err = seek(r, c.key, &oldest, n, of)
		return err
	})
	return found, err
}

// seek returns the oldest message whose measure is at least n; that of high is. It halves the distance in ids at least
// every second step, and guesses by proportion in between, which is nearly right where ids are spread evenly.
func seek(r storage.Reader, k conversationKey, high *messageRecord, n uint64, of measure) (storedMessage, error) {
	var low messageRecord // before the first message
	top := *high
	for step := 0; top.seq-low.seq > seekScan; step++ {
		guess := low.id + (top.id-low.id)/2
		if share, span := n-of(&low), of(&top)-of(&low); step%2 == 0 && span > 0 {
			guess = low.id + int64(float64(top.id-low.id)*float64(share)/float64(span))
		}
		guess = max(low.id+1, min(guess, top.id-1))
		found, err := scanMessages(r, k, guess+1, low.id, 1)
		if err != nil {
			return storedMessage{}, err
		}
		if len(found) == 0 {
			low.id = guess // nothing lies between them
			continue
		}
		m, err := parseMessageRecord(found[0].id, found[0].record)
		if err != nil {
			return storedMessage{}, err
		}
		if of(&m) >= n {
			top = m
		} else {
			low, low.id = m, guess
		}
	}
	found, err := scanMessages(r, k, top.id+1, low.id, -(seekScan + 1))
	if err != nil {
		return storedMessage{}, err
	}
	for _, s := range found {
		m, err := parseMessageRecord(s.id, s.record)
		if err != nil {
			return storedMessage{}, err
		}
		if of(&m) >= n {
			return s, nil
		}
	}
	return storedMessage{}, corrupt(appendMessageKey(nil, k, top.id))
}

// reach returns how many of the newest messages a tail needs to hold that with the given seq, or one if it can't.
func (c *conversation) reach(seq int64) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if n := c.head.seq - seq + 1; c.known && n <= tailLength {
		return int(n)
	}
	return 1
}

// atSeq returns the message with the given seq, without a record if there is none.
func (c *conversation) atSeq(ctx context.Context, e *Engine, seq int64) (storedMessage, error) {
	if seq < 1 {
		return storedMessage{}, nil
	}
	tail, _, err := c.loadTail(ctx, e, c.reach(seq))
	if err != nil || len(tail) == 0 {
		return storedMessage{}, err
	}
	oldest, err := parseMessageRecord(tail[0].id, tail[0].record)
	switch i := seq - oldest.seq; {
	case err != nil || i >= int64(len(tail)):
		return storedMessage{}, err
	case i >= 0:
		return tail[i], nil
	}
	return c.find(ctx, e, uint64(seq), bySeq)
}

// between returns the messages with first <= seq <= last, ascending.
func (c *conversation) between(ctx context.Context, e *Engine, first, last int64) ([]storedMessage, error) {
	start, err := c.atSeq(ctx, e, first)
	if err != nil || start.record == nil || last < first {
		return nil, err
	}
	tail, _, err := c.loadTail(ctx, e, c.reach(first))
	if err != nil {
		return nil, err
	}
	count := int(last - first + 1)
	if i := sort.Search(len(tail), func(i int) bool { return tail[i].id >= start.id }); i < len(tail) && tail[i].id == start.id {
		return tail[i:min(len(tail), i+count)], nil
	}
	var found []storedMessage
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		found, err = scanMessages(r, c.key, maxMessageID+1, start.id-1, -count)
		return err
	})
	return found, err
}
