//go:build !race

package bench

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"
)

// maxListAllocations is what a list of recent messages may allocate in any dialect.
const maxListAllocations = 4

// TestListsAllocateLittle bounds what lists allocate from the parsed request to the answer. Under the race detector pools
// forget at random, so it is not counted there.
func TestListsAllocateLittle(t *testing.T) {
	p, all := few(t)
	lists := 0
	for _, w := range all.lists() {
		lists++
		ctx, err := prepare(w.Requests[0])
		if err != nil {
			t.Fatal(err)
		}
		n := testing.AllocsPerRun(500, func() {
			ctx.Response.Reset()
			p.Handle(ctx)
		})
		if err := checkAnswer(ctx); err != nil {
			t.Error(err)
		}
		if t.Logf("%s: %v allocations", w.Name, n); n > maxListAllocations {
			t.Errorf("%s: %v allocations", w.Name, n)
		}
	}
	if lists != 3 {
		t.Errorf("%d lists", lists)
	}
}

// maxSendAllocations is what a send may allocate in any dialect while many are under way, from the parsed request until
// it is in the chat lists, the store's own included: about ten for every key, of which a send has one, and shares of what
// its group and its step of the chat lists need. Groups are smaller on a busy machine, so there is room above what is
// usual, which is 20 to 50.
const maxSendAllocations = 90

// TestSendsAllocateLittle bounds what sends allocate.
func TestSendsAllocateLittle(t *testing.T) {
	const callers, each = 256, 40
	p, all := few(t)
	for _, w := range all.sends() {
		if !strings.Contains(w.Name, " send") {
			continue
		}
		contexts := make([]*fasthttp.RequestCtx, callers)
		for i := range contexts {
			var err error
			if contexts[i], err = prepare(w.Requests[i%len(w.Requests)]); err != nil {
				t.Fatal(err)
			}
		}
		send := func(i int) error {
			contexts[i].Response.Reset()
			p.Handle(contexts[i])
			return checkAnswer(contexts[i])
		}
		if err := concurrently(callers, send); err != nil { // fills the caches
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		var group sync.WaitGroup
		runtime.ReadMemStats(&before)
		for i := range contexts {
			group.Go(func() {
				for range each {
					contexts[i].Response.Reset()
					p.Handle(contexts[i])
				}
			})
		}
		group.Wait()
		runtime.ReadMemStats(&after)
		n := float64(after.Mallocs-before.Mallocs) / (callers * each)
		if t.Logf("%s: %.1f allocations", w.Name, n); n > maxSendAllocations {
			t.Errorf("%s: %.1f allocations", w.Name, n)
		}
		if err := send(0); err != nil {
			t.Error(err)
		}
	}
}
