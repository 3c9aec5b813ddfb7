package phalapi

import (
	"strings"
	"sync"
	"time"

	"parley/core"
)

// tokens remembers access tokens that have been verified, so that a client that keeps calling pays for the signature
// once. An entry counts only for the very version of the app that it was verified with: a rotated secret, like every
// other change of the app, makes all of the app's tokens be verified anew.
type tokens struct {
	mu    sync.RWMutex
	known map[string]verified
}

type verified struct {
	app     *core.App
	uid     int64
	expires int64 // Unix seconds
}

// maxTokens bounds what is remembered; a full memory is emptied.
const maxTokens = 16 << 10

func (t *tokens) get(token string, engine *core.Engine, now time.Time) (verified, bool) {
	t.mu.RLock()
	v, ok := t.known[token]
	t.mu.RUnlock()
	if !ok || now.Unix() >= v.expires {
		return verified{}, false
	}
	current, ok := engine.App(v.app.Key)
	return v, ok && current == v.app && !current.Disabled
}

func (t *tokens) put(token string, v verified) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= maxTokens {
		t.known = make(map[string]verified)
	}
	t.known[strings.Clone(token)] = v
}
