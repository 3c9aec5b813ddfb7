package coretest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"parley/core"
)

func accounts(t *testing.T, w World) {
	ctx := context.Background()
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	u, err := alice.User(ctx, bob.Address)
	if traitsOf(w).NoUsers {
		unsupported(t, "an account", err)
		return
	}
	if must(t, u, err); u.UUID != bob.Address || u.Role != core.RoleUser || u.Banned || u.Registered <= 0 {
		t.Errorf("bob is %+v", u)
	}
	if _, err := alice.User(ctx, w.Stranger()); core.CodeOf(err) != core.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}

func accountList(t *testing.T, w World) {
	ctx := context.Background()
	r, ok := w.(Registered)
	if !ok {
		t.Fatal("the world has no directory")
	}
	directory := r.Directory()
	if traitsOf(w).NoDirectory {
		_, err := directory.Accounts(ctx, "", 10)
		unsupported(t, "the list of accounts", err)
		return
	}
	want := listed(t, directory, 100) // the service's own
	for i := range 7 {
		want = append(want, w.Member(t, fmt.Sprint("member", i)).Address)
	}
	for _, limit := range []int{1, 3, 7, 100} {
		if got := listed(t, directory, limit); !slices.Equal(got, want) {
			t.Errorf("by pages of %d the accounts are %q, want %q", limit, got, want)
		}
	}
	first, err := directory.Accounts(ctx, "", 3)
	must(t, first, err)
	rest, err := directory.Accounts(ctx, first.Next, 100) // a cursor does not depend on the size of the page
	if must(t, rest, err); len(rest.Users) == 0 || rest.Users[0].UUID != want[3] {
		t.Errorf("behind the first three come %+v", rest.Users)
	}
	for _, limit := range []int{0, -1, core.MaxPage + 1} {
		if _, err := directory.Accounts(ctx, "", limit); core.CodeOf(err) != core.Invalid {
			t.Errorf("a page of %d: %v", limit, err)
		}
	}
	if _, err := directory.Accounts(ctx, "no cursor", 1); core.CodeOf(err) != core.Invalid {
		t.Errorf("a strange cursor: %v", err)
	}
}

// listed returns the addresses of all accounts, by pages of a size.
func listed(t *testing.T, d core.Directory, limit int) (addresses []string) {
	t.Helper()
	for cursor := ""; ; {
		page, err := d.Accounts(context.Background(), cursor, limit)
		if must(t, page, err); len(page.Users) > limit {
			t.Fatalf("%d accounts on a page of %d", len(page.Users), limit)
		}
		for _, u := range page.Users {
			addresses = append(addresses, u.UUID)
		}
		if cursor = page.Next; cursor == "" {
			return addresses
		}
	}
}

func transcriptOf(t *testing.T, m Member) core.Transcript {
	t.Helper()
	a, ok := m.Messenger.(core.Transcript)
	if !ok {
		t.Fatalf("a %T is no transcript", m.Messenger)
	}
	return a
}

// pullAll pulls a conversation from the first message on.
func pullAll(t *testing.T, a core.Transcript, ref core.Ref, limit int) (all []core.TranscriptMessage) {
	t.Helper()
	for after := int64(0); ; {
		page, err := a.Pull(context.Background(), ref, after, limit)
		if must(t, page, err); len(page) == 0 {
			return all
		}
		if len(page) > limit {
			t.Fatalf("%d messages on a page of %d", len(page), limit)
		}
		all = append(all, page...)
		after = page[len(page)-1].ID
	}
}

