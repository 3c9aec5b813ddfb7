package core

import (
	"context"

	"parley/storage"
)

// memberState is what one member has done with a conversation, in one row.
type memberState struct {
	// read is which messages the member has read: of a conversation between two the peer's messages, by the peer's own
	// count, which every message record carries; of a group all messages, by seq.
	read spanSet
	// hidden is which messages the member has deleted for itself, by seq.
	hidden spanSet
}

const (
	// maxReadSpans bounds the record of a member who reads out of order all the time, and maxHiddenSpans that of one who
	// deletes here and there.
	maxReadSpans   = 3000
	maxHiddenSpans = 1000
	// maxMemberState bounds the bytes of a record.
	maxMemberState = (maxReadSpans+maxHiddenSpans)*10 + 512
)

// everybody is the user number under which a group keeps what has been cleared for all its members: hidden, and read.
const everybody UserNumber = 0

func (s *memberState) append(dst []byte) []byte {
	return s.hidden.append(s.read.append(append(dst, recordVersion)))
}

func parseMemberState(b []byte) (*memberState, error) {
	s := new(memberState)
	if b == nil {
		return s, nil
	}
	r := fieldReader{rest: b}
	r.version()
	s.read = r.spanSet()
	s.hidden = r.spanSet()
	if r.bad || len(r.rest) > 0 {
		return nil, corrupt(b)
	}
	return s, nil
}

func loadMemberState(r storage.Reader, k conversationKey, user UserNumber) (*memberState, error) {
	value, err := r.Get(appendReadKey(nil, k, user))
	if err != nil {
		return nil, err
	}
	return parseMemberState(value)
}

// state returns what user has done with the conversation, from memory if it is there. Of a group, which has too many
// members to remember, it is read each time, with what is hidden from everybody.
func (c *conversation) state(ctx context.Context, e *Engine, user UserNumber) (*memberState, error) {
	if c.key.kind == kindGroup {
		return c.readGroupState(ctx, e, user)
	}
	c.mu.RLock()
	s, fresh := c.states[c.key.side(user)], c.fresh()
	c.mu.RUnlock()
	if s != nil && fresh {
		return s, nil
	}
	return c.loadState(ctx, e, user)
}

func (c *conversation) loadState(ctx context.Context, e *Engine, user UserNumber) (s *memberState, err error) {
	side := c.key.side(user)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refresh(); c.states[side] != nil {
		return c.states[side], nil
	}
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		s, err = loadMemberState(r, c.key, user)
		return err
	})
	if err == nil {
		c.states[side] = s
	}
	return s, err
}

func (c *conversation) readGroupState(ctx context.Context, e *Engine, user UserNumber) (s *memberState, err error) {
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		s, err = loadGroupState(r, c.key, user)
		return err
	})
	return s, err
}

func loadGroupState(r storage.Reader, k conversationKey, user UserNumber) (*memberState, error) {
	s, err := loadMemberState(r, k, user)
	if err != nil {
		return nil, err
	}
	all, err := loadMemberState(r, k, everybody)
	if err == nil {
		s.hidden = s.hidden.withAll(all.hidden.upTo)
		s.read = s.read.withAll(all.read.upTo)
	}
	return s, err
}

// writeState stages what user has done with c, and what that adds to the user's total of messages read.
func (g *commitGroup) writeState(c *conversation, user UserNumber, old, next *memberState) error {
	k := c.key
	switch {
	case len(next.read.spans) > maxReadSpans:
		return NewFault(Limited, FieldMessage, "too many messages are read out of order; mark the conversation instead")
	case len(next.hidden.spans) > maxHiddenSpans:
		return NewFault(Limited, FieldMessage, "too many messages are deleted one by one; clear the conversation instead")
	}
	if err := g.tx.Set(appendReadKey(nil, k, user), next.append(nil)); err != nil {
		return err
	}
	if k.kind == kindGroup {
		return nil
	}
	g.touch(c)
	c.stateRun, c.stagedStates[k.side(user)] = g.run, next
	before, after := old.read.count(), next.read.count()
	if _, listed := k.listed(); before == after || listed == 0 {
		return nil
	}
	totalKey := appendUserKey(nil, tableReadTotals, k.app, user)
	value, err := g.tx.Get(totalKey)
	if err != nil {
		return err
	}
	var total uint64
	if err := parseCounters(value, &total); err != nil {
		return err
	}
	return g.tx.Set(totalKey, appendCounters(nil, total+after-before))
}

// stateIn returns what user has done with c as the group sees it: from memory unless the group has changed it.
func (g *commitGroup) stateIn(c *conversation, user UserNumber) (*memberState, error) {
	if _, err := g.app(c.key.app); err != nil {
		return nil, err
	}
	if c.key.kind != kindGroup && c.stateRun != g.run {
		c.mu.RLock()
		s, fresh := c.states[c.key.side(user)], c.fresh()
		c.mu.RUnlock()
		if s != nil && fresh {
			return s, nil
		}
	}
	return loadMemberState(g.tx, c.key, user)
}
