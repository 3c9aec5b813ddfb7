package yesapi

import (
	"cmp"
	"context"
	"slices"

	"parley/core"
)

// merged lists messages of all conversations, which the platform does not: it is put together from the lists of those that
// may have something for the page. What is said while it is put together is left for the next time, so that who polls
// misses nothing.
func (r *remote) merged(ctx context.Context, q core.HistoryQuery) (h core.History, err error) {
	newer := q.After != 0 && q.Direction == core.Newer
	var newest int64
	for w := r.walk(); ; {
		item, err := w.next(ctx)
		if err != nil || item == nil {
			return h, err
		}
		last := item.id // zero where the server does not tell
		if newest == 0 {
			if newest, err = r.newest(ctx, item); err != nil {
				return core.History{}, err
			}
		}
		done := len(h.Messages) == q.Limit && last < h.Messages[0].ID
		if newer {
			done = last <= q.After
		}
		if last != 0 && done {
			w.restart()
			continue
		}
		q.Peer = item.peer
		page, err := r.page(ctx, q)
		if err != nil {
			return core.History{}, err
		}
		h.Messages = append(h.Messages, slices.DeleteFunc(page.Messages, func(m core.Message) bool { return m.ID > newest })...)
		h.Messages = cut(h.Messages, q.Limit, newer)
	}
}

// newest returns the ID of the last message of a chat.
func (r *remote) newest(ctx context.Context, item *chatItem) (int64, error) {
	if item.id != 0 {
		return item.id, nil
	}
	h, err := r.page(ctx, core.HistoryQuery{Peer: item.peer, Limit: 1})
	if err != nil || len(h.Messages) == 0 {
		return 0, err
	}
	return h.Messages[0].ID, nil
}

// cut sorts messages and keeps the oldest or the newest of them.
func cut(all []core.Message, limit int, oldest bool) []core.Message {
	slices.SortFunc(all, func(a, b core.Message) int { return cmp.Compare(a.ID, b.ID) })
	if excess := len(all) - limit; excess > 0 && oldest {
		return all[:limit]
	} else if excess > 0 {
		return slices.Delete(all, 0, excess)
	}
	return all
}
