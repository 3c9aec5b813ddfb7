package core

import (
	"context"

	"parley/storage"
)

// MaxRun is how many chats a run holds at the most.
const MaxRun = maxRun

// StopFollower ends what an engine does to its chat lists by itself, so that a test decides when they follow the feed.
func (e *Engine) StopFollower() { e.follower.close() }

// Follow does what the follower does when it wakes up.
func (e *Engine) Follow() { e.follow() }

// FollowOnce moves the chat lists of every app by at most n entries of the feed, and if that fails does what the follower
// does then.
func (e *Engine) FollowOnce(n int) error {
	e.following.Lock()
	defer e.following.Unlock()
	for _, state := range e.states() {
		if state.activity.waiting() == 0 {
			continue
		}
		if err := e.followStep(state, n); err != nil {
			e.followFailed(state, err)
			return err
		}
	}
	return nil
}

// Lag returns how many entries the chat lists lack.
func (e *Engine) Lag() int { return e.lag() }

// Runs returns how many runs a user has in the store, and how many rows these have.
func (e *Engine) Runs(c Caller) (runs, rows int, err error) {
	err = e.store.View(context.Background(), func(r storage.Reader) error {
		x, err := loadChatIndex(r, c.App.Number, c.User.Number)
		if err == nil {
			runs, rows = len(x.runs), x.rows()
		}
		return err
	})
	return runs, rows, err
}
