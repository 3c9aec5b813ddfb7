package core

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/storage"
)

// The chat tables (chat lists and tallies) follow the feed at some distance, so that a send does not pay for them and a
// busy conversation moves in its members' chat lists once for many messages. Readers add what is missing from activity.
const (
	// followPause is how long entries gather before the follower takes them, so that it moves a conversation once.
	followPause = 200 * time.Millisecond
	// followUrgent is the distance at which the follower does not pause.
	followUrgent = 32 << 10
	// followLimit is the distance at which the committer waits for the follower: it bounds the memory of activity.
	followLimit = 128 << 10
	// followEntries is how many entries one step looks at; what it can take is bounded by the writes of a transaction.
	followEntries = 8 << 10
	// tallyCache bounds the memory of tallies that the follower has written, in bytes per app.
	tallyCache = 8 << 20
)

// move is where a conversation goes in its members' chat lists: several feed entries in one.
type move struct {
	previous, newest int64
	from             [2]uint64
}

// tally is what tableTallies holds of a user.
type tally struct {
	chats, received uint64
}

// follower brings the chat tables of every app up to the feed, in the background.
type follower struct {
	engine *Engine
	wake   chan struct{}
	stop   chan struct{}
	once   sync.Once // closes stop
	ended  chan struct{}
}

func newFollower(e *Engine) *follower {
	return &follower{engine: e, wake: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}
}

// notify tells that the feed has grown.
func (f *follower) notify() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *follower) run() {
	defer close(f.ended)
	pause := time.NewTimer(followPause)
	defer pause.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-f.wake:
		}
		if f.engine.lag() < followUrgent {
			pause.Reset(followPause)
			select {
			case <-f.stop:
				return
			case <-pause.C:
			}
		}
		f.engine.follow()
	}
}

func (f *follower) close() {
	f.once.Do(func() { close(f.stop) })
	<-f.ended
}

// lag returns how many entries the app that is furthest behind lacks.
func (e *Engine) lag() int {
	most := 0
	for _, state := range e.states() {
		most = max(most, state.activity.waiting())
	}
	return most
}

// follow brings the chat tables up to the feed as far as it goes without an error.
func (e *Engine) follow() {
	e.following.Lock()
	defer e.following.Unlock()
	for _, state := range e.states() {
		for state.activity.waiting() > 0 {
			if err := e.followStep(state, followEntries); err != nil {
				e.followFailed(state, err)
				break
			}
		}
	}
}

// followFailed reads an app's activity anew if another gateway has followed its feed. Any other failure leaves the
// entries where they are: the next notification tries again.
func (e *Engine) followFailed(state *appState, err error) {
	if errors.Is(err, errCursorMoved) {
		err = e.reloadActivity(state)
	}
	if err != nil && !errors.Is(err, storage.ErrFull) && !errors.Is(err, storage.ErrClosed) {
		e.opts.Log.Error("chat lists could not follow the feed", "app", state.number, "error", err)
	}
}

// refresh reads the activity of a stale app anew. If that fails the app stays stale, and the next group tries again.
func (e *Engine) refresh(state *appState) {
	e.following.Lock()
	defer e.following.Unlock()
	if err := e.reloadActivity(state); err != nil {
		e.opts.Log.Error("the feed could not be read", "app", state.number, "error", err)
		return
	}
	state.stale = false
}

// reloadActivity replaces an app's activity by what the store says. The caller holds e.following.
func (e *Engine) reloadActivity(state *appState) error {
	return e.store.View(context.Background(), func(r storage.Reader) error {
		fresh, err := loadActivity(r, state.number)
		if err == nil {
			state.activity.replace(fresh)
			state.tallies = newCache[UserNumber, tally](tallyCache, nil)
		}
		return err
	})
}

// followStep moves the chat tables of one app by as many entries as fit into a transaction, and at most by limit.
func (e *Engine) followStep(state *appState, limit int) error {
	base, entries, records := state.activity.oldest(limit)
	moves, n := collectMoves(base, entries, records)
	finished := state.activity.finished(n)
	received := make(map[UserNumber]*tally)
	for k, m := range moves {
		users, listed := k.listed()
		for _, user := range users[:listed] {
			t := received[user]
			if t == nil {
				t = new(tally)
				received[user] = t
			}
			t.received += m.from[1-k.side(user)]
			if m.previous == 0 {
				t.chats++
			}
		}
	}
	sums := make(map[UserNumber]tally, len(received))
	err := e.store.Update(context.Background(), func(tx storage.Writer) error {
		if err := checkCursor(tx, state.number, base); err != nil {
			return err
		}
		for k, m := range moves {
			if err := moveChat(tx, k, m); err != nil {
				return err
			}
		}
		for user, more := range received {
			t, err := state.tally(tx, user)
			if err != nil {
				return err
			}
			sums[user] = tally{t.chats + more.chats, t.received + more.received}
			if err := writeTally(tx, state.number, user, sums[user]); err != nil {
				return err
			}
		}
		for _, position := range finished {
			if err := tx.Delete(appendFeedKey(nil, state.number, position)); err != nil {
				return err
			}
		}
		return tx.Set(appendTable(nil, tableCursors, state.number), appendCounters(nil, base+uint64(n)))
	})
	if err != nil {
		return err
	}
	for user, t := range sums {
		state.tallies.put(user, t, 96)
	}
	state.activity.advance(n, len(finished))
	return nil
}

