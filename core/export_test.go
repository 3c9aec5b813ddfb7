package core

// FollowSome moves the chat lists of every app by at most n entries of the feed.
func (e *Engine) FollowSome(n int) error {
	e.following.Lock()
	defer e.following.Unlock()
	for _, state := range e.states() {
		if state.activity.waiting() > 0 {
			if err := e.followStep(state, n); err != nil {
				return err
			}
		}
	}
	return nil
}
