package core

import (
	"parley/storage"
)

// importOperation stores messages of a batch in one transaction.
type importOperation struct {
	plan  *importPlan
	items []importItem
	final bool // takes the cursor
	names []namedMessage
	reads []importedMarks

	did importStage
}

// importStage is what one run of the transaction has done.
type importStage struct {
	result ImportResult
	places map[*conversation]placeRuns
	states map[memberOf]*memberState
	order  []memberOf
}

// memberOf is a member of a conversation.
type memberOf struct {
	conversation *conversation
	user         UserNumber
}

// importOverhead bounds the keys of a message and its record's header.
const importOverhead = 3*(appPrefixWidth+conversationWidth+8) + maxRecordHeader + MaxSource + MaxOrigin + MaxMessageKey + 160

func (item *importItem) weight() (keys, bytes int) {
	keys, bytes = 4, importOverhead+len(item.body)
	if item.state > 0 {
		keys, bytes = keys+2, bytes+item.state
	}
	return keys, bytes
}

// splitItems cuts items into the parts that one transaction takes each.
func splitItems(items []importItem) (parts [][]importItem) {
	for start := 0; start < len(items); {
		keys, bytes := 0, MaxImportCursor+1024
		talks := make(map[*conversation]bool)
		end := start
		for ; end < len(items); end++ {
			k, b := items[end].weight()
			if c := items[end].conversation; !talks[c] {
				talks[c], b = true, b+maxPlaces
			}
			if keys, bytes = keys+k, bytes+b; end > start && (keys > groupKeys-8 || bytes > groupBytes) {
				break
			}
		}
		parts = append(parts, items[start:end])
		start = end
	}
	return parts
}

// commit commits one operation and adds up its result.
func (p *importPlan) commit(op *importOperation) error {
	if err := p.engine.committer.commit(op); err != nil {
		return err
	}
	r, part := p.result, &op.did.result
	r.Stored, r.Known, r.Reordered = r.Stored+part.Stored, r.Known+part.Known, r.Reordered+part.Reordered
	if part.LastID > 0 {
		if r.FirstID == 0 {
			r.FirstID = part.FirstID
		}
		r.LastID = part.LastID
	}
	return nil
}

func (op *importOperation) weight() (keys, bytes int) {
	keys, bytes = 8, MaxImportCursor+1024
	talks := make(map[*conversation]bool)
	for i := range op.items {
		k, b := op.items[i].weight()
		keys, bytes = keys+k, bytes+b
		talks[op.items[i].conversation] = true
	}
	bytes += len(talks) * maxPlaces
	for range op.names {
		keys, bytes = keys+1, bytes+importOverhead
	}
	for i := range op.reads {
		keys, bytes = keys+2, bytes+op.reads[i].size
	}
	return keys, bytes
}

func (op *importOperation) stage(g *commitGroup) error {
	op.did = importStage{places: make(map[*conversation]placeRuns), states: make(map[memberOf]*memberState)}
	a, err := g.app(op.plan.app.Number)
	if err != nil {
		return err
	}
	known, err := op.known(g.tx)
	if err != nil {
		return err
	}
	for i := range op.items {
		item := &op.items[i]
		if known[i] == nil { // unless an earlier one of this operation has the same origin
			if known[i], err = g.tx.Get(op.originKey(item)); err != nil {
				return err
			}
		}
		if known[i] != nil {
			op.did.result.Known++
			continue
		}
		if err := op.store(g, a, item); err != nil {
			return err
		}
	}
	for i := range op.names {
		if err := op.names[i].stage(g); err != nil {
			return err
		}
	}
	for i := range op.reads {
		if err := op.mark(g, &op.reads[i]); err != nil {
			return err
		}
	}
	return op.finish(g)
}

func (op *importOperation) originKey(item *importItem) []byte {
	return appendOriginKey(nil, item.conversation.key, op.plan.batch.Source, item.message.Origin)
}

// known returns for each message what is stored under its origin, or nil.
func (op *importOperation) known(r storage.Reader) ([][]byte, error) {
	if len(op.items) == 0 {
		return nil, nil
	}
	keys := make([][]byte, len(op.items))
	for i := range op.items {
		keys[i] = op.originKey(&op.items[i])
	}
	return r.GetMulti(keys)
}

