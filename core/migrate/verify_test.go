package migrate_test

import (
	"bytes"
	"strings"
	"testing"

	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

// TestVerdicts changes the source behind the migration's back.
func TestVerdicts(t *testing.T) {
	w := newWorld(t)
	l := newList(40)
	if _, err := migrate.Run(t.Context(), w.options(l)); err != nil {
		t.Fatal(err)
	}
	text := func(i int, s string) {
		m := *l.items[i].Record.Message
		m.Body = &archive.Body{Kind: "text", Text: s}
		l.items[i].Record.Message = &m
	}
	text(6, "changed") // differs
	l.items = append(l.items[:20], l.items[21:]...)
	l.items = append(l.items, message(100, "u0", "u1", "new"), user("u9"), message(101, "u0", "u9", "to a new one"))
	raw := "kept beside"
	last := *l.items[31].Record.Message
	body := *last.Body
	body.Raw, last.Body = &raw, &body
	l.items[31].Record.Message = &last
	r, err := migrate.Verify(t.Context(), migrate.VerifyOptions{Engine: w.Engine, App: w.app, Source: l})
	if err != nil {
		t.Fatal(err)
	}
	want := map[migrate.Verdict]int64{migrate.Match: 38, migrate.Differ: 1, migrate.MissingHere: 2, migrate.MissingThere: 1}
	for _, v := range migrate.Verdicts() {
		if r.Messages[v] != want[v] && v != migrate.Match && v != migrate.Differ {
			t.Errorf("%d messages are %s, want %d: %+v", r.Messages[v], v, want[v], r.Findings)
		}
	}
	if r.Messages[migrate.Match]+r.Messages[migrate.Differ] != 39 || r.Messages[migrate.Differ] < 1 || r.Users[migrate.MissingHere] != 1 || r.Clean(true) {
		t.Errorf("%+v", r)
	}
	var page, report bytes.Buffer
	if err := r.WriteHTML(&page); err != nil || strings.Contains(page.String(), "http") || strings.Contains(page.String(), "src=") || !strings.Contains(page.String(), "sender and time are the same") {
		t.Errorf("the page: %s, %v", page.String(), err)
	}
	if err := r.WriteText(&report); err != nil || !strings.Contains(report.String(), "missing here: u0 u1 message 100 from u0 at 2020-09-13 12:28:20.000Z: the message was not taken over") {
		t.Errorf("the report: %s, %v", report.String(), err)
	}
}

func TestVerifyOrderAndDepth(t *testing.T) {
	w := newWorld(t)
	l := newList(40)
	if _, err := migrate.Run(t.Context(), w.options(l)); err != nil {
		t.Fatal(err)
	}
	l.items[4], l.items[8] = l.items[8], l.items[4] // both from u0 to u1
	raw := "kept beside"
	m := *l.items[5].Record.Message
	body := *m.Body
	body.Raw, m.Body = &raw, &body
	l.items[5].Record.Message = &m
	r, err := migrate.Verify(t.Context(), migrate.VerifyOptions{Engine: w.Engine, App: w.app, Source: l})
	if err != nil || r.Messages[migrate.Match] != 38 || r.Messages[migrate.Differ] != 2 || len(r.Findings) != 2 || r.Conversations[migrate.Differ] != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestVerifyUnread reads in the app what nobody has read in the source.
func TestVerifyUnread(t *testing.T) {
	w := newWorld(t)
	l := newList(40)
	if _, err := migrate.Run(t.Context(), w.options(l)); err != nil {
		t.Fatal(err)
	}
	verify := func(match, differ int64) *migrate.Report {
		t.Helper()
		r, err := migrate.Verify(t.Context(), migrate.VerifyOptions{Engine: w.Engine, App: w.app, Source: l})
		if err != nil || r.Unread[migrate.Match] != match || r.Unread[migrate.Differ] != differ {
			t.Fatalf("%+v, %v", r, err)
		}
		return r
	}
	verify(4, 0)
	u, err := w.Find(t.Context(), w.app, "u1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.As(core.Caller{App: w.app, User: u}).MarkRead(t.Context(), "u0", 0); err != nil {
		t.Fatal(err)
	}
	r := verify(3, 1)
	if r.Unread[migrate.Differ] != 1 || len(r.Findings) == 0 || r.Findings[len(r.Findings)-1].Note != "u1 has 10 unread messages in the source and 0 in the app" {
		t.Errorf("%+v", r.Findings)
	}
}
