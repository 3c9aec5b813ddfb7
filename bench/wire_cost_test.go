//go:build !race

package bench

import (
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// maxWireAllocations is what a send may allocate in any dialect on the request's own goroutine: from the parsed request
// to the answer, through the dialect and the engine up to where the operation waits for its group. What the group, the
// chat lists and the store take is not among it; see maxSendAllocations.
const maxWireAllocations = 4

// TestSendsAllocateLittleOnTheWire bounds what the goroutine of a request allocates for a send. The sends come one after
// another, so that each also pays alone for what concurrent ones share.
//
// The count is that of the memory profile with every allocation recorded, as far as it was made below this test's own
// function repeat: unlike a count of the process that leaves out the committer, the follower and the store, whatever they
// do meanwhile, and it names the places. The runtime puts small objects without pointers together and records only the
// first of them, so any place that is met counts in full for every send; only what is rarer than rareAllocations, as when
// a pool or map grows, does not count.
func TestSendsAllocateLittleOnTheWire(t *testing.T) {
	p, all := few(t)
	sends := 0
	for _, w := range all.sends() {
		if !strings.Contains(w.Name, " send") {
			continue
		}
		sends++
		ctx, err := prepare(w.Requests[0])
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		sites := allocationsOf(p.Handle, ctx)
		for _, site := range slices.Sorted(maps.Keys(sites)) {
			t.Logf("%s: %d in %s", w.Name, sites[site], site)
			n += sites[site]
		}
		if err := checkAnswer(ctx); err != nil {
			t.Error(err)
		}
		if t.Logf("%s: %d allocations", w.Name, n); n > maxWireAllocations {
			t.Errorf("%s: %d allocations", w.Name, n)
		}
	}
	if sends != 4 {
		t.Errorf("%d sends", sends)
	}
}

// TestAllocationsAreCounted counts what is known, among it an object that shares its memory with others.
func TestAllocationsAreCounted(t *testing.T) {
	var small *int32
	var large *[64]byte
	n := 0
	for _, each := range allocationsOf(func(*fasthttp.RequestCtx) { small, large = new(int32), new([64]byte) }, new(fasthttp.RequestCtx)) {
		n += each
	}
	if runtime.KeepAlive(small); n != 2 {
		t.Errorf("%d allocations", n)
	}
	runtime.KeepAlive(large)
}

const (
	measuredRequests = 320
	// rareAllocations is one in so many requests. The smallest objects share their memory by sixteen, so that what is
	// allocated for every request is recorded more often.
	rareAllocations = 32
)

// allocationsOf returns what handle allocates for a request, by site.
func allocationsOf(handle fasthttp.RequestHandler, ctx *fasthttp.RequestCtx) map[string]int {
	// A collection would empty the pools.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	rate := runtime.MemProfileRate
	defer func() { runtime.MemProfileRate = rate }()
	repeat(handle, ctx) // fills the pools and caches
	before := recorded()
	runtime.MemProfileRate = 1
	repeat(handle, ctx)
	runtime.MemProfileRate = rate
	sites := make(map[string]int)
	for site, n := range recorded() {
		if n -= before[site]; n > measuredRequests/rareAllocations {
			sites[site] = int((n + measuredRequests - 1) / measuredRequests)
		}
	}
	return sites
}

// repeat is the function by which a profile tells what a request has allocated.
//
//go:noinline
func repeat(handle fasthttp.RequestHandler, ctx *fasthttp.RequestCtx) {
	for range measuredRequests {
		ctx.Response.Reset()
		handle(ctx)
	}
}

// recorded returns how many objects have been recorded below repeat so far, by site.
func recorded() map[string]int64 {
	// The profile lags behind by up to two collections.
	runtime.GC()
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 1<<14)
	n, ok := runtime.MemProfile(records, true)
	for !ok {
		records = make([]runtime.MemProfileRecord, 2*n)
		n, ok = runtime.MemProfile(records, true)
	}
	sites := make(map[string]int64)
	for i := range records[:n] {
		if site, below := siteOf(records[i].Stack()); below {
			sites[site] += records[i].AllocObjects
		}
	}
	return sites
}

// siteOf names the place of an allocation with those that it was called from, and tells whether it is below repeat.
func siteOf(stack []uintptr) (site string, below bool) {
	frames := runtime.CallersFrames(stack)
	var calls []string
	for more := len(stack) > 0; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "/bench.repeat"):
			return strings.Join(calls, ", "), true
		case !strings.HasPrefix(frame.Function, "runtime."):
			calls = append(calls, fmt.Sprintf("%s:%d", frame.Function, frame.Line))
		}
	}
	return "", false
}
