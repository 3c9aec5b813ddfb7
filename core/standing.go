package core

import (
	"context"
	"runtime"

	"parley/storage"
)

// standing returns the head of the conversation and what user has done with it as they were at one moment: what is unread
// follows from both. What is not in memory is read with the newest messages for a page of so many, which is asked for next.
func (c *conversation) standing(ctx context.Context, e *Engine, user UserNumber, page int) (messageRecord, *memberState, error) {
	load := c.loadStanding
	if c.key.kind == kindGroup {
		load = c.loadGroupStanding
	} else if head, s, ok := c.knownStanding(user); ok {
		return head, s, nil
	}
	for {
		head, s, ok, err := load(ctx, e, user, page)
		if ok || err != nil {
			return head, s, err
		}
		// A group has been committed and is about to be shown, or another gateway has committed one.
		if e.observer == nil {
			runtime.Gosched()
		} else if err := e.observe(ctx, c.key.app); err != nil {
			return head, nil, err
		}
	}
}

// knownStanding is standing from memory.
func (c *conversation) knownStanding(user UserNumber) (head messageRecord, s *memberState, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s = c.states[c.key.side(user)]
	return c.head, s, s != nil && c.known && c.fresh()
}

// loadStanding reads the head and the state from one snapshot. ok is false if the store is ahead of memory: what memory
// is about to show has to be waited for.
func (c *conversation) loadStanding(ctx context.Context, e *Engine, user UserNumber, page int) (head messageRecord, s *memberState, ok bool, err error) {
	head, s, ok, grown, err := c.readStanding(ctx, e, user, page)
	if grown != 0 {
		e.conversations.grow(c.key, grown)
	}
	return head, s, ok, err
}

func (c *conversation) readStanding(ctx context.Context, e *Engine, user UserNumber, page int) (head messageRecord, s *memberState, ok bool, grown int64, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		if !c.known {
			err = c.readHead(r, page)
			ok = true
		} else {
			ok, err = isNewest(r, c.key, c.head.id)
		}
		if err != nil || !ok {
			return err
		}
		if s, err = loadMemberState(r, c.key, user); err == nil {
			c.states[c.key.side(user)] = s
		}
		return err
	})
	return c.head, s, ok, c.tell(), err
}

// loadGroupStanding is loadStanding of a group, whose members' states are not remembered.
func (c *conversation) loadGroupStanding(ctx context.Context, e *Engine, user UserNumber, _ int) (head messageRecord, s *memberState, ok bool, err error) {
	if err := c.loadHead(ctx, e); err != nil {
		return head, nil, false, err
	}
	c.mu.RLock()
	head = c.head
	c.mu.RUnlock()
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		if ok, err = isNewest(r, c.key, head.id); err != nil || !ok {
			return err
		}
		s, err = loadGroupState(r, c.key, user)
		return err
	})
	return head, s, ok, err
}

// isNewest tells whether no message of r is newer than id.
func isNewest(r storage.Reader, k conversationKey, id int64) (bool, error) {
	newest := true
	area := storage.Range{
		From: appendMessageKey(nil, k, id+1), To: appendMessageKey(nil, k, maxMessageID+1), Limit: 1, KeysOnly: true,
	}
	err := r.Scan(area, func(_, _ []byte) bool {
		newest = false
		return false
	})
	return newest, err
}
