package core_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
)

// sentMessage is a message as its sender knows it.
type sentMessage struct {
	id, time         int64
	sender, receiver string // receiver is the group's ID in a group
	channel          core.Channel
	group            bool
	text             string
	kind             core.Kind
}

// archive is an app with messages of every kind of conversation, and the list of them.
type archive struct {
	circle
	sent []sentMessage
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	a := &archive{circle: newCircle(t)}
	names := []string{"owner", "admin", "member"}
	for i := range 240 {
		m := sentMessage{
			sender: names[i%3], receiver: names[i/3%3], text: fmt.Sprint("text ", i), kind: core.KindText,
			time:  1_700_000_000_000 + int64(i*i%50)*1000, // out of order, and many at once
			group: i%5 == 0, channel: []core.Channel{core.Direct, core.Direct, core.Notices, core.Events}[i%4],
		}
		if m.group {
			m.receiver, m.channel = a.id, core.Direct
		}
		a.send(t, &m)
		a.sent = append(a.sent, m)
	}
	return a
}

func (a *archive) send(t *testing.T, m *sentMessage) {
	t.Helper()
	ctx := context.Background()
	out := core.Outgoing{
		To: []string{m.receiver}, Channel: m.channel, Time: m.time,
		Content: core.Content{Kind: m.kind, Body: []byte(m.text)},
	}
	if m.group {
		d, err := a.engine.SendToGroup(ctx, a.callers[m.sender], a.id, out)
		if err != nil {
			t.Fatal(err)
		}
		m.id = d.ID
		return
	}
	results, err := a.engine.Dispatch(ctx, a.callers[m.sender], out)
	if err != nil || results[0].Err != nil {
		t.Fatal(results, err)
	}
	m.id = results[0].ID
}

// find is the search that looks at every message of the list.
func (a *archive) find(s *core.Search) (page []sentMessage, total int) {
	for _, m := range a.sent {
		switch content := (core.Content{Kind: m.kind, Body: []byte(m.text)}); {
		case m.group && !s.Groups, !m.group && (!s.Direct || m.channel == core.Events):
		case s.Sender != "" && m.sender != s.Sender, s.Receiver != "" && m.receiver != s.Receiver:
		case s.From != 0 && m.time < s.From, s.Until != 0 && m.time >= s.Until:
		case s.Match != nil && !s.Match(&content, m.channel):
		default:
			page = append(page, m)
		}
	}
	slices.SortFunc(page, func(a, b sentMessage) int { return cmp.Or(cmp.Compare(b.time, a.time), cmp.Compare(b.id, a.id)) })
	total = len(page)
	page = page[min(s.Offset, total):]
	return page[:min(s.Limit, len(page))], total
}

func (a *archive) check(t fatal, s *core.Search) {
	t.Helper()
	want, total := a.find(s)
	got, n, err := a.engine.Search(context.Background(), a.app, *s)
	if err != nil || n != total || len(got) != len(want) {
		t.Fatalf("%+v found %d of %d, want %d of %d: %v", s, len(got), n, len(want), total, err)
	}
	for i, w := range want {
		f := &got[i]
		receiver := a.id
		if !w.group && f.Receiver != nil {
			receiver = f.Receiver.ID
		}
		if f.ID != w.id || f.Time != w.time || f.Sender.ID != w.sender || receiver != w.receiver || f.Channel != w.channel ||
			(f.Group != nil) != w.group || f.Hidden || f.Content.Kind != w.kind || string(f.Content.Body) != w.text {
			t.Fatalf("hit %d of %+v: %+v, want %+v", i, s, f, w)
		}
	}
}

