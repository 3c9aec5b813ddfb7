package yesapi

import (
	"context"
	"strconv"

	"parley/adapters/wire"
	"parley/core"
)

var (
	_ core.Transcript = (*remote)(nil)
	_ core.Directory  = (*directory)(nil)
)

// Directory returns the app's members in the order in which they registered. Servers show the list to whoever has the
// app's credentials.
func (c *Client) Directory() core.Directory { return &directory{c} }

type directory struct{ client *Client }

// Accounts implements core.Directory. The platform lists by pages: its cursor counts accounts.
func (d *directory) Accounts(ctx context.Context, cursor string, limit int) (page core.AccountPage, err error) {
	s, err := wire.SectionAt(cursor, limit, maxListed)
	if err != nil {
		return page, err
	}
	var a usersAnswer
	q := usersQuery{page: s.Number(), perpage: int64(s.Size), role: "all"}
	if err := call(ctx, d.client, d.client.table.users, Session{}, &q, &a); err != nil {
		return page, err
	}
	users, next := wire.Cut(s, a.users, a.total)
	page.Next = next
	for i := range users {
		u := &users[i]
		page.Users = append(page.Users, &core.User{
			ID: u.uuid, UUID: u.uuid, Username: u.username, Role: roleNamed(u.role), Banned: u.status != 0,
			Registered: u.registered.MilliIn(d.client.options.Zone), Ext: u.ext,
		})
	}
	return page, nil
}

func roleNamed(name string) core.Role {
	if name == "admin" {
		return core.RoleAdmin
	}
	return core.RoleUser
}

// Chats implements core.Transcript. Where a list does not tell what is unread, it costs a request for each chat.
func (r *remote) Chats(ctx context.Context) (chats []core.TranscriptChat, err error) {
	for w := r.walk(); ; {
		item, err := w.next(ctx)
		if err != nil || item == nil {
			return chats, err
		}
		c := r.conversation(item)
		if c.Unread < 0 {
			h, err := r.page(ctx, core.HistoryQuery{Peer: item.peer, Limit: 1})
			if err != nil {
				return nil, err
			}
			c.Unread = h.Unread
		}
		chats = append(chats, core.TranscriptChat{Ref: core.Ref{Peer: item.peer}, Peer: c.Peer, Unread: c.Unread})
	}
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
	var messages []core.Message
	if after == 0 { // the platform's own beginning is the end; no message but its very first has the ID 1
		h, err := r.page(ctx, core.HistoryQuery{Peer: ref.Peer, After: 2, Direction: core.Older, Limit: 1})
		if err != nil {
			return nil, err
		}
		messages, after = h.Messages, 1
	}
	h, err := r.page(ctx, core.HistoryQuery{Peer: ref.Peer, After: after, Limit: limit})
	if err != nil {
		return nil, err
	}
	messages = append(messages, h.Messages...)
	transcribed := make([]core.TranscriptMessage, min(len(messages), limit))
	for i := range transcribed {
		m := messages[i]
		transcribed[i] = core.TranscriptMessage{Message: m, Sender: m.Peer, Origin: strconv.FormatInt(m.ID, 10)}
		if m.Own {
			transcribed[i].Sender = r.session.UUID
		}
	}
	return transcribed, nil
}
