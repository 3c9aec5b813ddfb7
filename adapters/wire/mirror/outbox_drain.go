package mirror

import (
	"context"
	"errors"
	"time"
)

// drain repeats what waits, the oldest first, and stays at a write until the other server has taken or refused it.
func (q *outbox) drain(ctx context.Context) {
	defer func() { q.report(q.keepCounts(ctx)) }() // what was counted since the last pass
	pause := firstPause
	for {
		moved, err := q.pass(ctx)
		q.report(errors.Join(err, q.keepCounts(ctx)))
		switch {
		case err != nil && !moved:
			timer := time.NewTimer(pause)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
			pause = min(2*pause, lastPause)
			continue
		case moved:
			pause = firstPause
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
	}
}

// pass repeats some writes. moved tells whether any has been dealt with.
func (q *outbox) pass(ctx context.Context) (moved bool, err error) {
	q.turn.Lock()
	defer q.turn.Unlock()
	q.mu.Lock()
	from, waiting := q.first, q.waiting
	q.mu.Unlock()
	if waiting == 0 {
		return false, nil
	}
	items, err := q.keeper.Items(ctx, q.app, from, maxBatch)
	if err != nil {
		return false, err
	}
	var gone []uint64
	var aside []Item
	var reasons []string
	for _, item := range items {
		if item.Number >= asideBit || ctx.Err() != nil {
			break
		}
		how := q.try(ctx, item.Raw)
		if how.result != done && how.result != refused && how.result != broken {
			err = errors.New(how.reason)
			break
		}
		if how.result != done {
			aside = append(aside, Item{item.Number | asideBit, item.Raw})
			reasons = append(reasons, how.reason)
		}
		gone = append(gone, item.Number)
	}
	if len(gone) == 0 {
		return false, err
	}
	return true, errors.Join(err, q.settle(ctx, gone, aside, reasons))
}

// try repeats one write, several times while the server is in trouble.
func (q *outbox) try(ctx context.Context, raw []byte) outcome {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		how := q.send(raw)
		if how.result == uncertain {
			q.mu.Lock()
			q.status.Repeated++
			q.mu.Unlock()
		}
		if how.result != broken || attempt == maxAttempts {
			return how
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return outcome{unsent, "the server is stopping"}
		case <-timer.C:
		}
		pause *= 2
	}
}

// settle takes what has been dealt with out of the queue.
func (q *outbox) settle(ctx context.Context, gone []uint64, aside []Item, reasons []string) error {
	ctx = context.WithoutCancel(ctx)
	for _, item := range aside {
		if err := q.keeper.Append(ctx, q.app, item.Number, [][]byte{item.Raw}); err != nil {
			return err
		}
	}
	if err := q.keeper.Drop(ctx, q.app, gone); err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.first = gone[len(gone)-1] + 1
	q.waiting -= len(gone)
	q.aside += len(aside)
	q.status.Reasons = append(q.status.Reasons, reasons...)
	q.status.Reasons = q.status.Reasons[max(0, len(q.status.Reasons)-maxExamples):]
	return nil
}
