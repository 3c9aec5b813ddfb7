package coretest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"

	"parley/core"
)

func sendAndRead(t *testing.T, w World) {
	traits := traitsOf(w)
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	first := send(t, w, alice, "hello 你好 😀 <b>\"q\"</b> /p \\ \u2028", bob)
	second := send(t, w, bob, "hi", alice)
	third := send(t, w, alice, "ho", bob)
	for i, d := range slices.Concat(first, second, third) {
		if to := []Member{bob, alice, bob}[i]; d.To != to.Address {
			t.Errorf("delivery %d is %+v", i, d)
		}
		if (d.ID == 0) != traits.PlacesAreIDs || d.ID < 0 {
			t.Errorf("delivery %d has the ID %d", i, d.ID)
		}
	}
	for _, side := range []struct {
		viewer, peer Member
		own          []bool
	}{{alice, bob, []bool{true, false, true}}, {bob, alice, []bool{false, true, false}}} {
		h := history(t, side.viewer, core.HistoryQuery{Peer: side.peer.Address})
		want := []string{"hello 你好 😀 <b>\"q\"</b> /p \\ \u2028", "hi", "ho"}
		if got := texts(t, h.Messages); !slices.Equal(got, want) {
			t.Fatalf("texts %q, want %q", got, want)
		}
		for i, m := range h.Messages {
			answered := traits.AnswersRead && slices.Contains(side.own[i:], true)
			if m.Own != side.own[i] || m.Peer != side.peer.Address || m.Read != (m.Own || answered) || m.Time <= 0 {
				t.Errorf("message %d: %+v", i, m)
			}
			switch delivered := slices.Concat(first, second, third)[i].ID; {
			case traits.PlacesAreIDs && (m.ID != int64(i+1) || m.Seq != m.ID):
				t.Errorf("message %d has the ID %d and the place %d", i, m.ID, m.Seq)
			case !traits.PlacesAreIDs && m.ID != delivered:
				t.Errorf("message %d has the ID %d and was delivered as %d", i, m.ID, delivered)
			case i > 0 && m.ID <= h.Messages[i-1].ID:
				t.Errorf("the IDs do not increase: %d, %d", h.Messages[i-1].ID, m.ID)
			}
		}
	}
}

func kinds(t *testing.T, w World) {
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	sent := []struct {
		kind core.Kind
		main string
	}{
		{core.KindText, "plain; 100% & a=b"},
		{core.KindHTML, "<p class=\"x\">a/b</p>"},
		{core.KindImage, "https://example.com/a.png?x=1&y=2"},
		{core.KindLink, "https://example.com/路"},
	}
	for _, s := range sent {
		out := core.Outgoing{To: []string{bob.Address}, Content: w.Content(s.kind, s.main)}
		deliveries, err := alice.Send(context.Background(), out)
		must(t, deliveries, err)
	}
	h := history(t, bob, core.HistoryQuery{Peer: alice.Address})
	if len(h.Messages) != len(sent) {
		t.Fatalf("%d messages, want %d", len(h.Messages), len(sent))
	}
	for i, s := range sent {
		main, _ := h.Messages[i].Content.Main()
		if h.Messages[i].Content.Kind != s.kind || main != s.main {
			t.Errorf("got %v %q, want %v %q", h.Messages[i].Content.Kind, main, s.kind, s.main)
		}
	}
}

func pages(t *testing.T, w World) {
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	const total = 130 // more than is kept in memory at once
	var want []string
	for i := range total {
		want = append(want, fmt.Sprint("m", i))
		send(t, w, alice, want[i], bob)
	}
	newest := history(t, bob, core.HistoryQuery{Peer: alice.Address, Limit: 20})
	if got := texts(t, newest.Messages); !slices.Equal(got, want[total-20:]) {
		t.Fatalf("newest page %q", got)
	}
	var back []string
	for last := newest.Messages[0].ID; ; {
		h := history(t, bob, core.HistoryQuery{Peer: alice.Address, After: last, Direction: core.Older, Limit: 20})
		if len(h.Messages) == 0 {
			break
		}
		back = append(texts(t, h.Messages), back...)
		last = h.Messages[0].ID
	}
	if !slices.Equal(back, want[:total-20]) {
		t.Fatalf("walking back gave %d messages: %q", len(back), back)
	}
	oldest := history(t, bob, core.HistoryQuery{Peer: alice.Address, Limit: 100}).Messages
	for range 2 { // the page below the newest hundred begins with the oldest message
		h := history(t, bob, core.HistoryQuery{Peer: alice.Address, After: oldest[0].ID, Direction: core.Older, Limit: 100})
		if got := texts(t, h.Messages); !slices.Equal(got, want[:30]) {
			t.Fatalf("oldest page %q", got)
		}
	}
	first := history(t, bob, core.HistoryQuery{Peer: alice.Address, After: oldest[0].ID, Direction: core.Older, Limit: 100}).Messages[0]
	forth := []string{want[0]}
	for last := first.ID; ; {
		h := history(t, alice, core.HistoryQuery{Peer: bob.Address, After: last, Direction: core.Newer, Limit: 7})
		if len(h.Messages) == 0 {
			break
		}
		forth = append(forth, texts(t, h.Messages)...)
		last = h.Messages[len(h.Messages)-1].ID
	}
	if !slices.Equal(forth, want) {
		t.Fatalf("walking forth gave %d messages: %q", len(forth), forth)
	}
}

