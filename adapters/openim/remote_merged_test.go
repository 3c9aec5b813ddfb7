package openim_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/core/coretest"
)

// TestAllConversationsMerge walks through the messages of several conversations, many of them of one millisecond, some
// deleted and some cleared, by pages of every size: each is listed once, in the order of the times.
func TestAllConversationsMerge(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	l := newLoop(t)
	alice := l.Member(t, "alice")
	var friends []coretest.Member
	for i := range 6 {
		friends = append(friends, l.Member(t, fmt.Sprint("friend_", i)))
	}
	said := make(map[string]int) // by friend, the messages of the conversation
	var want []string
	gone := func(text string) {
		want = slices.DeleteFunc(want, func(w string) bool { return w == text })
	}
	for i := range 400 {
		if random.IntN(3) == 0 {
			l.clock.pass(time.Duration(random.IntN(3)) * time.Millisecond)
		}
		n := min(random.IntN(9), 5) // the last says more than a search looks at at once
		friend, text := friends[n], fmt.Sprint("m", i)
		if random.IntN(2) == 0 {
			l.say(t, alice, text, friend.Address)
		} else {
			l.say(t, friend, text, alice.Address)
		}
		said[friend.Address]++
		want = append(want, text)
		switch {
		case i == 150: // the first conversation begins anew for alice
			_, h := l.list(t, alice, core.HistoryQuery{Peer: friends[0].Address, Limit: 1000})
			for _, m := range h.Messages {
				text, _ := m.Content.Main()
				gone(text)
			}
			l.done(t, "/msg/clear_conversation_msg", `{"userID":"alice","conversationIDs":["si_alice_friend_0"]}`)
		case i%50 == 0: // a message is deleted
			l.done(t, "/msg/delete_msgs", fmt.Sprintf(`{"userID":"alice","conversationID":"si_alice_%s","seqs":[%d]}`, friend.Address, said[friend.Address]))
			gone(text)
		}
	}
	for _, limit := range []int{13, 100} {
		all := l.mergedBack(t, alice, limit)
		if got := mains(t, all); !sameSet(got, want) {
			t.Fatalf("by pages of %d there are %d messages, want %d", limit, len(got), len(want))
		}
		checkMerged(t, all)
		first := all[0]
		forth := []core.Message{first}
		for last := first.ID; ; {
			_, h := l.list(t, alice, core.HistoryQuery{After: last, Limit: limit})
			if len(h.Messages) == 0 {
				break
			}
			forth = append(forth, h.Messages...)
			last = h.Messages[len(h.Messages)-1].ID
		}
		if !slices.Equal(mains(t, forth), mains(t, all)) {
			t.Errorf("by pages of %d the way forth is another one than back", limit)
		}
	}
}

// mergedBack lists all messages from the newest to the first, and returns them in their order.
func (l *loop) mergedBack(t *testing.T, m coretest.Member, limit int) (all []core.Message) {
	t.Helper()
	for q := (core.HistoryQuery{Limit: limit, Direction: core.Older}); ; q.After = all[0].ID {
		_, h := l.list(t, m, q)
		if len(h.Messages) == 0 {
			return all
		}
		all = append(slices.Clone(h.Messages), all...)
	}
}

func mains(t *testing.T, messages []core.Message) (texts []string) {
	t.Helper()
	for i := range messages {
		text, _ := messages[i].Content.Main()
		texts = append(texts, text)
	}
	return texts
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// checkMerged checks that IDs and times increase, and the places in each conversation.
func checkMerged(t *testing.T, all []core.Message) {
	t.Helper()
	places := make(map[string]int64)
	for i, m := range all {
		if i > 0 && (m.ID <= all[i-1].ID || m.Time < all[i-1].Time) || m.Seq <= places[m.Peer] {
			t.Fatalf("message %d is %+v behind %+v", i, m, all[max(0, i-1)])
		}
		places[m.Peer] = m.Seq
	}
}

// done calls an endpoint as the administrator, which answers nothing.
func (l *loop) done(t *testing.T, path, body string) {
	t.Helper()
	token, err := l.client.AdminToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if answer := l.call(t, path, token, body); !strings.Contains(answer, `"errCode":0`) {
		t.Fatalf("%s %s: %s", path, body, answer)
	}
}

// TestGroupsAreTranscribed pulls what was said in a group, and what was announced.
func TestGroupsAreTranscribed(t *testing.T) {
	l := newLoop(t)
	alice, bob := l.Member(t, "alice"), l.Member(t, "bob")
	l.done(t, "/group/create_group", `{"ownerUserID":"alice","memberUserIDs":["bob"],"groupInfo":{"groupID":"club","groupName":"Club","groupType":2}}`)
	for _, who := range []string{"alice", "bob"} {
		l.done(t, "/msg/send_msg", `{"sendID":"`+who+`","groupID":"club","senderPlatformID":1,"content":{"content":"from `+who+`"},"contentType":101,"sessionType":3}`)
	}
	l.say(t, bob, "between two", alice.Address)
	a, ok := alice.Messenger.(core.Transcript)
	if !ok {
		t.Fatal("no transcript")
	}
	chats, err := a.Chats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(chats, func(c core.TranscriptChat) bool { return c.Ref == core.Ref{Group: "club"} })
	if at < 0 || chats[at].Peer != nil || !slices.ContainsFunc(chats, func(c core.TranscriptChat) bool { return c.Ref == core.Ref{Peer: "bob"} }) {
		t.Fatalf("%+v", chats)
	}
	messages, err := a.Pull(t.Context(), core.Ref{Group: "club"}, 0, 100)
	var said []string
	for _, m := range messages {
		if text, ok := m.Content.Main(); ok && m.Content.Kind == core.KindText {
			said = append(said, m.Sender+": "+text)
		}
		if m.Peer != "" || m.Origin == "" || m.Own != (m.Sender == "alice") {
			t.Errorf("%+v", m)
		}
	}
	if want := []string{"alice: from alice", "bob: from bob"}; err != nil || !slices.Equal(said, want) {
		t.Errorf("%q, want %q, %v", said, want, err)
	}
	for _, ref := range []core.Ref{{}, {Peer: "bob", Channel: core.Events}} {
		if _, err := a.Pull(t.Context(), ref, 0, 1); core.CodeOf(err) != core.Unsupported {
			t.Errorf("%+v: %v", ref, err)
		}
	}
	if none, err := a.Pull(t.Context(), core.Ref{Peer: "stranger"}, 0, 1); len(none) != 0 || err != nil {
		t.Errorf("a stranger: %+v, %v", none, err)
	}
}
