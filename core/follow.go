package core

import (
	"errors"
	"sync"
	"time"

	"parley/storage"
)

// The chat lists follow the feed at some distance, so that a send does not pay for them: what many messages change in a
// user's list is written as one run. Readers add what is missing from activity.
const (
	// followPause is how long entries gather before the follower takes them.
	followPause = time.Second
	// followUrgent is the distance at which the follower does not pause any longer.
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
	urge   chan struct{} // ends a pause
	stop   chan struct{}
	once   sync.Once // closes stop
	ended  chan struct{}
}

func newFollower(e *Engine) *follower {
	return &follower{engine: e, wake: make(chan struct{}, 1), urge: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}
}

// notify tells that the feed has grown.
func (f *follower) notify() { signal(f.wake) }

// hurry tells that the follower has fallen behind while it pauses.
func (f *follower) hurry() { signal(f.urge) }

// signal leaves a signal in a channel with room for one, unless there is one already.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
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
			case <-f.urge:
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
			err := e.mayFollow(state)
			if err == nil {
				err = e.followStep(state, followEntries)
			}
			if err != nil {
				e.followFailed(state, err)
				break
			}
		}
	}
}

// followFailed finds out where another gateway has left the cursor. Any other failure leaves the entries where they are:
// the next notification tries again.
func (e *Engine) followFailed(state *appState, err error) {
	if errors.Is(err, errCursorMoved) || errors.Is(err, errFollowedElsewhere) {
		err = e.takeOver(state)
	}
	if err != nil && !errors.Is(err, storage.ErrFull) && !errors.Is(err, storage.ErrClosed) {
		e.opts.Log.Error("chat lists could not follow the feed", "app", state.number, "error", err)
	}
}
