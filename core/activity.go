package core

import (
	"slices"
	"sync"
)

// activity is the part of an app's feed that the chat tables do not contain yet: what has been committed since the
// cursor. A reader first takes a user's recent entries from here and then a snapshot of the tables; entries below the
// snapshot's cursor are in the tables already.
type activity struct {
	mu      sync.RWMutex
	entries []feedEntry // from position base on
	base    uint64
	records []uint64 // first positions of the feed records that hold the entries
	users   map[UserNumber][]recentChat
}

// recentChat is one feed entry as one member sees it.
type recentChat struct {
	position     uint64
	conversation conversationKey
	newest       int64
	first        bool   // the entry began the conversation
	received     uint32 // messages that the entry brought to the member
}

func newActivity(base uint64) *activity {
	return &activity{base: base, users: make(map[UserNumber][]recentChat)}
}

// add appends the entries of a committed group, the first of which has the given position.
func (a *activity) add(position uint64, entries []feedEntry) {
	if len(entries) == 0 {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entries = append(a.entries, entries...)
	a.records = append(a.records, position)
	for i := range entries {
		f := &entries[i]
		chat := recentChat{
			position:     position + uint64(i),
			conversation: f.conversation,
			newest:       f.newest,
			first:        f.previous == 0,
		}
		k := f.conversation
		chat.received = f.from[1]
		a.users[k.a] = append(a.users[k.a], chat)
		chat.received = f.from[0]
		a.users[k.b] = append(a.users[k.b], chat)
	}
}

// waiting returns how many entries the chat tables lack.
func (a *activity) waiting() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return len(a.entries)
}

// oldest returns a copy of up to n of the oldest entries, the position of the first, and the first positions of the feed
// records that hold them.
func (a *activity) oldest(n int) (base uint64, entries []feedEntry, records []uint64) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.base, slices.Clone(a.entries[:min(n, len(a.entries))]), slices.Clone(a.records)
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

// advance forgets the n oldest entries, which the chat tables now contain, and the given number of records.
func (a *activity) advance(n, records int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.records = append(a.records[:0], a.records[records:]...)
	for i := range n {
		k := a.entries[i].conversation
		a.drop(k.a, a.base+uint64(n))
		a.drop(k.b, a.base+uint64(n))
	}
	a.base += uint64(n)
	a.entries = append(a.entries[:0], a.entries[n:]...)
}

func (a *activity) drop(user UserNumber, below uint64) {
	chats := a.users[user]
	n := 0
	for n < len(chats) && chats[n].position < below {
		n++
	}
	switch {
	case n == 0:
	case n == len(chats):
		delete(a.users, user)
	default:
		a.users[user] = append(chats[:0:0], chats[n:]...)
	}
}

// replace takes over what fresh holds.
func (a *activity) replace(fresh *activity) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.entries, a.base, a.records, a.users = fresh.entries, fresh.base, fresh.records, fresh.users
}

// recent returns a copy of user's entries, oldest first.
func (a *activity) recent(user UserNumber) []recentChat {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return slices.Clone(a.users[user])
}

// since leaves out what the chat tables contain up to cursor.
func since(chats []recentChat, cursor uint64) []recentChat {
	n := 0
	for n < len(chats) && chats[n].position < cursor {
		n++
	}
	return chats[n:]
}
