package core_test

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
)

// fatal is what checks need of a test, be it one of rapid's or an ordinary one.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

var _ fatal = (*testing.T)(nil)

func (m *threadModel) Entries(t *rapid.T) {
	s := m.drawTalk(t, true)
	q := core.EntryQuery{
		First: s.drawSeq(t, "first"), Last: s.drawSeq(t, "last"),
		Limit: rapid.SampledFrom([]int{0, 1, 2, 5, 30, core.MaxPage, core.MaxPage + 1, -1}).Draw(t, "limit"),
	}
	into := q
	into.Into = m.entries // whatever an earlier page has left in it
	page, err := m.engine.Entries(context.Background(), s.caller, s.ref, into)
	m.entries = page.Entries
	want := s.denied
	if q.Limit < 0 || q.Limit > core.MaxPage {
		want = core.Invalid
	}
	wantFault(t, "listing", err, want)
	if err == nil {
		m.checkEntries(t, &s, q, page)
	}
}

func (m *threadModel) checkEntries(t fatal, s *sentence, q core.EntryQuery, page core.EntryPage) {
	t.Helper()
	minSeq := s.talk.minSeq(s.user)
	if page.MinSeq != minSeq || page.MaxSeq != s.last {
		t.Fatalf("%v for %d reaches from %d to %d, want %d to %d", s.key, s.user, page.MinSeq, page.MaxSeq, minSeq, s.last)
	}
	var want []*line
	for _, l := range s.talk.lines[:s.last] {
		if l.seq >= max(q.First, minSeq) && l.seq <= q.Last {
			want = append(want, l)
		}
	}
	want = want[max(0, len(want)-q.Limit):]
	if len(page.Entries) != len(want) {
		t.Fatalf("%+v of %v gave %d entries, want %d", q, s.key, len(page.Entries), len(want))
	}
	for i := range want {
		m.checkEntry(t, s, want[i], &page.Entries[i])
	}
}

func (m *threadModel) checkEntry(t fatal, s *sentence, want *line, got *core.Entry) {
	t.Helper()
	receiver := s.user
	if s.key.kind != "group" && want.from == s.user {
		receiver = s.key.peer(s.user)
	}
	read := s.key.readable(receiver, want) && s.talk.isRead(receiver, want.seq)
	hidden := s.talk.conceals(s.user, want)
	if got.ID != want.id || got.Seq != want.seq || got.Time != want.time || got.Sender.ID != m.users[want.from].ID ||
		got.Own != (want.from == s.user) || got.Read != read || got.Hidden != hidden {
		t.Fatalf("%v for %d: %+v, want %+v, read %v, hidden %v", s.key, s.user, got, want, read, hidden)
	}
	if revoked := want.revokedBy >= 0; revoked != (got.Revoked != nil) ||
		revoked && (got.Revoked.By.ID != m.users[want.revokedBy].ID || got.Revoked.Time != want.revokedAt || got.Revoked.Role != want.revokerRole) {
		t.Fatalf("%v for %d: revoked %+v, want %+v", s.key, s.user, got.Revoked, want)
	}
	if hidden {
		if got.Content.Body != nil || got.Content.Kind != 0 {
			t.Fatalf("a hidden line shows %+v", got.Content)
		}
		return
	}
	m.checkContent(t, want, got.Content)
}

func (m *threadModel) checkContent(t fatal, want *line, got core.Content) {
	t.Helper()
	kind, body := core.KindText, want.text
	if want.revokedBy >= 0 {
		kind, body = core.KindNotification, `{"revoked":true}`
	}
	if got.Kind != kind || string(got.Body) != body {
		t.Fatalf("content %v %q, want %v %q", got.Kind, got.Body, kind, body)
	}
}

// sentenceOf is what drawTalk draws, for a given conversation.
func (m *threadModel) sentenceOf(user int, k talkKey) sentence {
	s := sentence{user: user, caller: m.caller(user), key: k, talk: m.talk(k)}
	s.last, s.denied = m.last(s.caller, user, k)
	return s
}

