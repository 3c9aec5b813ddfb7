package core_test

import (
	"context"
	"sync"
	"testing"

	"parley/core"
)

// TestFaultsStayApart lets callers whose operations succeed and others whose operations fail share groups, one after the
// other: each is told of its own, whatever became of those beside and before it.
func TestFaultsStayApart(t *testing.T) {
	const callers, each = 16, 100
	c := newCircle(t)
	var group sync.WaitGroup
	for i := range callers {
		by, want := c.callers["member"], core.Code(0)
		if i%2 == 0 {
			by, want = c.callers["stranger"], core.Forbidden
		}
		group.Go(func() {
			for range each {
				if _, err := c.engine.SendToGroup(context.Background(), by, c.id, textTo()); core.CodeOf(err) != want {
					t.Errorf("%v, want %v", err, want)
					return
				}
			}
		})
	}
	group.Wait()
	thread, err := c.engine.Thread(t.Context(), c.callers["member"], core.Ref{Group: c.id})
	if err != nil || thread.MaxSeq != callers/2*each {
		t.Errorf("%d messages were stored, want %d, %v", thread.MaxSeq, callers/2*each, err)
	}
}
