package mirror

import (
	"context"
	"hash/fnv"
	"slices"
	"sync"
)

// gate counts the requests of an app that are being answered, and holds new ones back while the app moves from one server
// to the other. They wait; none is refused. The zero value is open.
type gate struct {
	mu      sync.Mutex
	running int
	closed  chan struct{} // closed when the gate opens again; nil while it is open
	drained chan struct{} // closed when nothing runs; nil while nobody waits for that
}

// enter waits until the gate is open and counts the request. leave must follow.
func (g *gate) enter() {
	for {
		g.mu.Lock()
		if g.closed == nil {
			g.running++
			g.mu.Unlock()
			return
		}
		wait := g.closed
		g.mu.Unlock()
		<-wait
	}
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running--
	if g.running == 0 && g.drained != nil {
		close(g.drained)
		g.drained = nil
	}
}

// whileClosed closes the gate, waits until the running requests have ended, calls do, and opens the gate. If they do not
// end before ctx, the gate opens and do is not called. It is for one caller at a time.
func (g *gate) whileClosed(ctx context.Context, do func() error) error {
	g.mu.Lock()
	g.closed = make(chan struct{})
	var drained chan struct{}
	if g.running > 0 {
		drained = make(chan struct{})
		g.drained = drained
	}
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		close(g.closed)
		g.closed, g.drained = nil, nil
	}()
	if drained != nil {
		select {
		case <-drained:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return do()
}

// order makes writes to one conversation follow each other, so that both servers store them in the same order.
type order struct{ locks [256]sync.Mutex }

// lock takes the locks of threads and returns what releases them.
func (o *order) lock(threads []string) (unlock func()) {
	var taken []int
	for _, name := range threads {
		h := fnv.New32a()
		_, _ = h.Write([]byte(name)) // a hash takes everything
		taken = append(taken, int(h.Sum32()%uint32(len(o.locks))))
	}
	slices.Sort(taken)
	taken = slices.Compact(taken)
	for _, i := range taken {
		o.locks[i].Lock()
	}
	return func() {
		for _, i := range taken {
			o.locks[i].Unlock()
		}
	}
}
