package core

import (
	"testing"

	"pgregory.net/rapid"
)

// What a user is told of the feed does not depend on who asked before, nor on how far the chat lists have come meanwhile.
func TestRecentEntriesAreThoseOfTheFeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const app, users = 1, 4
		start := rapid.Uint64Range(0, 3).Draw(t, "start")
		a := newActivity(start)
		var feed []feedEntry // from start on
		cursor := start
		user := rapid.Map(rapid.IntRange(1, users), func(n int) UserNumber { return UserNumber(n) })
		t.Repeat(map[string]func(*rapid.T){
			"commit": func(t *rapid.T) {
				more := make([]feedEntry, rapid.IntRange(1, 4).Draw(t, "entries"))
				for i := range more {
					k := directConversation(app, user.Draw(t, "one"), user.Draw(t, "other"))
					more[i] = feedEntry{conversation: k, newest: int64(len(feed) + i + 1), from: [2]uint32{1, 2}}
				}
				a.add(start+uint64(len(feed)), more)
				feed = append(feed, more...)
			},
			"follow": func(t *rapid.T) {
				cursor = rapid.Uint64Range(cursor, start+uint64(len(feed))).Draw(t, "cursor")
				a.advanceTo(cursor)
			},
			"read": func(t *rapid.T) {
				who := user.Draw(t, "reader")
				var want []int64
				var received uint64
				for i := range feed[cursor-start:] {
					f := &feed[cursor-start+uint64(i)]
					members, n := f.listed()
					for _, member := range members[:n] {
						if member == who {
							want = append(want, f.newest)
							received += uint64(f.from[1-f.conversation.side(who)])
						}
					}
				}
				got := a.recent(who)
				if len(got) != len(want) || sum(got).received != received {
					t.Fatalf("%d entries with %d messages, want %d with %d", len(got), sum(got).received, len(want), received)
				}
				for i := range got {
					if got[i].newest != want[i] {
						t.Fatalf("entry %d is of message %d, want %d", i, got[i].newest, want[i])
					}
				}
			},
		})
	})
}
