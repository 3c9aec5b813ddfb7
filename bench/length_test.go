package bench

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync/atomic"
	"testing"

	"parley/core"
)

// lengthVariable names the length of the longest conversation of BenchmarkLength. Ten million take several minutes and
// some gigabytes of disk, in TMPDIR.
const lengthVariable = "PARLEY_BENCH_LENGTH"

// BenchmarkLength measures one more send, the newest page and a page at any place of conversations that are short, long,
// and as long as PARLEY_BENCH_LENGTH says; without it there is no such conversation and nothing is measured.
func BenchmarkLength(b *testing.B) {
	longest, err := strconv.Atoi(os.Getenv(lengthVariable))
	if err != nil {
		b.Skipf("%s is not set", lengthVariable)
	}
	for _, length := range []int{10, min(100_000, longest), longest} {
		b.Run(strconv.Itoa(length), func(b *testing.B) { benchmarkLength(b, length) })
	}
}

func benchmarkLength(b *testing.B, length int) {
	p, users, sender := crowd(b, 1)
	to := users[0]
	err := concurrently(length-1, func(int) error { return p.sendTo(b.Context(), sender, to.UUID) })
	if err != nil {
		b.Fatal(err)
	}
	settle(b)
	list := func(b *testing.B, query func() core.HistoryQuery) {
		b.Helper()
		caller := core.Caller{App: p.App, User: to}
		page := make([]core.Message, 0, 20)
		defer spend(b)()
		for b.Loop() {
			q := query()
			q.Peer, q.Limit = sender.UUID, 20
			h, err := p.Engine.History(b.Context(), caller, q, page)
			if err != nil || len(h.Messages) < min(10, length) {
				b.Fatal(len(h.Messages), err)
			}
		}
	}
	// The lists come first: the sends make a short conversation longer.
	b.Run("newest", func(b *testing.B) { list(b, func() core.HistoryQuery { return core.HistoryQuery{} }) })
	b.Run("anywhere", func(b *testing.B) {
		list(b, func() core.HistoryQuery {
			// The app's ids are those of this conversation.
			return core.HistoryQuery{After: rand.Int64N(int64(max(1, length-20))), Direction: core.Newer}
		})
	})
	b.Run("send", func(b *testing.B) {
		var failed atomic.Pointer[error]
		b.SetParallelism(128)
		report := spend(b)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := p.sendTo(b.Context(), sender, to.UUID); err != nil {
					failed.Store(&err)
				}
			}
		})
		report()
		if err := failed.Load(); err != nil {
			b.Fatal(*err)
		}
	})
}