// collectMoves merges the first n entries, as many as fit into one transaction. The entries begin at base, and those at
// the positions in records begin a feed record.
func collectMoves(base uint64, entries []feedEntry, records []uint64) (moves map[conversationKey]*move, n int) {
	moves = make(map[conversationKey]*move)
	keys := 8 // the cursor, and the records at both ends
	for i := range entries {
		f := &entries[i]
		more := 0
		if len(records) > 0 && records[0] <= base+uint64(i) {
			more++ // the record may be deleted
			records = records[1:]
		}
		m := moves[f.conversation]
		if m == nil {
			more += 6 // two chat rows set, two deleted, two tallies
		}
		if keys += more; keys > storage.MaxWrites {
			return moves, i
		}
		if m == nil {
			m = &move{previous: f.previous}
			moves[f.conversation] = m
		}
		m.newest = f.newest
		m.from[0] += uint64(f.from[0])
		m.from[1] += uint64(f.from[1])
	}
	return moves, len(entries)
}

// errCursorMoved reports that another gateway has followed the feed.
var errCursorMoved = errors.New("core: the chat tables have moved on")

func checkCursor(tx storage.Reader, app uint32, want uint64) error {
	cursor, err := readCursor(tx, app)
	if err == nil && cursor != want {
		err = errCursorMoved
	}
	return err
}

func readCursor(r storage.Reader, app uint32) (cursor uint64, err error) {
	value, err := r.Get(appendTable(nil, tableCursors, app))
	if err != nil {
		return 0, err
	}
	return cursor, parseCounters(value, &cursor)
}

func moveChat(tx storage.Writer, k conversationKey, m *move) error {
	value := appendConversation(nil, k)
	users, n := k.listed()
	for _, user := range users[:n] {
		if m.previous != 0 {
			if err := tx.Delete(appendChatKey(nil, k.app, user, m.previous)); err != nil {
				return err
			}
		}
		if err := tx.Set(appendChatKey(nil, k.app, user, m.newest), value); err != nil {
			return err
		}
	}
	return nil
}

func readTally(r storage.Reader, app uint32, user UserNumber) (t tally, err error) {
	value, err := r.Get(appendUserKey(nil, tableTallies, app, user))
	if err != nil {
		return t, err
	}
	return t, parseCounters(value, &t.chats, &t.received)
}

func writeTally(tx storage.Writer, app uint32, user UserNumber, t tally) error {
	return tx.Set(appendUserKey(nil, tableTallies, app, user), appendCounters(nil, t.chats, t.received))
}

// tally returns a user's tally from memory or from the store. As long as the cursor is where this engine has left it,
// nobody else has written tallies.
func (s *appState) tally(r storage.Reader, user UserNumber) (tally, error) {
	if t, ok := s.tallies.get(user); ok {
		return t, nil
	}
	return readTally(r, s.number, user)
}

// feedRecordAt returns the position of the record that holds the entry at position, or position if there is none.
func feedRecordAt(r storage.Reader, app uint32, position uint64) (start uint64, err error) {
	start = position
	area := storage.Range{
		From:    appendFeedKey(nil, app, 0),
		To:      appendFeedKey(nil, app, position+1),
		Reverse: true, Limit: 1, KeysOnly: true,
	}
	var failed error
	err = r.Scan(area, func(key, _ []byte) bool {
		start, failed = parseFeedPosition(key)
		return true
	})
	if err == nil {
		err = failed
	}
	return start, err
}

// loadActivity reads what the chat tables lack from the store's feed.
func loadActivity(r storage.Reader, app uint32) (*activity, error) {
	cursor, err := readCursor(r, app)
	if err != nil {
		return nil, err
	}
	start, err := feedRecordAt(r, app, cursor)
	if err != nil {
		return nil, err
	}
	a := newActivity(cursor)
	var failed error
	area := storage.Prefix(appendTable(nil, tableFeed, app))
	area.From = appendFeedKey(nil, app, start)
	err = r.Scan(area, func(key, value []byte) bool {
		var position uint64
		var entries []feedEntry
		if position, failed = parseFeedPosition(key); failed != nil {
			return false
		}
		if entries, failed = parseFeed(app, value); failed != nil {
			return false
		}
		if position < cursor {
			skip := min(cursor-position, uint64(len(entries)))
			if skip < uint64(len(entries)) {
				a.add(cursor, entries[skip:])
				a.records[0] = position
			}
			return true
		}
		a.add(position, entries)
		return true
	})
	if err == nil {
		err = failed
	}
	return a, err
}
