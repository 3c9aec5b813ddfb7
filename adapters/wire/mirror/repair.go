package mirror

import "context"

// each visits the stored items with numbers from the given one on.
func (q *outbox) each(ctx context.Context, from uint64, visit func(items []Item) error) error {
	for {
		items, err := q.keeper.Items(ctx, q.app, from, maxBatch)
		if err != nil || len(items) == 0 {
			return err
		}
		from = items[len(items)-1].Number + 1
		if err := visit(items); err != nil {
			return err
		}
	}
}

// repair drops what was set aside, or puts it behind what waits.
func (q *outbox) repair(ctx context.Context, drop bool) error {
	err := q.each(ctx, asideBit, func(items []Item) error {
		numbers := make([]uint64, len(items))
		for i, item := range items {
			numbers[i] = item.Number
			if drop {
				continue
			}
			if err := q.add(ctx, item.Raw); err != nil {
				return err
			}
		}
		if err := q.keeper.Drop(ctx, q.app, numbers); err != nil {
			return err
		}
		q.mu.Lock()
		defer q.mu.Unlock()
		q.aside -= len(items)
		return nil
	})
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.status.Reasons = nil
	if drop {
		q.status.Counts = Counts{} // the operator has been told
	}
	q.stir()
	return nil
}

// setAside takes what waits out of the queue without repeating it.
func (q *outbox) setAside(ctx context.Context) error {
	q.turn.Lock()
	defer q.turn.Unlock()
	q.mu.Lock()
	from := q.first
	q.mu.Unlock()
	return q.each(ctx, from, func(items []Item) error {
		var gone []uint64
		var aside []Item
		for _, item := range items {
			if item.Number < asideBit {
				gone = append(gone, item.Number)
				aside = append(aside, Item{item.Number | asideBit, item.Raw})
			}
		}
		if len(gone) == 0 {
			return nil
		}
		return q.settle(ctx, gone, aside, []string{"set aside by force"})
	})
}
