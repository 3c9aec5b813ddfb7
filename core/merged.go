package core

import (
	"context"
)

// foundMessage is a message on its way into a page over all conversations.
type foundMessage struct {
	message      storedMessage
	conversation conversationKey
}

// mergedHistory lists messages of all conversations of c, merged by id.
func (e *Engine) mergedHistory(ctx context.Context, c Caller, q HistoryQuery, h *History) error {
	var merged []foundMessage
	for enough := q.Limit; ; enough *= 4 { // more than once only where the newest of a chat is deleted
		rows, more, err := e.chatsFor(ctx, c, q, enough)
		if err != nil {
			return e.readFault(err)
		}
		if merged, err = e.merge(ctx, c, q, rows); err != nil {
			return e.readFault(err)
		}
		if !more || len(merged) == q.Limit && rows[len(rows)-1].newest <= merged[0].message.id {
			break // the chats that were left out hold nothing for the page
		}
	}
	for _, f := range merged {
		m, err := e.viewIn(ctx, c, f.conversation, f.message)
		if err != nil {
			return e.readFault(err)
		}
		h.Messages = append(h.Messages, m)
	}
	return nil
}

func (e *Engine) merge(ctx context.Context, c Caller, q HistoryQuery, rows []chatRow) (merged []foundMessage, err error) {
	older := q.After == 0 || q.Direction == Older
	for _, row := range rows {
		if older && len(merged) == q.Limit && row.newest < merged[0].message.id {
			break // this chat and all that follow hold only messages below the page
		}
		stored, err := e.pageOf(ctx, c, row.conversation, q)
		if err != nil {
			return nil, err
		}
		for _, s := range stored {
			merged = append(merged, foundMessage{s, row.conversation})
		}
		merged = cutPage(merged, q, func(f *foundMessage) int64 { return f.message.id })
	}
	return merged, nil
}

// pageOf is visiblePage for a conversation of c that is not acquired yet.
func (e *Engine) pageOf(ctx context.Context, c Caller, k conversationKey, q HistoryQuery) ([]storedMessage, error) {
	conv := e.acquire(k)
	defer conv.release()
	state, err := conv.state(ctx, e, c.User.Number)
	if err != nil {
		return nil, err
	}
	return conv.visiblePage(ctx, e, q, state)
}

// viewIn is viewMessage for a message of any conversation of c.
func (e *Engine) viewIn(ctx context.Context, c Caller, k conversationKey, s storedMessage) (Message, error) {
	peer, err := e.user(ctx, userKey{k.app, k.peer(c.User.Number)})
	if err != nil {
		return Message{}, err
	}
	conv := e.acquire(k)
	defer conv.release()
	state, err := conv.state(ctx, e, c.User.Number)
	if err != nil {
		return Message{}, err
	}
	return viewMessage(s, k, c.User.Number, peer.UUID, state)
}
