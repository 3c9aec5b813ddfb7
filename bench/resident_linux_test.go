package bench

import (
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/procfs"

	"parley/core"
)

// BenchmarkResident measures the memory of few and of many conversations of which at most ten thousand are in use, with
// what a server does by default, with memory_mib 512. own-MiB is the process's memory without mapped files, right after
// operations of which half were sends and half asked for the newest page; most-MiB is the most since the first conversation.
func BenchmarkResident(b *testing.B) {
	for _, n := range sizes(b, 10_000, 1_000_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) { benchmarkResident(b, n) })
	}
}

func benchmarkResident(b *testing.B, conversations int) {
	const (
		memoryMiB = 512
		active    = 10_000
		peers     = 1_000
	)
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(memoryMiB << 20)) // as serve does
	p := open(b, b.TempDir(), 0)                                      // what store and engine keep by default is what they keep in such a server
	users, err := p.addUsers(b.Context(), conversations/peers+peers)
	if err != nil {
		b.Fatal(err)
	}
	people, senders := users[:peers], users[peers:]
	pair := func(i int) (sender, to *core.User) { return senders[i/peers], people[i%peers] }
	most := watchOwnMemory(b)
	err = concurrently(conversations, func(i int) error {
		sender, to := pair(i)
		return p.sendTo(b.Context(), sender, to.UUID)
	})
	if err != nil {
		b.Fatal(err)
	}
	settle(b)
	inUse := make([]int, active)
	for i := range inUse {
		inUse[i] = rand.IntN(conversations)
	}
	b.SetParallelism(128)
	report := spend(b)
	b.RunParallel(func(pb *testing.PB) {
		page := make([]core.Message, 0, 20)
		for pb.Next() {
			sender, to := pair(inUse[rand.IntN(active)])
			err := p.sendTo(b.Context(), sender, to.UUID)
			if err == nil && pb.Next() {
				q := core.HistoryQuery{Peer: sender.UUID, Limit: 20}
				_, err = p.Engine.History(b.Context(), core.Caller{App: p.App, User: to}, q, page)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(ownMemory(b))/(1<<20), "own-MiB")
	report()
	b.ReportMetric(float64(most())/(1<<20), "most-MiB")
}

// watchOwnMemory returns a function that ends the watch and returns the most that was seen, in bytes.
func watchOwnMemory(b *testing.B) (most func() uint64) {
	b.Helper()
	var seen atomic.Uint64
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				seen.Store(max(seen.Load(), ownMemory(b)))
			case <-stop:
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-ended
		return seen.Load()
	}
}

// ownMemory is the resident memory of the process without mapped files, in bytes.
func ownMemory(b *testing.B) uint64 {
	self, err := procfs.Self()
	if err != nil {
		b.Error(err)
		return 0
	}
	status, err := self.NewStatus()
	if err != nil {
		b.Error(err)
		return 0
	}
	return status.RssAnon
}
