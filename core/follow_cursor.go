package core

import (
	"context"
	"errors"

	"parley/storage"
)

// feedCursor is how far the chat lists of an app have come, and which gateway brings them on.
type feedCursor struct {
	position uint64 // in the feed, up to which everybody's runs are complete
	step     uint64 // changes with every transaction of a follower, so that two of them notice each other
	holder   uint64 // the gateway whose follower works, zero if none does
	until    int64  // in milliseconds: when the holder's lease ends unless it works on
}

// followLease is how long a gateway that has stopped working on the chat lists keeps others from it, in milliseconds. It
// only spares work: whether a step is right is decided by the cursor, whatever the clocks of the gateways say.
const followLease = 3000

var (
	// errCursorMoved reports that another gateway has followed the feed.
	errCursorMoved = errors.New("core: the chat lists have moved on")
	// errFollowedElsewhere reports that another gateway is at work on the chat lists.
	errFollowedElsewhere = errors.New("core: another gateway follows the feed")
)

func readCursor(r storage.Reader, app uint32) (c feedCursor, err error) {
	value, err := r.Get(appendTable(nil, tableCursors, app))
	if err != nil {
		return c, err
	}
	return parseCursor(value)
}

// peekCursor is readCursor for a transaction that must not conflict with the follower: what is scanned is not protected.
func peekCursor(r storage.Reader, app uint32) (c feedCursor, err error) {
	var failed error
	area := storage.Prefix(appendTable(nil, tableCursors, app))
	err = r.Scan(area, func(_, value []byte) bool {
		c, failed = parseCursor(value)
		return false
	})
	if err == nil {
		err = failed
	}
	return c, err
}

func parseCursor(value []byte) (c feedCursor, err error) {
	var until uint64
	err = parseCounters(value, &c.position, &c.step, &c.holder, &until)
	c.until = int64(until)
	return c, err
}

func (c *feedCursor) append(dst []byte) []byte {
	return appendCounters(dst, c.position, c.step, c.holder, uint64(c.until))
}

// unmoved returns errCursorMoved unless the cursor is where this engine has left it: only then does it know the runs. A
// transaction that failed and was committed all the same has moved it, too.
func (s *appState) unmoved(r storage.Reader) error {
	cursor, err := readCursor(r, s.number)
	if err == nil && cursor != s.follow {
		err = errCursorMoved
	}
	return err
}

// followUpdate runs a transaction of the follower, which leaves the cursor at the given position.
func (e *Engine) followUpdate(state *appState, position uint64, write func(tx storage.Writer) error) error {
	next := feedCursor{position: position, step: state.follow.step + 1}
	if e.observer != nil {
		next.holder, next.until = e.identity, e.env.Now().UnixMilli()+followLease
	}
	err := e.store.Update(context.Background(), func(tx storage.Writer) error {
		if err := state.unmoved(tx); err != nil {
			return err
		}
		if err := write(tx); err != nil {
			return err
		}
		return tx.Set(appendTable(nil, tableCursors, state.number), next.append(nil))
	})
	if err == nil {
		state.follow = next
	}
	return err
}

// mayFollow returns errFollowedElsewhere while another gateway has the lease.
func (e *Engine) mayFollow(state *appState) error {
	c := &state.follow
	if e.observer != nil && c.holder != 0 && c.holder != e.identity && e.env.Now().UnixMilli() < c.until {
		return errFollowedElsewhere
	}
	return nil
}

// takeOver makes the follower begin with what the store says, after another gateway has moved the cursor. The caller
// holds e.following.
func (e *Engine) takeOver(state *appState) error {
	return e.store.View(context.Background(), func(r storage.Reader) error {
		cursor, err := readCursor(r, state.number)
		if err == nil {
			state.follow = cursor
			state.indexes = newCache[UserNumber, *chatIndex](indexCache, nil)
			state.advanceTo(cursor.position)
		}
		return err
	})
}

// advanceTo forgets the entries of the feed before a position, which the chat lists now contain. Where nobody has read
// them here, it is not known which conversations they change, and all are read anew.
func (s *appState) advanceTo(position uint64) {
	if position > s.activity.end() {
		s.epoch.Add(1)
	}
	s.activity.advanceTo(position)
}
