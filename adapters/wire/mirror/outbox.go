package mirror

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

// outbox holds the writes of an app that have yet to be repeated on the other server, in order, in the keeper. Those that
// the other server refuses are set aside: they hold up nothing, and they are not forgotten.
type outbox struct {
	app    string
	keeper Keeper
	now    func() time.Time
	// send repeats one write.
	send func(raw []byte) outcome
	// settled is called after each pass, with whether nothing waits.
	settled func(idle bool)

	adding chan *addition
	wake   chan struct{}

	turn    sync.Mutex // held by whoever takes items out
	mu      sync.Mutex
	next    uint64 // the number of the next item
	first   uint64 // where to look for the oldest that waits
	waiting int
	aside   int
	status  QueueStatus
	stored  Counts        // those that the keeper has
	idle    chan struct{} // closed when nothing waits; nil while nobody waits for that
}

// outcome is how repeating a write went.
type outcome struct {
	result result
	reason string
}

type result uint8

const (
	done      result = iota
	refused          // the server has answered that it will not
	broken           // it has answered nonsense, or that it is in trouble
	unsent           // it cannot be reached
	uncertain        // nobody knows whether it has done it
)

// addition is an item on its way into the keeper.
type addition struct {
	raw    []byte
	stored chan error
}

// Bounds of the queue.
const (
	maxBatch      = 64
	maxBatchBytes = 512 << 10
	maxAttempts   = 5 // for a server that is in trouble
	firstPause    = 50 * time.Millisecond
	lastPause     = 5 * time.Second
	asideBit      = 1 << 62 // numbers of items that are set aside
)

// QueueStatus is what an operator sees of the writes that wait.
type QueueStatus struct {
	Waiting int `json:"waiting"`
	// Aside are the writes that the other server has refused.
	Aside int `json:"aside"`
	Counts
	// Error is why the oldest write waits, and Reasons why the last ones were set aside.
	Error   string   `json:"error,omitempty"`
	Reasons []string `json:"reasons,omitempty"`
}

// Counts are what has gone wrong with writes and cannot be repaired by sending them again.
type Counts struct {
	// Repeated counts the writes that were sent again after an unknown outcome: they may be there twice.
	Repeated int64 `json:"repeated"`
	// Lost counts the writes that could not be stored, or of which nobody knows whether the server that answers has done
	// them. They are not repeated.
	Lost int64 `json:"lost"`
	// Foreign counts the writes that refer to what only one server has numbered. They are not repeated.
	Foreign int64 `json:"foreign"`
}

// open finds what an earlier run has left.
func (q *outbox) open(ctx context.Context) error {
	q.adding, q.wake = make(chan *addition), make(chan struct{}, 1)
	raw, err := q.keeper.State(ctx, q.app+countsSuffix)
	if err != nil {
		return err
	}
	if raw != nil {
		if err := json.Unmarshal(raw, &q.status.Counts); err != nil {
			return err
		}
	}
	q.stored = q.status.Counts
	for from := uint64(0); ; {
		items, err := q.keeper.Items(ctx, q.app, from, 1000)
		if err != nil {
			return err
		}
		for _, item := range items {
			if item.Number >= asideBit {
				q.aside++
				continue
			}
			if q.waiting == 0 {
				q.first = item.Number
			}
			q.waiting++
			q.next = item.Number + 1
		}
		if len(items) == 0 {
			return nil
		}
		from = items[len(items)-1].Number + 1
	}
}

// run stores and repeats until ctx ends.
func (q *outbox) run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { q.store(ctx) })
	both.Go(func() { q.drain(ctx) })
	both.Wait()
}

// add stores a write durably, after those that were added before.
func (q *outbox) add(ctx context.Context, raw []byte) error {
	a := &addition{raw: raw, stored: make(chan error, 1)}
	select {
	case q.adding <- a:
		return <-a.stored
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lose counts a write that is not stored.
func (q *outbox) lose() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.status.Lost++
	q.stir()
}

// foreign counts a write that the other server can not understand.
func (q *outbox) foreign() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.status.Foreign++
	q.stir()
}

// store writes what is added, together what comes together.
func (q *outbox) store(ctx context.Context) {
	for {
		var batch []*addition
		select {
		case a := <-q.adding:
			batch = append(batch, a)
		case <-ctx.Done():
			return
		}
		size := len(batch[0].raw)
	more:
		for len(batch) < maxBatch && size < maxBatchBytes {
			select {
			case a := <-q.adding:
				batch = append(batch, a)
				size += len(a.raw)
			default:
				break more
			}
		}
		err := q.put(ctx, batch)
		for _, a := range batch {
			a.stored <- err
		}
	}
}

func (q *outbox) put(ctx context.Context, batch []*addition) error {
	items := make([][]byte, len(batch))
	for i, a := range batch {
		items[i] = a.raw
	}
	q.mu.Lock()
	first := q.next
	q.mu.Unlock()
	if err := q.keeper.Append(context.WithoutCancel(ctx), q.app, first, items); err != nil {
		return err
	}
	q.mu.Lock()
	q.next = first + uint64(len(items))
	q.waiting += len(items)
	q.mu.Unlock()
	q.stir()
	return nil
}

func (q *outbox) stir() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// countsSuffix follows the app's key in the name under which the counts are kept.
const countsSuffix = "/counts"

// keepCounts stores the counts if they have changed.
func (q *outbox) keepCounts(ctx context.Context) error {
	q.mu.Lock()
	counts, same := q.status.Counts, q.status.Counts == q.stored
	q.mu.Unlock()
	if same {
		return nil
	}
	raw, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	if err := q.keeper.SetState(context.WithoutCancel(ctx), q.app+countsSuffix, raw); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stored = counts
	return nil
}

// report tells how a pass went.
func (q *outbox) report(err error) {
	q.mu.Lock()
	q.status.Error = ""
	if err != nil {
		q.status.Error = err.Error()
	}
	idle := q.waiting == 0
	if idle && q.idle != nil {
		close(q.idle)
		q.idle = nil
	}
	q.mu.Unlock()
	q.settled(idle)
}

// await returns when nothing waits.
func (q *outbox) await(ctx context.Context) error {
	q.mu.Lock()
	if q.waiting == 0 {
		q.mu.Unlock()
		return nil
	}
	if q.idle == nil {
		q.idle = make(chan struct{})
	}
	wait := q.idle
	q.mu.Unlock()
	select {
	case <-wait:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// see returns the status.
func (q *outbox) see() QueueStatus {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.status
	s.Waiting, s.Aside = q.waiting, q.aside
	s.Reasons = append([]string(nil), q.status.Reasons...)
	return s
}
