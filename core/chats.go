package core

import (
	"context"

	"parley/storage"
)

// chatRow is one line of a user's chat list before its message is read.
type chatRow struct {
	conversation conversationKey
	newest       int64
}

// runBatch is how many runs a walk reads at once.
const runBatch = 4

// storedRun is a run as the store holds it.
type storedRun struct {
	run   runRef
	value []byte
}

// scanRuns reads up to limit runs that come after the given one, or the newest if that has no rows.
func scanRuns(r storage.Reader, app uint32, user UserNumber, after runRef, limit int) (runs []storedRun, err error) {
	var failed error
	area := storage.Prefix(appendUserKey(nil, tableChats, app, user))
	area.Limit = limit
	if after.count > 0 {
		area.From = append(appendRunKey(nil, app, user, after), 0)
	}
	err = r.Scan(area, func(key, value []byte) bool {
		s := storedRun{value: append([]byte(nil), value...)}
		if s.run, failed = parseRunKey(key); failed != nil {
			return false
		}
		runs = append(runs, s)
		return true
	})
	if err == nil {
		err = failed
	}
	return runs, err
}

// chatList walks a user's chats, newest first, inside one snapshot. What is recent is newer than everything in the runs,
// where the same conversation may stand at an older place.
type chatList struct {
	reader storage.Reader
	app    uint32
	user   UserNumber
	recent []recentChat // not yet visited, the newest at the end
	seen   chatSet
	rows   runReader   // of the run that is being visited
	runs   []storedRun // not yet visited
	last   runRef      // the oldest run that has been read
	done   bool        // there are no more
	// total counts the user's chats and what it has received.
	total tally
}

// newChatList begins a walk. recent must have been taken before the snapshot r.
func newChatList(r storage.Reader, app uint32, user UserNumber, recent []recentChat) (*chatList, error) {
	cursor, err := readCursor(r, app)
	if err != nil {
		return nil, err
	}
	l := &chatList{reader: r, app: app, user: user}
	if err := l.readRuns(); err != nil {
		return nil, err
	}
	var h runHead
	if len(l.runs) > 0 {
		if l.rows, h, err = newRunReader(app, user, l.runs[0].run, l.runs[0].value); err != nil {
			return nil, err
		}
		l.runs = l.runs[1:]
	}
	l.recent = since(recent, max(cursor.position, h.upTo))
	lacking := sum(l.recent)
	l.total = tally{h.chats + lacking.chats, h.received + lacking.received}
	return l, nil
}

// readRuns reads the next runs, and the newest one alone: it usually holds the page, and behind it the store has the
// traces of all runs that were merged into it.
func (l *chatList) readRuns() (err error) {
	limit := runBatch
	if l.last.count == 0 {
		limit = 1
	}
	l.runs, err = scanRuns(l.reader, l.app, l.user, l.last, limit)
	if n := len(l.runs); n > 0 {
		l.last = l.runs[n-1].run
	}
	l.done = len(l.runs) < limit
	return err
}

// next returns the next chat; ok is false at the end.
func (l *chatList) next() (row chatRow, ok bool, err error) {
	for len(l.recent) > 0 {
		chat := &l.recent[len(l.recent)-1]
		l.recent = l.recent[:len(l.recent)-1]
		if l.seen.add(chat.conversation) {
			return chatRow{chat.conversation, chat.newest}, true, nil
		}
	}
	for {
		if row, ok, err = l.rows.next(); err != nil {
			return row, false, err
		}
		if ok {
			if l.seen.add(row.conversation) {
				return row, true, nil
			}
			continue
		}
		if len(l.runs) == 0 {
			if l.done {
				return chatRow{}, false, nil
			}
			if err := l.readRuns(); err != nil {
				return chatRow{}, false, err
			}
			continue
		}
		if l.rows, _, err = newRunReader(l.app, l.user, l.runs[0].run, l.runs[0].value); err != nil {
			return chatRow{}, false, err
		}
		l.runs = l.runs[1:]
	}
}

