package core_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parley/core"
	"parley/storage"
	"parley/storage/memory"
)

func textTo(to ...string) core.Outgoing {
	return core.Outgoing{To: to, Content: core.Content{Kind: core.KindText, Body: []byte("hello")}}
}

// A dispatch to ten thousand recipients keeps their order, with repeated ones, and puts each failure in its place.
func TestDispatchToMany(t *testing.T) {
	const recipients, accounts = 10_000, 2_500
	ctx := context.Background()
	w := newWorld(t, memory.New())
	sender := core.Caller{App: w.app, User: register(t, w, "sender")}
	users := make([]*core.User, accounts)
	refusing := func(account int) bool { return account%101 == 5 || account%103 == 7 }
	for i := range users {
		n := core.NewUser{ID: fmt.Sprint("user", i)}
		if i%101 == 5 { // refuses everybody
			n.Reception = core.ReceiveNothing
		}
		var err error
		if users[i], err = w.engine.Register(ctx, w.app, n); err != nil {
			t.Fatal(err)
		}
		if i%103 == 7 { // refuses this sender
			nothing := core.ReceiveNothing
			c := core.Caller{App: w.app, User: users[i]}
			if err := w.engine.ChangeThread(ctx, c, core.Ref{Peer: "sender"}, core.ThreadChange{Reception: &nothing}); err != nil {
				t.Fatal(err)
			}
		}
	}
	out := textTo()
	for i := range recipients {
		switch {
		case i%97 == 3:
			out.To = append(out.To, fmt.Sprint("nobody", i))
		case i%89 == 2:
			out.To = append(out.To, "sender")
		default:
			out.To = append(out.To, users[i*7%accounts].ID)
		}
	}
	results, err := w.engine.Dispatch(ctx, sender, out)
	if err != nil || len(results) != recipients {
		t.Fatalf("%d results, %v", len(results), err)
	}
	places := make(map[string]int64)
	last := int64(0)
	for i, r := range results {
		to := users[i*7%accounts]
		switch {
		case i%97 == 3:
			wantCode(t, "a dispatch to nobody", r.Err, core.NotFound)
			continue
		case i%89 == 2:
			to = sender.User
		case refusing(i * 7 % accounts):
			wantCode(t, "a dispatch to one who refuses", r.Err, core.Forbidden)
			continue
		}
		places[to.UUID]++
		if r.Err != nil || r.To != to.UUID || r.ID <= last || r.Seq != places[to.UUID] {
			t.Fatalf("result %d is %+v after id %d, want place %d with %s", i, r, last, places[to.UUID], to.UUID)
		}
		last = r.ID
	}
	for i, u := range users {
		n, err := w.engine.Unread(ctx, core.Caller{App: w.app, User: u})
		if err != nil || int64(n) != places[u.UUID] || refusing(i) && n != 0 {
			t.Errorf("%s has %d unread, want %d: %v", u.ID, n, places[u.UUID], err)
		}
	}
	own, err := w.engine.Thread(ctx, sender, core.Ref{Peer: "sender"})
	if err != nil || own.MaxSeq != places[sender.User.UUID] || own.Unread != 0 || own.ReadSeq != own.MaxSeq {
		t.Errorf("the conversation with oneself is %+v, %v", own, err)
	}
}

// A dispatch with a key can be repeated: the messages that are there are answered again.
func TestDispatchIsIdempotent(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice := core.Caller{App: w.app, User: register(t, w, "alice")}
	register(t, w, "bob")
	register(t, w, "carol")
	out := textTo("bob", "nobody", "carol", "bob")
	out.Key = "once"
	first, err := w.engine.Dispatch(ctx, alice, out)
	if err != nil || first[0].ID == 0 || first[3].ID != first[0].ID || first[2].ID == first[0].ID {
		t.Fatalf("%+v, %v", first, err)
	}
	out.To = append(out.To, "alice")
	second, err := w.engine.Dispatch(ctx, alice, out)
	if err != nil || second[4].Err != nil || second[4].Seq != 1 {
		t.Fatalf("%+v, %v", second, err)
	}
	for i := range first {
		if first[i].Delivery != second[i].Delivery || core.CodeOf(first[i].Err) != core.CodeOf(second[i].Err) {
			t.Errorf("result %d is %+v, then %+v", i, first[i], second[i])
		}
	}
}

