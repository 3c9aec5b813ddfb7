package openim

import (
	"crypto/sha256"
	"sync"
	"time"

	"parley/adapters/wire"
	"parley/core"
)

// tokenDigest stands for a token where tokens are remembered: memory does not hold the token itself.
type tokenDigest [sha256.Size]byte

func digestOf(token string) tokenDigest { return sha256.Sum256(wire.Bytes(token)) }

// knownTokens remembers tokens whose signature has been checked, so that a client that keeps calling pays for it once. An
// entry counts only for the very version of the app that it was checked with: a new secret, like every other change of
// the app, makes all of its tokens be checked anew. Whether a token has been revoked is not remembered here.
type knownTokens struct {
	mu      sync.RWMutex
	entries map[tokenDigest]verified
}

// maxKnownTokens bounds what is remembered; a full memory is emptied.
const maxKnownTokens = 32 << 10

func (t *knownTokens) get(id tokenDigest, engine *core.Engine, now time.Time) (verified, bool) {
	t.mu.RLock()
	v, ok := t.entries[id]
	t.mu.RUnlock()
	if !ok || now.Unix() >= v.expires {
		return verified{}, false
	}
	current, ok := engine.App(v.app.Key)
	return v, ok && current == v.app && !current.Disabled
}

func (t *knownTokens) put(id tokenDigest, v verified) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries == nil || len(t.entries) >= maxKnownTokens {
		t.entries = make(map[tokenDigest]verified)
	}
	t.entries[id] = v
}
