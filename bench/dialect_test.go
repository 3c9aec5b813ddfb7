package bench

import (
	"context"
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
func BenchmarkDialect(b *testing.B) { benchmarkWorkloads(b, OpenWarm) }

// BenchmarkListCold measures lists of conversations that are in the store's tables and not in memory.
func BenchmarkListCold(b *testing.B) { benchmarkWorkloads(b, OpenCold) }

func benchmarkWorkloads(b *testing.B, open func(ctx context.Context, dir string) (*Parley, []Workload, error)) {
	b.Helper()
	p, workloads, err := open(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Close(); err != nil {
			b.Error(err)
		}
	})
	settle(b)
	for i := range workloads {
		w := &workloads[i]
		b.Run(w.Name, func(b *testing.B) {
			parallel := 1
			if w.Messages != 20 {
				parallel = 128
			}
			run(b, p, w.Requests, parallel, max(16, len(w.Requests)/parallel/runtime.GOMAXPROCS(0)))
			if w.Messages > 1 {
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*w.Messages), "ns/message")
			}
		})
	}
}
