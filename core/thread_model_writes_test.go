package core_test

import (
	"context"
	"fmt"
	"maps"
	"time"

	"pgregory.net/rapid"

	"parley/core"
)

func (m *threadModel) text() string {
	m.sent++
	return fmt.Sprint("line ", m.sent)
}

func (m *threadModel) append(t *rapid.T, k talkKey, from int, text string, d *core.Delivery) {
	c := m.talk(k)
	if d.ID <= m.lastID || d.Seq != int64(len(c.lines)+1) || d.Time != m.now() {
		t.Fatalf("delivery %+v to %v after %d lines, id %d, at %d", d, k, len(c.lines), m.lastID, m.now())
	}
	m.lastID = d.ID
	c.lines = append(c.lines, &line{id: d.ID, seq: d.Seq, time: d.Time, from: from, text: text, revokedBy: -1})
}

func (m *threadModel) Dispatch(t *rapid.T) {
	from := rapid.IntRange(0, threadAccounts-1).Draw(t, "from")
	channel := rapid.SampledFrom([]core.Channel{core.Direct, core.Direct, core.Events, core.Notices}).Draw(t, "channel")
	if channel == core.Notices {
		from = notifier
	}
	to := rapid.SliceOfN(rapid.IntRange(0, threadAccounts), 0, 6).Draw(t, "to")
	if rapid.IntRange(0, 9).Draw(t, "burst") == 0 {
		for len(to) > 0 && len(to) < 50 { // more than is remembered at once
			to = append(to, to...)
		}
	}
	m.dispatch(t, from, channel, rapid.Bool().Draw(t, "seen"), to)
}

// dispatch sends to accounts; the one beyond the last does not exist.
func (m *threadModel) dispatch(t *rapid.T, from int, channel core.Channel, seen bool, to []int) {
	out := core.Outgoing{Channel: channel, Seen: seen}
	text := m.text()
	out.Content = core.Content{Kind: core.KindText, Body: []byte(text)}
	for _, account := range to {
		address := "nobody"
		if account < threadAccounts {
			address = m.users[account].ID
		}
		out.To = append(out.To, address)
	}
	results, err := m.engine.Dispatch(context.Background(), m.caller(from), out)
	if err != nil || len(results) != len(to) {
		t.Fatalf("%d results, want %d: %v", len(results), len(to), err)
	}
	for i, account := range to {
		if account == threadAccounts {
			wantFault(t, "a dispatch to nobody", results[i].Err, core.NotFound)
			continue
		}
		k := with(account, from, channel)
		if channel == core.Direct && m.options[account][k].Reception == core.ReceiveNothing {
			wantFault(t, "a dispatch to one who refuses", results[i].Err, core.Forbidden)
			continue
		}
		if results[i].Err != nil || results[i].To != m.users[account].UUID {
			t.Fatalf("result %d: %+v", i, results[i])
		}
		m.append(t, k, from, text, &results[i].Delivery)
		if seen && channel == core.Direct {
			c := m.talk(k)
			c.markUpTo(k, from, int64(len(c.lines)))
		}
	}
}

func (m *threadModel) SendToGroup(t *rapid.T) {
	from := rapid.IntRange(0, threadAccounts-1).Draw(t, "from")
	c := m.caller(from)
	c.Privileged = rapid.IntRange(0, 5).Draw(t, "privileged") == 0
	seen := rapid.Bool().Draw(t, "seen")
	member := m.members[from]
	var want core.Code
	switch {
	case c.Privileged:
	case !member.present:
		want = core.Forbidden
	case member.role == core.GroupOwner:
	case member.mutedUntil > m.now(), m.muted && member.role == core.GroupMember:
		want = core.Limited
	}
	times := 1
	if rapid.IntRange(0, 9).Draw(t, "burst") == 0 {
		times = 50
	}
	for range times {
		text := m.text()
		d, err := m.engine.SendToGroup(context.Background(), c, threadGroup, core.Outgoing{
			Content: core.Content{Kind: core.KindText, Body: []byte(text)}, Seen: seen,
		})
		wantFault(t, "a send to the group", err, want)
		if err != nil {
			return
		}
		k := groupTalk()
		m.append(t, k, from, text, &d)
		if seen {
			m.talk(k).markUpTo(k, from, d.Seq)
		}
	}
}

