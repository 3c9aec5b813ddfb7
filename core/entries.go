package core

import (
	"context"
	"slices"

	"parley/storage"
)

// EntryQuery selects messages of one conversation by their places.
type EntryQuery struct {
	// First and Last are the places to list, both included; what lies outside the conversation is left out.
	First, Last int64
	// Limit is the number of messages at the most: the newest of the range are listed. At most MaxPage.
	Limit int
	// Form is that of HistoryQuery.
	Form any
	// Into is memory for the messages, which are appended to Into[:0]; it may be nil.
	Into []Entry
}

// EntryPage is a page of messages, ascending by seq, with the bounds of what the viewer may see.
type EntryPage struct {
	Entries        []Entry
	MinSeq, MaxSeq int64
	// Rendered is where the text made of this page is kept. If it was kept before, nothing else is set.
	Rendered Rendered
}

// Entries lists messages of one of the caller's conversations by their places. What is deleted keeps its place. The
// faults are NotFound for a user or group that does not exist, and Forbidden with FieldMember for a group that the
// caller has never been in.
func (e *Engine) Entries(ctx context.Context, c Caller, ref Ref, q EntryQuery) (EntryPage, error) {
	if q.Limit < 0 || q.Limit > MaxPage {
		return EntryPage{}, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	conv, err := e.openConversation(ctx, c, ref)
	if err != nil {
		return EntryPage{}, err
	}
	defer conv.release()
	page := EntryPage{Entries: q.Into[:0]}
	if page.Rendered, err = e.recallEntries(ctx, conv, c, ref, &q); err != nil || page.Rendered.Before != nil {
		return page, e.readFault(err)
	}
	view, err := e.viewOf(ctx, c, conv, q.Limit)
	if err != nil {
		return EntryPage{}, e.readFault(err)
	}
	page.MinSeq, page.MaxSeq = view.minSeq(), view.last
	first, last := max(q.First, page.MinSeq), min(q.Last, page.MaxSeq)
	if last < first || q.Limit == 0 {
		return page, nil
	}
	first = max(first, last-int64(q.Limit)+1)
	stored, err := view.conv.between(ctx, e, first, last)
	if err != nil {
		return EntryPage{}, e.readFault(err)
	}
	page.Entries = slices.Grow(page.Entries, len(stored))
	for _, s := range stored {
		entry, err := view.entry(ctx, s)
		if err != nil {
			return EntryPage{}, e.readFault(err)
		}
		if entry.Revoked != nil { // by somebody who need not be a member
			page.Rendered = Rendered{}
		}
		page.Entries = append(page.Entries, entry)
	}
	return page, nil
}

// recallEntries is recall for the page that q asks for. A page may repeat the address under which the peer was asked for:
// only its ID stands for itself.
func (e *Engine) recallEntries(ctx context.Context, conv *conversation, c Caller, ref Ref, q *EntryQuery) (Rendered, error) {
	if q.Form == nil || conv.key.kind == kindGroup {
		return Rendered{}, nil
	}
	peer, err := e.user(ctx, userKey{conv.key.app, conv.key.peer(c.User.Number)})
	if err != nil || ref.Peer != peer.ID {
		return Rendered{}, err
	}
	return e.recall(conv, pageName{
		app: c.App, viewer: c.User, peer: peer, form: q.Form, first: q.First, last: q.Last, limit: q.Limit,
	}), nil
}

// threadView is a conversation as one of its members sees it at one moment.
type threadView struct {
	engine *Engine
	conv   *conversation
	user   UserNumber
	head   messageRecord
	state  *memberState
	peer   *memberState // the other member's, of a conversation between two
	last   int64        // the last place that the member may see
	// authors are the last two who were looked up: a page has few others.
	authors [2]*User
}

// author returns a user who has written in the conversation.
func (v *threadView) author(ctx context.Context, n UserNumber) (*User, error) {
	for _, u := range v.authors {
		if u != nil && u.Number == n {
			return u, nil
		}
	}
	u, err := v.engine.user(ctx, userKey{v.conv.key.app, n})
	if err == nil {
		v.authors[1], v.authors[0] = v.authors[0], u
	}
	return u, err
}

// openView finds the conversation that ref names for c and reads what is needed to show it. The caller releases conv. The
// faults are those of Entries.
func (e *Engine) openView(ctx context.Context, c Caller, ref Ref) (threadView, error) {
	conv, err := e.openConversation(ctx, c, ref)
	if err != nil {
		return threadView{}, err
	}
	view, err := e.viewOf(ctx, c, conv, 1)
	if err != nil {
		conv.release()
		return threadView{}, e.readFault(err)
	}
	return view, nil
}

// openConversation finds the conversation that ref names for c. The caller releases it. The faults are those of Entries.
func (e *Engine) openConversation(ctx context.Context, c Caller, ref Ref) (*conversation, error) {
	if err := e.observe(ctx, c.App.Number); err != nil {
		return nil, err
	}
	k, err := e.conversationOf(ctx, c, ref)
	if err != nil {
		return nil, err
	}
	return e.acquire(k), nil
}

// viewOf reads what is needed to show conv to c, with the newest messages for a page of so many. conv must stay pinned while the view is used.
func (e *Engine) viewOf(ctx context.Context, c Caller, conv *conversation, page int) (v threadView, err error) {
	v = threadView{engine: e, conv: conv, user: c.User.Number}
	if v.head, v.state, err = conv.standing(ctx, e, v.user, page); err != nil {
		return v, err
	}
	v.last = v.head.seq
	if conv.key.kind != kindGroup {
		v.peer, err = conv.state(ctx, e, conv.key.peer(v.user))
		return v, err
	}
	if c.Privileged {
		return v, nil
	}
	err = e.store.View(ctx, func(r storage.Reader) error {
		joined, err := readJoined(r, conv.key.app, v.user, GroupNumber(conv.key.a))
		switch {
		case err != nil:
			return err
		case joined == nil:
			return NewFault(Forbidden, FieldMember, NotInGroup)
		case joined.left:
			v.last = min(v.last, joined.until)
		}
		return nil
	})
	return v, err
}

// minSeq is the first place that the member may see.
func (v *threadView) minSeq() int64 { return int64(v.state.hidden.upTo) + 1 }

// entry shows one stored message.
func (v *threadView) entry(ctx context.Context, s storedMessage) (Entry, error) {
	k := v.conv.key
	r, err := parseMessageRecord(s.id, s.record)
	if err != nil {
		return Entry{}, err
	}
	author := r.sentBy(k)
	entry := Entry{
		ID: r.id, Seq: r.seq, Time: r.time, Own: author == v.user,
		Hidden: r.deleted || v.state.hidden.has(uint64(r.seq)),
	}
	receiver := v.state
	if k.kind != kindGroup && entry.Own {
		receiver = v.peer
	}
	entry.Read = receiver.read.has(r.counted(k))
	if entry.Sender, err = v.author(ctx, author); err != nil {
		return Entry{}, err
	}
	if r.revoked != nil {
		entry.Revoked = &Revocation{Role: r.revoked.role, Time: r.revoked.time}
		if entry.Revoked.By, err = v.engine.user(ctx, userKey{k.app, r.revoked.by}); err != nil {
			return Entry{}, err
		}
	}
	if !entry.Hidden {
		entry.Content, err = parseContent(r.body)
	}
	return entry, err
}

// sentBy returns who sent m.
func (m *messageRecord) sentBy(k conversationKey) UserNumber {
	switch {
	case k.kind == kindGroup:
		return m.author
	case m.sender == 0:
		return k.a
	}
	return k.b
}

// counted is the number under which m stands in its receiver's read set.
func (m *messageRecord) counted(k conversationKey) uint64 {
	if k.kind == kindGroup {
		return uint64(m.seq)
	}
	return m.from[m.sender]
}

// readSeq is the place up to which everything is read or the member's own.
func (v *threadView) readSeq(ctx context.Context) (int64, error) {
	k := v.conv.key
	if k.kind == kindGroup {
		return min(int64(v.state.read.upTo), v.last), nil
	}
	if v.state.read.upTo >= v.head.readable(k, v.user) {
		return v.last, nil
	}
	unread, err := v.conv.find(ctx, v.engine, v.state.read.upTo+1, byReadable(k, v.user))
	if err != nil || unread.record == nil {
		return v.last, err
	}
	m, err := parseMessageRecord(unread.id, unread.record)
	return m.seq - 1, err
}
