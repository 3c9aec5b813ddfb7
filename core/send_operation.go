package core

import (
	"context"
	"encoding/binary"
)

// sendOperation delivers one content from one sender to some of its recipients, or to a group.
type sendOperation struct {
	app        *App
	sender     UserNumber
	privileged bool
	targets    []target
	body       []byte // encoded content
	key        string
	time       int64
	seen       bool
	deliveries []Delivery // results; To is set beforehand
}

// target is a conversation that a send goes to.
type target struct {
	conversation *conversation
	// marks is how many bytes are reserved for marking earlier messages as read; zero if the send need not.
	marks int
}

// target prepares the conversation for a send; the caller releases it.
func (e *Engine) target(ctx context.Context, k conversationKey, op *sendOperation) (_ target, err error) {
	c := e.acquire(k)
	if err = c.loadHead(ctx, e); err != nil {
		c.release()
		return target{}, e.readFault(err)
	}
	t := target{conversation: c}
	if op.seen {
		if t.marks, err = c.marking(ctx, e, op.sender); err != nil {
			c.release()
			return target{}, e.readFault(err)
		}
	}
	return t, nil
}

// marking returns how many bytes it takes to mark what user has not read, zero if there is nothing. In a group there always
// is: the message itself, which stands among those that its sender reads.
func (c *conversation) marking(ctx context.Context, e *Engine, user UserNumber) (int, error) {
	c.mu.RLock()
	head := c.head
	c.mu.RUnlock()
	if c.key.kind != kindGroup && head.readable(c.key, user) == 0 {
		return 0, nil
	}
	s, err := c.state(ctx, e, user)
	if err != nil || c.key.kind != kindGroup && s.read.upTo >= head.readable(c.key, user) {
		return 0, err
	}
	return 256 + 2*binary.MaxVarintLen64*len(s.hidden.spans), nil
}

// recipients are the targets of a send to several, pinned, and the deliveries to them.
type recipients struct {
	targets    []target
	deliveries []Delivery
}

func (r *recipients) add(ctx context.Context, e *Engine, k conversationKey, to *User, op *sendOperation) error {
	t, err := e.target(ctx, k, op)
	if err != nil {
		return err
	}
	r.targets = append(r.targets, t)
	r.deliveries = append(r.deliveries, Delivery{To: to.UUID})
	return nil
}

func (r *recipients) release() {
	for i := range r.targets {
		r.targets[i].conversation.release()
	}
}

// commitSends commits op to all targets, in as many groups as they need.
func (e *Engine) commitSends(op *sendOperation, all *recipients) error {
	for start := 0; start < len(all.targets); {
		op.targets = all.targets[start:]
		end := start + op.fitting()
		op.targets, op.deliveries = all.targets[start:end], all.deliveries[start:end]
		if err := e.committer.commit(op); err != nil {
			return err
		}
		start = end
	}
	return nil
}

func (op *sendOperation) weight() (keys, bytes int) {
	for i := range op.targets {
		k, b := op.targetWeight(&op.targets[i])
		keys, bytes = keys+k, bytes+b
	}
	return keys, bytes
}

func (op *sendOperation) targetWeight(t *target) (keys, bytes int) {
	keys, bytes = 1, maxMessageKeyWidth+maxRecordHeader+len(op.body)
	if op.key != "" {
		keys, bytes = keys+1, bytes+maxMessageKeyWidth+len(op.key)+maxRecordHeader
	}
	if t.marks > 0 {
		keys, bytes = keys+2, bytes+t.marks
	}
	return keys, bytes
}

// maxMessageKeyWidth is the length of a key of tableMessages and of what stands before the key in tableMessageKeys.
const maxMessageKeyWidth = appPrefixWidth + conversationWidth + 8

// fitting returns how many of the targets, and at least one, one operation may take.
func (op *sendOperation) fitting() int {
	keys, bytes := 0, 0
	for i := range op.targets {
		k, b := op.targetWeight(&op.targets[i])
		if keys, bytes = keys+k, bytes+b; keys > groupKeys || bytes > groupBytes {
			return max(1, i)
		}
	}
	return len(op.targets)
}

func (op *sendOperation) stage(g *commitGroup) error {
	a, err := g.app(op.app.Number)
	if err != nil {
		return err
	}
	if a.head.lastMessage+uint64(len(op.targets)) > maxMessageID {
		return NewFault(Unavailable, "", "the app has used up its message ids")
	}
	for i := range op.targets {
		if err := op.stageOne(g, a, &op.targets[i], &op.deliveries[i]); err != nil {
			return err
		}
	}
	return nil
}

func (op *sendOperation) stageOne(g *commitGroup, a *stagedApp, t *target, d *Delivery) error {
	c := t.conversation
	if c.key.kind == kindGroup {
		if err := op.checkGroup(g, c.key); err != nil {
			return err
		}
	}
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
	m := op.message(g, c.key, head, int64(a.head.lastMessage))
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
	if t.marks > 0 {
		return op.markSeen(g, c, &m)
	}
	return nil
}

// message makes the record that follows head.
func (op *sendOperation) message(g *commitGroup, k conversationKey, head *messageRecord, id int64) messageRecord {
	m := messageRecord{id: id, time: op.time, seq: head.seq + 1, from: head.from, body: op.body}
	if m.time == 0 {
		m.time = g.now
	}
	if k.kind == kindGroup {
		m.author = op.sender
	} else {
		m.sender = k.side(op.sender)
		m.from[m.sender]++
	}
	return m
}

// markSeen marks what came before m as read for the sender.
func (op *sendOperation) markSeen(g *commitGroup, c *conversation, m *messageRecord) error {
	old, err := g.stateIn(c, op.sender)
	if err != nil {
		return err
	}
	n := m.readable(c.key, op.sender)
	if old.read.upTo >= n {
		return nil
	}
	next := *old
	next.read = old.read.withAll(n)
	return g.writeState(c, op.sender, old, &next)
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