// Whatever is asked, a search finds what looking at every message finds, newest first.
func TestSearch(t *testing.T) {
	a := newArchive(t)
	rapid.Check(t, func(t *rapid.T) {
		someone := rapid.SampledFrom([]string{"", "", "owner", "admin", "member", "stranger", "nobody"})
		moment := rapid.SampledFrom([]int64{0, 0, 1, 1_700_000_010_000, 1_700_000_025_500, 1_700_000_049_000, 1_800_000_000_000})
		s := core.Search{
			Sender: someone.Draw(t, "sender"), Receiver: someone.Draw(t, "receiver"),
			From: moment.Draw(t, "from"), Until: moment.Draw(t, "until"),
			Groups: rapid.Bool().Draw(t, "groups"), Direct: rapid.Bool().Draw(t, "direct"),
			Offset: rapid.SampledFrom([]int{0, 0, 3, 100, 500}).Draw(t, "offset"),
			Limit:  rapid.SampledFrom([]int{0, 1, 7, 100, core.MaxSearch - 500}).Draw(t, "limit"),
		}
		if rapid.IntRange(0, 3).Draw(t, "in the group") == 0 {
			s.Receiver = a.id
		}
		if part := rapid.SampledFrom([]string{"", "1", "23"}).Draw(t, "part"); part != "" {
			s.Match = func(c *core.Content, channel core.Channel) bool {
				return strings.Contains(string(c.Body), part) && channel != core.Events
			}
		}
		a.check(t, &s)
	})
}

// What is deleted for everybody is not found. What its sender hides, clears or revokes is still there for the operator.
func TestSearchAfterDeletion(t *testing.T) {
	ctx := context.Background()
	a := newArchive(t)
	owner, admin := a.callers["owner"], core.Ref{Peer: "admin"}
	everything := &core.Search{Groups: true, Direct: true, Limit: core.MaxPage}
	entries := func(ref core.Ref) []core.Entry {
		page, err := a.engine.Entries(ctx, owner, ref, core.EntryQuery{Last: core.MaxPage, Limit: core.MaxPage})
		if err != nil || len(page.Entries) < 4 {
			t.Fatalf("%d entries, %v", len(page.Entries), err)
		}
		return page.Entries
	}
	at := func(id int64) int { return slices.IndexFunc(a.sent, func(m sentMessage) bool { return m.id == id }) }
	for _, ref := range []core.Ref{admin, {Group: a.id}} {
		talk := entries(ref)
		if err := a.engine.DeleteEntries(ctx, owner, ref, []int64{1, 3}, true); err != nil {
			t.Fatal(err)
		}
		for _, i := range []int{0, 2} {
			gone := at(talk[i].ID)
			a.sent = slices.Delete(a.sent, gone, gone+1)
		}
		own := slices.IndexFunc(talk[3:], func(e core.Entry) bool { return e.Own }) + 3
		if err := a.engine.Revoke(ctx, owner, ref, talk[own].Seq); err != nil {
			t.Fatal(err)
		}
		revoked := &a.sent[at(talk[own].ID)]
		revoked.text, revoked.kind = `{"revoked":true}`, core.KindNotification
		a.check(t, everything)
		if err := a.engine.Clear(ctx, owner, ref, true); err != nil {
			t.Fatal(err)
		}
		a.check(t, everything)
	}
	page, _, err := a.engine.Search(ctx, a.app, core.Search{Direct: true, Limit: core.MaxPage, Sender: "owner", Receiver: "admin"})
	revocations := 0
	for i := range page {
		if page[i].Revoked != nil && page[i].Revoked.By.ID == "owner" {
			revocations++
		}
	}
	if err != nil || revocations != 1 {
		t.Errorf("%d revocations are found, %v", revocations, err)
	}
}

func TestSearchBounds(t *testing.T) {
	a := newArchive(t)
	for _, s := range []core.Search{{Offset: -1}, {Limit: -1}, {Limit: core.MaxSearch + 1}, {Offset: core.MaxSearch, Limit: 1}, {Offset: 1, Limit: math.MaxInt}} {
		_, _, err := a.engine.Search(context.Background(), a.app, s)
		wantCode(t, fmt.Sprintf("%+v", s), err, core.Invalid)
	}
	a.check(t, &core.Search{Groups: true, Direct: true, Offset: core.MaxSearch})
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := a.engine.Search(canceled, a.app, core.Search{Direct: true, Limit: 1})
	wantCode(t, "a search that is given up", err, core.Timeout)
	other, err := a.engine.PutApp(context.Background(), core.App{})
	if err != nil {
		t.Fatal(err)
	}
	if page, n, err := a.engine.Search(context.Background(), other, core.Search{Groups: true, Direct: true, Limit: 10}); err != nil || n != 0 {
		t.Errorf("another app shows %+v of %d, %v", page, n, err)
	}
}
