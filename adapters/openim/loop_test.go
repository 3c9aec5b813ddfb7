package openim_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"parley/adapters/openim"
	"parley/core"
	"parley/core/coretest"
)

// loop is the corpus's world: our client in front of our server in front of an engine.
type loop struct {
	*world
	client *openim.Client
}

func newLoop(t testing.TB) *loop {
	t.Helper()
	w := newWorld(t, section)
	return &loop{world: w, client: w.client(t, secret)}
}

// client returns a client of the world that knows a secret.
func (w *world) client(t testing.TB, secret string) *openim.Client {
	t.Helper()
	client, err := openim.NewClient("http://openim/", openim.ClientOptions{
		Secret: secret, Now: w.clock.now,
		Dial: func(string) (net.Conn, error) { return w.listener.Dial() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func (l *loop) Member(t *testing.T, name string) coretest.Member {
	t.Helper()
	if err := l.client.Register(context.Background(), openim.Account{ID: name, Nickname: "Nick " + name}); err != nil {
		t.Fatal(err)
	}
	return coretest.Member{Messenger: l.client.As(name), Address: name}
}

func (l *loop) Stranger() string { return "stranger" }

func (l *loop) Content(kind core.Kind, main string) core.Content {
	return core.Content{Kind: kind, Body: []byte(main)}
}

// Traits implements coretest.Peculiar.
func (l *loop) Traits() coretest.Traits {
	return coretest.Traits{PlacesAreIDs: true, ReadsUpTo: true, AnswersRead: true, UnreadElsewhere: true, NoKeys: true}
}

func (l *loop) Directory() core.Directory { return l.client.Directory() }

func TestCorpusThroughClientAndServer(t *testing.T) {
	coretest.Run(t, func(t *testing.T) coretest.World {
		l := newLoop(t)
		l.clock.tick = time.Millisecond // what is listed by time needs times
		return l
	})
}

func (l *loop) say(t testing.TB, from coretest.Member, text string, to ...string) []core.Delivery {
	t.Helper()
	d, err := from.Send(t.Context(), core.Outgoing{To: to, Content: core.Content{Kind: core.KindText, Body: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (l *loop) list(t testing.TB, m coretest.Member, q core.HistoryQuery) (texts []string, h core.History) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	h, err := m.History(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for i := range h.Messages {
		text, _ := h.Messages[i].Content.Main()
		texts = append(texts, text)
	}
	return texts, h
}

func TestBothMembersReadTheirMessages(t *testing.T) {
	l := newLoop(t)
	alice, bob := l.Member(t, "alice"), l.Member(t, "bob")
	const text = "hello 你好 😀 <b>\"q\"</b> /p \\ \u2028"
	for i, d := range slices.Concat(l.say(t, alice, text, "bob"), l.say(t, bob, "hi", "alice"), l.say(t, alice, "ho", "bob")) {
		if want := []string{"bob", "alice", "bob"}[i]; d.To != want || d.ID != 0 || d.Time != l.clock.now().UnixMilli() {
			t.Errorf("delivery %+v", d)
		}
	}
	for _, side := range []struct {
		viewer, peer coretest.Member
		own, read    []bool
	}{
		{alice, bob, []bool{true, false, true}, []bool{true, true, true}},
		{bob, alice, []bool{false, true, false}, []bool{true, true, false}},
	} {
		texts, h := l.list(t, side.viewer, core.HistoryQuery{Peer: side.peer.Address})
		if !slices.Equal(texts, []string{text, "hi", "ho"}) || h.Unread != -1 {
			t.Fatalf("%q, %d unread", texts, h.Unread)
		}
		for i, m := range h.Messages {
			if m.Own != side.own[i] || m.Read != side.read[i] || m.ID != int64(i+1) || m.Seq != m.ID || m.Peer != side.peer.Address || m.Time <= 0 {
				t.Errorf("message %d: %+v", i, m)
			}
		}
	}
}

func TestSeveralRecipients(t *testing.T) {
	l := newLoop(t)
	alice := l.Member(t, "alice")
	var friends []string
	for i := range 30 {
		friends = append(friends, l.Member(t, fmt.Sprint("friend", i)).Address)
	}
	deliveries := l.say(t, alice, "to all", append(slices.Clone(friends), "stranger", friends[0], "alice")...)
	for i, d := range deliveries {
		if d.To != friends[i] {
			t.Errorf("delivery %d is to %s", i, d.To)
		}
		if texts, _ := l.list(t, alice, core.HistoryQuery{Peer: d.To}); !slices.Equal(texts, []string{"to all"}) {
			t.Errorf("%s has %q", d.To, texts)
		}
	}
	if len(deliveries) != len(friends) {
		t.Errorf("%d deliveries", len(deliveries))
	}
}

func TestRefusedSends(t *testing.T) {
	l := newLoop(t)
	alice, bob := l.Member(t, "alice"), l.Member(t, "bob")
	text := core.Content{Kind: core.KindText, Body: []byte("x")}
	for name, c := range map[string]struct {
		out  core.Outgoing
		want core.Code
	}{
		"to oneself":          {core.Outgoing{To: []string{"alice"}, Content: text}, core.Conflict},
		"to oneself twice":    {core.Outgoing{To: []string{"alice", "alice"}, Content: text}, core.Conflict},
		"to a stranger":       {core.Outgoing{To: []string{"stranger"}, Content: text}, core.NotFound},
		"to strangers":        {core.Outgoing{To: []string{"stranger", "other"}, Content: text}, core.NotFound},
		"to an ID of no kind": {core.Outgoing{To: []string{"\xff"}, Content: text}, core.NotFound},
		"to nobody":           {core.Outgoing{Content: text}, core.Invalid},
		"with a key":          {core.Outgoing{To: []string{"bob"}, Content: text, Key: "k"}, core.Unsupported},
		"in another channel":  {core.Outgoing{To: []string{"bob"}, Content: text, Channel: core.Events}, core.Unsupported},
		"no announcement":     {core.Outgoing{To: []string{"bob"}, Content: text, Channel: core.Notices}, core.Unsupported},
		"nothing":             {core.Outgoing{To: []string{"bob"}, Content: core.Content{Kind: core.KindText}}, core.Invalid},
	} {
		if _, err := alice.Send(t.Context(), c.out); core.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if texts, _ := l.list(t, bob, core.HistoryQuery{Peer: "alice"}); len(texts) != 0 {
		t.Errorf("refused messages are stored: %q", texts)
	}
	at := core.Outgoing{To: []string{"bob"}, Content: text, Time: 1600000000123}
	if d, err := alice.Send(t.Context(), at); err != nil || d[0].Time != at.Time {
		t.Errorf("with a time: %+v, %v", d, err)
	}
}

func TestMarkingAsRead(t *testing.T) {
	l := newLoop(t)
	alice, bob := l.Member(t, "alice"), l.Member(t, "bob")
	for i := range 6 {
		l.say(t, alice, fmt.Sprint(i), "bob")
	}
	for _, step := range []struct {
		id           int64
		moved, after int
	}{{1 << 52, 0, 6}, {3, 3, 3}, {3, 0, 3}, {2, 0, 3}, {0, 3, 0}, {0, 0, 0}} {
		if n, err := bob.MarkRead(t.Context(), "alice", step.id); err != nil || n != step.moved {
			t.Errorf("marking %d changed %d, %v", step.id, n, err)
		}
		if n, err := bob.Unread(t.Context()); err != nil || n != step.after {
			t.Errorf("after marking %d there are %d unread, %v", step.id, n, err)
		}
		_, h := l.list(t, bob, core.HistoryQuery{Peer: "alice"})
		for i, m := range h.Messages {
			if m.Read != (i < 6-step.after) {
				t.Errorf("after marking %d message %d is read: %v", step.id, i+1, m.Read)
			}
		}
	}
	if n, err := bob.MarkRead(t.Context(), "stranger", 0); n != 0 || err != nil {
		t.Errorf("without a conversation: %d, %v", n, err)
	}
}

func TestChatLists(t *testing.T) {
	l := newLoop(t)
	alice := l.Member(t, "alice")
	if page, err := alice.Conversations(t.Context(), 0, 10); err != nil || page.Total != 0 || len(page.Conversations) != 0 {
		t.Fatalf("a new user has chats: %+v, %v", page, err)
	}
	if n, err := alice.Unread(t.Context()); n != 0 || err != nil {
		t.Fatalf("a new user has %d unread, %v", n, err)
	}
	var friends []coretest.Member
	for i := range 7 {
		friends = append(friends, l.Member(t, fmt.Sprint("friend", i)))
		l.say(t, friends[i], fmt.Sprint("from ", i), "alice")
	}
	l.say(t, alice, "back", "friend2")
	l.say(t, friends[4], "again", "alice")
	order := []int{4, 2, 6, 5, 3, 1, 0}
	unread := []int{2, 0, 1, 1, 1, 1, 1}
	last := []string{"again", "back", "from 6", "from 5", "from 3", "from 1", "from 0"}
	for _, limit := range []int{2, 3, 100} {
		for offset := range 8 {
			page, err := alice.Conversations(t.Context(), offset, limit)
			if err != nil || page.Total != 7 || len(page.Conversations) != max(0, min(limit, 7-offset)) {
				t.Fatalf("%d from %d: %d of %d, %v", limit, offset, len(page.Conversations), page.Total, err)
			}
			for i, c := range page.Conversations {
				at := offset + i
				text, _ := c.Last.Content.Main()
				want := fmt.Sprint("friend", order[at])
				if c.Peer.UUID != want || text != last[at] || c.Last.Own != (at == 1) || c.Unread != unread[at] {
					t.Errorf("chat %d is with %+v, ends with %q and has %d unread", at, c.Peer, text, c.Unread)
				}
			}
		}
	}
	if n, err := alice.Unread(t.Context()); n != 7 || err != nil {
		t.Errorf("%d unread, %v", n, err)
	}
}

func TestUsersAsOthersSeeThem(t *testing.T) {
	l := newLoop(t)
	alice := l.Member(t, "alice")
	robot := openim.Account{ID: "robot_1", Nickname: "R", Avatar: "http://f/r.png", Extra: "{}", Role: core.RoleRobot, Reception: core.ReceiveQuietly}
	if err := l.client.Register(t.Context(), robot); err != nil {
		t.Fatal(err)
	}
	u, err := alice.User(t.Context(), "robot_1")
	if err != nil {
		t.Fatal(err)
	}
	if u.ID != "robot_1" || u.Nickname != "R" || u.Avatar != robot.Avatar || u.Extra != "{}" || u.Role != core.RoleRobot ||
		u.Reception != core.ReceiveQuietly || u.Registered != l.clock.now().UnixMilli() {
		t.Errorf("%+v", u)
	}
	if _, err := alice.User(t.Context(), "stranger"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}
