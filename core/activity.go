package core

import (
	"slices"
	"sort"
	"sync"
)

// activity is the part of an app's feed that the chat lists do not contain yet: what has been committed since the
// cursor. A reader first takes a user's recent entries from here and then a snapshot of the tables; entries below the
// snapshot's cursor are in the tables already.
//
// Entries never change once they are in. They leave at the front by reslicing, so that what a reader has taken stays as
// it is.
type activity struct {
	mu      sync.RWMutex
	entries []feedEntry // from position base on
	base    uint64
	records []uint64 // first positions of the feed records that hold the entries
	// users holds the entries before the position indexed. The rest is left to the next reader: the committer has no time,
	// and in a rush of sends most entries leave before anybody asks.
	users   map[UserNumber][]recentChat
	indexed uint64
}

// recentChat is one feed entry as one member sees it. The sums count from some earlier entry, up to but not including
// this one; they make the sum over any run of entries a subtraction.
type recentChat struct {
	position     uint64
	conversation conversationKey
	newest       int64
	before       tally  // sums of the entries before
	own          uint32 // messages that this entry brought to the member
	first        bool   // this entry began its conversation
}

// after returns the sums including the entry.
func (c *recentChat) after() tally {
	t := tally{c.before.chats, c.before.received + uint64(c.own)}
	if c.first {
		t.chats++
	}
	return t
}

func newActivity(base uint64) *activity {
	return &activity{base: base, indexed: base, users: make(map[UserNumber][]recentChat)}
}

// end is the position behind the newest entry.
func (a *activity) end() uint64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.base + uint64(len(a.entries))
}

// add appends the entries of a feed record, the first of which has the given position, but for those that are there or
// have left already.
func (a *activity) add(position uint64, entries []feedEntry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	end := a.base + uint64(len(a.entries))
	known := min(end-min(end, position), uint64(len(entries)))
	if entries = entries[known:]; len(entries) == 0 {
		return
	}
	a.entries = append(a.entries, entries...)
	a.records = append(a.records, position)
}

// index makes users hold every entry. The caller holds a.mu for writing.
func (a *activity) index() {
	for i := a.indexed - a.base; i < uint64(len(a.entries)); i++ {
		f := &a.entries[i]
		users, n := f.listed()
		for _, user := range users[:n] {
			a.addFor(user, a.base+i, f)
		}
	}
	a.indexed = a.base + uint64(len(a.entries))
}

func (a *activity) addFor(user UserNumber, position uint64, f *feedEntry) {
	chats := a.users[user]
	chat := recentChat{
		position: position, conversation: f.conversation, newest: f.newest,
		own: f.from[1-f.conversation.side(user)], first: f.previous == 0,
	}
	if len(chats) > 0 {
		chat.before = chats[len(chats)-1].after()
	}
	a.users[user] = append(chats, chat)
}

// waiting returns how many entries the chat lists lack.
func (a *activity) waiting() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.entries)
}

// oldest returns up to n of the oldest entries, the position of the first, and the first positions of the feed records
// that hold them.
func (a *activity) oldest(n int) (base uint64, entries []feedEntry, records []uint64) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.base, a.entries[:min(n, len(a.entries))], a.records[:min(n+1, len(a.records))]
}

// finished returns the feed records of which every entry is among the n oldest.
func (a *activity) finished(n int) []uint64 {
	a.mu.RLock()
	defer a.mu.RUnlock()
	end := a.base + uint64(n)
	done := 0
	for done < len(a.records) {
		next := a.base + uint64(len(a.entries))
		if done+1 < len(a.records) {
			next = a.records[done+1]
		}
		if next > end {
			break
		}
		done++
	}
	return slices.Clone(a.records[:done])
}

// advanceTo forgets the entries before a position, which the chat lists now contain. A position that has been passed
// already changes nothing.
func (a *activity) advanceTo(position uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	end := a.base + uint64(len(a.entries))
	if position <= a.base {
		return
	}
	n := min(position, end) - a.base
	for i := range min(n, a.indexed-a.base) {
		users, count := a.entries[i].listed()
		for _, user := range users[:count] {
			a.dropFor(user, position)
		}
	}
	for len(a.records) > 1 && a.records[1] <= position {
		a.records = a.records[1:]
	}
	if position >= end {
		a.records = nil
	}
	a.entries = a.entries[n:]
	a.base = position
	a.indexed = max(a.indexed, position)
}

func (a *activity) dropFor(user UserNumber, end uint64) {
	chats := a.users[user]
	if rest := since(chats, end); len(rest) == 0 {
		delete(a.users, user)
	} else if len(rest) < len(chats) {
		a.users[user] = rest
	}
}

// recent returns user's entries, oldest first.
func (a *activity) recent(user UserNumber) []recentChat {
	a.mu.RLock()
	chats, complete := a.users[user], a.indexed == a.base+uint64(len(a.entries))
	a.mu.RUnlock()
	if complete {
		return chats
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.index()
	return a.users[user]
}

// since leaves out what the chat lists contain up to cursor.
func since(chats []recentChat, cursor uint64) []recentChat {
	if len(chats) == 0 || chats[0].position >= cursor {
		return chats
	}
	return chats[sort.Search(len(chats), func(i int) bool { return chats[i].position >= cursor }):]
}

// sum returns what a run of a user's entries adds to the user's tally.
func sum(chats []recentChat) tally {
	if len(chats) == 0 {
		return tally{}
	}
	before, after := chats[0].before, chats[len(chats)-1].after()
	return tally{after.chats - before.chats, after.received - before.received}
}