// Bodies that do not fit into one transaction together are delivered in several.
func TestDispatchOfLargeBodies(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice := core.Caller{App: w.app, User: register(t, w, "alice")}
	bob := core.Caller{App: w.app, User: register(t, w, "bob")}
	out := textTo()
	out.Content.Body = []byte(strings.Repeat("x", core.DefaultMaxBody))
	out.Key = strings.Repeat("k", core.MaxMessageKey-1)
	for i := range 60 {
		id := fmt.Sprint("user", i)
		register(t, w, id)
		out.To = append(out.To, id, "bob")
	}
	results, err := w.engine.Dispatch(ctx, alice, out)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Err != nil || r.Seq != 1 || i > 1 && i%2 == 0 && r.ID <= results[i-2].ID {
			t.Fatalf("result %d: %+v", i, r)
		}
	}
	page, err := w.engine.Entries(ctx, bob, core.Ref{Peer: "alice"}, core.EntryQuery{Last: 100, Limit: 100})
	if err != nil || len(page.Entries) != 1 || len(page.Entries[0].Content.Body) != core.DefaultMaxBody {
		t.Errorf("bob has %d entries, %v", len(page.Entries), err)
	}
}

// A group that fails ends a dispatch with its fault; what was delivered before stays.
func TestDispatchEndsAtAFailure(t *testing.T) {
	ctx := context.Background()
	var left atomic.Int64 // groups until the disk is full
	left.Store(1000)
	store := &failingStore{Store: memory.New(), fail: func() error {
		if left.Load() <= 0 {
			return storage.ErrFull
		}
		return nil
	}}
	env := environment()
	env.Now = func() time.Time { // every group asks for the time once
		left.Add(-1)
		return time.Unix(1_700_000_000, 0)
	}
	e, err := core.Open(ctx, store, env, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeEngine(t, e)
	app, err := e.PutApp(ctx, core.App{})
	if err != nil {
		t.Fatal(err)
	}
	alice := core.Caller{App: app, User: register(t, world{e, app}, "alice")}
	out := textTo()
	for range 2000 {
		out.To = append(out.To, "alice")
	}
	left.Store(2)
	results, err := e.Dispatch(ctx, alice, out)
	if fault := core.AsFault(err); results != nil || fault == nil || fault.Code != core.Unavailable || !errors.Is(err, storage.ErrFull) {
		t.Fatalf("%d results, %v", len(results), err)
	}
	left.Store(1000)
	before, err := e.Thread(ctx, alice, core.Ref{Peer: "alice"})
	if err != nil || before.MaxSeq == 0 || before.MaxSeq >= 2000 {
		t.Fatalf("%d of 2000 are delivered, %v", before.MaxSeq, err)
	}
	results, err = e.Dispatch(ctx, alice, textTo("alice"))
	if err != nil || results[0].Seq != before.MaxSeq+1 {
		t.Errorf("%+v after %d, %v", results, before.MaxSeq, err)
	}
}

func TestDispatchFaults(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, memory.New())
	alice := core.Caller{App: w.app, User: register(t, w, "alice")}
	if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "deaf", Reception: core.ReceiveNothing}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		channel core.Channel
		want    core.Code
	}{{core.Direct, core.Forbidden}, {core.Notices, 0}, {core.Events, 0}} {
		out := textTo("deaf")
		out.Channel = tt.channel
		results, err := w.engine.Dispatch(ctx, alice, out)
		if err != nil || len(results) != 1 {
			t.Fatal(results, err)
		}
		wantCode(t, fmt.Sprint("channel ", tt.channel, " to one who receives nothing"), results[0].Err, tt.want)
	}
	if results, err := w.engine.Dispatch(ctx, alice, textTo()); err != nil || len(results) != 0 {
		t.Errorf("a dispatch to no one: %+v, %v", results, err)
	}
	banned := alice
	user := *alice.User
	user.Banned = true
	banned.User = &user
	large, broken, early := textTo("alice"), textTo("alice"), textTo("alice")
	large.Content.Body = make([]byte, core.DefaultMaxBody+1)
	broken.Content.Body = []byte("\xff")
	early.Time = -1
	for _, tt := range []struct {
		what   string
		caller core.Caller
		out    core.Outgoing
		want   core.Code
	}{
		{"a banned sender", banned, textTo("alice"), core.Forbidden},
		{"too large a body", alice, large, core.TooLarge},
		{"no UTF-8", alice, broken, core.Invalid},
		{"a time before 1970", alice, early, core.Invalid},
	} {
		_, err := w.engine.Dispatch(ctx, tt.caller, tt.out)
		wantCode(t, tt.what, err, tt.want)
		_, err = w.engine.SendToGroup(ctx, tt.caller, "circle", tt.out)
		wantCode(t, tt.what+" to a group", err, tt.want)
	}
	if _, err := w.engine.Thread(ctx, alice, core.Ref{Peer: "alice"}); core.CodeOf(err) != core.NotFound {
		t.Errorf("refused messages are there: %v", err)
	}
}

