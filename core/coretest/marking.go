package coretest

import (
	"context"
	"fmt"
	"testing"

	"parley/core"
)

// marks is what should be read of what a member has received in one conversation.
type marks struct {
	Member

	peer   Member
	traits Traits
	own    []bool
	read   []bool
}

// come notes a message of the conversation.
func (m *marks) come(own bool) {
	if own && m.traits.AnswersRead {
		m.mark(len(m.read) - 1)
	}
	m.own, m.read = append(m.own, own), append(m.read, own)
}

// mark marks the message at a place, or with ReadsUpTo what is before it, too, and tells how many that changes.
func (m *marks) mark(at int) (changed int) {
	for i := range m.read {
		if (i == at || m.traits.ReadsUpTo && i < at) && !m.read[i] {
			m.read[i] = true
			changed++
		}
	}
	return changed
}

func (m *marks) unread() (n int) {
	for _, read := range m.read {
		if !read {
			n++
		}
	}
	return n
}

// check compares what is unread.
func (m *marks) check(t *testing.T) []core.Message {
	t.Helper()
	want := m.unread()
	got, err := m.Unread(context.Background())
	if must(t, got, err) != want {
		t.Fatalf("%d unread, want %d", got, want)
	}
	h := history(t, m.Member, core.HistoryQuery{Peer: m.peer.Address})
	counted := want
	if m.traits.UnreadElsewhere {
		counted = -1
	}
	if h.Unread != counted {
		t.Fatalf("%d unread in the conversation, want %d", h.Unread, counted)
	}
	for i, message := range h.Messages {
		if message.Read != m.read[i] {
			t.Errorf("message %d is read: %v", i, message.Read)
		}
	}
	return h.Messages
}

// marked marks one message and compares what that changes.
func (m *marks) marked(t *testing.T, messages []core.Message, at int) {
	t.Helper()
	want := 0
	if !m.own[at] || m.traits.ReadsUpTo {
		want = m.mark(at)
	}
	got, err := m.MarkRead(context.Background(), m.peer.Address, messages[at].ID)
	if must(t, got, err) != want {
		t.Fatalf("marking message %d changed %d, want %d", at, got, want)
	}
	m.check(t)
}

func marking(t *testing.T, w World) {
	ctx := context.Background()
	alice, bob := w.Member(t, "alice"), w.Member(t, "bob")
	m := &marks{Member: bob, peer: alice, traits: traitsOf(w)}
	for i := range 6 {
		send(t, w, alice, fmt.Sprint(i), bob)
		m.come(false)
	}
	m.check(t)
	send(t, w, bob, "answer", alice)
	m.come(true)
	messages := m.check(t)
	if m.traits.NoMarks {
		_, err := bob.MarkRead(ctx, alice.Address, 0)
		unsupported(t, "marking", err)
		_, err = bob.MarkRead(ctx, alice.Address, messages[2].ID)
		unsupported(t, "marking one", err)
		m.check(t)
		return
	}
	for _, at := range []int{2, 2, 6, 0, 1, 5} {
		m.marked(t, messages, at)
	}
	for i := range 6 {
		send(t, w, alice, fmt.Sprint("more ", i), bob)
		m.come(false)
	}
	messages = m.check(t)
	for _, at := range []int{8, 8, 7, 11} {
		m.marked(t, messages, at)
	}
	nothing := func(peer string, id int64) {
		t.Helper()
		if n, err := bob.MarkRead(ctx, peer, id); must(t, n, err) != 0 {
			t.Fatalf("marking %d of %s changed %d", id, peer, n)
		}
	}
	nothing(alice.Address, 1<<52)
	nothing(w.Stranger(), 0)
	m.check(t)
	n, err := bob.MarkRead(ctx, alice.Address, 0)
	if must(t, n, err) != m.unread() {
		t.Fatalf("marking all changed %d, want %d", n, m.unread())
	}
	for i := range m.read {
		m.read[i] = true
	}
	nothing(alice.Address, 0)
	m.check(t)
	send(t, w, alice, "more", bob)
	m.come(false)
	m.check(t)
	other := &marks{Member: alice, peer: bob, traits: m.traits}
	for _, own := range m.own {
		other.come(!own)
	}
	other.check(t)
}
