package core_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// poller asks for pages in a form of its own, again and again, like a client that wants to know whether there is anything
// new, and compares what is kept with what the same question gives without a form.
type poller struct{ kept int }

func (p *poller) history(t fatal, e *core.Engine, c core.Caller, q core.HistoryQuery) {
	t.Helper()
	p.compare(t, fmt.Sprintf("%s: %+v", c.User.ID, q), func(form any) (page any, r core.Rendered, err error) {
		q.Form = form
		h, err := e.History(context.Background(), c, q, nil)
		return []any{h.Messages, h.Unread}, h.Rendered, err
	})
}

func (p *poller) entries(t fatal, e *core.Engine, c core.Caller, ref core.Ref, q core.EntryQuery) {
	t.Helper()
	p.compare(t, fmt.Sprintf("%s: %+v of %+v", c.User.ID, q, ref), func(form any) (page any, r core.Rendered, err error) {
		q.Form = form
		found, err := e.Entries(context.Background(), c, ref, q)
		return []any{found.Entries, found.MinSeq, found.MaxSeq}, found.Rendered, err
	})
}

func (p *poller) compare(t fatal, what string, ask func(form any) (any, core.Rendered, error)) {
	t.Helper()
	page, r, err := ask(nil)
	if r.Before != nil {
		t.Fatalf("%s: a page is kept without a form", what)
	}
	want := text(t, page, err)
	page, r, err = ask(p)
	got := text(t, page, err)
	if r.Before != nil {
		p.kept++
		got = string(r.Before.Text)
	} else if err == nil {
		r.Keep([]byte(got))
	}
	if got != want {
		t.Fatalf("%s\nis kept as %s\nand now is %s", what, got, want)
	}
}

func text(t fatal, page any, err error) string {
	t.Helper()
	if err != nil {
		return core.CodeOf(err).String()
	}
	b, err := json.Marshal(page)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(b)
}

// poll is called after every step of the model: at every gateway, two members look at what they have with the others.
func (m *threadModel) poll(t fatal) {
	t.Helper()
	for _, e := range m.engines {
		for user := range 2 {
			c, all := m.caller(user), core.EntryQuery{Last: 1 << 40, Limit: 5}
			friend, announcer := m.users[1-user].ID, m.users[notifier].ID
			m.poller.history(t, e, c, core.HistoryQuery{Peer: friend, Limit: 5})
			m.poller.entries(t, e, c, core.Ref{Peer: friend}, all)
			m.poller.history(t, e, c, core.HistoryQuery{Peer: announcer, Limit: 5})
			m.poller.entries(t, e, c, core.Ref{Peer: announcer, Channel: core.Notices}, all)
		}
	}
}

func TestRenderingsFollowTheirPage(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice, bob := core.Caller{App: w.app, User: register(t, w, "alice")}, core.Caller{App: w.app, User: register(t, w, "bob")}
	all := core.EntryQuery{Last: 100, Limit: 100}
	var p poller
	poll := func() {
		t.Helper()
		for range 4 {
			p.entries(t, w.engine, bob, core.Ref{Peer: "alice"}, all)
			p.history(t, w.engine, bob, core.HistoryQuery{Peer: "alice", Limit: 10})
		}
	}
	send := func(from core.Caller, to string) {
		t.Helper()
		out := core.Outgoing{To: []string{to}, Content: w.Content(core.KindText, "x")}
		if _, err := w.engine.Send(ctx, from, out); err != nil {
			t.Fatal(err)
		}
	}
	steps := []struct {
		name string
		do   func() error
	}{
		{"a message", func() error { send(alice, "bob"); return nil }},
		{"an answer", func() error { send(bob, "alice"); return nil }},
		{"a mark", func() error { _, err := w.engine.MarkRead(ctx, bob, "alice", 0); return err }},
		{"the peer's mark", func() error { _, err := w.engine.MarkRead(ctx, alice, "bob", 0); return err }},
		{"the peer's name", func() error {
			name := "Alice"
			_, err := w.engine.ChangeProfile(ctx, w.app, "alice", core.ProfileChange{Nickname: &name})
			return err
		}},
		{"nothing", func() error { return nil }},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatal(step.name, err)
		}
		before := p.kept
		if poll(); p.kept-before < 2*2 { // what is asked for a third time is there
			t.Errorf("after %s only %d pages were there", step.name, p.kept-before)
		}
	}
}

// What is kept under one address, form, page or viewer is not given for another.
func TestRenderingsAreTheirPagesOnly(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice, bob := core.Caller{App: w.app, User: register(t, w, "alice")}, core.Caller{App: w.app, User: register(t, w, "bob")}
	for range 5 {
		out := core.Outgoing{To: []string{"bob"}, Content: w.Content(core.KindText, "x")}
		if _, err := w.engine.Send(ctx, alice, out); err != nil {
			t.Fatal(err)
		}
	}
	type form struct{ n int }
	type question struct {
		c   core.Caller
		ref core.Ref
		q   core.EntryQuery
	}
	of := func(c core.Caller, peer string, first, last int64, limit int, f any) question {
		return question{c, core.Ref{Peer: peer}, core.EntryQuery{First: first, Last: last, Limit: limit, Form: f}}
	}
	first := of(bob, "alice", 1, 5, 5, form{1})
	ask := func(q question) core.Rendered {
		t.Helper()
		page, err := w.engine.Entries(ctx, q.c, q.ref, q.q)
		if err != nil {
			t.Fatal(err)
		}
		return page.Rendered
	}
	for range 2 {
		r := ask(first)
		r.Keep([]byte("kept"))
	}
	if r := ask(first); r.Before == nil || string(r.Before.Text) != "kept" {
		t.Fatal("the page is not kept")
	}
	for name, q := range map[string]question{
		"the other member": of(alice, "bob", 1, 5, 5, form{1}), "another form": of(bob, "alice", 1, 5, 5, form{2}),
		"a later begin": of(bob, "alice", 2, 5, 5, form{1}), "an earlier end": of(bob, "alice", 1, 4, 5, form{1}),
		"fewer": of(bob, "alice", 1, 5, 4, form{1}), "another name of the peer": of(bob, alice.User.UUID, 1, 5, 5, form{1}),
		"no form": of(bob, "alice", 1, 5, 5, nil),
	} {
		if r := ask(q); r.Before != nil {
			t.Errorf("%s got what was kept", name)
		}
	}
}