func TestSendToGroupFaults(t *testing.T) {
	ctx := context.Background()
	c := newCircle(t)
	owner := c.callers["owner"]
	send := func(by core.Caller, id string) error {
		_, err := c.engine.SendToGroup(ctx, by, id, textTo())
		return err
	}
	wantFault := func(what string, err error, code core.Code, field core.Field) {
		t.Helper()
		if f := core.AsFault(err); f == nil || f.Code != code || f.Field != field {
			t.Errorf("%s: %v, want %v %v", what, err, code, field)
		}
	}
	wantFault("no group", send(owner, "nowhere"), core.NotFound, core.FieldGroup)
	wantFault("a stranger", send(c.callers["stranger"], c.id), core.Forbidden, core.FieldMember)
	wantCode(t, "a privileged stranger", send(c.callers["privileged"], c.id), 0)
	for _, id := range []string{"admin", "member", "owner"} {
		if err := c.engine.MuteMember(ctx, c.callers["privileged"], c.id, id, 1<<50); err != nil {
			t.Fatal(err)
		}
	}
	wantFault("a muted admin", send(c.callers["admin"], c.id), core.Limited, core.FieldMember)
	wantFault("a muted member", send(c.callers["member"], c.id), core.Limited, core.FieldMember)
	wantCode(t, "a muted owner", send(owner, c.id), 0)
	if err := c.engine.SetGroupMuted(ctx, owner, c.id, true); err != nil {
		t.Fatal(err)
	}
	wantFault("a member of a muted group", send(c.callers["member2"], c.id), core.Limited, core.FieldGroup)
	wantCode(t, "an admin of a muted group", send(c.callers["admin2"], c.id), 0)
	if err := c.engine.DismissGroup(ctx, owner, c.id); err != nil {
		t.Fatal(err)
	}
	wantFault("a dismissed group", send(owner, c.id), core.Conflict, core.FieldGroup)
	wantFault("a dismissed group, privileged", send(c.callers["privileged"], c.id), core.Conflict, core.FieldGroup)
	page, err := c.engine.Entries(ctx, c.callers["member"], core.Ref{Group: c.id}, core.EntryQuery{Last: 100, Limit: 100})
	if err != nil || len(page.Entries) != 3 {
		t.Errorf("a dismissed group shows %d entries of 3, %v", len(page.Entries), err)
	}
}
