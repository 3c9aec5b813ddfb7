package openim

import (
	"context"

	"parley/adapters/wire"
	"parley/core"
)

// Conversations lists chats. The platform pages by number: an offset inside a page costs a second request. Its list holds
// groups, too, which are left out of a page and counted by offset and Total, and begins with the chats that are pinned.
func (r *remote) Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error) {
	if offset < 0 || limit < 1 || limit > core.MaxPage {
		return core.ConversationPage{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	var all []sortedConversation
	var page core.ConversationPage
	skip := offset % limit
	for number := offset/limit + 1; len(all) < skip+limit; number++ {
		a, err := r.sorted(ctx, int64(number), int64(limit))
		if err != nil {
			return core.ConversationPage{}, err
		}
		page.Total = int(a.total)
		all = append(all, a.list...)
		if len(a.list) < limit || skip == 0 {
			break
		}
	}
	skip = min(skip, len(all))
	all = all[skip:min(len(all), skip+limit)]
	for i := range all {
		if all[i].last.groupID == "" {
			page.Conversations = append(page.Conversations, r.conversation(&all[i]))
		}
	}
	return page, nil
}

// sorted asks for a page of the list. For a user without any chat the platform answers that there is no record.
func (r *remote) sorted(ctx context.Context, number, size int64) (sortedAnswer, error) {
	q := sortedQuery{userID: r.userID, page: pagination{number: number, size: size, given: true}}
	var a sortedAnswer
	err := call(ctx, r.client, r.client.table.sortedConversations, &q, &a)
	if core.CodeOf(err) == core.NotFound {
		return sortedAnswer{}, nil
	}
	return a, err
}

// conversation shows a chat between two: the name and the picture are always the other one's.
func (r *remote) conversation(s *sortedConversation) core.Conversation {
	last := &s.last
	own := last.sendID == r.userID
	peer := last.sendID
	if own {
		peer = last.recvID
	}
	return core.Conversation{
		Peer: &core.User{ID: peer, UUID: peer, Nickname: last.senderName, Avatar: last.face},
		Last: core.Message{
			Time: last.time, Peer: peer, Own: own, Read: own || s.unread == 0,
			Content: incoming(last.contentType, wire.Bytes(last.content)),
		},
		Unread: int(s.unread),
	}
}

// Unread counts the unread messages of all conversations, those of groups among them.
func (r *remote) Unread(ctx context.Context) (int, error) {
	a, err := r.sorted(ctx, 1, 1)
	return int(a.unread), err
}