// Membership lets an account join or leave the group, changes its role, or mutes it or all.
func (m *threadModel) Membership(t *rapid.T) {
	ctx := context.Background()
	user := rapid.IntRange(1, threadAccounts-1).Draw(t, "user")
	member := m.members[user]
	var want core.Code
	switch rapid.SampledFrom([]string{"join", "leave", "role", "mute", "mute all"}).Draw(t, "change") {
	case "join":
		if member.present {
			want = core.Exists
		} else {
			*member = circleMember{present: true}
		}
		wantFault(t, "joining", m.engine.JoinGroup(ctx, m.caller(user), threadGroup), want)
	case "leave":
		if !member.present {
			want = core.Forbidden
		} else {
			*member = circleMember{left: true, until: int64(len(m.talk(groupTalk()).lines))}
		}
		wantFault(t, "leaving", m.engine.LeaveGroup(ctx, m.caller(user), threadGroup), want)
	case "role":
		role := rapid.SampledFrom([]core.GroupRole{core.GroupMember, core.GroupAdmin}).Draw(t, "role")
		if !member.present {
			want = core.NotFound
		} else {
			member.role = role
		}
		err := m.engine.ChangeMember(ctx, m.caller(0), threadGroup, m.users[user].ID, core.MemberChange{Role: &role})
		wantFault(t, "a new role", err, want)
	case "mute":
		until := max(0, m.now()+rapid.Int64Range(-1, 2).Draw(t, "hours")*3_600_000)
		if !member.present {
			want = core.NotFound
		} else {
			member.mutedUntil = until
		}
		wantFault(t, "muting", m.engine.MuteMember(ctx, m.caller(0), threadGroup, m.users[user].ID, until), want)
	case "mute all":
		m.muted = !m.muted
		wantFault(t, "muting all", m.engine.SetGroupMuted(ctx, m.caller(0), threadGroup, m.muted), 0)
	}
}

func (m *threadModel) ReadUpTo(t *rapid.T) {
	s := m.drawTalk(t, true)
	seq, back := s.drawSeq(t, "seq"), rapid.Bool().Draw(t, "back")
	err := m.engine.ReadUpTo(context.Background(), s.caller, s.ref, seq, back)
	want := s.denied
	if want == 0 && (seq < 0 || seq > s.last) {
		want = core.Invalid
	}
	wantFault(t, "reading up to a place", err, want)
	if err != nil {
		return
	}
	if back {
		clear(s.talk.read[s.user])
	}
	s.talk.markUpTo(s.key, s.user, seq)
}

func (m *threadModel) MarkRead(t *rapid.T) {
	user, peer := rapid.IntRange(0, threadAccounts-1).Draw(t, "user"), rapid.IntRange(0, threadAccounts-1).Draw(t, "peer")
	id := int64(0)
	if rapid.Bool().Draw(t, "one") {
		id = rapid.Int64Range(1, m.lastID+1).Draw(t, "id")
	}
	want := 0
	for _, k := range m.heard(user, peer) {
		for _, l := range m.talk(k).lines {
			if k.readable(user, l) && !m.talk(k).read[user][l.seq] && (id == 0 || id == l.id) {
				m.talk(k).read[user][l.seq] = true
				want++
			}
		}
	}
	got, err := m.engine.MarkRead(context.Background(), m.caller(user), m.users[peer].UUID, id)
	if err != nil || got != want {
		t.Fatalf("marked %d, want %d: %v", got, want, err)
	}
}

// heard returns the conversations in which user hears from peer.
func (m *threadModel) heard(user, peer int) []talkKey {
	if user == peer {
		return nil
	}
	keys := []talkKey{with(user, peer, core.Direct)}
	if peer == notifier {
		keys = append(keys, with(user, peer, core.Notices))
	}
	return keys
}

// mayRevoke tells whether a caller may take a line back.
func (m *threadModel) mayRevoke(s *sentence, l *line) bool {
	if l.from == s.user || s.caller.Privileged {
		return true
	}
	if s.key.kind != "group" || !m.members[s.user].present {
		return false
	}
	author := m.members[l.from]
	switch m.members[s.user].role {
	case core.GroupOwner:
		return true
	case core.GroupAdmin:
		return !author.present || author.role == core.GroupMember
	case core.GroupMember:
	}
	return false
}

