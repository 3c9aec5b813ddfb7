package core

import (
	"context"
	"unicode/utf8"
)

// importPlan is a batch on its way into the store.
type importPlan struct {
	engine *Engine
	app    *App
	batch  *ImportBatch
	result *ImportResult
	pinned []*conversation
}

// importItem is a message of which everything is known that the transaction needs.
type importItem struct {
	conversation *conversation
	message      *ImportedMessage
	sender       UserNumber
	receiver     UserNumber // who may have read it; zero in a group
	revoked      *revocation
	body         []byte
	state        int // bytes of the receiver's state if it has to be written
}

func (p *importPlan) release() {
	for _, c := range p.pinned {
		c.release()
	}
}

// messages resolves the names of the batch's messages and rejects what cannot be stored.
func (p *importPlan) messages(ctx context.Context) ([]importItem, error) {
	items := make([]importItem, 0, len(p.batch.Messages))
	for i := range p.batch.Messages {
		item, err := p.message(ctx, &p.batch.Messages[i])
		if fault, ok := rejectable(err); ok {
			p.result.reject(PartMessages, i, fault)
			continue
		}
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// rejectable tells faults that lie in what is imported from those that end the import.
func rejectable(err error) (*Fault, bool) {
	if err == nil {
		return nil, false
	}
	f := AsFault(err)
	return f, f.Code < Limited
}

func (p *importPlan) message(ctx context.Context, m *ImportedMessage) (item importItem, err error) {
	if err := p.engine.checkImported(m); err != nil {
		return item, err
	}
	item.message = m
	sender, err := p.engine.importedSender(ctx, p.app, m.From)
	if err != nil {
		return item, err
	}
	item.sender = sender.Number
	if item.conversation, item.receiver, err = p.conversation(ctx, sender.Number, m.To, m.Group, m.Channel); err != nil {
		return item, err
	}
	if m.Revoked != nil {
		by, err := p.engine.importedSender(ctx, p.app, m.Revoked.By)
		if err != nil {
			return item, err
		}
		item.revoked = &revocation{by: by.Number, role: m.Revoked.Role, time: m.Revoked.Time}
	}
	if !m.Deleted {
		item.body = appendContent(nil, &m.Content)
	}
	if !m.Read || m.Group != "" {
		item.receiver = 0
		return item, nil
	}
	state, err := item.conversation.state(ctx, p.engine, item.receiver)
	if err != nil {
		return item, p.engine.readFault(err)
	}
	item.state = state.size()
	return item, nil
}

// size bounds the bytes of a member's row, with room for a batch of runs more.
func (s *memberState) size() int {
	return 256 + min(maxMemberState, 20*(len(s.read.spans)+len(s.hidden.spans)+2*MaxImport))
}

// checkImported refuses what no message may be.
func (e *Engine) checkImported(m *ImportedMessage) error {
	c := &m.Content
	switch {
	case m.Origin == "" || len(m.Origin) > MaxOrigin:
		return NewFault(Invalid, FieldMessage, "the message's origin needs 1 to 128 bytes")
	case m.From == "":
		return NewFault(Invalid, FieldUser, "the message has no sender")
	case (m.To == "") == (m.Group == ""):
		return NewFault(Invalid, FieldRecipient, "the message needs a receiver or a group")
	case m.Channel > Events || m.Group != "" && m.Channel != Direct:
		return NewFault(Invalid, FieldThread, "there is no such channel")
	case m.ID < 0 || m.ID > MaxImportedID || m.Seq < 0 || m.Time < 0:
		return NewFault(Invalid, FieldMessage, "the message's id, place or time is out of bounds")
	case len(m.Key) > MaxMessageKey:
		return NewFault(TooLarge, FieldKey, "the message key is too long")
	case m.Revoked != nil && (m.Revoked.Role > GroupOwner || m.Revoked.Time < 0):
		return NewFault(Invalid, FieldMessage, "the revocation is out of bounds")
	case m.Deleted:
		return nil
	case c.Kind < KindText || c.Kind > KindNotification:
		return NewFault(Invalid, FieldContent, "there is no such kind of content")
	case len(c.Body)+len(c.Raw) > e.opts.MaxBody || len(c.Meta) > MaxMeta || len(c.Origin)+len(c.Type) > MaxOrigin:
		return NewFault(TooLarge, FieldContent, "the content is too large")
	case !utf8.Valid(c.Body) || !utf8.Valid(c.Raw):
		return NewFault(Invalid, FieldContent, "the content is not UTF-8")
	}
	return nil
}

// importedUser returns the account or shadow with an ID, or else the account with a UUID.
func (e *Engine) importedUser(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.withID(ctx, app, address)
	if CodeOf(err) == NotFound {
		return e.named(ctx, app, address)
	}
	return u, err
}

// importedSender is importedUser, and makes a shadow of who is unknown.
func (e *Engine) importedSender(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.importedUser(ctx, app, address)
	if CodeOf(err) == NotFound {
		return e.Sender(ctx, app, address)
	}
	return u, err
}

// importedReceiver is importedUser, and in an app with OpenUsers makes an account of who is unknown.
func (e *Engine) importedReceiver(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.importedUser(ctx, app, address)
	if CodeOf(err) == NotFound {
		u, err = e.Find(ctx, app, address)
	}
	if CodeOf(err) == NotFound {
		return nil, NewFault(NotFound, FieldRecipient, "the user does not exist: "+address)
	}
	return u, err
}

// conversation returns the conversation of a sender with a receiver or in a group, pinned until the plan is released.
func (p *importPlan) conversation(
	ctx context.Context, sender UserNumber, to, group string, channel Channel,
) (c *conversation, receiver UserNumber, err error) {
	app := p.app.Number
	var k conversationKey
	if group != "" {
		number, err := p.engine.findGroup(ctx, p.app, group)
		if err != nil {
			return nil, 0, err
		}
		k = groupConversation(app, number)
	} else {
		u, err := p.engine.importedReceiver(ctx, p.app, to)
		if err != nil {
			return nil, 0, err
		}
		receiver = u.Number
		switch channel {
		case Notices:
			k = noticesConversation(app, sender, receiver)
		case Events:
			k = eventsConversation(app, sender, receiver)
		case Direct:
			k = directConversation(app, sender, receiver)
		}
		if receiver == sender && channel != Events {
			return nil, 0, NewFault(Conflict, FieldRecipient, "a message to oneself")
		}
	}
	c = p.engine.acquire(k)
	p.pinned = append(p.pinned, c)
	return c, receiver, p.engine.readFault(c.loadHead(ctx, p.engine))
}