func (m *threadModel) checkThread(t fatal, user int, k talkKey, got *core.Thread) {
	t.Helper()
	s := m.sentenceOf(user, k)
	want := core.Thread{MinSeq: s.talk.minSeq(user), MaxSeq: s.last}
	if s.last > 0 {
		want.MaxTime = s.talk.lines[s.last-1].time
		want.ReadSeq = s.talk.readSeq(k, user, s.last)
		want.Unread = s.talk.unread(k, user, s.last)
	}
	want.Options, want.Stored = m.options[user][k], false
	_, want.Stored = m.options[user][k]
	if got.MinSeq != want.MinSeq || got.MaxSeq != want.MaxSeq || got.MaxTime != want.MaxTime || got.ReadSeq != want.ReadSeq ||
		got.Unread != want.Unread || got.Options != want.Options || got.Stored != want.Stored {
		t.Fatalf("%v for %d: %+v, want %+v", k, user, got, want)
	}
	if (k.kind == "group") != (got.Group != nil) || k.kind != "group" && got.Peer.ID != m.users[k.peer(user)].ID {
		t.Fatalf("%v for %d is with %+v or %+v", k, user, got.Group, got.Peer)
	}
	var last *line
	for _, l := range s.talk.lines[:s.last] {
		if !s.talk.conceals(user, l) {
			last = l
		}
	}
	if last == nil || got.Last == nil {
		if last != nil || got.Last != nil {
			t.Fatalf("%v for %d ends with %+v, want %+v", k, user, got.Last, last)
		}
		return
	}
	m.checkEntry(t, &s, last, got.Last)
}

func (m *threadModel) Thread(t *rapid.T) {
	s := m.drawTalk(t, false)
	got, err := m.engine.Thread(context.Background(), s.caller, s.ref)
	want := s.denied
	if _, stored := m.options[s.user][s.key]; want == 0 && !stored && s.last == 0 && s.key.kind != "group" {
		want = core.NotFound
	}
	wantFault(t, "one conversation", err, want)
	if err == nil {
		m.checkThread(t, s.user, s.key, &got)
	}
}

func (m *threadModel) Threads(t *rapid.T) {
	m.checkThreads(t, rapid.IntRange(0, threadAccounts-1).Draw(t, "user"))
}

func (m *threadModel) checkThreads(t fatal, user int) {
	t.Helper()
	threads, err := m.engine.Threads(context.Background(), m.caller(user))
	if err != nil {
		t.Fatalf("the conversations of %d: %v", user, err)
	}
	want := make(map[talkKey]bool)
	for k, c := range m.talks {
		_, stored := m.options[user][k]
		want[k] = stored || k.lists(user) && len(c.lines) > 0
	}
	member := m.members[user]
	want[groupTalk()] = member.present || member.left
	for i := range threads {
		k := groupTalk()
		if threads[i].Group == nil {
			peer := slices.IndexFunc(m.users, func(u *core.User) bool { return u.ID == threads[i].Peer.ID })
			k = with(user, peer, threads[i].Channel)
		}
		if !want[k] {
			t.Fatalf("%d lists %v, which it has not or twice", user, k)
		}
		delete(want, k)
		m.checkThread(t, user, k, &threads[i])
	}
	for k, missing := range want {
		if missing {
			t.Fatalf("%d does not list %v", user, k)
		}
	}
}

// found is a line with the conversation that it is in.
type foundLine struct {
	key talkKey
	*line
}

func (m *threadModel) History(t *rapid.T) {
	user, peer := rapid.IntRange(0, threadAccounts-1).Draw(t, "user"), rapid.IntRange(-1, threadAccounts-1).Draw(t, "peer")
	q := core.HistoryQuery{Limit: rapid.SampledFrom([]int{1, 2, 5, 30}).Draw(t, "limit")}
	if rapid.Bool().Draw(t, "from a message") {
		q.After = rapid.Int64Range(1, m.lastID+1).Draw(t, "after")
	}
	if rapid.Bool().Draw(t, "older") {
		q.Direction = core.Older
	}
	var keys []talkKey
	if peer >= 0 {
		q.Peer, keys = m.users[peer].UUID, m.heard(user, peer)
	} else {
		for k := range m.talks {
			if k.lists(user) {
				keys = append(keys, k)
			}
		}
	}
	h, err := m.engine.History(context.Background(), m.caller(user), q, nil)
	if user == peer {
		wantFault(t, "a history with oneself", err, core.Conflict)
		return
	}
	wantFault(t, "a history", err, 0)
	m.checkHistory(t, user, keys, q, h)
}

