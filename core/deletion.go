package core

import (
	"context"

	"parley/storage"
)

// Clear hides everything that is in one of the caller's conversations now, and marks it as read: for the caller, or with
// forAll for all members, which in a group only its owner and privileged callers may: the fault is Forbidden with
// FieldMember.
func (e *Engine) Clear(ctx context.Context, c Caller, ref Ref, forAll bool) error {
	view, err := e.openView(ctx, c, ref)
	if err != nil {
		return err
	}
	conv, k := view.conv, view.conv.key
	defer conv.release()
	users := []UserNumber{c.User.Number}
	switch {
	case forAll && k.kind == kindGroup:
		if err := e.checkOwner(ctx, c, GroupNumber(k.a)); err != nil {
			return err
		}
		users = append(users, everybody)
	case forAll && k.a != k.b:
		users = []UserNumber{k.a, k.b}
	}
	return e.committer.commit(&hideOperation{conversation: conv, users: users})
}

// checkOwner refuses a caller who neither owns the group nor is privileged.
func (e *Engine) checkOwner(ctx context.Context, c Caller, group GroupNumber) error {
	if c.Privileged {
		return nil
	}
	var member *memberRecord
	err := e.store.View(ctx, func(r storage.Reader) (err error) {
		member, err = readMember(r, c.App.Number, group, c.User.Number)
		return err
	})
	switch {
	case err != nil:
		return e.readFault(err)
	case member == nil || member.role != GroupOwner:
		return NewFault(Forbidden, FieldMember, "only the owner clears a group")
	}
	return nil
}

// DeleteEntries hides the messages at the given places from the caller, or with forAll deletes them for everybody.
// Places without a message are left out. In a group, deleting for everybody is for those who may revoke each of the
// messages; the fault is Forbidden with FieldMessage otherwise, and nothing is deleted.
func (e *Engine) DeleteEntries(ctx context.Context, c Caller, ref Ref, seqs []int64, forAll bool) error {
	view, err := e.openView(ctx, c, ref)
	if err != nil {
		return err
	}
	conv := view.conv
	defer conv.release()
	if len(seqs) > MaxPage {
		return NewFault(TooLarge, FieldSeq, "there are too many places")
	}
	var found []storedMessage
	for _, seq := range seqs {
		s, err := conv.atSeq(ctx, e, seq)
		if err != nil {
			return e.readFault(err)
		}
		if s.record != nil {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return nil
	}
	if !forAll {
		return e.committer.commit(&hideOperation{conversation: conv, users: []UserNumber{c.User.Number}, entries: found})
	}
	return e.deleteAll(c, conv, found)
}

// DeleteBefore deletes the messages of a conversation whose time lies before the given one, for everybody, up to the
// first that does not. It is for privileged callers.
func (e *Engine) DeleteBefore(ctx context.Context, c Caller, ref Ref, before int64) error {
	if !c.Privileged {
		return NewFault(Forbidden, FieldUser, "only the app's operator deletes by time")
	}
	k, err := e.conversationOf(ctx, c, ref)
	if err != nil {
		return err
	}
	conv := e.acquire(k)
	defer conv.release()
	for after := int64(0); ; {
		var found []storedMessage
		err := e.store.View(ctx, func(r storage.Reader) (err error) {
			found, err = scanMessages(r, k, maxMessageID+1, after, -deleteBatch)
			return err
		})
		if err != nil {
			return e.readFault(err)
		}
		old := 0
		for ; old < len(found); old++ {
			m, err := parseMessageRecord(found[old].id, found[old].record)
			if err != nil {
				return e.readFault(err)
			}
			if m.time >= before {
				break
			}
			after = m.id
		}
		if err := e.deleteAll(c, conv, found[:old]); err != nil {
			return err
		}
		if old < deleteBatch {
			return nil
		}
	}
}

// deleteBatch is how many messages one commit deletes for everybody.
const deleteBatch = 200

// deleteAll deletes messages for everybody: in batches where no message can refuse the caller, else all or nothing.
func (e *Engine) deleteAll(c Caller, conv *conversation, all []storedMessage) error {
	for len(all) > 0 {
		n := min(len(all), deleteBatch)
		if conv.key.kind == kindGroup && !c.Privileged {
			n = len(all)
		}
		op := &deleteOperation{conversation: conv, by: c.User.Number, privileged: c.Privileged, entries: all[:n]}
		if err := e.committer.commit(op); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// hideOperation hides messages from members: the given ones, or everything.
type hideOperation struct {
	conversation *conversation
	users        []UserNumber
	entries      []storedMessage // nil means everything, which becomes read as well
}

func (op *hideOperation) weight() (keys, bytes int) {
	return 2 * len(op.users), len(op.users) * maxMemberState
}

func (op *hideOperation) stage(g *commitGroup) error {
	head, err := g.head(op.conversation)
	if err != nil {
		return err
	}
	for _, user := range op.users {
		old, err := g.stateIn(op.conversation, user)
		if err != nil {
			return err
		}
		next := *old
		if op.entries == nil {
			next.hidden = old.hidden.withAll(uint64(head.seq))
			next.read = old.read.withAll(head.readable(op.conversation.key, user))
		}
		for _, s := range op.entries {
			m, err := parseMessageRecord(s.id, s.record)
			if err != nil {
				return err
			}
			if seq := uint64(m.seq); !next.hidden.has(seq) {
				next.hidden = next.hidden.with(seq)
			}
		}
		if err := g.writeState(op.conversation, user, old, &next); err != nil {
			return err
		}
	}
	return nil
}

// deleteOperation empties messages. They keep their places, which counters rely on.
type deleteOperation struct {
	conversation *conversation
	by           UserNumber
	privileged   bool
	entries      []storedMessage
}

func (op *deleteOperation) weight() (keys, bytes int) {
	return len(op.entries), len(op.entries) * (maxMessageKeyWidth + maxRecordHeader)
}

func (op *deleteOperation) stage(g *commitGroup) error {
	k := op.conversation.key
	rights := revokeOperation{by: op.by, privileged: op.privileged || k.kind != kindGroup}
	var emptied []messageRecord
	for _, s := range op.entries {
		m, err := g.message(k, s.id)
		if err != nil {
			return err
		}
		if _, err := rights.role(g, k, &m); err != nil {
			return err
		}
		if !m.deleted {
			m.deleted, m.revoked, m.body = true, nil, nil
			emptied = append(emptied, m)
		}
	}
	for i := range emptied {
		if err := g.rewrite(op.conversation, &emptied[i]); err != nil {
			return err
		}
	}
	return nil
}
