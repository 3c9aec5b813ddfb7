package bench

import (
	"strconv"
	"sync/atomic"
	"testing"

	"parley/core"
)

// sizes of fan-outs and conversations; the slow ones are left out of short runs.
func sizes(b *testing.B, all ...int) []int {
	b.Helper()
	if testing.Short() {
		return all[:len(all)-1]
	}
	return all
}

// crowd opens an engine with n users and another one who has sent each of them a message.
func crowd(b *testing.B, n int) (p *Parley, users []*core.User, sender *core.User) {
	b.Helper()
	p = open(b, b.TempDir(), 0)
	users, err := p.addUsers(b.Context(), n+1)
	if err != nil {
		b.Fatal(err)
	}
	sender = users[n]
	users = users[:n]
	err = concurrently((n+bulkSize-1)/bulkSize, func(i int) error {
		some := users[i*bulkSize : min(n, (i+1)*bulkSize)]
		to := make([]string, len(some))
		for k, u := range some {
			to[k] = u.UUID
		}
		return p.sendTo(b.Context(), sender, to...)
	})
	if err != nil {
		b.Fatal(err)
	}
	settle(b)
	return p, users, sender
}

// BenchmarkSendFanOut measures one more send to one of 64 chats of a sender who has few or many.
func BenchmarkSendFanOut(b *testing.B) {
	for _, n := range sizes(b, 1, 1000, 100_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p, users, sender := crowd(b, n)
			var turn atomic.Int64
			b.SetParallelism(128)
			defer spend(b)()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					to := users[turn.Add(1)%int64(min(64, n))]
					if err := p.sendTo(b.Context(), sender, to.UUID); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkSendLength measures one more send into a conversation that is short or long.
func BenchmarkSendLength(b *testing.B) {
	for _, length := range sizes(b, 10, 1000, 100_000) {
		b.Run(strconv.Itoa(length), func(b *testing.B) {
			p, users, sender := crowd(b, 1)
			err := concurrently(length, func(int) error { return p.sendTo(b.Context(), sender, users[0].UUID) })
			if err != nil {
				b.Fatal(err)
			}
			settle(b)
			b.SetParallelism(128)
			defer spend(b)()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := p.sendTo(b.Context(), sender, users[0].UUID); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

// BenchmarkChatListPage measures the first page of the chat list of a user with few or many chats, at the engine.
func BenchmarkChatListPage(b *testing.B) {
	for _, n := range sizes(b, 20, 1000, 100_000) {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p, _, user := crowd(b, n)
			caller := core.Caller{App: p.App, User: user}
			defer spend(b)()
			for b.Loop() {
				page, err := p.Engine.Conversations(b.Context(), caller, 0, 20)
				if err != nil || len(page.Conversations) != min(n, 20) || page.Total != n {
					b.Fatal(len(page.Conversations), page.Total, err)
				}
			}
		})
	}
}
