package phalapi

import (
	"context"

	"parley/core"
)

// The platform has no chat lists and counts nothing. Both are put together from the list of all messages, all of which
// has to be read: a request for each hundred of them.

// tally is a chat as the list of all messages shows it.
type tally struct {
	peer   string
	last   core.Message
	unread int
}

// tallies reads all messages of the user, the newest first, and returns its chats in that order.
func (r *remote) tallies(ctx context.Context) ([]*tally, error) {
	var chats []*tally
	known := make(map[string]*tally)
	q := core.HistoryQuery{Limit: maxListed, Direction: core.Older}
	for {
		h, err := r.History(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := len(h.Messages) - 1; i >= 0; i-- {
			m := &h.Messages[i]
			c := known[m.Peer]
			if c == nil {
				c = &tally{peer: m.Peer, last: *m}
				known[m.Peer] = c
				chats = append(chats, c)
			}
			if !m.Read && !m.Own {
				c.unread++
			}
		}
		if len(h.Messages) < q.Limit {
			return chats, nil
		}
		oldest := h.Messages[0].ID
		if q.After != 0 && oldest >= q.After {
			return nil, core.NewFault(core.Internal, "", "the remote's list does not go back")
		}
		q.After = oldest
	}
}

// Conversations lists chats. It reads all messages of the user.
func (r *remote) Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error) {
	if offset < 0 || limit < 1 || limit > core.MaxPage {
		return core.ConversationPage{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	chats, err := r.tallies(ctx)
	if err != nil {
		return core.ConversationPage{}, err
	}
	page := core.ConversationPage{Total: len(chats)}
	offset = min(offset, len(chats))
	for _, c := range chats[offset:min(len(chats), offset+limit)] {
		page.Conversations = append(page.Conversations, core.Conversation{Peer: c.user(), Last: c.last, Unread: c.unread})
	}
	return page, nil
}

// user is all that the platform tells of somebody.
func (c *tally) user() *core.User { return &core.User{ID: c.peer, UUID: c.peer} }

// Unread counts what is unread. It reads all messages of the user.
func (r *remote) Unread(ctx context.Context) (total int, err error) {
	chats, err := r.tallies(ctx)
	for _, c := range chats {
		total += c.unread
	}
	return total, err
}
