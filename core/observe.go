package core

import (
	"context"
	"sync"
	"time"

	"parley/storage"
)

// Several gateways may work on one store. Each remembers what it has read and written, and each of its transactions checks
// that against the heads of the apps, which every change of an app moves. Reads that answer from memory are made right in
// the same way: before an operation looks at what is remembered, the engine has looked at the heads at least once since
// the operation began. One look serves all operations that wait for it, as one commit serves a group of sends.

// observeAge bounds how long a gateway that nobody asks remains behind the others.
const observeAge = time.Second

// observer looks at what other gateways have committed. An engine whose store is its own has none.
type observer struct {
	engine *Engine
	mu     sync.Mutex
	next   *observation // collects those who ask
	closed bool
	wake   chan struct{}
	ended  chan struct{}
}

// observation is one look at the heads of some apps.
type observation struct {
	apps []uint32
	done chan struct{}
	err  error
}

func newObserver(e *Engine) *observer {
	return &observer{engine: e, wake: make(chan struct{}, 1), ended: make(chan struct{})}
}

// observe returns when the engine's memory of an app contains everything that had been committed, by whatever gateway,
// before the call.
func (e *Engine) observe(ctx context.Context, app uint32) error {
	if e.observer == nil {
		return nil
	}
	o := e.observer.ask(app)
	if o == nil {
		return NewFault(Unavailable, "", "the service is stopping")
	}
	select {
	case <-o.done:
		return e.readFault(o.err)
	case <-ctx.Done():
		return e.readFault(ctx.Err())
	}
}

// ask joins the next observation, or returns nil if there will be none.
func (w *observer) ask(apps ...uint32) *observation {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	if w.next == nil {
		w.next = &observation{done: make(chan struct{})}
	}
next:
	for _, app := range apps {
		for _, other := range w.next.apps {
			if other == app {
				continue next
			}
		}
		w.next.apps = append(w.next.apps, app)
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
	return w.next
}

func (w *observer) take() (o *observation, closed bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	o, w.next = w.next, nil
	return o, w.closed
}

func (w *observer) run() {
	defer close(w.ended)
	age := time.NewTicker(observeAge)
	defer age.Stop()
	for {
		if o, closed := w.take(); o != nil {
			o.err = w.engine.look(o.apps)
			close(o.done)
			continue
		} else if closed {
			return
		}
		select {
		case <-w.wake:
		case <-age.C:
			w.ask(w.engine.appNumbers()...)
		}
	}
}

func (w *observer) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
	<-w.ended
}

// sighting is what the store says of some apps at one moment.
type sighting struct {
	generation uint64 // of the table of apps
	heads      []appHead
	cursors    []feedCursor
}

func (e *Engine) sight(r storage.Reader, apps []uint32) (s sighting, err error) {
	keys := [][]byte{{tableGeneration}}
	for _, app := range apps {
		keys = append(keys, appendTable(nil, tableHeads, app), appendTable(nil, tableCursors, app))
	}
	values, err := r.GetMulti(keys)
	if err != nil {
		return s, err
	}
	if err := parseCounters(values[0], &s.generation); err != nil {
		return s, err
	}
	for i := range apps {
		head, err := parseHead(values[2*i+1])
		if err != nil {
			return s, err
		}
		cursor, err := parseCursor(values[2*i+2])
		if err != nil {
			return s, err
		}
		s.heads, s.cursors = append(s.heads, head), append(s.cursors, cursor)
	}
	return s, nil
}

// look compares the heads of some apps with those remembered, and forgets what others have made out of date.
func (e *Engine) look(apps []uint32) error {
	var seen sighting
	err := e.store.View(context.Background(), func(r storage.Reader) (err error) {
		seen, err = e.sight(r, apps)
		return err
	})
	if err != nil || e.remembers(apps, &seen) {
		return err
	}
	// The difference may be a group of this engine that is being committed: it is waited for.
	e.committing.Lock()
	defer e.committing.Unlock()
	return e.store.View(context.Background(), func(r storage.Reader) error {
		seen, err := e.sight(r, apps)
		if err != nil {
			return err
		}
		if err := e.catchUpApps(r, seen.generation); err != nil {
			return err
		}
		for i, app := range apps {
			state := e.appState(app)
			if seen.heads[i] == state.head {
				continue
			}
			if err := e.catchUp(r, state, seen.heads[i]); err != nil {
				return err
			}
			e.show(state)
		}
		return nil
	})
}

// remembers tells whether the engine's memory is that of the sighting or newer. Entries that other gateways have brought
// into the chat lists are dropped on the way.
func (e *Engine) remembers(apps []uint32, seen *sighting) bool {
	if e.generation.Load() != seen.generation {
		return false
	}
	for i, app := range apps {
		state := e.appState(app)
		shown := state.shown.Load()
		if shown == nil || *shown != seen.heads[i] {
			return false
		}
		state.advanceTo(seen.cursors[i].position)
		if state.activity.waiting() > 0 {
			e.follower.notify()
		}
	}
	return true
}

// show tells the observer what the engine remembers of an app. The caller holds e.committing.
func (e *Engine) show(state *appState) {
	if e.observer != nil {
		head := state.head
		state.shown.Store(&head)
	}
}

// catchUp makes the engine's memory of an app that of r, whose head is given. The caller holds e.committing.
func (e *Engine) catchUp(r storage.Reader, state *appState, head appHead) error {
	cursor, err := peekCursor(r, state.number)
	if err != nil {
		return err
	}
	state.advanceTo(cursor.position)
	err = readFeed(r, state.number, state.activity, func(f *feedEntry) { e.forgetConversation(f.conversation) })
	if err != nil {
		return err
	}
	if head.users != state.head.users {
		e.forgetUsers()
	}
	if head.sessions != state.head.sessions {
		e.forgetSessions()
	}
	state.setHead(head)
	e.follower.notify()
	return nil
}

// forgetConversation drops what is remembered of a conversation. Who is loading it from an older snapshot is waited for.
func (e *Engine) forgetConversation(k conversationKey) {
	if c, ok := e.conversations.get(k); ok {
		c.mu.Lock()
		c.forget()
		c.mu.Unlock()
	}
}

func (e *Engine) forgetUsers() {
	e.changes.Add(1)
	e.users.clear()
}

func (e *Engine) forgetSessions() {
	e.changes.Add(1)
	e.sessions.clear()
}