// chatsFor returns the chats of c that may hold messages for a query over all conversations, newest message first: those
// with messages on the far side of q.After, and enough of the others. more tells that it has left chats out.
func (e *Engine) chatsFor(ctx context.Context, c Caller, q HistoryQuery, enough int) (rows []chatRow, more bool, err error) {
	app, user := c.App.Number, c.User.Number
	recent := e.appState(app).activity.recent(user)
	err = e.store.View(ctx, func(r storage.Reader) error {
		list, err := newChatList(r, app, user, recent)
		newer := q.After != 0 && q.Direction == Newer
		below := 0 // chats that end below After: each holds a message for the page, unless it is deleted
		for err == nil && below < enough {
			row, ok, failed := list.next()
			if failed != nil || !ok || newer && row.newest <= q.After {
				return failed
			}
			if q.After == 0 || row.newest < q.After {
				below++
			}
			rows = append(rows, row)
		}
		more = below == enough
		return err
	})
	return rows, more, err
}

// Conversations lists the chats of c; see Messenger.Conversations.
func (e *Engine) Conversations(ctx context.Context, c Caller, offset, limit int) (ConversationPage, error) {
	if offset < 0 || limit < 1 || limit > MaxPage {
		return ConversationPage{}, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	if err := e.observe(ctx, c.App.Number); err != nil {
		return ConversationPage{}, err
	}
	app, user := c.App.Number, c.User.Number
	recent := e.appState(app).activity.recent(user)
	var page ConversationPage
	var rows []chatRow
	var last []storedMessage
	err := e.store.View(ctx, func(r storage.Reader) error {
		list, err := newChatList(r, app, user, recent)
		if err != nil {
			return err
		}
		page.Total = int(list.total.chats)
		if rows, err = list.page(offset, limit); err != nil {
			return err
		}
		last, err = messagesOf(r, rows)
		return err
	})
	if err != nil {
		return ConversationPage{}, e.readFault(err)
	}
	page.Conversations = make([]Conversation, len(rows))
	for i, row := range rows {
		if err := e.fillConversation(ctx, c, row, last[i], &page.Conversations[i]); err != nil {
			return ConversationPage{}, e.readFault(err)
		}
	}
	return page, nil
}

func (l *chatList) page(offset, limit int) (rows []chatRow, err error) {
	for len(rows) < limit {
		row, ok, err := l.next()
		if err != nil || !ok {
			return rows, err
		}
		if offset > 0 {
			offset--
			continue
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (r chatRow) message() (conversationKey, int64) { return r.conversation, r.newest }

// messagesOf reads the message that each row names.
func messagesOf[R interface {
	message() (conversationKey, int64)
}](r storage.Reader, rows []R) ([]storedMessage, error) {
	keys := make([][]byte, len(rows))
	ids := make([]int64, len(rows))
	for i, row := range rows {
		k, id := row.message()
		keys[i], ids[i] = appendMessageKey(nil, k, id), id
	}
	values, err := r.GetMulti(keys)
	if err != nil {
		return nil, err
	}
	messages := make([]storedMessage, len(rows))
	for i, value := range values {
		if value == nil {
			return nil, corrupt(keys[i])
		}
		messages[i] = storedMessage{id: ids[i], record: append([]byte(nil), value...)}
	}
	return messages, nil
}

func (e *Engine) fillConversation(ctx context.Context, c Caller, row chatRow, last storedMessage, into *Conversation) error {
	k := row.conversation
	peer, err := e.user(ctx, userKey{k.app, k.peer(c.User.Number)})
	if err != nil {
		return err
	}
	conv := e.acquire(k)
	defer conv.release()
	head, state, err := conv.standing(ctx, e, c.User.Number, 1)
	if err != nil {
		return err
	}
	into.Unread = head.unread(k, c.User.Number, state)
	into.Peer = peer
	if state.conceals(last) {
		if last, err = conv.newestVisible(ctx, e, last.id, state); err != nil || last.record == nil {
			into.Last = Message{Peer: peer.UUID, Read: true, Content: Content{Kind: KindText}}
			return err
		}
	}
	into.Last, err = viewMessage(last, k, c.User.Number, peer.UUID, state)
	return err
}

// Unread counts the unread messages of c; see Messenger.Unread.
func (e *Engine) Unread(ctx context.Context, c Caller) (int, error) {
	if err := e.observe(ctx, c.App.Number); err != nil {
		return 0, err
	}
	app, user := c.App.Number, c.User.Number
	recent := e.appState(app).activity.recent(user)
	var received, read uint64
	err := e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendUserKey(nil, tableReadTotals, app, user))
		if err != nil {
			return err
		}
		if err := parseCounters(value, &read); err != nil {
			return err
		}
		list, err := newChatList(r, app, user, recent)
		if err != nil {
			return err
		}
		received = list.total.received
		return nil
	})
	return int(received - min(received, read)), e.readFault(err)
}
