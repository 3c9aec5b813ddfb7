package archive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/archive"
)

// seen describes everything that the users of a world see through its engine.
func (w *world) seen(t failer) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	show := func(label string, value any, err error) {
		if err != nil && core.CodeOf(err) >= core.Limited {
			t.Fatalf("%s: %v", label, err)
		}
		raw, _ := json.Marshal(value) //nolint:errchkjson // plain values
		fmt.Fprintf(&b, "%s: %s %v\n", label, raw, core.CodeOf(err))
	}
	for i := range people {
		c := w.caller(t, person(i))
		u := *c.User
		u.Number = 0
		show("user", u, nil)
		h, err := w.engine.History(ctx, c, core.HistoryQuery{Limit: 1000}, nil)
		show("history", h, err)
		chats, err := w.engine.Conversations(ctx, c, 0, 100)
		for j := range chats.Conversations {
			peer := *chats.Conversations[j].Peer
			peer.Number = 0
			chats.Conversations[j].Peer = &peer
		}
		show("chats", chats, err)
		unread, err := w.engine.Unread(ctx, c)
		show("unread", unread, err)
		friends, err := w.engine.Friends(ctx, w.app, person(i))
		show("friends", friends, err)
		for j := range people {
			h, err := w.engine.History(ctx, c, core.HistoryQuery{Peer: person(j), Limit: 1000}, nil)
			show("history with "+person(j), h, err)
			for _, channel := range []core.Channel{core.Direct, core.Notices, core.Events} {
				w.seenThread(ctx, c, core.Ref{Peer: person(j), Channel: channel}, show)
			}
		}
		for _, group := range []string{"g0", "g1", "g2"} {
			w.seenThread(ctx, c, core.Ref{Group: group}, show)
		}
	}
	return b.String()
}

func (w *world) seenThread(ctx context.Context, c core.Caller, ref core.Ref, show func(string, any, error)) {
	name := fmt.Sprintf("thread of %s: %+v", c.User.ID, ref)
	th, err := w.engine.Thread(ctx, c, ref)
	if th.Group != nil {
		g := *th.Group
		th.Group = &g
	}
	for _, u := range []**core.User{&th.Peer} {
		if *u != nil {
			plain := **u
			plain.Number = 0
			*u = &plain
		}
	}
	if th.Last != nil {
		th.Last.Sender = nil
		if th.Last.Revoked != nil {
			th.Last.Revoked.By = nil
		}
	}
	show(name, th, err)
	page, err := w.engine.Entries(ctx, c, ref, core.EntryQuery{First: 1, Last: 1000, Limit: 1000})
	for i := range page.Entries {
		e := &page.Entries[i]
		show("sender", e.Sender.ID, nil)
		e.Sender = nil
		if e.Revoked != nil {
			show("revoked by", e.Revoked.By.ID, nil)
			e.Revoked.By = nil
		}
	}
	show(name+" entries", page, err)
}

// What is exported and imported is what it was: for its users, and for who exports it again.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := newWorld(t)
		defer from.close(t)
		from.populate(t)
		for n := range rapid.IntRange(1, 80).Draw(t, "steps") {
			from.step(t, n)
		}
		_, err := from.engine.Import(context.Background(), from.app, core.ImportBatch{
			Source: "older", Cursor: []byte("here"), Messages: []core.ImportedMessage{
				{Origin: "x1", From: person(1), To: person(2), Time: 5, Content: text("imported"), Read: true},
				{Origin: "x2", From: person(1), Group: "g0", Time: 6, Content: text("imported")},
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		data := from.archive(t, archive.ExportOptions{Passwords: true})
		to := newWorld(t)
		defer to.close(t)
		counts := to.restore(t, data, strict())
		if c := counts.Types[archive.TypeMessage]; c.Stored == 0 || c.Known != 0 || counts.Reordered != 0 {
			t.Fatalf("%+v", counts)
		}
		if again := to.archive(t, archive.ExportOptions{Passwords: true}); !bytes.Equal(data, again) {
			t.Fatalf("exported:\n%s\nand after an import:\n%s", firstDifference(string(data), string(again)), firstDifference(string(again), string(data)))
		}
		if a, b := from.seen(t), to.seen(t); a != b {
			t.Fatalf("before:\n%s\nafter:\n%s", firstDifference(a, b), firstDifference(b, a))
		}
		counts = to.restore(t, data, strict())
		if c := counts.Types[archive.TypeMessage]; c.Stored != 0 {
			t.Fatalf("the second time %+v", counts)
		}
		if again := to.archive(t, archive.ExportOptions{Passwords: true}); !bytes.Equal(data, again) {
			t.Fatalf("exported:\n%s\nand after two imports:\n%s", firstDifference(string(data), string(again)), firstDifference(string(again), string(data)))
		}
	})
}

// firstDifference returns the lines of a that differ from b's.
func firstDifference(a, b string) string {
	one, other := strings.Split(a, "\n"), strings.Split(b, "\n")
	var lines []string
	for i := range one {
		if (i >= len(other) || one[i] != other[i]) && len(lines) < 6 {
			lines = append(lines, fmt.Sprint(i, " ", one[i]))
		}
	}
	return strings.Join(lines, "\n")
}
