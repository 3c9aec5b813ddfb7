package openim

import (
	"cmp"
	"context"

	"parley/adapters/wire"
	"parley/core"
)

var (
	_ core.Transcript = (*remote)(nil)
	_ core.Directory  = (*accountList)(nil)
)

// Directory returns all users of the server, administrators and robots among them. Servers do not tell who is banned.
func (c *Client) Directory() core.Directory { return &accountList{c} }

type accountList struct{ client *Client }

// maxUsersShown is how many accounts are looked up at once.
const maxUsersShown = 500

// Accounts implements core.Directory. The platform lists by pages: its cursor counts accounts.
func (d *accountList) Accounts(ctx context.Context, cursor string, limit int) (page core.AccountPage, err error) {
	s, err := wire.SectionAt(cursor, limit, maxUsersShown)
	if err != nil {
		return page, err
	}
	var listed allUsersAnswer
	q := allUsersQuery{page: pagination{number: s.Number(), size: int64(s.Size), given: true}}
	if err := call(ctx, d.client, d.client.table.allUsers, &q, &listed); err != nil {
		return page, err
	}
	ids, next := wire.Cut(s, listed.userIDs, listed.total)
	if page.Next = next; len(ids) == 0 {
		return page, nil
	}
	var shown usersInfoAnswer
	if err := call(ctx, d.client, d.client.table.usersInfo, &userIDs{list: ids, given: true}, &shown); err != nil {
		return page, err
	}
	known := make(map[string]*userInfo, len(shown.users))
	for i := range shown.users {
		known[shown.users[i].userID] = &shown.users[i]
	}
	for _, id := range ids {
		if u := known[id]; u != nil { // it may have gone between the two calls
			page.Users = append(page.Users, u.user())
		}
	}
	return page, nil
}

// Chats implements core.Transcript. Servers show the names of users elsewhere.
func (r *remote) Chats(ctx context.Context) ([]core.TranscriptChat, error) {
	extents, err := r.extents(ctx)
	chats := make([]core.TranscriptChat, len(extents))
	for i := range extents {
		p := &extents[i]
		chats[i] = core.TranscriptChat{Ref: p.ref, Unread: int(max(0, p.maxSeq-p.readSeq))}
		if p.ref.Group == "" {
			chats[i].Peer = &core.User{ID: p.ref.Peer, UUID: p.ref.Peer}
		}
	}
	return chats, err
}

// Pull implements core.Transcript. IDs are places in the conversation, and origins are the platform's serverMsgIDs. Deleted
// messages are left out.
func (r *remote) Pull(ctx context.Context, ref core.Ref, after int64, limit int) ([]core.TranscriptMessage, error) {
	switch {
	case ref.Channel == core.Events || ref == core.Ref{}:
		return nil, core.NewFault(core.Unsupported, core.FieldThread, "the platform has no such conversation")
	case after < 0 || after > lastPlace || limit < 1 || limit > core.MaxPage:
		return nil, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	w := walk{remote: r, conversation: r.conversationOf(ref), limit: int64(limit)}
	for {
		page, err := w.pull(ctx, after+1, min(after+w.limit, lastPlace))
		if err == nil && len(page) == 0 { // the end, or what was there has been cleared
			page, err = w.page(ctx, after, true)
		}
		if err != nil || len(page) == 0 {
			return nil, err
		}
		var messages []core.TranscriptMessage
		for i := range page {
			if m := &page[i]; m.status != statusDeleted {
				messages = append(messages, core.TranscriptMessage{
					Message: r.message(m, ref.Peer), Sender: m.sendID, Origin: cmp.Or(m.serverMsgID, m.clientMsgID),
				})
			}
		}
		if len(messages) > 0 {
			return messages, nil
		}
		after = page[len(page)-1].seq
	}
}
