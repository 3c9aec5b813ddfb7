package core_test

import (
	"fmt"
	"slices"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// Directory makes the world one whose accounts can be listed.
func (w world) Directory() core.Directory { return w.engine.Directory(w.app) }

func (w world) transcript(t *testing.T, u *core.User) core.Transcript {
	t.Helper()
	transcript, ok := w.engine.As(core.Caller{App: w.app, User: u}).(core.Transcript)
	if !ok {
		t.Fatal("the engine's messenger is no transcript")
	}
	return transcript
}

// said pulls a conversation by pages.
func said(t *testing.T, transcript core.Transcript, ref core.Ref, limit int) (texts []string) {
	t.Helper()
	for after := int64(0); ; {
		page, err := transcript.Pull(t.Context(), ref, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return texts
		}
		for _, m := range page {
			texts = append(texts, m.Sender[:1]+":"+string(m.Content.Body))
			after = m.ID
		}
	}
}

// TestTranscriptLeavesOutWhatIsGone deletes messages for one member and clears the conversation for the other.
func TestTranscriptLeavesOutWhatIsGone(t *testing.T) {
	w := newWorld(t, memory.New())
	user := func(id string) *core.User {
		t.Helper()
		u, err := w.engine.Register(t.Context(), w.app, core.NewUser{ID: id, UUID: id + fmt.Sprintf("%031d", 0)})
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	a, b := user("A"), user("B")
	var all []string
	for i := range 120 {
		all = append(all, fmt.Sprint("A:", i))
		_, err := w.engine.Send(t.Context(), core.Caller{App: w.app, User: a}, core.Outgoing{
			To: []string{b.UUID}, Content: core.Content{Kind: core.KindText, Body: []byte(fmt.Sprint(i))},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	forA, forB := core.Caller{App: w.app, User: a}, core.Caller{App: w.app, User: b}
	if err := w.engine.DeleteEntries(t.Context(), forA, core.Ref{Peer: b.UUID}, []int64{1, 50, 120}, false); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.Clear(t.Context(), forB, core.Ref{Peer: a.UUID}, false); err != nil {
		t.Fatal(err)
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "A:0" || s == "A:49" || s == "A:119" })
	for _, limit := range []int{1, 7, 1000} {
		if got := said(t, w.transcript(t, a), core.Ref{Peer: b.UUID}, limit); !slices.Equal(got, kept) {
			t.Errorf("by pages of %d there are %d messages, want %d", limit, len(got), len(kept))
		}
		if got := said(t, w.transcript(t, b), core.Ref{Peer: a.UUID}, limit); len(got) != 0 {
			t.Errorf("what was cleared is there: %q", got)
		}
	}
	if _, err := w.transcript(t, a).Pull(t.Context(), core.Ref{Peer: "nobody"}, 0, 1); core.CodeOf(err) != core.NotFound {
		t.Errorf("with nobody: %v", err)
	}
}

// TestTranscriptOfAGroupEndsWithMembership has a member leave, who then reads no further.
func TestTranscriptOfAGroupEndsWithMembership(t *testing.T) {
	w := newWorld(t, memory.New())
	var users []*core.User
	for _, id := range []string{"A", "B"} {
		u, err := w.engine.Register(t.Context(), w.app, core.NewUser{ID: id, UUID: id + fmt.Sprintf("%031d", 0)})
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, u)
	}
	forA, forB := core.Caller{App: w.app, User: users[0]}, core.Caller{App: w.app, User: users[1]}
	if _, err := w.engine.CreateGroup(t.Context(), forA, core.NewGroup{ID: "club", Name: "Club", Owner: "A", Members: []string{"B"}}); err != nil {
		t.Fatal(err)
	}
	say := func(c core.Caller, text string) {
		t.Helper()
		out := core.Outgoing{Content: core.Content{Kind: core.KindText, Body: []byte(text)}}
		if _, err := w.engine.SendToGroup(t.Context(), c, "club", out); err != nil {
			t.Fatal(err)
		}
	}
	say(forA, "first")
	say(forB, "second")
	if err := w.engine.LeaveGroup(t.Context(), forB, "club"); err != nil {
		t.Fatal(err)
	}
	say(forA, "third")
	want := []string{"A:first", "B:second", "A:third"}
	for _, limit := range []int{1, 2, 100} {
		if got := said(t, w.transcript(t, users[0]), core.Ref{Group: "club"}, limit); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if got := said(t, w.transcript(t, users[1]), core.Ref{Group: "club"}, limit); !slices.Equal(got, want[:2]) {
			t.Errorf("who has left reads %q, want %q", got, want[:2])
		}
	}
	chats, err := w.transcript(t, users[0]).Chats(t.Context())
	if err != nil || len(chats) != 1 || chats[0].Ref != (core.Ref{Group: "club"}) || chats[0].Peer != nil {
		t.Errorf("%+v, %v", chats, err)
	}
}

// TestDirectoryHasNoShadows lists accounts among names that are none.
func TestDirectoryHasNoShadows(t *testing.T) {
	w := newWorld(t, memory.New())
	var want []string
	for i := range 30 {
		if i%10 > 3 {
			if _, err := w.engine.Sender(t.Context(), w.app, fmt.Sprint("shadow", i)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		u, err := w.engine.Register(t.Context(), w.app, core.NewUser{ID: fmt.Sprint("user", i)})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, u.ID)
	}
	for _, limit := range []int{1, 4, 5, 100} {
		var got []string
		for cursor := ""; ; {
			page, err := w.Directory().Accounts(t.Context(), cursor, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range page.Users {
				got = append(got, u.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by pages of %d: %q, want %q", limit, got, want)
		}
	}
}