func (m *threadModel) Revoke(t *rapid.T) {
	s := m.drawTalk(t, true)
	seq := s.drawSeq(t, "seq")
	err := m.engine.Revoke(context.Background(), s.caller, s.ref, seq)
	want := s.denied
	var l *line
	switch {
	case want != 0:
	case seq < 1 || seq > s.last || s.talk.conceals(s.user, s.talk.lines[seq-1]):
		want = core.NotFound
	default:
		l = s.talk.lines[seq-1]
		if l.revokedBy >= 0 {
			want = core.Conflict
		} else if !m.mayRevoke(&s, l) {
			want = core.Forbidden
		}
	}
	wantFault(t, "revoking", err, want)
	if err == nil {
		l.revokedBy, l.revokedAt, l.revokerRole = s.user, m.now(), core.GroupMember
		if member := m.members[s.user]; s.key.kind == "group" && member.present {
			l.revokerRole = member.role
		}
	}
}

func (m *threadModel) DeleteEntries(t *rapid.T) {
	s := m.drawTalk(t, true)
	seqs := rapid.SliceOfN(rapid.Int64Range(-1, int64(len(s.talk.lines))+1), 0, 5).Draw(t, "seqs")
	forAll := rapid.Bool().Draw(t, "for all")
	err := m.engine.DeleteEntries(context.Background(), s.caller, s.ref, seqs, forAll)
	want := s.denied
	var found []*line
	for _, seq := range seqs {
		if want == 0 && seq >= 1 && seq <= int64(len(s.talk.lines)) {
			found = append(found, s.talk.lines[seq-1])
		}
	}
	for _, l := range found {
		if forAll && s.key.kind == "group" && !m.mayRevoke(&s, l) {
			want = core.Forbidden
		}
	}
	wantFault(t, "deleting", err, want)
	for _, l := range found {
		switch {
		case err != nil:
		case forAll:
			l.deleted, l.revokedBy = true, -1
		default:
			s.talk.hidden[s.user][l.seq] = true
		}
	}
}

func (m *threadModel) Clear(t *rapid.T) {
	s := m.drawTalk(t, true)
	forAll := rapid.Bool().Draw(t, "for all")
	err := m.engine.Clear(context.Background(), s.caller, s.ref, forAll)
	want := s.denied
	group := s.key.kind == "group"
	if want == 0 && forAll && group && !s.caller.Privileged && s.user != 0 {
		want = core.Forbidden
	}
	wantFault(t, "clearing", err, want)
	if err != nil {
		return
	}
	end := int64(len(s.talk.lines))
	users := []int{s.user}
	if forAll && group {
		s.talk.allRead, s.talk.allHidden = end, end
	} else if forAll {
		users = []int{s.key.a, s.key.b}
	}
	for _, user := range users {
		s.talk.markUpTo(s.key, user, end)
		for seq := range end {
			s.talk.hidden[user][seq+1] = true
		}
	}
}

func (m *threadModel) ChangeThread(t *rapid.T) {
	s := m.drawTalk(t, false)
	var change core.ThreadChange
	next := maps.Clone(m.options[s.user])
	options := next[s.key]
	if rapid.Bool().Draw(t, "pin") {
		options.Pinned = rapid.Bool().Draw(t, "pinned")
		change.Pinned = &options.Pinned
	}
	if rapid.Bool().Draw(t, "receive") {
		options.Reception = core.Reception(rapid.IntRange(0, 2).Draw(t, "reception"))
		change.Reception = &options.Reception
	}
	err := m.engine.ChangeThread(context.Background(), s.caller, s.ref, change)
	wantFault(t, "changing a conversation", err, s.denied)
	if err == nil {
		next[s.key] = options
		m.options[s.user] = next
	}
}

func (m *threadModel) Clock(t *rapid.T) {
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(-3600, 86400).Draw(t, "seconds")) * time.Second)
}

func (m *threadModel) Follow(t *rapid.T) {
	if err := m.engine.FollowOnce(rapid.IntRange(1, 5).Draw(t, "entries")); err != nil && len(m.engines) == 1 {
		t.Fatal(err) // of several, another one may have followed
	}
}

func (m *threadModel) Reopen(t *rapid.T) {
	gateways := len(m.engines)
	m.close(t)
	m.open(t, gateways)
	app, ok := m.engine.App(m.app.Key)
	if !ok {
		t.Fatal("the app is gone")
	}
	m.app = app
}
