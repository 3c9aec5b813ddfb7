package yesapi

import (
	"context"
	"strconv"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// remote is a server seen by one of its members.
type remote struct {
	client  *Client
	session Session
}

func (r *remote) Send(ctx context.Context, out core.Outgoing) ([]core.Delivery, error) {
	if out.Key != "" || out.Time != 0 {
		return nil, core.NewFault(core.Unsupported, core.FieldKey, "the platform knows neither message keys nor times of the sender")
	}
	kind, data := php.TypeOf(out.Content.Kind), string(out.Content.Body)
	if !out.Content.Object {
		data = string(appendData(nil, &out.Content))
	}
	if len(out.To) == 1 {
		var a sendAnswer
		err := call(ctx, r.client, r.client.table.send, r.session, &sendQuery{to: out.To[0], kind: kind, data: data}, &a)
		if err != nil {
			return nil, err
		}
		return []core.Delivery{{To: out.To[0], ID: a.id}}, nil
	}
	var a multiAnswer
	err := call(ctx, r.client, r.client.table.multiSend, r.session, &multiQuery{to: out.To, kind: kind, data: data}, &a)
	if err != nil {
		return nil, err
	}
	deliveries := make([]core.Delivery, len(a.detail))
	for i, d := range a.detail {
		deliveries[i] = core.Delivery{To: d.to, ID: d.id}
	}
	return deliveries, nil
}

// History lists messages. The platform lists those of one conversation at a time: a list of all costs a request for each
// conversation that may have something for it.
func (r *remote) History(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	switch {
	case q.Limit < 1 || q.Limit > maxListed:
		return core.History{}, core.NewFault(core.Invalid, core.FieldPage, "the platform lists 1 to 100 messages at once")
	case q.Peer == "":
		return r.merged(ctx, q)
	}
	return r.page(ctx, q)
}

// page lists messages of one conversation.
func (r *remote) page(ctx context.Context, q core.HistoryQuery) (core.History, error) {
	query := takeQuery{other: q.Peer, last: strconv.FormatInt(q.After, 10), direction: "down", perpage: int64(q.Limit)}
	if q.Direction == core.Older {
		query.direction = "up"
	}
	var a takeAnswer
	if err := call(ctx, r.client, r.client.table.take, r.session, &query, &a); err != nil {
		return core.History{}, err
	}
	h := core.History{Messages: make([]core.Message, len(a.list)), Unread: int(a.unread)}
	for i := range a.list {
		h.Messages[i] = r.message(&a.list[i])
	}
	if n := len(h.Messages); n > 1 && h.Messages[0].ID > h.Messages[n-1].ID { // the server lists the newest first
		for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
			h.Messages[i], h.Messages[j] = h.Messages[j], h.Messages[i]
		}
	}
	return h, nil
}

func (r *remote) message(item *messageItem) core.Message {
	return core.Message{
		ID: item.id, Peer: item.peer, Time: item.added.MilliIn(r.client.options.Zone), Read: item.read == 1,
		Own:     php.OwnIn(item.io, r.client.options.Natural),
		Content: core.Content{Kind: php.KindOf(item.kind), Object: true, Body: normal(item.data)},
	}
}

// normal brings a remote's object into normal form; what can not be is kept as it came.
func normal(data []byte) []byte {
	if body, err := wire.Normalize(nil, data); err == nil {
		return body
	}
	return data
}

func (r *remote) MarkRead(ctx context.Context, peer string, id int64) (int, error) {
	var a markAnswer
	err := call(ctx, r.client, r.client.table.mark, r.session, &markQuery{other: peer, id: id}, &a)
	return int(a.read), err
}

// Conversations lists chats. The platform pages by number: an offset inside a page costs a second request. Where a
// server does not tell the unread messages of a chat, its Unread is -1.
func (r *remote) Conversations(ctx context.Context, offset, limit int) (core.ConversationPage, error) {
	if offset < 0 || limit < 1 || limit > maxListed {
		return core.ConversationPage{}, core.NewFault(core.Invalid, core.FieldPage, "the platform lists 1 to 100 chats at once")
	}
	var page core.ConversationPage
	skip := offset % limit
	for number := offset/limit + 1; len(page.Conversations) < skip+limit; number++ {
		a := chatsAnswer{}
		err := call(ctx, r.client, r.client.table.chats, r.session, &chatsQuery{page: int64(number), perpage: int64(limit)}, &a)
		if err != nil {
			return core.ConversationPage{}, err
		}
		page.Total = int(a.total)
		for i := range a.list {
			page.Conversations = append(page.Conversations, r.conversation(&a.list[i]))
		}
		if len(a.list) < limit || skip == 0 {
			break
		}
	}
	skip = min(skip, len(page.Conversations))
	page.Conversations = page.Conversations[skip:min(len(page.Conversations), skip+limit)]
	return page, nil
}

func (r *remote) conversation(item *chatItem) core.Conversation {
	peer := &core.User{ID: item.peer, UUID: item.peer, Username: item.user.name, Ext: item.user.ext}
	unread := int(item.unread)
	if item.id == 0 {
		unread = -1
	}
	return core.Conversation{Peer: peer, Last: r.message(&item.messageItem), Unread: unread}
}

func (r *remote) Unread(ctx context.Context) (int, error) {
	var a unreadAnswer
	err := call(ctx, r.client, r.client.table.unread, r.session, &nothing{}, &a)
	return int(a.unread), err
}

func (r *remote) User(ctx context.Context, address string) (*core.User, error) {
	var a profileAnswer
	if err := call(ctx, r.client, r.client.table.otherProfile, r.session, &otherQuery{other: address}, &a); err != nil {
		return nil, err
	}
	u := &core.User{
		ID: a.info.uuid, UUID: a.info.uuid, Username: a.info.username, Role: roleNamed(a.info.role), Banned: a.info.status != 0,
		Registered: a.info.registered.MilliIn(r.client.options.Zone), RegisteredIP: a.info.ip, Ext: a.info.ext,
	}
	return u, nil
}