// transcript copies what three members have said, as each of them sees it.
func transcript(t *testing.T, w World) {
	ctx := context.Background()
	traits := traitsOf(w)
	alice, bob, carol := w.Member(t, "alice"), w.Member(t, "bob"), w.Member(t, "carol")
	if chats, err := transcriptOf(t, alice).Chats(ctx); len(must(t, chats, err)) != 0 {
		t.Fatalf("a new user has chats: %+v", chats)
	}
	const total = 115 // more than one page of any platform
	for i := range total {
		send(t, w, alice, fmt.Sprint("a", i), bob)
	}
	send(t, w, bob, "answer", alice)
	send(t, w, carol, "hello", alice)
	origins := make(map[string]string)
	for _, side := range []struct {
		viewer Member
		peers  []Member // the one of the newest message first
		unread []int
	}{
		{alice, []Member{carol, bob}, []int{1, 1}},
		{bob, []Member{alice}, []int{total}},
		{carol, []Member{alice}, []int{0}},
	} {
		before, err := side.viewer.Unread(ctx)
		must(t, before, err)
		chats, err := transcriptOf(t, side.viewer).Chats(ctx)
		if must(t, chats, err); len(chats) != len(side.peers) {
			t.Fatalf("%d chats, want %d: %+v", len(chats), len(side.peers), chats)
		}
		for i, chat := range chats {
			peer, unread := side.peers[i], side.unread[i]
			if traits.AnswersRead && side.viewer.Address == bob.Address {
				unread = 0
			}
			if chat.Ref != (core.Ref{Peer: peer.Address}) || chat.Peer == nil || chat.Peer.UUID != peer.Address || chat.Unread != unread {
				t.Errorf("chat %d is %+v with %+v, and %d are unread", i, chat.Ref, chat.Peer, chat.Unread)
			}
			for _, m := range compareTranscript(t, side.viewer, peer, chat.Ref) {
				text, _ := m.Content.Main()
				if known, ok := origins[m.Origin]; m.Origin == "" || ok && known != text {
					t.Errorf("%q and %q have the origin %q", text, known, m.Origin)
				}
				origins[m.Origin] = text
			}
		}
		if after, err := side.viewer.Unread(ctx); must(t, after, err) != before {
			t.Errorf("the transcript has marked something as read: %d unread, before %d", after, before)
		}
	}
	if len(origins) != total+2 {
		t.Errorf("%d origins of %d messages", len(origins), total+2)
	}
}

// compareTranscript compares a conversation in the transcript with what its member lists.
func compareTranscript(t *testing.T, viewer, peer Member, ref core.Ref) []core.TranscriptMessage {
	t.Helper()
	all := pullAll(t, transcriptOf(t, viewer), ref, 100)
	var listed []core.Message
	for last := int64(1 << 52); ; {
		h := history(t, viewer, core.HistoryQuery{Peer: peer.Address, After: last, Direction: core.Older, Limit: 100})
		if len(h.Messages) == 0 {
			break
		}
		listed = append(slices.Clone(h.Messages), listed...)
		last = h.Messages[0].ID
	}
	if len(all) != len(listed) {
		t.Fatalf("the transcript has %d messages, the lists have %d", len(all), len(listed))
	}
	for i, m := range all {
		sender := peer.Address
		if m.Own {
			sender = viewer.Address
		}
		l := listed[i]
		got, _ := m.Content.Main()
		want, _ := l.Content.Main()
		if m.ID != l.ID || m.Time != l.Time || m.Own != l.Own || m.Read != l.Read || m.Peer != l.Peer || got != want || m.Sender != sender {
			t.Errorf("message %d of the transcript is %+v, listed as %+v", i, m, l)
		}
	}
	return all
}

// transcriptStops goes on behind every message, and finds what comes later.
func transcriptStops(t *testing.T, w World) {
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	ctx := context.Background()
	a, ref := transcriptOf(t, bob), core.Ref{Peer: alice.Address}
	for i := range 5 {
		send(t, w, alice, fmt.Sprint(i), bob)
	}
	all := pullAll(t, a, ref, 2)
	if len(all) != 5 {
		t.Fatalf("%d messages, want 5", len(all))
	}
	for i := range all {
		rest, err := a.Pull(ctx, ref, all[i].ID, 100)
		if must(t, rest, err); len(rest) != 4-i || len(rest) > 0 && rest[0].ID != all[i+1].ID {
			t.Errorf("behind message %d come %+v", i, rest)
		}
	}
	send(t, w, bob, "later", alice)
	late, err := a.Pull(ctx, ref, all[4].ID, 100)
	if must(t, late, err); len(late) != 1 || !late[0].Own {
		t.Errorf("later come %+v", late)
	}
	for _, q := range []struct {
		after int64
		limit int
	}{{0, 0}, {0, -1}, {0, core.MaxPage + 1}, {-1, 10}} {
		if _, err := a.Pull(ctx, ref, q.after, q.limit); core.CodeOf(err) != core.Invalid {
			t.Errorf("%d messages behind %d: %v", q.limit, q.after, err)
		}
	}
}
