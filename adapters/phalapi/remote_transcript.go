package phalapi

import (
	"context"
	"strconv"

	"parley/core"
)

var (
	_ core.Transcript = (*remote)(nil)
	_ core.Directory  = unlisted{}
)

// Directory returns a directory that is Unsupported: the platform does not list accounts.
func (c *Client) Directory() core.Directory { return unlisted{} }

type unlisted struct{}

// Accounts implements core.Directory.
func (unlisted) Accounts(context.Context, string, int) (core.AccountPage, error) {
	return core.AccountPage{}, unsupported()
}

// Chats implements core.Transcript. It reads all messages of the user.
func (r *remote) Chats(ctx context.Context) ([]core.TranscriptChat, error) {
	tallies, err := r.tallies(ctx)
	chats := make([]core.TranscriptChat, len(tallies))
	for i, c := range tallies {
		chats[i] = core.TranscriptChat{Ref: core.Ref{Peer: c.peer}, Peer: c.user(), Unread: c.unread}
	}
	return chats, err
}

// Pull implements core.Transcript. IDs are the platform's own, and so are the origins.
func (r *remote) Pull(ctx context.Context, ref core.Ref, after int64, limit int) ([]core.TranscriptMessage, error) {
	switch {
	case ref.Peer == "" || ref.Group != "" || ref.Channel != core.Direct:
		return nil, core.NewFault(core.Unsupported, core.FieldThread, "the platform has conversations between two users only")
	case after < 0 || limit < 1 || limit > core.MaxPage:
		return nil, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	limit = min(limit, maxListed)
	var items []listItem
	if after == 0 { // the platform's own beginning is the end; no message but its very first has the ID 1
		first, err := r.list(ctx, &core.HistoryQuery{Peer: ref.Peer, After: 2, Direction: core.Older, Limit: 1})
		if err != nil {
			return nil, err
		}
		items, after = first, 1
	}
	rest, err := r.list(ctx, &core.HistoryQuery{Peer: ref.Peer, After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	items = append(items, rest...)
	messages := make([]core.TranscriptMessage, min(len(items), limit))
	for i := range messages {
		item := &items[i]
		m := core.TranscriptMessage{Message: r.message(item), Sender: item.peer, Origin: strconv.FormatInt(item.id, 10)}
		if m.Own {
			m.Sender = item.owner
		}
		messages[i] = m
	}
	return messages, nil
}
