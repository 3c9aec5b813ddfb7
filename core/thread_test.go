package core_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// pair is two accounts who talk.
type pair struct {
	world
	alice, bob core.Caller
}

func newPair(t *testing.T) pair {
	t.Helper()
	w := newWorld(t, memory.New())
	return pair{
		w, core.Caller{App: w.app, User: register(t, w, "alice")}, core.Caller{App: w.app, User: register(t, w, "bob")},
	}
}

// say dispatches n messages and returns their places.
func (w world) say(t *testing.T, from core.Caller, to string, n int, seen bool) (seqs []int64) {
	t.Helper()
	out := textTo(slices.Repeat([]string{to}, n)...)
	out.Seen = seen
	results, err := w.engine.Dispatch(context.Background(), from, out)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		seqs = append(seqs, r.Seq)
	}
	return seqs
}

func (w world) sayIn(t *testing.T, from core.Caller, group string, seen bool) int64 {
	t.Helper()
	d, err := w.engine.SendToGroup(context.Background(), from, group, core.Outgoing{
		Content: core.Content{Kind: core.KindText, Body: []byte("in the group")}, Seen: seen,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.Seq
}

// wantThread compares the counters of a conversation; last is the place of its last visible message, zero for none.
func (w world) wantThread(t *testing.T, what string, c core.Caller, ref core.Ref, minSeq, maxSeq, readSeq int64, unread int, last int64) {
	t.Helper()
	thread, err := w.engine.Thread(context.Background(), c, ref)
	if err != nil {
		t.Fatal(what, err)
	}
	shown := int64(0)
	if thread.Last != nil {
		shown = thread.Last.Seq
	}
	if thread.MinSeq != minSeq || thread.MaxSeq != maxSeq || thread.ReadSeq != readSeq || thread.Unread != unread || shown != last {
		t.Errorf("%s: %d to %d, read to %d, %d unread, ends with %d; want %d to %d, %d, %d, %d", what,
			thread.MinSeq, thread.MaxSeq, thread.ReadSeq, thread.Unread, shown, minSeq, maxSeq, readSeq, unread, last)
	}
}

func (w world) wantUnread(t *testing.T, c core.Caller, want int) {
	t.Helper()
	if n, err := w.engine.Unread(context.Background(), c); err != nil || n != want {
		t.Errorf("%s has %d unread, want %d: %v", c.User.ID, n, want, err)
	}
}

func TestClearedConversationGoesOn(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	withAlice, withBob := core.Ref{Peer: "alice"}, core.Ref{Peer: "bob"}
	p.say(t, p.alice, "bob", 5, false)
	if err := p.engine.Clear(ctx, p.bob, withAlice, false); err != nil {
		t.Fatal(err)
	}
	p.wantThread(t, "cleared", p.bob, withAlice, 6, 5, 5, 0, 0)
	p.wantUnread(t, p.bob, 0)
	p.say(t, p.alice, "bob", 1, false)
	p.wantThread(t, "cleared, and one more", p.bob, withAlice, 6, 6, 5, 1, 6)
	p.wantUnread(t, p.bob, 1)
	p.wantThread(t, "the other side", p.alice, withBob, 1, 6, 6, 0, 6)
	if err := p.engine.Clear(ctx, p.bob, withAlice, true); err != nil {
		t.Fatal(err)
	}
	p.wantThread(t, "cleared by the peer", p.alice, withBob, 7, 6, 6, 0, 0)
	chats, err := p.engine.Conversations(ctx, p.alice, 0, 10)
	if err != nil || chats.Total != 1 || chats.Conversations[0].Last.ID != 0 || chats.Conversations[0].Unread != 0 {
		t.Errorf("a cleared chat: %+v, %v", chats, err)
	}
}

func TestMarkGoesBack(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	p.say(t, p.alice, "bob", 6, false)
	ref := core.Ref{Peer: "alice"}
	for _, step := range []struct {
		seq    int64
		back   bool
		unread int
	}{{6, false, 0}, {2, false, 0}, {2, true, 4}, {4, true, 2}, {3, false, 2}, {0, true, 6}} {
		if err := p.engine.ReadUpTo(ctx, p.bob, ref, step.seq, step.back); err != nil {
			t.Fatal(err)
		}
		p.wantThread(t, fmt.Sprintf("%+v", step), p.bob, ref, 1, 6, int64(6-step.unread), step.unread, 6)
		p.wantUnread(t, p.bob, step.unread)
	}
	p.wantUnread(t, p.alice, 0)
}

// A sender who has seen what came before has read it; the others have not.
func TestSeenIsTheSendersAlone(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	p.say(t, p.alice, "bob", 3, false)
	p.say(t, p.bob, "alice", 1, true)
	p.wantThread(t, "the sender", p.bob, core.Ref{Peer: "alice"}, 1, 4, 4, 0, 4)
	p.wantThread(t, "the receiver", p.alice, core.Ref{Peer: "bob"}, 1, 4, 3, 1, 4)
	p.wantUnread(t, p.bob, 0)
	p.wantUnread(t, p.alice, 1)
	page, err := p.engine.Entries(ctx, p.alice, core.Ref{Peer: "bob"}, core.EntryQuery{Last: 10, Limit: 10})
	if err != nil || len(page.Entries) != 4 || !page.Entries[0].Read || !page.Entries[2].Read || page.Entries[3].Read {
		t.Errorf("%+v, %v", page.Entries, err)
	}
	c := newCircle(t)
	ref := core.Ref{Group: c.id}
	for seq := int64(1); seq <= 5; seq++ { // each one, also the first and one after another seen
		c.sayIn(t, c.callers["member"], c.id, true)
		c.wantThread(t, "a member who sends", c.callers["member"], ref, 1, seq, seq, 0, seq)
		c.wantThread(t, "a member who listens", c.callers["admin"], ref, 1, seq, 0, int(seq), seq)
	}
}

func TestGroupClearedForAll(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	ref := core.Ref{Group: c.id}
	for range 4 {
		c.sayIn(t, c.callers["admin"], c.id, false)
	}
	wantCode(t, "an admin who clears for all", c.engine.Clear(ctx, c.callers["admin"], ref, true), core.Forbidden)
	if err := c.engine.Clear(ctx, c.callers["owner"], ref, true); err != nil {
		t.Fatal(err)
	}
	if err := c.engine.JoinGroup(ctx, c.callers["guest"], c.id); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"owner", "admin", "member", "guest"} {
		c.wantThread(t, id+" after the clearing", c.callers[id], ref, 5, 4, 4, 0, 0)
	}
	c.sayIn(t, c.callers["admin"], c.id, false)
	c.wantThread(t, "one more", c.callers["member"], ref, 5, 5, 4, 1, 5)
}

// A former member sees what was said until it left, whatever is deleted later; one who comes back sees everything.
func TestFormerMember(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	member, ref := c.callers["member"], core.Ref{Group: c.id}
	for range 3 {
		c.sayIn(t, c.callers["owner"], c.id, false)
	}
	if err := c.engine.LeaveGroup(ctx, member, c.id); err != nil {
		t.Fatal(err)
	}
	for range 60 { // more than is remembered
		c.sayIn(t, c.callers["owner"], c.id, false)
	}
	c.wantThread(t, "after leaving", member, ref, 1, 3, 0, 3, 3)
	wantCode(t, "reading beyond", c.engine.ReadUpTo(ctx, member, ref, 4, false), core.Invalid)
	wantCode(t, "revoking beyond", c.engine.Revoke(ctx, member, ref, 4), core.NotFound)
	if err := c.engine.DeleteEntries(ctx, c.callers["owner"], ref, []int64{3}, true); err != nil {
		t.Fatal(err)
	}
	c.wantThread(t, "the last one deleted", member, ref, 1, 3, 0, 3, 2)
	if err := c.engine.DeleteEntries(ctx, member, ref, []int64{1, 2}, false); err != nil {
		t.Fatal(err)
	}
	c.wantThread(t, "all deleted", member, ref, 3, 3, 0, 3, 0)
	page, err := c.engine.Entries(ctx, member, ref, core.EntryQuery{Last: 100, Limit: 100})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Seq != 3 || !page.Entries[0].Hidden || page.MaxSeq != 3 {
		t.Errorf("%+v, %v", page, err)
	}
	if err := c.engine.JoinGroup(ctx, member, c.id); err != nil {
		t.Fatal(err)
	}
	c.wantThread(t, "back again", member, ref, 3, 63, 0, 63, 63)
	_, err = c.engine.Thread(ctx, c.callers["stranger"], ref)
	wantCode(t, "a stranger", err, core.Forbidden)
}

// A page over all conversations looks behind a chat whose newest messages are hidden.
func TestMergedHistoryBehindHiddenMessages(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	carol := core.Caller{App: p.app, User: register(t, p.world, "carol")}
	p.say(t, p.bob, "alice", 3, false)
	p.say(t, carol, "alice", 1, false)
	seqs := p.say(t, p.bob, "alice", 2, false)
	if err := p.engine.DeleteEntries(ctx, p.alice, core.Ref{Peer: "bob"}, seqs, false); err != nil {
		t.Fatal(err)
	}
	h, err := p.engine.History(ctx, p.alice, core.HistoryQuery{Limit: 1}, nil)
	if err != nil || len(h.Messages) != 1 || h.Messages[0].Peer != carol.User.UUID {
		t.Errorf("%+v, %v", h.Messages, err)
	}
}

// As many messages as a page has are deleted at once, between two by either of them.
func TestDeleteAPage(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	seqs := p.say(t, p.alice, "bob", core.MaxPage+1, false)
	ref := core.Ref{Peer: "alice"}
	wantCode(t, "too many", p.engine.DeleteEntries(ctx, p.bob, ref, seqs, true), core.TooLarge)
	if err := p.engine.DeleteEntries(ctx, p.bob, ref, seqs[:core.MaxPage], true); err != nil {
		t.Fatal(err)
	}
	h, err := p.engine.History(ctx, p.alice, core.HistoryQuery{Peer: "bob", Limit: 10}, nil)
	if err != nil || len(h.Messages) != 1 || h.Messages[0].Seq != core.MaxPage+1 {
		t.Errorf("%+v, %v", h.Messages, err)
	}
	wantCode(t, "revoking what is deleted", p.engine.Revoke(ctx, p.alice, core.Ref{Peer: "bob"}, 1), core.NotFound)
}

func TestDeleteBefore(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	ref := core.Ref{Peer: "alice"}
	const total, old = 700, 450
	for part := range 7 {
		out := textTo(slices.Repeat([]string{"bob"}, total/7)...)
		out.Time = 1000
		if part*total/7 >= old-50 {
			out.Time = 2000
		}
		if _, err := p.engine.Dispatch(ctx, p.alice, out); err != nil {
			t.Fatal(err)
		}
	}
	operator := p.bob
	operator.Privileged = true
	wantCode(t, "a user who deletes by time", p.engine.DeleteBefore(ctx, p.bob, ref, 2000), core.Forbidden)
	for range 2 { // the second time there is nothing to do
		if err := p.engine.DeleteBefore(ctx, operator, ref, 2000); err != nil {
			t.Fatal(err)
		}
		page, err := p.engine.Entries(ctx, p.bob, ref, core.EntryQuery{Last: total, Limit: core.MaxPage})
		hidden := slices.IndexFunc(page.Entries, func(e core.Entry) bool { return !e.Hidden })
		if err != nil || len(page.Entries) != total || hidden != 400 {
			t.Fatalf("%d entries, the first %d hidden, %v", len(page.Entries), hidden, err)
		}
	}
	p.wantThread(t, "after the deletion", p.bob, ref, 1, total, 0, total, total)
	if err := p.engine.DeleteBefore(ctx, operator, ref, 3000); err != nil {
		t.Fatal(err)
	}
	p.wantThread(t, "all deleted", p.bob, ref, 1, total, 0, total, 0)
}

// A revoked message keeps what its dialect needs to name it, and nothing of what it said.
func TestRevokedContent(t *testing.T) {
	ctx := context.Background()
	p := newPair(t)
	out := textTo("bob")
	out.Content = core.Content{
		Kind: core.KindImage, Body: []byte("secret"), Raw: []byte("secret"), Origin: "dialect", Type: "102",
		Meta: []byte(strings.Repeat("m", core.MaxMeta)),
	}
	if _, err := p.engine.Dispatch(ctx, p.alice, out); err != nil {
		t.Fatal(err)
	}
	ref := core.Ref{Peer: "alice"}
	wantCode(t, "a revocation by the receiver", p.engine.Revoke(ctx, p.bob, ref, 1), core.Forbidden)
	wantCode(t, "a revocation", p.engine.Revoke(ctx, p.alice, core.Ref{Peer: "bob"}, 1), 0)
	page, err := p.engine.Entries(ctx, p.bob, ref, core.EntryQuery{Last: 1, Limit: 1})
	if err != nil || len(page.Entries) != 1 {
		t.Fatal(page, err)
	}
	entry := page.Entries[0]
	if c := entry.Content; c.Kind != core.KindNotification || !c.Object || c.Raw != nil || strings.Contains(string(c.Body), "secret") ||
		c.Origin != "dialect" || c.Type != "102" || len(c.Meta) != core.MaxMeta {
		t.Errorf("the content is %+v", c)
	}
	if entry.Revoked == nil || entry.Revoked.By.ID != "alice" || entry.Revoked.Time == 0 || entry.Hidden {
		t.Errorf("%+v", entry)
	}
	p.wantUnread(t, p.bob, 1)
}

func TestChangeThread(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	member, ref := c.callers["member"], core.Ref{Peer: "guest"}
	text, seconds, number, yes, nothing := strings.Repeat("x", core.MaxThreadText), int32(30), int64(1)<<60, true, core.ReceiveNothing
	full := core.ThreadChange{
		Pinned: &yes, Private: &yes, Destruct: &yes, Reception: &nothing, Attached: &text, Extra: &text, Mention: &seconds,
		BurnSeconds: &seconds, MinSeq: &number, MaxSeq: &number, DestructSeconds: &number, DestructTime: &number,
	}
	want := core.ThreadOptions{
		Pinned: true, Private: true, Destruct: true, Reception: nothing, Attached: text, Extra: text, Mention: seconds,
		BurnSeconds: seconds, MinSeq: number, MaxSeq: number, DestructSeconds: number, DestructTime: number,
	}
	for _, change := range []core.ThreadChange{full, {}} { // a change of nothing leaves everything as it is
		if err := c.engine.ChangeThread(ctx, member, ref, change); err != nil {
			t.Fatal(err)
		}
		thread, err := c.engine.Thread(ctx, member, ref)
		if err != nil || !thread.Stored || thread.Options != want {
			t.Fatalf("%+v, %v", thread, err)
		}
	}
	long, negative, negatives := text+"x", int64(-1), int32(-1)
	for _, bad := range []struct {
		change core.ThreadChange
		want   core.Code
	}{
		{core.ThreadChange{Extra: &long}, core.TooLarge},
		{core.ThreadChange{Attached: &long}, core.TooLarge},
		{core.ThreadChange{Mention: &negatives}, core.Invalid},
		{core.ThreadChange{BurnSeconds: &negatives}, core.Invalid},
		{core.ThreadChange{MinSeq: &negative}, core.Invalid},
		{core.ThreadChange{DestructTime: &negative}, core.Invalid},
	} {
		err := c.engine.ChangeThread(ctx, member, ref, bad.change)
		if f := core.AsFault(err); f == nil || f.Code != bad.want || f.Field != core.FieldThread {
			t.Errorf("%+v: %v, want %v", bad.change, err, bad.want)
		}
	}
	for _, unknown := range []core.Ref{{Peer: "nobody"}, {Group: "nowhere"}} {
		wantCode(t, fmt.Sprint(unknown), c.engine.ChangeThread(ctx, member, unknown, full), core.NotFound)
	}
	stranger, group := c.callers["stranger"], core.Ref{Group: c.id}
	wantCode(t, "a group of others", c.engine.ChangeThread(ctx, stranger, group, full), core.Forbidden)
	operator := stranger
	operator.Privileged = true
	wantCode(t, "the same by the operator", c.engine.ChangeThread(ctx, operator, group, full), 0)
	if threads, err := c.engine.Threads(ctx, stranger); err != nil || len(threads) != 0 {
		t.Errorf("a stranger lists %+v, %v", threads, err)
	}
}
