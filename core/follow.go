package core

import (
	"context"
	"errors"
	"sync"
	"time"

	"parley/storage"
)

// The chat lists follow the feed at some distance, so that a send does not pay for them: what many messages change in a
// user's list is written as one run. Readers add what is missing from activity.
const (
	// followPause is how long entries gather before the follower takes them.
	followPause = 200 * time.Millisecond
	// followUrgent is the distance at which the follower does not pause.
	followUrgent = 32 << 10
	// followLimit is the distance at which the committer waits for the follower: it bounds the memory of activity.
	followLimit = 128 << 10
	// followEntries is how many entries one step takes at the most.
	followEntries = 32 << 10
	// indexCache bounds the memory of what the follower knows of users' runs, in bytes per app.
	indexCache = 16 << 20
)

// follower brings the chat lists of every app up to the feed, in the background.
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

// follow brings the chat lists up to the feed as far as it goes without an error.
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
			state.indexes = newCache[UserNumber, *chatIndex](indexCache, nil)
			state.follow, err = readCursor(r, state.number)
		}
		return err
	})
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

// loadActivity reads what the chat lists lack from the store's feed.
func loadActivity(r storage.Reader, app uint32) (*activity, error) {
	at, err := readCursor(r, app)
	if err != nil {
		return nil, err
	}
	cursor := at.position
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
