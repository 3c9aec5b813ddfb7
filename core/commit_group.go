package core

import (
	"cmp"
	"slices"

	"parley/storage"
)

// group is one transaction of the committer: what it has staged, and how that becomes visible.
type commitGroup struct {
	engine  *Engine
	tx      *notingWriter
	run     uint64 // distinguishes this run of this group from every other
	now     int64
	apps    []*stagedApp
	touched []*conversation
	after   []func()
	noting  notingWriter
}

// stagedApp is an app's head inside a group.
type stagedApp struct {
	state *appState
	head  appHead
	feed  []feedEntry
}

// appHead is the row that every group of an app reads and writes. Two gateways on one store therefore commit the groups
// of an app one after the other, and a head that differs from the one remembered tells that another has written.
type appHead struct {
	lastMessage uint64 // the newest message id
	lastUser    uint64 // the newest user number, which is also how many users there are, shadows included
	feedEnd     uint64 // entries ever added to the feed
	lastGroup   uint64 // the newest group number
	shadows     uint64 // how many of the users are shadows
	refusing    uint64 // threads whose owner receives nothing
	changes     uint64 // groups that have changed anything of the app
	users       uint64 // groups that have changed users
	sessions    uint64 // groups that have changed sessions
}

func parseHead(b []byte) (h appHead, err error) {
	return h, parseCounters(b, &h.lastMessage, &h.lastUser, &h.feedEnd, &h.lastGroup, &h.shadows, &h.refusing,
		&h.changes, &h.users, &h.sessions)
}

func (h *appHead) append(dst []byte) []byte {
	return appendCounters(dst, h.lastMessage, h.lastUser, h.feedEnd, h.lastGroup, h.shadows, h.refusing,
		h.changes, h.users, h.sessions)
}

func (g *commitGroup) begin(tx storage.Writer) {
	g.tx = &g.noting
	g.noting.begin(tx)
	g.run++
	g.now = g.engine.env.Now().UnixMilli()
	g.apps = g.apps[:0]
	for _, c := range g.touched {
		c.unstage()
	}
	g.touched = g.touched[:0]
	clear(g.after)
	g.after = g.after[:0]
}

// app returns the staged head of an app, reading it on first use. After that, what the engine remembers of the app is what
// the transaction sees.
func (g *commitGroup) app(number uint32) (*stagedApp, error) {
	for _, a := range g.apps {
		if a.state.number == number {
			return a, nil
		}
	}
	state := g.engine.appState(number)
	a := &state.staged
	*a = stagedApp{state: state, feed: a.feed[:0]}
	value, err := g.tx.Get(state.headKey)
	if err != nil {
		return nil, err
	}
	if a.head, err = parseHead(value); err != nil {
		return nil, err
	}
	if a.head != state.head {
		if err := g.engine.catchUp(g.tx, state, a.head); err != nil {
			return nil, err
		}
	}
	g.apps = append(g.apps, a)
	return a, nil
}

// head returns the staged head of a conversation, beginning with the committed one.
func (g *commitGroup) head(c *conversation) (*messageRecord, error) {
	if c.run == g.run {
		return &c.staged, nil
	}
	if _, err := g.app(c.key.app); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	if !c.known {
		if err := c.readHead(g.tx, 1); err != nil {
			return nil, err
		}
	}
	c.staged, c.run = c.head, g.run
	return &c.staged, nil
}

// touch notes that the conversation has staged messages or states.
func (g *commitGroup) touch(c *conversation) {
	if c.touchedRun != g.run {
		c.touchedRun = g.run
		g.touched = append(g.touched, c)
	}
}

// onCommit calls f after the group has been committed.
func (g *commitGroup) onCommit(f func()) { g.after = append(g.after, f) }

// finish stages the feed, in the order of the newest ids, which chat lists rely on, and the heads.
func (g *commitGroup) finish() error {
	slices.SortFunc(g.touched, func(a, b *conversation) int { return cmp.Compare(a.staged.id, b.staged.id) })
	for _, c := range g.touched {
		entry := feedEntry{conversation: c.key}
		if _, listed := c.key.listed(); listed > 0 && len(c.added) > 0 {
			entry.previous, entry.newest = c.head.id, c.staged.id
			for side := range entry.from {
				entry.from[side] = uint32(c.staged.from[side] - c.head.from[side])
			}
		} else if g.engine.observer == nil {
			continue
		}
		a, err := g.app(c.key.app)
		if err != nil {
			return err
		}
		a.feed = append(a.feed, entry)
	}
	for _, changed := range g.noting.changed {
		a, err := g.app(changed.app)
		if err != nil {
			return err
		}
		a.head.changes++
		if changed.users {
			a.head.users++
		}
		if changed.sessions {
			a.head.sessions++
		}
	}
	for _, a := range g.apps {
		if err := a.write(g.tx); err != nil {
			return err
		}
	}
	return nil
}

func (a *stagedApp) write(tx storage.Writer) error {
	if len(a.feed) > 0 {
		record := append(make([]byte, 0, 1+len(a.feed)*40), recordVersion)
		for i := range a.feed {
			record = appendFeedEntry(record, &a.feed[i])
		}
		if err := tx.Set(appendFeedKey(nil, a.state.number, a.head.feedEnd), record); err != nil {
			return err
		}
		a.head.feedEnd += uint64(len(a.feed))
	}
	if a.head == a.state.head {
		return nil
	}
	return tx.Set(a.state.headKey, a.head.append(nil))
}

// publish makes the group visible to readers, before those who wait for it are answered.
func (g *commitGroup) publish() {
	for _, c := range g.touched {
		c.publish(g.engine)
	}
	for _, a := range g.apps {
		a.state.activity.add(a.state.head.feedEnd, a.feed)
		a.state.setHead(a.head)
	}
	g.engine.follower.notify()
	for _, f := range g.after {
		f()
	}
	for _, a := range g.apps {
		g.engine.show(a.state)
	}
	g.touched = g.touched[:0]
}

// abandon forgets everything that the failed group may have changed in the store.
func (g *commitGroup) abandon() {
	for _, a := range g.apps {
		a.state.head = appHead{}
		a.state.epoch.Add(1)
		g.engine.show(a.state)
	}
	g.engine.forgetUsers()
	g.engine.forgetSessions()
}
