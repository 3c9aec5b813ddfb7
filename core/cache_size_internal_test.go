package core

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// What the cache is told of a conversation is what a conversation takes, or the budget would be no bound.
func TestConversationTakesWhatTheCacheIsTold(t *testing.T) {
	const n = 100_000
	var epoch atomic.Uint64
	c := newCache[conversationKey](1<<40, func(*conversation) bool { return false })
	before := heapInUse()
	for i := range n {
		c.acquire(conversationKey{app: 1, a: UserNumber(i)},
			func(k conversationKey) *conversation { return &conversation{key: k, current: &epoch} },
			func(*conversation) {}, conversationSize)
	}
	if got := (heapInUse() - before) / n; got < conversationSize*8/10 || got > conversationSize*11/10 {
		t.Errorf("a conversation takes %d bytes, the cache is told %d", got, conversationSize)
	}
	runtime.KeepAlive(c)
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
