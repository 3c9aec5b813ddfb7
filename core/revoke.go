package core

import (
	"context"
)

// Revoke takes the message at the place seq back, for everybody. Who may: a privileged caller any message, otherwise the
// sender its own, and in a group the owner any and an admin those of ordinary members. The faults are those of Entries,
// NotFound with FieldMessage, Conflict with FieldMessage for a message that is revoked already, and Forbidden with
// FieldMessage.
func (e *Engine) Revoke(ctx context.Context, c Caller, ref Ref, seq int64) error {
	return e.RevokeAs(ctx, c, c, ref, seq)
}

// RevokeAs is Revoke by c of a message in a conversation of member, from whose point of view ref names it.
func (e *Engine) RevokeAs(ctx context.Context, c, member Caller, ref Ref, seq int64) error {
	if err := e.observe(ctx, c.App.Number); err != nil {
		return err
	}
	k, err := e.conversationOf(ctx, member, ref)
	if err != nil {
		return err
	}
	conv := e.acquire(k)
	defer conv.release()
	stored, err := e.visibleAt(ctx, member, conv, seq)
	if err != nil {
		return err
	}
	return e.committer.commit(&revokeOperation{
		conversation: conv, id: stored.id, by: c.User.Number, privileged: c.Privileged, size: len(stored.record),
	})
}

// visibleAt returns the message at a place that c sees.
func (e *Engine) visibleAt(ctx context.Context, c Caller, conv *conversation, seq int64) (storedMessage, error) {
	none := NewFault(NotFound, FieldMessage, "there is no such message")
	view, err := e.viewOf(ctx, c, conv, 1)
	if err != nil {
		return storedMessage{}, e.readFault(err)
	}
	if seq < 1 || seq > view.last {
		return storedMessage{}, none
	}
	stored, err := conv.atSeq(ctx, e, seq)
	if err != nil {
		return storedMessage{}, e.readFault(err)
	}
	if view.state.conceals(stored) {
		return storedMessage{}, none
	}
	return stored, nil
}

type revokeOperation struct {
	conversation *conversation
	id           int64
	by           UserNumber
	privileged   bool
	size         int
}

func (op *revokeOperation) weight() (keys, bytes int) { return 1, op.size + maxRecordHeader + 128 }

func (op *revokeOperation) stage(g *commitGroup) error {
	k := op.conversation.key
	m, err := g.message(k, op.id)
	if err != nil {
		return err
	}
	switch {
	case m.deleted:
		return NewFault(NotFound, FieldMessage, "there is no such message")
	case m.revoked != nil:
		return NewFault(Conflict, FieldMessage, "the message is revoked already")
	}
	role, err := op.role(g, k, &m)
	if err != nil {
		return err
	}
	content, err := parseContent(m.body)
	if err != nil {
		return err
	}
	m.revoked = &revocation{by: op.by, role: role, time: g.now}
	m.body = appendContent(nil, &Content{
		Kind: KindNotification, Object: true, Body: []byte(`{"revoked":true}`),
		Origin: content.Origin, Type: content.Type, Meta: content.Meta,
	})
	return g.rewrite(op.conversation, &m)
}

// role returns the revoker's role in the group, and refuses one who may not revoke.
func (op *revokeOperation) role(g *commitGroup, k conversationKey, m *messageRecord) (GroupRole, error) {
	own := m.sentBy(k) == op.by
	if k.kind != kindGroup {
		if own || op.privileged {
			return GroupMember, nil
		}
		return GroupMember, NewFault(Forbidden, FieldMessage, "only the sender can revoke the message")
	}
	revoker, err := readMember(g.tx, k.app, GroupNumber(k.a), op.by)
	if err != nil {
		return GroupMember, err
	}
	role := GroupMember
	if revoker != nil {
		role = revoker.role
	}
	if own || op.privileged || role == GroupOwner {
		return role, nil
	}
	if role == GroupAdmin {
		author, err := readMember(g.tx, k.app, GroupNumber(k.a), m.author)
		if err != nil {
			return role, err
		}
		if author == nil || author.role == GroupMember {
			return role, nil
		}
	}
	return role, NewFault(Forbidden, FieldMessage, "the message is not the caller's to revoke")
}

// message reads the message with the given id, which exists.
func (g *commitGroup) message(k conversationKey, id int64) (messageRecord, error) {
	key := appendMessageKey(nil, k, id)
	value, err := g.tx.Get(key)
	if err != nil {
		return messageRecord{}, err
	}
	if value == nil {
		return messageRecord{}, corrupt(key)
	}
	return parseMessageRecord(id, append([]byte(nil), value...))
}

// rewrite stages a message in its new form and shows it after the commit.
func (g *commitGroup) rewrite(c *conversation, m *messageRecord) error {
	record := appendMessageRecord(nil, m)
	g.touch(c)
	g.onCommit(func() { c.replace(storedMessage{id: m.id, record: record}) })
	return g.tx.Set(appendMessageKey(nil, c.key, m.id), record)
}
