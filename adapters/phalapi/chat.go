package phalapi

import (
	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

func send(c *wire.Call, q *sendQuery, a *sendAnswer) error {
	content := core.Content{Kind: php.KindOf(q.kind), Body: wire.Bytes(q.data)}
	q.recipient[0] = q.to
	deliveries, err := c.Engine.Send(c.Context, c.Caller, core.Outgoing{To: q.recipient[:], Content: content})
	if err != nil {
		return err
	}
	a.id = deliveries[0].ID
	return nil
}

func bulkSend(c *wire.Call, q *bulkQuery, a *bulkAnswer) error {
	if len(q.to) == 0 {
		return core.NewFault(core.NotFound, core.FieldRecipient, "there is no recipient")
	}
	content := core.Content{Kind: php.KindOf(q.kind), Body: wire.Bytes(q.data)}
	deliveries, err := c.Engine.Send(c.Context, c.Caller, core.Outgoing{To: q.to, Content: content})
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		a.items = append(a.items, bulkItem{to: d.To, id: d.ID})
		a.id = d.ID
	}
	return nil
}

// listForm is the form of the list's answer.
type listForm struct{ *appSettings }

func list(c *wire.Call, q *listQuery, a *listAnswer) error {
	settings := settingsOf(c)
	query := core.HistoryQuery{Peer: q.peer, After: q.last, Limit: int(q.perpage), Form: listForm{settings}}
	if q.direction == "up" {
		query.Direction = core.Older
	}
	h, err := c.Engine.History(c.Context, c.Caller, query, a.messages)
	if err != nil {
		return err
	}
	a.messages, c.Rendered = h.Messages, h.Rendered
	natural := settings.natural
	zone := c.Caller.App.Location()
	for i := range h.Messages {
		m := &h.Messages[i]
		item := listItem{
			id: m.ID, owner: c.Caller.User.UUID, peer: m.Peer, kind: php.TypeOf(m.Content.Kind),
			io: php.Direction(m.Own, natural), added: wire.Moment{Milli: m.Time, Zone: zone},
		}
		if m.Read {
			item.read = 1
		}
		if m.Content.Object {
			// A growing buffer leaves the strings taken before it on the old one, which stays as it is.
			start := len(a.text)
			a.text = appendData(a.text, &m.Content)
			item.data = wire.View(a.text[start:])
		} else {
			item.data = wire.View(m.Content.Body)
		}
		a.items = append(a.items, item)
	}
	return nil
}
