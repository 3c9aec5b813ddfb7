package core

import (
	"context"

	"parley/storage"
)

// Threads returns all conversations of the caller but events: those with messages that it can see, its groups, and those
// for which it has set something; in no particular order.
func (e *Engine) Threads(ctx context.Context, c Caller) ([]Thread, error) {
	if err := e.observe(ctx, c.App.Number); err != nil {
		return nil, err
	}
	keys, options, err := e.threadKeys(ctx, c)
	if err != nil {
		return nil, e.readFault(err)
	}
	threads := make([]Thread, 0, len(keys))
	for _, k := range keys {
		t, err := e.thread(ctx, c, k)
		if CodeOf(err) == Forbidden {
			continue // the operator has set something for a group that the user has never been in
		}
		if err != nil {
			return nil, e.readFault(err)
		}
		options, stored := options[k]
		t.Options, t.Stored = options, stored
		threads = append(threads, t)
	}
	return threads, nil
}

// Thread returns one conversation of the caller. The faults are those of Entries, and NotFound with FieldThread for a
// conversation that has no messages and no settings.
func (e *Engine) Thread(ctx context.Context, c Caller, ref Ref) (Thread, error) {
	if err := e.observe(ctx, c.App.Number); err != nil {
		return Thread{}, err
	}
	k, err := e.conversationOf(ctx, c, ref)
	if err != nil {
		return Thread{}, err
	}
	t, err := e.thread(ctx, c, k)
	if err != nil {
		return Thread{}, e.readFault(err)
	}
	err = e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendThreadKey(nil, c.User.Number, k))
		if err != nil || value == nil {
			return err
		}
		t.Stored = true
		t.Options, err = parseThreadOptions(value)
		return err
	})
	if err != nil {
		return Thread{}, e.readFault(err)
	}
	if !t.Stored && t.Group == nil && t.MaxSeq == 0 {
		return Thread{}, NewFault(NotFound, FieldThread, "the conversation does not exist")
	}
	return t, nil
}

// threadKeys lists the conversations of c and what it has set for some of them.
func (e *Engine) threadKeys(ctx context.Context, c Caller) (keys []conversationKey, options map[conversationKey]ThreadOptions, err error) {
	app, user := c.App.Number, c.User.Number
	recent := e.appState(app).activity.recent(user)
	options = make(map[conversationKey]ThreadOptions)
	err = e.store.View(ctx, func(r storage.Reader) error {
		list, err := newChatList(r, app, user, recent)
		if err != nil {
			return err
		}
		for {
			row, ok, err := list.next()
			if err != nil {
				return err
			}
			if !ok {
				break
			}
			keys = append(keys, row.conversation)
		}
		known := make(map[conversationKey]bool, len(keys))
		for _, k := range keys {
			known[k] = true
		}
		err = scanJoined(r, app, user, func(group GroupNumber, _ *joinedRecord) error {
			k := groupConversation(app, group)
			known[k] = true
			keys = append(keys, k)
			return nil
		})
		if err != nil {
			return err
		}
		return scanThreadOptions(r, app, user, func(k conversationKey, o ThreadOptions) {
			if options[k] = o; !known[k] {
				keys = append(keys, k)
			}
		})
	})
	return keys, options, err
}

func scanThreadOptions(r storage.Reader, app uint32, user UserNumber, visit func(conversationKey, ThreadOptions)) error {
	var failed error
	err := r.Scan(storage.Prefix(appendUserKey(nil, tableThreads, app, user)), func(key, value []byte) bool {
		var k conversationKey
		var o ThreadOptions
		if k, failed = parseThread(app, key); failed != nil {
			return false
		}
		if o, failed = parseThreadOptions(value); failed != nil {
			return false
		}
		visit(k, o)
		return true
	})
	if err == nil {
		err = failed
	}
	return err
}

// thread shows one conversation without the caller's settings.
func (e *Engine) thread(ctx context.Context, c Caller, k conversationKey) (t Thread, err error) {
	conv := e.acquire(k)
	defer conv.release()
	if err := e.nameThread(ctx, c, k, &t); err != nil {
		return t, err
	}
	view, err := e.viewOf(ctx, c, conv, 1)
	if err != nil {
		return t, err
	}
	if t.MinSeq, t.MaxSeq = view.minSeq(), view.last; t.MaxSeq == 0 {
		return t, nil
	}
	if t.ReadSeq, err = view.readSeq(ctx); err != nil {
		return t, err
	}
	newest, err := conv.atSeq(ctx, e, view.last)
	if err != nil {
		return t, err
	}
	record, err := parseMessageRecord(newest.id, newest.record)
	if err != nil {
		return t, err
	}
	t.MaxTime, t.Unread = record.time, record.unread(k, c.User.Number, view.state)
	if view.state.conceals(newest) {
		newest, err = conv.newestVisible(ctx, e, newest.id, view.state)
		if err != nil || newest.record == nil {
			return t, err
		}
	}
	last, err := view.entry(ctx, newest)
	t.Last = &last
	return t, err
}

// nameThread fills in whom the conversation is with.
func (e *Engine) nameThread(ctx context.Context, c Caller, k conversationKey, t *Thread) (err error) {
	if k.kind == kindGroup {
		return e.store.View(ctx, func(r storage.Reader) error {
			t.Group, err = readGroup(r, k.app, GroupNumber(k.a))
			if err == nil && t.Group == nil {
				err = NewFault(NotFound, FieldGroup, "the group does not exist")
			}
			return err
		})
	}
	t.Channel = k.channel()
	t.Peer, err = e.user(ctx, userKey{k.app, k.peer(c.User.Number)})
	return err
}
