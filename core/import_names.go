package core

import (
	"context"
	"slices"

	"parley/storage"
)

// namedMessage is a further name of a message: a key of the store, and what it leads to.
type namedMessage struct{ key, value []byte }

func (n *namedMessage) stage(g *commitGroup) error {
	return setIfAbsent(g.tx, n.key, n.value)
}

// importedMarks is what a member has read and hidden, in the numbers of its state.
type importedMarks struct {
	member       memberOf
	read, hidden []span
	size         int
}

func (op *importOperation) mark(g *commitGroup, marks *importedMarks) error {
	return op.changeState(g, marks.member, func(s *memberState) {
		for _, run := range marks.read {
			s.read = s.read.withRun(run.first, run.last)
		}
		for _, run := range marks.hidden {
			s.hidden = s.hidden.withRun(run.first, run.last)
		}
	})
}

// names imports the keys and reads of a batch, whose messages are there, and with the last of them the cursor.
func (p *importPlan) names(ctx context.Context) error {
	op := &importOperation{plan: p}
	for i := range p.batch.Keys {
		name, err := p.name(ctx, &p.batch.Keys[i])
		if fault, ok := rejectable(err); ok {
			p.result.reject(PartKeys, i, fault)
			continue
		}
		if err != nil {
			return err
		}
		op.names = append(op.names, name)
	}
	for i := range p.batch.Reads {
		marks, err := p.marks(ctx, &p.batch.Reads[i])
		if fault, ok := rejectable(err); ok {
			p.result.reject(PartReads, i, fault)
			continue
		}
		if err != nil {
			return err
		}
		op.reads = append(op.reads, marks)
		if keys, bytes := op.weight(); keys > groupKeys || bytes > groupBytes {
			op.reads = op.reads[:len(op.reads)-1]
			if err := p.commit(op); err != nil {
				return err
			}
			op = &importOperation{plan: p, reads: []importedMarks{marks}}
		}
	}
	op.final = true
	return p.commit(op)
}

// name finds the message that a key is for.
func (p *importPlan) name(ctx context.Context, in *ImportedKey) (n namedMessage, err error) {
	switch {
	case in.Key == "" || len(in.Key) > MaxMessageKey || in.Source != "" && !isSource(in.Source):
		return n, NewFault(Invalid, FieldKey, "the key needs 1 to 128 bytes and a source 1 to 64")
	case in.Message == "" || len(in.Message) > MaxOrigin || (in.To == "") == (in.Group == ""):
		return n, NewFault(Invalid, FieldMessage, "the key names no message")
	}
	sender := everybody
	if in.From != "" || in.Group == "" || in.Source == "" { // what a source calls a group's message is not the sender's
		from, err := p.engine.importedUser(ctx, p.app, in.From)
		if err != nil {
			return n, err
		}
		sender = from.Number
	}
	c, _, err := p.conversation(ctx, sender, in.To, in.Group, in.Channel)
	if err != nil {
		return n, err
	}
	err = p.engine.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendOriginKey(nil, c.key, p.batch.Source, in.Message))
		if err == nil && value == nil {
			return NewFault(NotFound, FieldMessage, "the message was not imported: "+in.Message)
		}
		n.value = slices.Clone(value)
		return err
	})
	if n.key = appendMessageKeyKey(nil, c.key, sender, in.Key); in.Source != "" {
		n.key = appendOriginKey(nil, c.key, in.Source, in.Key)
	}
	return n, p.engine.readFault(err)
}

// marks translates what a member has done from the places of the source.
func (p *importPlan) marks(ctx context.Context, in *ImportedRead) (marks importedMarks, err error) {
	if err := in.check(); err != nil {
		return marks, err
	}
	c, user, err := p.member(ctx, in)
	if err != nil {
		return marks, err
	}
	marks.member = memberOf{c, user}
	var places placeRuns
	err = p.engine.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendPlacesKey(nil, c.key, p.batch.Source))
		if err == nil {
			places, err = parsePlaces(value)
		}
		return err
	})
	if err != nil {
		return marks, p.engine.readFault(err)
	}
	read := in.Read
	if in.UpTo > 0 {
		read = append([]PlaceRun{{1, in.UpTo}}, read...)
	}
	for _, run := range read {
		first, err := p.engine.readableAt(ctx, c, user, places.floor(run.First-1))
		if err != nil {
			return marks, err
		}
		last, err := p.engine.readableAt(ctx, c, user, places.floor(run.Last))
		if err != nil {
			return marks, err
		}
		if last > first {
			marks.read = append(marks.read, span{first + 1, last})
		}
	}
	c.mu.RLock()
	newest := c.head.seq
	c.mu.RUnlock()
	for _, run := range in.Hidden {
		if first, last := places.floor(run.First-1), min(places.floor(run.Last), newest); last > first {
			marks.hidden = append(marks.hidden, span{uint64(first) + 1, uint64(last)})
		}
	}
	state, err := c.state(ctx, p.engine, user)
	if err != nil {
		return marks, p.engine.readFault(err)
	}
	marks.size = state.size() + 20*(len(marks.read)+len(marks.hidden))
	return marks, nil
}

// readableAt counts what user can read up to and including a place. Before the first message it is nothing.
func (e *Engine) readableAt(ctx context.Context, c *conversation, user UserNumber, seq int64) (uint64, error) {
	c.mu.RLock()
	head := c.head
	c.mu.RUnlock()
	if seq = min(seq, head.seq); seq < 1 {
		return 0, nil
	}
	if c.key.kind == kindGroup {
		return uint64(seq), nil
	}
	at, err := c.atSeq(ctx, e, seq)
	if err != nil {
		return 0, e.readFault(err)
	}
	m, err := parseMessageRecord(at.id, at.record)
	return m.readable(c.key, user), e.readFault(err)
}

func (in *ImportedRead) check() error {
	switch {
	case (in.Peer == "") == (in.Group == "") || in.Channel > Events || in.Group != "" && in.Channel != Direct:
		return NewFault(Invalid, FieldThread, "the mark names no conversation")
	case in.Member == "" && in.Group == "":
		return NewFault(Invalid, FieldUser, "the mark names no member")
	case in.UpTo < 0 || len(in.Read) > maxReadSpans+1 || len(in.Hidden) > maxHiddenSpans+1:
		return NewFault(Invalid, FieldSeq, "the places are out of bounds")
	}
	for _, runs := range [...][]PlaceRun{in.Read, in.Hidden} {
		at := int64(0)
		for _, run := range runs {
			if run.First <= at || run.Last < run.First {
				return NewFault(Invalid, FieldSeq, "the runs are not ascending")
			}
			at = run.Last
		}
	}
	return nil
}

// member finds the conversation and the member that a mark is about.
func (p *importPlan) member(ctx context.Context, in *ImportedRead) (*conversation, UserNumber, error) {
	user := everybody
	if in.Member != "" {
		u, err := p.engine.importedUser(ctx, p.app, in.Member)
		if err != nil {
			return nil, 0, err
		}
		user = u.Number
	}
	if in.Group != "" || in.Channel != Notices {
		c, _, err := p.conversation(ctx, user, in.Peer, in.Group, in.Channel)
		return c, user, err
	}
	sender, err := p.engine.importedUser(ctx, p.app, in.Peer)
	if err != nil {
		return nil, 0, err
	}
	c, _, err := p.conversation(ctx, sender.Number, in.Member, "", Notices)
	return c, user, err
}
