package core

import (
	"context"
	"encoding/binary"
	"unicode/utf8"
)

const (
	// DefaultMaxBody is the largest message body unless Options say less.
	DefaultMaxBody = 64 << 10
	// DefaultMaxRecipients is the number of recipients of one send unless Options say otherwise.
	DefaultMaxRecipients = 200
)

// sendOperation delivers one content from one sender to some of its recipients.
type sendOperation struct {
	app        *App
	sender     UserNumber
	targets    []*conversation
	body       []byte // encoded content
	key        string
	time       int64
	deliveries []Delivery // results; To is set beforehand
}

func (op *sendOperation) weight() (keys, bytes int) {
	perTarget := maxMessageKeyWidth + maxRecordHeader + len(op.body)
	keys = len(op.targets)
	if op.key != "" {
		perTarget += maxMessageKeyWidth + len(op.key) + maxRecordHeader
		keys *= 2
	}
	return keys, len(op.targets) * perTarget
}

// maxMessageKeyWidth is the length of a key of tableMessages and of what stands before the key in tableMessageKeys.
const maxMessageKeyWidth = appPrefixWidth + conversationWidth + 8

func (op *sendOperation) stage(g *commitGroup) error {
	a, err := g.app(op.app.Number)
	if err != nil {
		return err
	}
	if a.head.lastMessage+uint64(len(op.targets)) > maxMessageID {
		return NewFault(Unavailable, "", "the app has used up its message ids")
	}
	for i, c := range op.targets {
		if err := op.stageOne(g, a, c, &op.deliveries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (op *sendOperation) stageOne(g *commitGroup, a *stagedApp, c *conversation, d *Delivery) error {
	var idempotency []byte
	if op.key != "" {
		idempotency = appendMessageKeyKey(nil, c.key, op.sender, op.key)
		earlier, err := g.tx.Get(idempotency)
		if err != nil {
			return err
		}
		if earlier != nil {
			return parseDelivery(earlier, d)
		}
	}
	head, err := g.head(c)
	if err != nil {
		return err
	}
	a.head.lastMessage++
	side := c.key.side(op.sender)
	m := messageRecord{
		id:     int64(a.head.lastMessage),
		time:   op.time,
		seq:    head.seq + 1,
		from:   head.from,
		sender: side,
		body:   op.body,
	}
	if m.time == 0 {
		m.time = g.now
	}
	m.from[side]++
	record := appendMessageRecord(make([]byte, 0, maxRecordHeader+len(op.body)), &m)
	if err := g.tx.Set(appendMessageKey(make([]byte, 0, maxMessageKeyWidth), c.key, m.id), record); err != nil {
		return err
	}
	d.ID, d.Seq, d.Time = m.id, m.seq, m.time
	if idempotency != nil {
		if err := g.tx.Set(idempotency, appendDelivery(nil, d)); err != nil {
			return err
		}
	}
	g.touch(c)
	m.body = nil
	*head = m
	c.added = append(c.added, storedMessage{id: m.id, record: record})
	return nil
}

func appendDelivery(dst []byte, d *Delivery) []byte {
	dst = append(dst, recordVersion)
	dst = binary.AppendUvarint(dst, uint64(d.ID))
	dst = binary.AppendUvarint(dst, uint64(d.Seq))
	return binary.AppendUvarint(dst, uint64(d.Time))
}

func parseDelivery(b []byte, d *Delivery) error {
	var id, seq, time uint64
	if err := parseCounters(b, &id, &seq, &time); err != nil {
		return err
	}
	d.ID, d.Seq, d.Time = int64(id), int64(seq), int64(time)
	return nil
}

// Send delivers out for c; see Messenger.Send. It returns after the messages are durable. A send to so many or so large
// recipients that they exceed one group is committed in several; if one of them fails, the earlier ones stay delivered
// and the same key completes the rest.
func (e *Engine) Send(ctx context.Context, c Caller, out Outgoing) ([]Delivery, error) {
	if err := e.checkOutgoing(c, &out); err != nil {
		return nil, err
	}
	body := appendContent(make([]byte, 0, len(out.Content.Body)+len(out.Content.Raw)+64), &out.Content)
	if len(out.To) == 1 {
		return e.sendOne(ctx, c, &out, body)
	}
	return e.sendMany(ctx, c, &out, body)
}

func (e *Engine) checkOutgoing(c Caller, out *Outgoing) error {
	switch {
	case c.User.Banned:
		return NewFault(Forbidden, FieldUser, "the sender is banned")
	case len(out.To) == 0:
		return NewFault(Invalid, FieldRecipient, "there is no recipient")
	case len(out.To) > e.opts.MaxRecipients:
		return NewFault(TooLarge, FieldRecipient, "there are too many recipients")
	case len(out.Content.Body)+len(out.Content.Raw) > e.opts.MaxBody:
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

func (e *Engine) sendOne(ctx context.Context, c Caller, out *Outgoing, body []byte) ([]Delivery, error) {
	to, err := e.recipient(ctx, c.App, out.To[0])
	if err != nil {
		return nil, err
	}
	if to.Number == c.User.Number {
		return nil, NewFault(Conflict, FieldRecipient, "a message to oneself")
	}
	op := sendOperation{app: c.App, sender: c.User.Number, body: body, key: out.Key, time: out.Time}
	op.targets = []*conversation{e.acquire(directConversation(c.App.Number, c.User.Number, to.Number))}
	defer op.targets[0].release()
	op.deliveries = []Delivery{{To: to.UUID}}
	if err := op.targets[0].loadHead(ctx, e); err != nil {
		return nil, e.readFault(err)
	}
	return op.deliveries, e.committer.commit(&op)
}

// sendMany leaves out the sender, unknown recipients and repeated ones.
func (e *Engine) sendMany(ctx context.Context, c Caller, out *Outgoing, body []byte) ([]Delivery, error) {
	targets := make([]*conversation, 0, len(out.To))
	deliveries := make([]Delivery, 0, len(out.To))
	seen := make(map[UserNumber]bool, len(out.To))
	defer func() {
		for _, target := range targets {
			target.release()
		}
	}()
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
		target := e.acquire(directConversation(c.App.Number, c.User.Number, to.Number))
		targets = append(targets, target)
		deliveries = append(deliveries, Delivery{To: to.UUID})
		if err := target.loadHead(ctx, e); err != nil {
			return nil, e.readFault(err)
		}
	}
	if len(targets) == 0 {
		if self {
			return nil, NewFault(Conflict, FieldRecipient, "a message to oneself")
		}
		return nil, NewFault(NotFound, FieldRecipient, "no recipient exists")
	}
	op := sendOperation{app: c.App, sender: c.User.Number, body: body, key: out.Key, time: out.Time}
	for start := 0; start < len(targets); {
		end := start + op.fitting(len(targets)-start)
		op.targets, op.deliveries = targets[start:end], deliveries[start:end]
		if err := e.committer.commit(&op); err != nil {
			return nil, err
		}
		start = end
	}
	return deliveries, nil
}

// fitting returns how many of n targets one operation may take.
func (op *sendOperation) fitting(n int) int {
	one := sendOperation{targets: make([]*conversation, 1), body: op.body, key: op.key}
	keys, bytes := one.weight()
	return max(1, min(n, groupKeys/keys, groupBytes/bytes))
}

// recipient finds the user at address; one who is banned does not exist for senders.
func (e *Engine) recipient(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.Find(ctx, app, address)
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