func (m *threadModel) checkHistory(t fatal, user int, keys []talkKey, q core.HistoryQuery, h core.History) {
	t.Helper()
	var want []foundLine
	unread := 0
	for _, k := range keys {
		c := m.talk(k)
		if q.Peer != "" {
			unread += c.unread(k, user, int64(len(c.lines)))
		}
		for _, l := range c.lines {
			inside := q.After == 0 || q.Direction == core.Newer && l.id > q.After || q.Direction == core.Older && l.id < q.After
			if inside && !c.conceals(user, l) {
				want = append(want, foundLine{k, l})
			}
		}
	}
	slices.SortFunc(want, func(a, b foundLine) int { return cmp.Compare(a.id, b.id) })
	if q.After != 0 && q.Direction == core.Newer {
		want = want[:min(len(want), q.Limit)]
	} else {
		want = want[max(0, len(want)-q.Limit):]
	}
	if len(h.Messages) != len(want) || h.Unread != unread {
		t.Fatalf("%+v gave %d messages and %d unread, want %d and %d", q, len(h.Messages), h.Unread, len(want), unread)
	}
	for i, w := range want {
		got := &h.Messages[i]
		own := w.from == user
		if got.ID != w.id || got.Seq != w.seq || got.Own != own || got.Peer != m.users[w.key.peer(user)].UUID ||
			got.Read != (own || m.talk(w.key).isRead(user, w.seq)) {
			t.Fatalf("message %d of %+v: %+v, want %+v", i, q, got, w.line)
		}
		m.checkContent(t, w.line, got.Content)
	}
}

func (m *threadModel) Chats(t *rapid.T) {
	m.checkChats(t, rapid.IntRange(0, threadAccounts-1).Draw(t, "user"), rapid.IntRange(0, 5).Draw(t, "offset"), 3)
}

func (m *threadModel) checkChats(t fatal, user, offset, limit int) {
	t.Helper()
	var want []foundLine // the newest line of each
	unread := 0
	for k, c := range m.talks {
		if n := len(c.lines); n > 0 && k.lists(user) {
			want = append(want, foundLine{k, c.lines[n-1]})
			unread += c.unread(k, user, int64(n))
		}
	}
	slices.SortFunc(want, func(a, b foundLine) int { return cmp.Compare(b.id, a.id) })
	page, err := m.engine.Conversations(context.Background(), m.caller(user), offset, limit)
	if err != nil || page.Total != len(want) {
		t.Fatalf("%d chats, want %d: %v", page.Total, len(want), err)
	}
	want = want[min(offset, len(want)):]
	want = want[:min(limit, len(want))]
	if len(page.Conversations) != len(want) {
		t.Fatalf("a page of %d chats, want %d", len(page.Conversations), len(want))
	}
	for i, w := range want {
		c, got := m.talk(w.key), &page.Conversations[i]
		last := &line{revokedBy: -1}
		for _, l := range c.lines {
			if !c.conceals(user, l) {
				last = l
			}
		}
		if n := c.unread(w.key, user, int64(len(c.lines))); got.Peer.ID != m.users[w.key.peer(user)].ID ||
			got.Last.ID != last.id || got.Unread != n {
			t.Fatalf("chat %d of %d: %+v, want %v with %d unread, %+v", i, user, got, w.key, n, last)
		}
		m.checkContent(t, last, got.Last.Content)
	}
	if n, err := m.engine.Unread(context.Background(), m.caller(user)); err != nil || n != unread {
		t.Fatalf("%d has %d unread, want %d: %v", user, n, unread, err)
	}
}

// checkAll compares everything that an account can see.
func (m *threadModel) checkAll(t *rapid.T, user int) {
	m.checkThreads(t, user)
	m.checkChats(t, user, 0, core.MaxPage)
	var heard []talkKey
	for k := range m.talks {
		if k.lists(user) {
			heard = append(heard, k)
		}
		m.checkTalk(t, user, k)
	}
	all := core.HistoryQuery{Limit: core.MaxPage}
	h, err := m.engine.History(context.Background(), m.caller(user), all, nil)
	wantFault(t, "a history of everything", err, 0)
	m.checkHistory(t, user, heard, all, h)
}

// checkTalk compares a whole conversation, if user can name it.
func (m *threadModel) checkTalk(t *rapid.T, user int, k talkKey) {
	s := m.sentenceOf(user, k)
	switch {
	case s.denied != 0:
		return
	case k.kind == "group":
		s.ref = core.Ref{Group: threadGroup}
	case k.b == user, k.kind != "notices" && k.a == user:
		s.ref = core.Ref{Peer: m.users[k.peer(user)].ID, Channel: map[string]core.Channel{"notices": core.Notices, "events": core.Events}[k.kind]}
	default:
		return
	}
	q := core.EntryQuery{Last: s.last, Limit: core.MaxPage}
	page, err := m.engine.Entries(context.Background(), s.caller, s.ref, q)
	wantFault(t, "a whole conversation", err, 0)
	m.checkEntries(t, &s, q, page)
}
