//go:build !race

package bench

import (
	"strings"
	"testing"
)

// maxListAllocations is what a list of recent messages may allocate in any dialect.
const maxListAllocations = 4

// TestListsAllocateLittle bounds what lists allocate from the parsed request to the answer. Under the race detector pools
// forget at random, so it is not counted there.
func TestListsAllocateLittle(t *testing.T) {
	p, all := few(t)
	lists := 0
	for _, w := range all.workloads() {
		if !strings.HasSuffix(w.Name, " 20") {
			continue
		}
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
