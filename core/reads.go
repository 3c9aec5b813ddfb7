package core

import (
	"context"
	"encoding/binary"
	"slices"
	"sort"

	"parley/storage"
)

// readState is which of the peer's messages one member of a conversation has read. The messages are counted from 1 by
// the peer's own count, which every message record carries.
type readState struct {
	upTo  uint64 // the first so many are read
	spans []readSpan
}

// readSpan is a run of messages read out of order, beyond upTo+1.
type readSpan struct{ first, last uint64 }

// maxReadSpans bounds the record of a member who reads out of order all the time.
const maxReadSpans = 3000

// count returns how many messages are read.
func (s *readState) count() uint64 {
	n := s.upTo
	for _, span := range s.spans {
		n += span.last - span.first + 1
	}
	return n
}

// has tells whether the peer's n-th message is read.
func (s *readState) has(n uint64) bool {
	if n <= s.upTo {
		return true
	}
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].last >= n })
	return i < len(s.spans) && s.spans[i].first <= n
}

// with returns the state in which the n-th message is read too, and false if the record would grow too large.
func (s *readState) with(n uint64) (*readState, bool) {
	spans := slices.Clone(s.spans)
	i := sort.Search(len(spans), func(i int) bool { return spans[i].last+1 >= n })
	switch {
	case i < len(spans) && spans[i].last+1 == n:
		spans[i].last = n
		if i+1 < len(spans) && spans[i+1].first == n+1 {
			spans[i].last = spans[i+1].last
			spans = slices.Delete(spans, i+1, i+2)
		}
	case i < len(spans) && spans[i].first == n+1:
		spans[i].first = n
	default:
		spans = slices.Insert(spans, i, readSpan{n, n})
	}
	upTo := s.upTo
	if spans[0].first == upTo+1 {
		upTo = spans[0].last
		spans = spans[1:]
	}
	return &readState{upTo: upTo, spans: spans}, len(spans) <= maxReadSpans
}

func (s *readState) append(dst []byte) []byte {
	dst = append(dst, recordVersion)
	dst = binary.AppendUvarint(dst, s.upTo)
	at := s.upTo
	for _, span := range s.spans {
		dst = binary.AppendUvarint(dst, span.first-at)
		dst = binary.AppendUvarint(dst, span.last-span.first)
		at = span.last
	}
	return dst
}

func parseReadState(b []byte) (*readState, error) {
	s := new(readState)
	if b == nil {
		return s, nil
	}
	r := fieldReader{rest: b}
	r.version()
	s.upTo = r.uvarint()
	at := s.upTo
	for !r.bad && len(r.rest) > 0 {
		first := at + r.uvarint()
		at = first + r.uvarint()
		s.spans = append(s.spans, readSpan{first, at})
	}
	if r.bad {
		return nil, corrupt(b)
	}
	return s, nil
}

func loadReadState(r storage.Reader, k conversationKey, user UserNumber) (*readState, error) {
	value, err := r.Get(appendReadKey(nil, k, user))
	if err != nil {
		return nil, err
	}
	return parseReadState(value)
}

// reads returns what user has read, from memory if it is there.
func (c *conversation) reads(ctx context.Context, e *Engine, user UserNumber) (*readState, error) {
	side := c.key.side(user)
	c.mu.RLock()
	s := c.read[side]
	c.mu.RUnlock()
	if s != nil {
		return s, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read[side] != nil {
		return c.read[side], nil
	}
	err := e.store.View(ctx, func(r storage.Reader) (err error) {
		s, err = loadReadState(r, c.key, user)
		return err
	})
	if err == nil {
		c.read[side] = s
	}
	return s, err
}

// MarkRead marks messages as read for c; see Messenger.MarkRead.
func (e *Engine) MarkRead(ctx context.Context, c Caller, peer string, id int64) (int, error) {
	u, err := e.lookup(ctx, c.App, peer)
	if CodeOf(err) == NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if u.Number == c.User.Number || id < 0 {
		return 0, nil
	}
	conv := e.acquire(directConversation(c.App.Number, c.User.Number, u.Number))
	defer conv.release()
	op := &markReadOperation{conversation: conv, user: c.User.Number, id: id}
	err = e.committer.commit(op)
	return int(op.changed), err
}

type markReadOperation struct {
	conversation *conversation
	user         UserNumber
	id           int64
	changed      uint64
}

func (op *markReadOperation) weight() (keys, bytes int) { return 2, maxReadSpans*20 + 512 }

func (op *markReadOperation) stage(g *commitGroup) error {
	op.changed = 0
	k := op.conversation.key
	old, err := loadReadState(g.tx, k, op.user)
	if err != nil {
		return err
	}
	next, err := op.next(g, old)
	if err != nil || next == nil || next.count() <= old.count() {
		return err
	}
	op.changed = next.count() - old.count()
	if err := g.tx.Set(appendReadKey(nil, k, op.user), next.append(nil)); err != nil {
		return err
	}
	totalKey := appendUserKey(nil, tableReadTotals, k.app, op.user)
	value, err := g.tx.Get(totalKey)
	if err != nil {
		return err
	}
	var total uint64
	if err := parseCounters(value, &total); err != nil {
		return err
	}
	g.onCommit(func() {
		op.conversation.mu.Lock()
		op.conversation.read[k.side(op.user)] = next
		op.conversation.mu.Unlock()
	})
	return g.tx.Set(totalKey, appendCounters(nil, total+op.changed))
}

// next returns what is read afterwards, or nil if nothing changes.
func (op *markReadOperation) next(g *commitGroup, old *readState) (*readState, error) {
	k := op.conversation.key
	sender := 1 - k.side(op.user)
	if op.id == 0 {
		head, err := g.head(op.conversation)
		if err != nil {
			return nil, err
		}
		return &readState{upTo: head.from[sender]}, nil
	}
	value, err := g.tx.Get(appendMessageKey(nil, k, op.id))
	if err != nil || value == nil {
		return nil, err
	}
	m, err := parseMessageRecord(op.id, value)
	if err != nil || m.sender != sender || old.has(m.from[sender]) {
		return nil, err
	}
	next, ok := old.with(m.from[sender])
	if !ok {
		return nil, NewFault(Limited, FieldMessage, "too many messages are read out of order; mark the conversation instead")
	}
	return next, nil
}
