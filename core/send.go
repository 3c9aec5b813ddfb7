package core

import (
	"context"
	"unicode/utf8"
)

const (
	// DefaultMaxBody is the largest message body unless Options say less.
	DefaultMaxBody = 64 << 10
	// DefaultMaxRecipients is the number of recipients of one send unless Options say otherwise.
	DefaultMaxRecipients = 200
	// MaxMeta is the largest Content.Meta, in bytes.
	MaxMeta = 8 << 10
)

// Send delivers out for c; see Messenger.Send. It returns after the messages are durable. A send to so many or so large
// recipients that they exceed one group is committed in several; if one of them fails, the earlier ones stay delivered
// and the same key completes the rest.
func (e *Engine) Send(ctx context.Context, c Caller, out Outgoing) ([]Delivery, error) {
	if err := e.checkOutgoing(c, &out); err != nil {
		return nil, err
	}
	switch {
	case len(out.To) == 0:
		return nil, NewFault(Invalid, FieldRecipient, "there is no recipient")
	case len(out.To) > e.opts.MaxRecipients:
		return nil, NewFault(TooLarge, FieldRecipient, "there are too many recipients")
	}
	if len(out.To) == 1 {
		return e.sendOne(ctx, c, &out)
	}
	return e.sendMany(ctx, c, &out)
}

// checkOutgoing refuses what nobody may be sent.
func (e *Engine) checkOutgoing(c Caller, out *Outgoing) error {
	switch {
	case c.User.Banned:
		return NewFault(Forbidden, FieldUser, "the sender is banned")
	case len(out.Content.Body)+len(out.Content.Raw) > e.opts.MaxBody || len(out.Content.Meta) > MaxMeta:
		return NewFault(TooLarge, FieldContent, "the content is too large")
	case !utf8.Valid(out.Content.Body) || !utf8.Valid(out.Content.Raw):
		return NewFault(Invalid, FieldContent, "the content is not UTF-8")
	case len(out.Key) > MaxMessageKey:
		return NewFault(TooLarge, FieldKey, "the message key is too long")
	case out.Time < 0:
		return NewFault(Invalid, FieldMessage, "the time lies before 1970")
	}
	return nil
}

func newSend(c Caller, out *Outgoing) sendOperation {
	body := make([]byte, 0, len(out.Content.Body)+len(out.Content.Raw)+len(out.Content.Meta)+64)
	return sendOperation{
		app: c.App, sender: c.User.Number, privileged: c.Privileged, body: appendContent(body, &out.Content),
		key: out.Key, time: out.Time, seen: out.Seen && out.Channel == Direct,
	}
}

// conversationTo returns the conversation with a recipient that out goes to.
func conversationTo(c Caller, out *Outgoing, to *User) conversationKey {
	app := c.App.Number
	switch out.Channel {
	case Notices:
		return noticesConversation(app, c.User.Number, to.Number)
	case Events:
		return eventsConversation(app, c.User.Number, to.Number)
	case Direct:
	}
	return directConversation(app, c.User.Number, to.Number)
}

func (e *Engine) sendOne(ctx context.Context, c Caller, out *Outgoing) ([]Delivery, error) {
	to, err := e.recipient(ctx, c.App, out.To[0])
	if err != nil {
		return nil, err
	}
	if to.Number == c.User.Number {
		return nil, NewFault(Conflict, FieldRecipient, "a message to oneself")
	}
	return e.sendTo(ctx, c, out, conversationTo(c, out, to), to.UUID)
}

// sendTo sends to one conversation, with the recipient or group that the delivery names.
func (e *Engine) sendTo(ctx context.Context, c Caller, out *Outgoing, k conversationKey, to string) (_ []Delivery, err error) {
	var s struct { // in one piece, for it lives until the caller is answered
		op       sendOperation
		target   [1]target
		delivery [1]Delivery
	}
	s.op = newSend(c, out)
	if s.target[0], err = e.target(ctx, k, &s.op); err != nil {
		return nil, err
	}
	defer s.target[0].conversation.release()
	s.delivery[0].To = to
	s.op.targets, s.op.deliveries = s.target[:], s.delivery[:]
	return s.op.deliveries, e.committer.commit(&s.op)
}

// sendMany leaves out the sender, unknown recipients and repeated ones.
func (e *Engine) sendMany(ctx context.Context, c Caller, out *Outgoing) ([]Delivery, error) {
	var all recipients
	defer all.release()
	seen := make(map[UserNumber]bool, len(out.To))
	op := newSend(c, out)
	self := false
	for _, address := range out.To {
		to, err := e.recipient(ctx, c.App, address)
		switch {
		case CodeOf(err) == NotFound:
			continue
		case err != nil:
			return nil, err
		case to.Number == c.User.Number:
			self = true
			continue
		case seen[to.Number]:
			continue
		}
		seen[to.Number] = true
		if err := all.add(ctx, e, conversationTo(c, out, to), to, &op); err != nil {
			return nil, err
		}
	}
	if len(all.targets) == 0 {
		if self {
			return nil, NewFault(Conflict, FieldRecipient, "a message to oneself")
		}
		return nil, NewFault(NotFound, FieldRecipient, "no recipient exists")
	}
	return all.deliveries, e.commitSends(&op, &all)
}

// recipient finds the user at address; one who is banned does not exist for senders.
func (e *Engine) recipient(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.find(ctx, app, address)
	if err != nil {
		if f := AsFault(err); f.Code == NotFound {
			return nil, NewFault(NotFound, FieldRecipient, "the recipient does not exist")
		}
		return nil, err
	}
	if u.Banned {
		return nil, NewFault(NotFound, FieldRecipient, "the recipient is banned")
	}
	return u, nil
}
