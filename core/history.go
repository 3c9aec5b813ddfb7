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
	q.After = min(q.After, maxMessageID) // no message lies beyond it
	if q.Peer == "" {
		return e.mergedHistory(ctx, c, q, page[:0])
	}
	peer, err := e.lookup(ctx, c.App, q.Peer)
	if CodeOf(err) == NotFound {
		return History{Messages: page[:0]}, nil
	}
	if err != nil {
		return History{}, err
	}
	if peer.Number == c.User.Number {
		return History{}, NewFault(Conflict, FieldRecipient, "a conversation with oneself")
	}
	conv := e.acquire(directConversation(c.App.Number, c.User.Number, peer.Number))
	defer conv.release()
	stored, err := conv.page(ctx, e, q)
	if err != nil {
		return History{}, e.readFault(err)
	}
	read, err := conv.reads(ctx, e, c.User.Number)
	if err != nil {
		return History{}, e.readFault(err)
	}
	h := History{Messages: page[:0], Unread: conv.unread(c.User.Number, read)}
	for _, s := range stored {
		m, err := viewMessage(s, conv.key, c.User.Number, peer.UUID, read)
		if err != nil {
			return History{}, e.readFault(err)
		}
		h.Messages = append(h.Messages, m)
	}
	return h, nil
}

// unread counts what the peer has sent and user has not read. The head must be known.
func (c *conversation) unread(user UserNumber, read *readState) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	received := c.head.from[1-c.key.side(user)]
	return int(received - min(received, read.count()))
}

// viewMessage decodes a stored message as viewer sees it.
func viewMessage(s storedMessage, k conversationKey, viewer UserNumber, peer string, read *readState) (Message, error) {
	r, err := parseMessageRecord(s.id, s.record)
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: r.id, Seq: r.seq, Time: r.time, Peer: peer, Own: r.sender == k.side(viewer)}
	m.Read = m.Own || read.has(r.from[r.sender])
	m.Content, err = parseContent(r.body)
	return m, err
}

// page returns the messages that q selects, ascending, from the tail if it holds them all.
func (c *conversation) page(ctx context.Context, e *Engine, q HistoryQuery) ([]storedMessage, error) {
	tail, complete, err := c.loadTail(ctx, e)
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

// mergedHistory lists messages of all conversations of c, merged by id.
func (e *Engine) mergedHistory(ctx context.Context, c Caller, q HistoryQuery, page []Message) (History, error) {
	type found struct {
		message      storedMessage
		conversation conversationKey
	}
	var merged []found
	rows, err := e.chatsFor(ctx, c, q)
	if err != nil {
		return History{}, e.readFault(err)
	}
	older := q.After == 0 || q.Direction == Older
	for _, row := range rows {
		if older && len(merged) == q.Limit && row.newest < merged[0].message.id {
			break // this chat and all that follow hold only messages below the page
		}
		stored, err := e.pageOf(ctx, row.conversation, q)
		if err != nil {
			return History{}, e.readFault(err)
		}
		for _, s := range stored {
			merged = append(merged, found{s, row.conversation})
		}
		slices.SortFunc(merged, func(a, b found) int { return cmp.Compare(a.message.id, b.message.id) })
		if excess := len(merged) - q.Limit; excess > 0 && older {
			merged = slices.Delete(merged, 0, excess)
		} else if excess > 0 {
			merged = merged[:q.Limit]
		}
	}
	for _, f := range merged {
		m, err := e.viewIn(ctx, c, f.conversation, f.message)
		if err != nil {
			return History{}, e.readFault(err)
		}
		page = append(page, m)
	}
	return History{Messages: page}, nil
}

// pageOf is page for a conversation that is not acquired yet.
func (e *Engine) pageOf(ctx context.Context, k conversationKey, q HistoryQuery) ([]storedMessage, error) {
	conv := e.acquire(k)
	defer conv.release()
	return conv.page(ctx, e, q)
}

// viewIn is viewMessage for a message of any conversation of c.
func (e *Engine) viewIn(ctx context.Context, c Caller, k conversationKey, s storedMessage) (Message, error) {
	peer, err := e.user(ctx, userKey{k.app, k.peer(c.User.Number)})
	if err != nil {
		return Message{}, err
	}
	conv := e.acquire(k)
	defer conv.release()
	read, err := conv.reads(ctx, e, c.User.Number)
	if err != nil {
		return Message{}, err
	}
	return viewMessage(s, k, c.User.Number, peer.UUID, read)
}
