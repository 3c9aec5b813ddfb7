// Package core is the chat service: apps, users, sessions, conversations and messages. It knows no protocol; the
// adapters translate between it and the platforms' clients.
package core

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"parley/storage"
)

// Environment is where time and randomness come from: the only two things that an engine does not derive from its store
// and its requests.
type Environment struct {
	// Now returns the wall clock. It may step backwards; nothing is ordered by it.
	Now func() time.Time
	// Random yields unpredictable bytes.
	Random io.Reader
}

// Options bound an engine.
type Options struct {
	// CacheMiB bounds the memory of the conversations, users and sessions that the engine remembers; zero means 128.
	CacheMiB int
	// MaxBody is the largest message body in bytes, at most DefaultMaxBody; zero means DefaultMaxBody.
	MaxBody int
	// MaxRecipients is the number of recipients that one send may have; zero means DefaultMaxRecipients.
	MaxRecipients int
	// SessionAge is how long a session lives after its login; zero means 30 days.
	SessionAge time.Duration
	// Log receives the failures that no caller is told of; nil means slog.Default.
	Log *slog.Logger
}

func (o *Options) complete() {
	if o.CacheMiB <= 0 {
		o.CacheMiB = 128
	}
	if o.MaxBody <= 0 || o.MaxBody > DefaultMaxBody {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxRecipients <= 0 {
		o.MaxRecipients = DefaultMaxRecipients
	}
	if o.SessionAge <= 0 {
		o.SessionAge = 30 * 24 * time.Hour
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
}

// Engine is the chat service: apps, users, sessions, conversations and messages on one store. It is safe for concurrent
// use.
type Engine struct {
	store     storage.Store
	env       Environment
	opts      Options
	apps      appTablePointer
	committer *committer
	follower  *follower
	following sync.Mutex // held while the chat lists are brought on
	passwords *passwords

	observer   *observer  // nil if nobody else can write to the store
	identity   uint64     // of this engine among those on the store
	committing sync.Mutex // held by a group from its beginning until it is visible, and while memory catches up with others
	generation atomic.Uint64

	conversations *cache[conversationKey, *conversation]
	users         *cache[userKey, *User]
	addresses     *cache[userAddress, UserNumber]
	sessions      *cache[sessionKey, sessionEntry]
	// changes counts what makes remembered users and sessions stale: who reads one from the store while the count
	// moves must not remember it.
	changes atomic.Uint64
}

// Open starts an engine on store, which remains the caller's to close after the engine has been closed. Several engines
// may work on one store that is not exclusive: each answers as if it were the only one, at the cost of a look at the store
// before it answers from memory.
func Open(ctx context.Context, store storage.Store, env Environment, opts Options) (*Engine, error) {
	opts.complete()
	budget := int64(opts.CacheMiB) << 20
	e := &Engine{
		store:         store,
		env:           env,
		opts:          opts,
		passwords:     newPasswords(env.Random),
		conversations: newCache[conversationKey](budget*3/4, func(c *conversation) bool { return c.pins.Load() > 0 }),
		users:         newCache[userKey, *User](budget/8, nil),
		addresses:     newCache[userAddress, UserNumber](budget/16, nil),
		sessions:      newCache[sessionKey, sessionEntry](budget/16, nil),
	}
	e.conversations.shrink = (*conversation).shrink
	if !store.Exclusive() {
		e.observer = newObserver(e)
		if err := binary.Read(env.Random, binary.BigEndian, &e.identity); err != nil {
			return nil, Wrap(Internal, "no random bytes", err)
		}
	}
	if err := e.loadApps(ctx); err != nil {
		return nil, e.readFault(err)
	}
	e.committer = newCommitter(e)
	e.follower = newFollower(e)
	go e.committer.run()
	go e.follower.run()
	if e.observer != nil {
		go e.observer.run()
	}
	e.follower.notify()
	return e, nil
}

// Close commits what has been accepted, refuses what comes later with Unavailable, and returns when nothing runs.
func (e *Engine) Close() error {
	e.committer.close()
	e.follower.close()
	if e.observer != nil {
		e.observer.close()
	}
	return e.committer.health()
}

// Health returns why the engine has stopped writing, or nil while it works.
func (e *Engine) Health() error { return e.committer.health() }

// readFault turns a failed read into a fault. A fault stays what it is.
func (e *Engine) readFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Wrap(Timeout, "the request was given up", err)
	case errors.Is(err, storage.ErrClosed):
		return Wrap(Unavailable, "the service is stopping", err)
	case errors.Is(err, storage.ErrUnavailable):
		return Wrap(Unavailable, "the database cannot be reached", err)
	}
	return AsFault(err)
}

// Limits returns the largest message body in bytes and the largest number of recipients of one send.
func (e *Engine) Limits() (body, recipients int) { return e.opts.MaxBody, e.opts.MaxRecipients }
