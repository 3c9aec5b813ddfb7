package yesapi

import (
	"slices"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

func send(c *wire.Call, q *sendQuery, a *sendAnswer) error {
	content, err := contentOf(q.kind, q.data)
	if err != nil {
		return err
	}
	q.recipient[0] = q.to
	deliveries, err := c.Engine.Send(c.Context, c.Caller, core.Outgoing{To: q.recipient[:], Content: content})
	if err != nil {
		return err
	}
	a.id = deliveries[0].ID
	return nil
}

func multiSend(c *wire.Call, q *multiQuery, a *multiAnswer) error {
	content, err := contentOf(q.kind, q.data)
	if err != nil {
		return err
	}
	deliveries, err := c.Engine.Send(c.Context, c.Caller, core.Outgoing{To: q.to, Content: content})
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		a.detail = append(a.detail, delivery{to: d.To, id: d.ID})
	}
	return nil
}

// takeForm is the form of the list's answer.
type takeForm struct{ *appSettings }

func take(c *wire.Call, q *takeQuery, a *takeAnswer) error {
	settings := settingsOf(c)
	query := core.HistoryQuery{Peer: q.other, After: lastID(q.last), Limit: int(q.perpage), Form: takeForm{settings}}
	if q.direction == "up" {
		query.Direction = core.Older
	}
	h, err := c.Engine.History(c.Context, c.Caller, query, a.messages)
	if err != nil {
		return err
	}
	a.messages, c.Rendered = h.Messages, h.Rendered
	a.unread = int64(h.Unread)
	for i := range h.Messages {
		var item messageItem
		item, a.data = itemOf(c, settings, &h.Messages[i], a.data)
		a.list = append(a.list, item)
	}
	if settings.newestFirst {
		slices.Reverse(a.list)
	}
	return nil
}

// itemOf shows a message. What has to be rendered is appended to data, whose earlier parts stay where they are.
func itemOf(c *wire.Call, s *appSettings, m *core.Message, data []byte) (messageItem, []byte) {
	item := messageItem{
		id: m.ID, peer: m.Peer, data: m.Content.Body, kind: php.TypeOf(m.Content.Kind), io: php.Direction(m.Own, s.natural),
		added: wire.Moment{Milli: m.Time, Zone: c.Caller.App.Location()},
	}
	if m.Read {
		item.read = 1
	}
	if !m.Content.Object {
		start := len(data)
		data = appendData(data, &m.Content)
		item.data = data[start:]
	}
	return item, data
}

func mark(c *wire.Call, q *markQuery, a *markAnswer) error {
	n, err := c.Engine.MarkRead(c.Context, c.Caller, q.other, q.id)
	a.read = int64(n)
	return err
}

func chats(c *wire.Call, q *chatsQuery, a *chatsAnswer) error {
	page, err := c.Engine.Conversations(c.Context, c.Caller, int((q.page-1)*q.perpage), int(q.perpage))
	if err != nil {
		return err
	}
	settings := settingsOf(c)
	a.total = int64(page.Total)
	for i := range page.Conversations {
		chat := &page.Conversations[i]
		item, _ := itemOf(c, settings, &chat.Last, nil)
		a.list = append(a.list, chatItem{
			messageItem: item,
			user:        chatUser{name: chat.Peer.Username, ext: chat.Peer.Ext},
			unread:      int64(chat.Unread),
		})
	}
	return nil
}

func unread(c *wire.Call, _ *nothing, a *unreadAnswer) error {
	n, err := c.Engine.Unread(c.Context, c.Caller)
	a.unread = int64(n)
	return err
}

// lastID reads last_id, which the document declares as a string: what is no positive number means the beginning.
func lastID(s string) int64 { return max(0, php.Intval(s)) }