func polling(t *testing.T, w World) {
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	const total = 60
	done := make(chan error, 1)
	out := core.Outgoing{To: []string{bob.Address}}
	go func() {
		for i := range total {
			out.Content = w.Content(core.KindText, fmt.Sprint(i))
			if _, err := alice.Send(context.Background(), out); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	var got []string
	var last int64
	for finished := false; ; {
		h := history(t, bob, core.HistoryQuery{Peer: alice.Address, After: last, Limit: 100})
		got = append(got, texts(t, h.Messages)...)
		if n := len(h.Messages); n > 0 {
			last = h.Messages[n-1].ID
		} else if finished {
			break
		}
		select {
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			finished = true
		default:
		}
	}
	if len(got) != total {
		t.Fatalf("polled %d messages of %d: %q", len(got), total, got)
	}
	for i := range got {
		if got[i] != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, got[i])
		}
	}
}

func merged(t *testing.T, w World) {
	alice := w.Member(t, "alice")
	var friends []Member
	for i := range 5 {
		friends = append(friends, w.Member(t, fmt.Sprint("friend", i)))
	}
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint("m", i))
		friend := friends[i*i%len(friends)]
		if i%3 == 0 {
			send(t, w, alice, want[i], friend)
		} else {
			send(t, w, friend, want[i], alice)
		}
	}
	newest := history(t, alice, core.HistoryQuery{Limit: 10})
	if !slices.IsSortedFunc(newest.Messages, func(a, b core.Message) int { return cmp.Compare(a.ID, b.ID) }) {
		t.Errorf("the IDs do not increase: %+v", newest.Messages)
	}
	if got := texts(t, newest.Messages); !slices.Equal(got, want[30:]) {
		t.Fatalf("newest of all %q", got)
	}
	older := history(t, alice, core.HistoryQuery{After: newest.Messages[0].ID, Direction: core.Older, Limit: 25})
	if got := texts(t, older.Messages); !slices.Equal(got, want[5:30]) {
		t.Fatalf("older of all %q", got)
	}
	newer := history(t, alice, core.HistoryQuery{After: older.Messages[0].ID, Limit: 30})
	if got := texts(t, newer.Messages); !slices.Equal(got, want[6:36]) {
		t.Fatalf("newer of all %q", got)
	}
	rest := history(t, alice, core.HistoryQuery{After: newer.Messages[29].ID, Limit: 30})
	if got := texts(t, rest.Messages); !slices.Equal(got, want[36:]) {
		t.Fatalf("newest after them %q", got)
	}
	end := history(t, alice, core.HistoryQuery{After: rest.Messages[3].ID, Limit: 30})
	if len(end.Messages) != 0 {
		t.Fatalf("after the newest come %q", texts(t, end.Messages))
	}
}

func bulk(t *testing.T, w World) {
	alice := w.Member(t, "alice")
	var friends []Member
	for i := range 30 {
		friends = append(friends, w.Member(t, fmt.Sprint("friend", i)))
	}
	out := core.Outgoing{Content: w.Content(core.KindText, "to all")}
	for _, m := range friends {
		out.To = append(out.To, m.Address)
	}
	out.To = append(out.To, w.Stranger(), friends[0].Address, alice.Address)
	deliveries, err := alice.Send(context.Background(), out)
	must(t, deliveries, err)
	if len(deliveries) != len(friends) {
		t.Fatalf("%d deliveries, want %d", len(deliveries), len(friends))
	}
	places := traitsOf(w).PlacesAreIDs
	for i, m := range friends {
		if deliveries[i].To != m.Address || !places && i > 0 && deliveries[i].ID <= deliveries[i-1].ID || places && deliveries[i].ID != 0 {
			t.Errorf("delivery %d: %+v", i, deliveries[i])
		}
		id := deliveries[i].ID
		if places {
			id = 1
		}
		h := history(t, m, core.HistoryQuery{Peer: alice.Address})
		if got := texts(t, h.Messages); !slices.Equal(got, []string{"to all"}) || h.Messages[0].ID != id {
			t.Errorf("friend %d has %q", i, got)
		}
	}
}

