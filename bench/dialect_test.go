package bench

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/valyala/fasthttp"
)

// open opens an engine in a directory of the benchmark.
func open(b *testing.B, dir string, cacheMiB int) *Parley {
	b.Helper()
	p, err := Open(b.Context(), dir, cacheMiB)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	return p
}

// run answers the requests with parallel callers for each processor, each of which has its own prepared contexts.
func run(b *testing.B, p *Parley, requests [][]byte, parallel, each int) {
	b.Helper()
	var callers atomic.Int64
	b.SetParallelism(parallel)
	defer spend(b)()
	b.RunParallel(func(pb *testing.PB) {
		first := int(callers.Add(1)-1) * each
		contexts := make([]*fasthttp.RequestCtx, 0, each)
		for i := range each {
			ctx, err := prepare(requests[(first+i)%len(requests)])
			if err != nil {
				b.Error(err)
				return
			}
			contexts = append(contexts, ctx)
		}
		for i := 0; pb.Next(); i++ {
			ctx := contexts[i%each]
			ctx.Response.Reset()
			p.Handle(ctx)
			if i < each {
				if err := checkAnswer(ctx); err != nil {
					b.Error(err)
					return
				}
			}
		}
	})
}

// BenchmarkDialect measures the prepared workloads: sends with 256 callers at once, as group commit needs them.
func BenchmarkDialect(b *testing.B) {
	p := open(b, b.TempDir(), 0)
	workloads, err := p.Prepare(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for i := range workloads {
		w := &workloads[i]
		b.Run(w.Name, func(b *testing.B) {
			parallel := 1
			if w.Messages != 20 {
				parallel = 128
			}
			run(b, p, w.Requests, parallel, 16)
			if w.Messages > 1 {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*w.Messages), "ns/message")
			}
		})
	}
}

// BenchmarkListCold lists conversations that are in the store's tables and, nearly all of them, not in memory.
func BenchmarkListCold(b *testing.B) {
	const senders, peers, length = 40, 200, 20
	dir := b.TempDir()
	requests := fillCold(b, dir, senders, peers, length)
	p := open(b, dir, 1)
	settle(b)
	run(b, p, requests, 1, len(requests)/runtime.GOMAXPROCS(0))
}

// fillCold lets each sender write length messages to each peer and returns the lists of all conversations, shuffled.
func fillCold(b *testing.B, dir string, senders, peers, length int) (requests [][]byte) {
	b.Helper()
	p, err := Open(b.Context(), dir, 0)
	if err != nil {
		b.Fatal(err)
	}
	all, err := p.addPeople(b.Context(), senders+peers, senders)
	if err != nil {
		b.Fatal(err)
	}
	to := make([]string, peers)
	for i := range to {
		to[i] = all.users[senders+i].UUID
	}
	err = concurrently(senders, func(i int) error {
		for range length {
			if err := p.sendTo(b.Context(), all.users[i], to...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Close(); err != nil {
		b.Fatal(err)
	}
	for _, peer := range to {
		for i := range senders {
			requests = append(requests, phalList(all.tokens[i], peer))
		}
	}
	return requests
}
