package core

import (
	"testing"

	"pgregory.net/rapid"
)

// TestChatSetAgreesWithMap compares the set with a map, over several rounds of one table.
func TestChatSetAgreesWithMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s chatSet
		for range rapid.IntRange(1, 4).Draw(t, "rounds") {
			known := make(map[conversationKey]bool)
			for range rapid.IntRange(0, 300).Draw(t, "adds") {
				k := directConversation(1, UserNumber(rapid.Uint64Range(1, 20).Draw(t, "a")), UserNumber(rapid.Uint64Range(1, 20).Draw(t, "b"))<<rapid.SampledFrom([]int{0, 40}).Draw(t, "shift"))
				if rapid.Bool().Draw(t, "notices") {
					k.kind = kindNotices
				}
				if got := s.add(k); got == known[k] {
					t.Fatalf("add(%v) = %v, want %v", k, got, !known[k])
				}
				known[k] = true
			}
			s.clear()
		}
	})
}
