package core

import (
	"context"

	"parley/storage"
)

const (
	flagPinned = 1 << iota
	flagPrivate
	flagDestruct
)

func (o *ThreadOptions) append(dst []byte) []byte {
	var flags byte
	if o.Pinned {
		flags |= flagPinned
	}
	if o.Private {
		flags |= flagPrivate
	}
	if o.Destruct {
		flags |= flagDestruct
	}
	dst = append(dst, recordVersion, flags, byte(o.Reception))
	dst = appendBytes(appendBytes(dst, o.Attached), o.Extra)
	for _, n := range []int64{int64(o.Mention), int64(o.BurnSeconds), o.MinSeq, o.MaxSeq, o.DestructSeconds, o.DestructTime} {
		dst = appendUint(dst, n)
	}
	return dst
}

// parseThreadOptions reads a record; the texts refer to a copy of b.
func parseThreadOptions(b []byte) (o ThreadOptions, err error) {
	r := fieldReader{rest: append([]byte(nil), b...)}
	r.version()
	flags := r.byte()
	o.Pinned, o.Private, o.Destruct = flags&flagPinned != 0, flags&flagPrivate != 0, flags&flagDestruct != 0
	o.Reception = Reception(r.byte())
	o.Attached, o.Extra = r.text(), r.text()
	o.Mention, o.BurnSeconds = int32(r.uvarint()), int32(r.uvarint())
	o.MinSeq, o.MaxSeq = int64(r.uvarint()), int64(r.uvarint())
	o.DestructSeconds, o.DestructTime = int64(r.uvarint()), int64(r.uvarint())
	if r.bad {
		return o, corrupt(b)
	}
	return o, nil
}

// readThreadOptions reads what a user has set for a conversation: the zero options if nothing.
func readThreadOptions(r storage.Reader, user UserNumber, k conversationKey) (o ThreadOptions, err error) {
	value, err := r.Get(appendThreadKey(nil, user, k))
	if err != nil || value == nil {
		return o, err
	}
	return parseThreadOptions(value)
}

// apply returns the options after the change.
func (c *ThreadChange) apply(o ThreadOptions) ThreadOptions {
	set(&o.Pinned, c.Pinned)
	set(&o.Private, c.Private)
	set(&o.Destruct, c.Destruct)
	set(&o.Reception, c.Reception)
	set(&o.Attached, c.Attached)
	set(&o.Extra, c.Extra)
	set(&o.Mention, c.Mention)
	set(&o.BurnSeconds, c.BurnSeconds)
	set(&o.MinSeq, c.MinSeq)
	set(&o.MaxSeq, c.MaxSeq)
	set(&o.DestructSeconds, c.DestructSeconds)
	set(&o.DestructTime, c.DestructTime)
	return o
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// ChangeThread changes the caller's settings for one of its conversations, which may be one without messages yet. The
// faults are those of Entries, and Invalid or TooLarge with FieldThread.
func (e *Engine) ChangeThread(ctx context.Context, c Caller, ref Ref, change ThreadChange) error {
	view, err := e.openView(ctx, c, ref)
	if err != nil {
		return err
	}
	defer view.conv.release()
	return e.committer.commit(&threadOperation{user: c.User.Number, key: view.conv.key, change: &change})
}

type threadOperation struct {
	user   UserNumber
	key    conversationKey
	change *ThreadChange
}

func (op *threadOperation) weight() (keys, bytes int) { return 1, 2*MaxThreadText + 256 }

func (op *threadOperation) stage(g *commitGroup) error {
	old, err := readThreadOptions(g.tx, op.user, op.key)
	if err != nil {
		return err
	}
	next := op.change.apply(old)
	switch {
	case len(next.Attached) > MaxThreadText || len(next.Extra) > MaxThreadText:
		return NewFault(TooLarge, FieldThread, "a text about the conversation is too long")
	case next.Reception > ReceiveQuietly:
		return NewFault(Invalid, FieldThread, "there is no such way of receiving")
	case next.Mention < 0 || next.BurnSeconds < 0 || next.MinSeq < 0 || next.MaxSeq < 0 || next.DestructSeconds < 0 || next.DestructTime < 0:
		return NewFault(Invalid, FieldThread, "a number is negative")
	}
	if was, is := old.Reception == ReceiveNothing, next.Reception == ReceiveNothing; was != is {
		a, err := g.app(op.key.app)
		if err != nil {
			return err
		}
		if is {
			a.head.refusing++
		} else {
			a.head.refusing--
		}
	}
	return g.tx.Set(appendThreadKey(nil, op.user, op.key), next.append(nil))
}

// conversationOf returns the conversation that ref names for c. The faults are NotFound with FieldUser or FieldGroup.
func (e *Engine) conversationOf(ctx context.Context, c Caller, ref Ref) (conversationKey, error) {
	app := c.App.Number
	if ref.Group != "" {
		g, err := e.Group(ctx, c.App, ref.Group)
		if err != nil {
			return conversationKey{}, err
		}
		return groupConversation(app, g.Number), nil
	}
	u, err := e.named(ctx, c.App, ref.Peer)
	if err != nil {
		return conversationKey{}, err
	}
	switch ref.Channel {
	case Notices:
		return noticesConversation(app, u.Number, c.User.Number), nil
	case Events:
		return eventsConversation(app, c.User.Number, u.Number), nil
	case Direct:
	}
	return directConversation(app, c.User.Number, u.Number), nil
}
