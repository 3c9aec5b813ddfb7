package core

import (
	"context"
)

// MarkRead marks messages as read for c; see Messenger.MarkRead.
func (e *Engine) MarkRead(ctx context.Context, c Caller, peer string, id int64) (int, error) {
	u, err := e.named(ctx, c.App, peer)
	if CodeOf(err) == NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if u.Number == c.User.Number || id < 0 {
		return 0, nil
	}
	changed := 0
	keys, count := talk(c, u)
	for _, k := range keys[:count] {
		n, err := e.mark(k, &readOperation{user: c.User.Number, id: id, all: id == 0})
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// talk returns the conversations of c in which it hears from peer, and how many they are: the direct one, and what peer
// announces if it is an account that may.
func talk(c Caller, peer *User) (keys [2]conversationKey, n int) {
	keys[0] = directConversation(c.App.Number, c.User.Number, peer.Number)
	if peer.Role == RoleUser {
		return keys, 1
	}
	keys[1] = noticesConversation(c.App.Number, peer.Number, c.User.Number)
	return keys, 2
}

func (e *Engine) mark(k conversationKey, op *readOperation) (int, error) {
	op.conversation = e.acquire(k)
	defer op.conversation.release()
	err := e.committer.commit(op)
	return op.changed, err
}

// readOperation marks messages of a conversation as read for one member.
type readOperation struct {
	conversation *conversation
	user         UserNumber
	all          bool   // everything
	id           int64  // one message, unless it is zero
	upTo         uint64 // the first so many of what the member's read set counts
	back         bool   // upTo may take the mark back
	changed      int    // messages that have become read, negative where the mark went back
}

func (op *readOperation) weight() (keys, bytes int) { return 2, maxMemberState }

func (op *readOperation) stage(g *commitGroup) error {
	op.changed = 0
	old, err := g.stateIn(op.conversation, op.user)
	if err != nil {
		return err
	}
	next := *old
	if next.read, err = op.next(g, &old.read); err != nil {
		return err
	}
	changed := int(next.read.count()) - int(old.read.count())
	if changed == 0 && !op.back {
		return nil
	}
	if err := g.writeState(op.conversation, op.user, old, &next); err != nil {
		return err
	}
	op.changed = changed
	return nil
}

// next returns what is read afterwards.
func (op *readOperation) next(g *commitGroup, old *spanSet) (spanSet, error) {
	switch {
	case op.all:
		head, err := g.head(op.conversation)
		if err != nil {
			return spanSet{}, err
		}
		return old.withAll(head.readable(op.conversation.key, op.user)), nil
	case op.id == 0 && op.back:
		return spanSet{upTo: op.upTo}, nil
	case op.id == 0:
		return old.withAll(op.upTo), nil
	}
	return op.withOne(g, old)
}

// withOne adds the message with op.id, if it is the peer's and in this conversation.
func (op *readOperation) withOne(g *commitGroup, old *spanSet) (spanSet, error) {
	k := op.conversation.key
	value, err := g.tx.Get(appendMessageKey(nil, k, op.id))
	if err != nil || value == nil {
		return *old, err
	}
	m, err := parseMessageRecord(op.id, value)
	n := m.readable(k, op.user)
	if err != nil || m.sender == k.side(op.user) || old.has(n) {
		return *old, err
	}
	return old.with(n), nil
}

// readable counts the messages that user can read up to and including m: in a group all of them, else the peer's.
func (m *messageRecord) readable(k conversationKey, user UserNumber) uint64 {
	if k.kind == kindGroup {
		return uint64(m.seq)
	}
	return m.from[1-k.side(user)]
}

// unread counts what user has not read up to and including m.
func (m *messageRecord) unread(k conversationKey, user UserNumber, s *memberState) int {
	n := m.readable(k, user)
	return int(n - min(n, s.read.count()))
}

// ReadUpTo marks everything up to the place seq as read for c, and with back everything after it as unread. The faults
// are those of Entries, and Invalid with FieldSeq for a place beyond the newest message.
func (e *Engine) ReadUpTo(ctx context.Context, c Caller, ref Ref, seq int64, back bool) error {
	view, err := e.openView(ctx, c, ref)
	if err != nil {
		return err
	}
	conv := view.conv
	defer conv.release()
	if seq < 0 || seq > view.last {
		return NewFault(Invalid, FieldSeq, "the place lies beyond the newest message")
	}
	op := &readOperation{conversation: conv, user: c.User.Number, back: back}
	if seq > 0 {
		at, err := conv.atSeq(ctx, e, seq)
		if err != nil {
			return e.readFault(err)
		}
		m, err := parseMessageRecord(at.id, at.record)
		if err != nil {
			return e.readFault(err)
		}
		op.upTo = m.readable(conv.key, c.User.Number)
	}
	return e.committer.commit(op)
}