func refusals(t *testing.T, w World) {
	ctx := context.Background()
	alice := w.Member(t, "alice")
	content := w.Content(core.KindText, "x")
	for _, r := range []struct {
		what string
		to   []string
		want core.Code
	}{
		{"oneself", []string{alice.Address}, core.Conflict},
		{"a stranger", []string{w.Stranger()}, core.NotFound},
	} {
		if _, err := alice.Send(ctx, core.Outgoing{To: r.to, Content: content}); core.CodeOf(err) != r.want {
			t.Errorf("a message to %s: %v, want %v", r.what, err, r.want)
		}
	}
	if h := history(t, alice, core.HistoryQuery{}); len(h.Messages) != 0 {
		t.Errorf("refused messages are stored: %+v", h.Messages)
	}
}

func chats(t *testing.T, w World) {
	ctx := context.Background()
	traits := traitsOf(w)
	alice := w.Member(t, "alice")
	page, err := alice.Conversations(ctx, 0, 10)
	if must(t, page, err); page.Total != 0 || len(page.Conversations) != 0 {
		t.Fatalf("a new user has chats: %+v", page)
	}
	var friends []Member
	for i := range 7 {
		friends = append(friends, w.Member(t, fmt.Sprint("friend", i)))
		send(t, w, friends[i], fmt.Sprint("from ", i), alice)
	}
	send(t, w, alice, "back", friends[2])
	send(t, w, friends[4], "again", alice)
	order := []int{4, 2, 6, 5, 3, 1, 0}
	unread := []int{2, 1, 1, 1, 1, 1, 1}
	if traits.AnswersRead {
		unread[1] = 0
	}
	last := []string{"again", "back", "from 6", "from 5", "from 3", "from 1", "from 0"}
	for offset := 0; offset < 8; offset += 2 {
		page, err := alice.Conversations(ctx, offset, 2)
		must(t, page, err)
		if page.Total != 7 {
			t.Fatalf("total %d", page.Total)
		}
		for i, c := range page.Conversations {
			at := offset + i
			text, _ := c.Last.Content.Main()
			if (c.Last.ID == 0) != traits.PlacesAreIDs {
				t.Errorf("chat %d ends with the ID %d", at, c.Last.ID)
			}
			if c.Peer.UUID != friends[order[at]].Address || text != last[at] || c.Last.Own != (at == 1) {
				t.Errorf("chat %d is with %s and ends with %q", at, c.Peer.UUID, text)
			}
			if c.Unread != unread[at] {
				t.Errorf("chat %d has %d unread, want %d", at, c.Unread, unread[at])
			}
		}
		if want := min(2, 7-offset); len(page.Conversations) != want {
			t.Errorf("page at %d has %d chats, want %d", offset, len(page.Conversations), want)
		}
	}
	total := 0
	for _, n := range unread {
		total += n
	}
	if n, err := alice.Unread(ctx); must(t, n, err) != total {
		t.Errorf("%d unread, want %d", n, total)
	}
}

func idempotency(t *testing.T, w World) {
	ctx := context.Background()
	alice, bob, carol := w.Member(t, "alice"), w.Member(t, "bob"), w.Member(t, "carol")
	out := core.Outgoing{To: []string{bob.Address}, Content: w.Content(core.KindText, "once"), Key: "k1"}
	first, err := alice.Send(ctx, out)
	if traitsOf(w).NoKeys {
		unsupported(t, "a send with a key", err)
		if h := history(t, bob, core.HistoryQuery{Peer: alice.Address}); len(h.Messages) != 0 {
			t.Errorf("it was sent all the same: %+v", h.Messages)
		}
		return
	}
	must(t, first, err)
	results := make(chan int64, 8)
	for range cap(results) {
		go func() {
			again, err := alice.Send(ctx, out)
			if err != nil || len(again) != 1 {
				results <- -1
				return
			}
			results <- again[0].ID
		}()
	}
	for range cap(results) {
		if id := <-results; id != first[0].ID {
			t.Fatalf("a repeated send answered %d, want %d", id, first[0].ID)
		}
	}
	out.To = []string{bob.Address, carol.Address}
	both, err := alice.Send(ctx, out)
	must(t, both, err)
	if both[0].ID != first[0].ID || both[1].ID == first[0].ID {
		t.Fatalf("deliveries %+v after %+v", both, first)
	}
	if h := history(t, bob, core.HistoryQuery{Peer: alice.Address}); len(h.Messages) != 1 {
		t.Fatalf("bob has %d messages", len(h.Messages))
	}
}
