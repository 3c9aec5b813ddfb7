package core

import (
	"cmp"
	"context"
	"slices"
	"sort"

	"parley/storage"
)

// History lists messages for c; see Messenger.History. The messages are appended to page[:0].
func (e *Engine) History(ctx context.Context, c Caller, q HistoryQuery, page []Message) (History, error) {
	if q.Limit < 1 || q.Limit > MaxPage || q.After < 0 {
		return History{}, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	if err := e.observe(ctx, c.App.Number); err != nil {
		return History{}, err
	}
	q.After = min(q.After, maxMessageID) // no message lies beyond it
	h := History{Messages: page[:0]}
	if q.Peer == "" {
		return h, e.mergedHistory(ctx, c, q, &h)
	}
	peer, err := e.named(ctx, c.App, q.Peer)
	if CodeOf(err) == NotFound {
		return h, nil
	}
	if err != nil {
		return History{}, err
	}
	if peer.Number == c.User.Number {
		return History{}, NewFault(Conflict, FieldRecipient, "a conversation with oneself")
	}
	keys, count := talk(c, peer)
	if count > 1 {
		q.Form = nil // a change of either would have to be noticed
	}
	for _, k := range keys[:count] {
		if err := e.addHistory(ctx, k, c, peer, q, &h); err != nil {
			return History{}, e.readFault(err)
		}
	}
	if count > 1 {
		h.Messages = cutPage(h.Messages, q, func(m *Message) int64 { return m.ID })
	}
	return h, nil
}

// addHistory adds the page of one conversation and its unread count to h.
func (e *Engine) addHistory(ctx context.Context, k conversationKey, c Caller, peer *User, q HistoryQuery, h *History) error {
	conv := e.acquire(k)
	defer conv.release()
	h.Rendered = e.recall(conv, pageName{
		app: c.App, viewer: c.User, peer: peer, form: q.Form, first: q.After, limit: q.Limit, direction: q.Direction,
	})
	if h.Rendered.Before != nil {
		return nil
	}
	viewer := c.User.Number
	head, state, err := conv.standing(ctx, e, viewer, q.Limit)
	if err != nil {
		return err
	}
	stored, err := conv.visiblePage(ctx, e, q, state)
	if err != nil {
		return err
	}
	h.Unread += head.unread(k, viewer, state)
	for _, s := range stored {
		m, err := viewMessage(s, k, viewer, peer.UUID, state)
		if err != nil {
			return err
		}
		h.Messages = append(h.Messages, m)
	}
	return nil
}

// cutPage sorts the pages of several conversations into the one that q asks for.
func cutPage[M any](all []M, q HistoryQuery, id func(*M) int64) []M {
	slices.SortFunc(all, func(a, b M) int { return cmp.Compare(id(&a), id(&b)) })
	excess := len(all) - q.Limit
	switch {
	case excess <= 0:
		return all
	case q.After != 0 && q.Direction == Newer:
		return all[:q.Limit]
	}
	return slices.Delete(all, 0, excess)
}

// viewMessage decodes a stored message as viewer sees it.
func viewMessage(s storedMessage, k conversationKey, viewer UserNumber, peer string, state *memberState) (Message, error) {
	r, err := parseMessageRecord(s.id, s.record)
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: r.id, Seq: r.seq, Time: r.time, Peer: peer, Own: r.sender == k.side(viewer)}
	m.Read = m.Own || state.read.has(r.from[r.sender])
	m.Content, err = parseContent(r.body)
	return m, err
}

