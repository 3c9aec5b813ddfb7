package core

import (
	"cmp"
	"context"
	"slices"

	"parley/storage"
)

// Search selects messages of an app for its operator.
type Search struct {
	// Sender is the address of a user, or empty for any.
	Sender string
	// Receiver is the address of a user or the ID of a group, or empty for any.
	Receiver string
	// From and Until bound the time in milliseconds since the Unix epoch: From is included, Until is not; zero is no
	// bound.
	From, Until int64
	// Groups and Direct say in which conversations to look; notices count as direct ones.
	Groups, Direct bool
	// Match restricts the search further unless it is nil. The channel of a message in a group is Direct.
	Match func(*Content, Channel) bool
	// Offset and Limit select the page, newest first; their sum is at most MaxSearch.
	Offset, Limit int
}

// MaxSearch is how far a search can be paged, in messages.
const MaxSearch = 10_000

// Found is a message that a search has found.
type Found struct {
	Entry
	// Receiver is the other member and Channel the conversation with it, of a message between two.
	Receiver *User
	Channel  Channel
	// Group is set for a message in a group.
	Group *Group
}

// Search looks through all messages of an app, from the conversation's log itself: it takes as long as there are
// messages. It returns the page and how many messages match. Deleted ones do not.
func (e *Engine) Search(ctx context.Context, app *App, s Search) (page []Found, total int, err error) {
	if s.Offset < 0 || s.Limit < 0 || s.Offset > MaxSearch || s.Limit > MaxSearch-s.Offset {
		return nil, 0, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, 0, err
	}
	run := searchRun{Search: s, app: app.Number}
	if ok, err := run.resolve(ctx, e, app); !ok || err != nil {
		return nil, 0, err
	}
	var stored []storedMessage
	err = e.store.View(ctx, func(r storage.Reader) error {
		var failed error
		err := r.Scan(run.area(), func(key, value []byte) bool {
			failed = run.look(key, value)
			return failed == nil && ctx.Err() == nil
		})
		if err = cmp.Or(err, failed, ctx.Err()); err != nil {
			return err
		}
		run.cut(s.Offset + s.Limit)
		run.hits = run.hits[min(s.Offset, len(run.hits)):]
		stored, err = messagesOf(r, run.hits)
		return err
	})
	if err != nil {
		return nil, 0, e.readFault(err)
	}
	for i := range run.hits {
		found, err := e.found(ctx, app, run.hits[i].conversation, stored[i])
		if err != nil {
			return nil, 0, e.readFault(err)
		}
		page = append(page, found)
	}
	return page, run.total, nil
}

// searchRun is a search on its way.
type searchRun struct {
	Search
	app              uint32
	sender, receiver UserNumber // zero means any
	group            GroupNumber
	hits             []searchHit
	total            int
}

// searchHit is a message that matches. What it says is read for the page only.
type searchHit struct {
	conversation conversationKey
	id, time     int64
}

func (h searchHit) message() (conversationKey, int64) { return h.conversation, h.id }

// resolve finds whom the search names; ok is false if that cannot have messages.
func (s *searchRun) resolve(ctx context.Context, e *Engine, app *App) (ok bool, err error) {
	if s.Sender != "" {
		u, err := e.named(ctx, app, s.Sender)
		if err != nil {
			return false, ignoreNotFound(err)
		}
		s.sender = u.Number
	}
	if s.Receiver == "" {
		return true, nil
	}
	u, err := e.named(ctx, app, s.Receiver)
	if err == nil {
		s.receiver = u.Number
	} else if err = ignoreNotFound(err); err != nil {
		return false, err
	}
	g, err := e.Group(ctx, app, s.Receiver)
	if err == nil {
		s.group = g.Number
	} else if err = ignoreNotFound(err); err != nil {
		return false, err
	}
	return s.receiver != 0 || s.group != 0, nil
}

func ignoreNotFound(err error) error {
	if CodeOf(err) == NotFound {
		return nil
	}
	return err
}

// area is the part of the messages that may match.
func (s *searchRun) area() storage.Range {
	if s.group != 0 && s.receiver == 0 {
		return storage.Prefix(appendConversationKey(nil, tableMessages, groupConversation(s.app, s.group)))
	}
	return storage.Prefix(appendTable(nil, tableMessages, s.app))
}

func (s *searchRun) look(key, value []byte) error {
	id, err := parseMessageID(key)
	if err != nil {
		return err
	}
	k, err := parseConversation(s.app, key[appPrefixWidth:appPrefixWidth+conversationWidth])
	if err != nil {
		return err
	}
	m, err := parseMessageRecord(id, value)
	if err != nil || m.deleted || !s.matches(k, &m) {
		return err
	}
	if s.Match != nil {
		content, err := parseContent(m.body)
		if err != nil || !s.Match(&content, k.channel()) {
			return err
		}
	}
	s.total++
	s.hits = append(s.hits, searchHit{k, id, m.time})
	if top := s.Offset + s.Limit; len(s.hits) > 2*top+16 {
		s.cut(top)
	}
	return nil
}

func (s *searchRun) matches(k conversationKey, m *messageRecord) bool {
	author := m.sentBy(k)
	inGroup := k.kind == kindGroup
	switch {
	case inGroup && !s.Groups, !inGroup && (!s.Direct || k.kind == kindEvents):
		return false
	case s.sender != 0 && author != s.sender:
		return false
	case s.From != 0 && m.time < s.From, s.Until != 0 && m.time >= s.Until:
		return false
	case s.Receiver == "":
		return true
	case inGroup:
		return GroupNumber(k.a) == s.group
	}
	return s.receiver != 0 && k.peer(author) == s.receiver
}

// cut keeps the newest hits.
func (s *searchRun) cut(top int) {
	slices.SortFunc(s.hits, func(a, b searchHit) int {
		return cmp.Or(cmp.Compare(b.time, a.time), cmp.Compare(b.id, a.id))
	})
	s.hits = s.hits[:min(top, len(s.hits))]
}

// found shows a hit as the app's operator sees it.
func (e *Engine) found(ctx context.Context, app *App, k conversationKey, stored storedMessage) (f Found, err error) {
	r, err := parseMessageRecord(stored.id, stored.record)
	if err != nil {
		return f, err
	}
	author := r.sentBy(k)
	operator, err := e.user(ctx, userKey{k.app, author})
	if err != nil {
		return f, err
	}
	conv := e.acquire(k)
	defer conv.release()
	view, err := e.viewOf(ctx, Caller{App: app, User: operator, Privileged: true}, conv, 1)
	if err != nil {
		return f, err
	}
	view.state = &memberState{read: view.state.read} // what the sender hides from itself is there for the operator
	if f.Entry, err = view.entry(ctx, stored); err != nil {
		return f, err
	}
	var t Thread
	err = e.nameThread(ctx, Caller{App: app, User: operator}, k, &t)
	f.Receiver, f.Channel, f.Group = t.Peer, t.Channel, t.Group
	return f, err
}
