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

// chatBatch is how many rows of the chat table a walk reads at once.
const chatBatch = 64

// scanChats reads up to limit rows of the chat table with newest < before, newest first.
func scanChats(r storage.Reader, app uint32, user UserNumber, before int64, limit int) (rows []chatRow, err error) {
	var failed error
	area := storage.Prefix(appendUserKey(nil, tableChats, app, user))
	area.From, area.Limit = appendChatKey(nil, app, user, before-1), limit
	err = r.Scan(area, func(key, value []byte) bool {
		var row chatRow
		if row.newest, failed = parseChatID(key); failed != nil {
			return false
		}
		if row.conversation, failed = parseConversation(app, value); failed != nil {
			return false
		}
		rows = append(rows, row)
		return true
	})
	if err == nil {
		err = failed
	}
	return rows, err
}

// chatList walks a user's chats, newest first, inside one snapshot. What is recent is newer than everything in the chat
// table, where the same conversation may stand at an older place.
type chatList struct {
	reader storage.Reader
	app    uint32
	user   UserNumber
	recent []recentChat // not yet visited, the newest at the end
	seen   map[conversationKey]bool
	stored []chatRow
	before int64
	done   bool
	// lacking is what the user's tally does not count yet.
	lacking tally
}

// newChatList begins a walk. recent must have been taken before the snapshot r.
func newChatList(r storage.Reader, app uint32, user UserNumber, recent []recentChat) (*chatList, error) {
	cursor, err := readCursor(r, app)
	if err != nil {
		return nil, err
	}
	recent = since(recent, cursor)
	return &chatList{
		reader: r, app: app, user: user, recent: recent, lacking: sum(recent),
		before: maxMessageID + 1, seen: make(map[conversationKey]bool),
	}, nil
}

// next returns the next chat; ok is false at the end.
func (l *chatList) next() (row chatRow, ok bool, err error) {
	for len(l.recent) > 0 {
		chat := &l.recent[len(l.recent)-1]
		l.recent = l.recent[:len(l.recent)-1]
		if !l.seen[chat.conversation] {
			l.seen[chat.conversation] = true
			return chatRow{chat.conversation, chat.newest}, true, nil
		}
	}
	for {
		for len(l.stored) > 0 {
			row, l.stored = l.stored[0], l.stored[1:]
			if !l.seen[row.conversation] {
				return row, true, nil
			}
		}
		if l.done {
			return chatRow{}, false, nil
		}
		if l.stored, err = scanChats(l.reader, l.app, l.user, l.before, chatBatch); err != nil {
			return chatRow{}, false, err
		}
		if n := len(l.stored); n > 0 {
			l.before = l.stored[n-1].newest
		}
		l.done = len(l.stored) < chatBatch
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
		t, err := readTally(r, app, user)
		if err != nil {
			return err
		}
		page.Total = int(t.chats + list.lacking.chats)
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
	state, err := conv.state(ctx, e, c.User.Number)
	if err != nil {
		return err
	}
	record, err := parseMessageRecord(last.id, last.record)
	if err != nil {
		return err
	}
	into.Unread = record.unread(k, c.User.Number, state)
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
		t, err := readTally(r, app, user)
		if err != nil {
			return err
		}
		list, err := newChatList(r, app, user, recent)
		if err != nil {
			return err
		}
		received = t.received + list.lacking.received
		return nil
	})
	return int(received - min(received, read)), e.readFault(err)
}