// store writes one message behind the newest of its conversation.
func (op *importOperation) store(g *commitGroup, a *stagedApp, item *importItem) error {
	c, in := item.conversation, item.message
	head, err := g.head(c)
	if err != nil {
		return err
	}
	result := &op.did.result
	if a.head.lastMessage++; in.ID > int64(a.head.lastMessage) {
		a.head.lastMessage = uint64(in.ID)
	}
	m := messageRecord{
		id: int64(a.head.lastMessage), time: in.Time, seq: head.seq + 1, from: head.from,
		deleted: in.Deleted, revoked: item.revoked, body: item.body,
	}
	if c.key.kind == kindGroup {
		m.author = item.sender
	} else {
		m.sender = c.key.side(item.sender)
		m.from[m.sender]++
	}
	if m.deleted {
		m.revoked = nil
	}
	record := appendMessageRecord(make([]byte, 0, maxRecordHeader+len(m.body)), &m)
	if err := g.tx.Set(appendMessageKey(nil, c.key, m.id), record); err != nil {
		return err
	}
	d := Delivery{ID: m.id, Seq: m.seq, Time: m.time}
	if err := g.tx.Set(op.originKey(item), appendDelivery(nil, &d)); err != nil {
		return err
	}
	if in.Key != "" {
		if err := setIfAbsent(g.tx, appendMessageKeyKey(nil, c.key, item.sender, in.Key), appendDelivery(nil, &d)); err != nil {
			return err
		}
	}
	g.touch(c)
	counted := m.counted(c.key)
	m.body = nil
	*head = m
	c.added = append(c.added, storedMessage{id: m.id, record: record})
	result.Stored++
	if in.ID != 0 && in.ID != m.id {
		result.Reordered++
	}
	if result.LastID = m.id; result.FirstID == 0 {
		result.FirstID = m.id
	}
	if item.receiver != 0 {
		err := op.changeState(g, memberOf{c, item.receiver}, func(s *memberState) { s.read = s.read.withRun(counted, counted) })
		if err != nil {
			return err
		}
	}
	return op.place(g, c, in.Seq, m.seq)
}

// setIfAbsent writes a key that nobody has written.
func setIfAbsent(tx storage.Writer, key, value []byte) error {
	old, err := tx.Get(key)
	if err != nil || old != nil {
		return err
	}
	return tx.Set(key, value)
}

// place notes where a message of the source is.
func (op *importOperation) place(g *commitGroup, c *conversation, source, here int64) error {
	if source == 0 {
		return nil
	}
	runs, ok := op.did.places[c]
	if !ok {
		value, err := g.tx.Get(appendPlacesKey(nil, c.key, op.plan.batch.Source))
		if err != nil {
			return err
		}
		if runs, err = parsePlaces(value); err != nil {
			return err
		}
	}
	op.did.places[c] = runs.with(source, here)
	return nil
}

// changeState stages a change of what a member has done, to be written once.
func (op *importOperation) changeState(g *commitGroup, m memberOf, change func(*memberState)) error {
	next := op.did.states[m]
	if next == nil {
		old, err := g.stateIn(m.conversation, m.user)
		if err != nil {
			return err
		}
		copied := *old
		next = &copied
		op.did.states[m] = next
		op.did.order = append(op.did.order, m)
	}
	change(next)
	return nil
}

// finish writes what the messages have changed beside themselves, and the ledger.
func (op *importOperation) finish(g *commitGroup) error {
	for c, runs := range op.did.places {
		if err := g.tx.Set(appendPlacesKey(nil, c.key, op.plan.batch.Source), runs.append(nil)); err != nil {
			return err
		}
	}
	for _, m := range op.did.order {
		old, err := g.stateIn(m.conversation, m.user)
		if err != nil {
			return err
		}
		next := op.did.states[m]
		next.read, next.hidden = next.read.atMost(maxReadSpans), next.hidden.atMost(maxHiddenSpans)
		if err := g.writeState(m.conversation, m.user, old, next); err != nil {
			return err
		}
	}
	app, source := op.plan.app.Number, op.plan.batch.Source
	l, err := readLedger(g.tx, app, source)
	if err != nil {
		return err
	}
	l.stored += uint64(op.did.result.Stored)
	if op.final && op.plan.batch.Cursor != nil {
		l.cursor = op.plan.batch.Cursor
	}
	return g.tx.Set(appendImportKey(nil, app, source), l.append(nil))
}