// visiblePage is page without what is deleted for everybody or for the member whose state is given.
func (c *conversation) visiblePage(ctx context.Context, e *Engine, q HistoryQuery, state *memberState) ([]storedMessage, error) {
	found, err := c.page(ctx, e, q)
	if err != nil || !state.concealsAny(found) {
		return found, err
	}
	var visible []storedMessage
	limit := q.Limit
	newer := q.After != 0 && q.Direction == Newer
	for {
		full := len(found) == q.Limit
		if newer {
			q.After = found[len(found)-1].id
		} else {
			q.After, q.Direction = found[0].id, Older
			full = full && !state.cleared(found[0])
		}
		rest := slices.DeleteFunc(slices.Clone(found), state.conceals)
		if newer {
			visible = append(visible, rest...)
		} else {
			visible = append(rest, visible...)
		}
		if len(visible) >= limit || !full {
			break
		}
		if newer {
			if q.After, err = c.skipCleared(ctx, e, q.After, state); err != nil {
				return nil, err
			}
		}
		q.Limit = max(limit, tailLength) // whole runs of messages may be deleted
		if found, err = c.page(ctx, e, q); err != nil {
			return nil, err
		}
		if len(found) == 0 {
			break
		}
	}
	if newer {
		return visible[:min(len(visible), limit)], nil
	}
	return visible[max(0, len(visible)-limit):], nil
}

// cleared tells whether a member sees neither m nor anything before it. Of a record that cannot be read it is not told, so
// that it is reported.
func (s *memberState) cleared(m storedMessage) bool {
	r, err := parseMessageRecord(m.id, m.record)
	return err == nil && uint64(r.seq) <= s.hidden.upTo
}

// skipCleared returns the id after which a member that has seen everything up to after may find more.
func (c *conversation) skipCleared(ctx context.Context, e *Engine, after int64, state *memberState) (int64, error) {
	last, err := c.atSeq(ctx, e, int64(state.hidden.upTo))
	return max(after, last.id), err
}

// newestVisible returns the newest message before the given id that a member sees, without a record if there is none.
func (c *conversation) newestVisible(ctx context.Context, e *Engine, before int64, state *memberState) (storedMessage, error) {
	found, err := c.visiblePage(ctx, e, HistoryQuery{After: before, Direction: Older, Limit: 1}, state)
	if err != nil || len(found) == 0 {
		return storedMessage{}, err
	}
	return found[0], nil
}

// concealsAny tells whether a member does not see one of the messages.
func (s *memberState) concealsAny(messages []storedMessage) bool {
	return slices.ContainsFunc(messages, func(m storedMessage) bool { return s.conceals(m) })
}

// conceals tells whether a member does not see a message. One whose record cannot be read is not concealed, so that it is
// reported.
func (s *memberState) conceals(m storedMessage) bool {
	if s.hidden.empty() {
		return len(m.record) > 1 && isDeleted(m.record)
	}
	r, err := parseMessageRecord(m.id, m.record)
	return err == nil && (r.deleted || s.hidden.has(uint64(r.seq)))
}

// page returns the messages that q selects, ascending, from the tail if it holds them all.
func (c *conversation) page(ctx context.Context, e *Engine, q HistoryQuery) ([]storedMessage, error) {
	tail, complete, err := c.loadTail(ctx, e, q.Limit)
	if err != nil {
		return nil, err
	}
	above := sort.Search(len(tail), func(i int) bool { return tail[i].id > q.After })
	switch {
	case q.After == 0:
		if complete || len(tail) >= q.Limit {
			return tail[max(0, len(tail)-q.Limit):], nil
		}
	case q.Direction == Newer:
		if complete || above > 0 {
			return tail[above:min(len(tail), above+q.Limit)], nil
		}
	default:
		below := sort.Search(len(tail), func(i int) bool { return tail[i].id >= q.After })
		if complete || below >= q.Limit {
			return tail[max(0, below-q.Limit):below], nil
		}
	}
	var found []storedMessage
	err = e.store.View(ctx, func(r storage.Reader) (err error) {
		switch {
		case q.After == 0:
			found, err = scanMessages(r, c.key, maxMessageID+1, 0, q.Limit)
		case q.Direction == Newer:
			found, err = scanMessages(r, c.key, maxMessageID+1, q.After, -q.Limit)
		default:
			found, err = scanMessages(r, c.key, q.After, 0, q.Limit)
		}
		return err
	})
	return found, err
}
