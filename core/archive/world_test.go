package archive_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"pgregory.net/rapid"

	"parley/core"
	"parley/core/archive"
	"parley/storage/memory"
)

// failer is a test or a part of a property test.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// world is an engine with an app.
type world struct {
	engine *core.Engine
	app    *core.App
	clock  *int64
}

const appKey = "ARCHIVEARCHIVEARCHIVEARCHIVE0000"

func newWorld(t failer) *world {
	t.Helper()
	clock := int64(1_700_000_000_000)
	env := core.Environment{Random: rand.Reader, Now: func() time.Time { return time.UnixMilli(clock) }}
	e, err := core.Open(context.Background(), memory.New(), env, core.Options{CacheMiB: 4})
	if err != nil {
		t.Fatalf("%v", err)
	}
	app, err := e.PutApp(context.Background(), core.App{Key: appKey, Name: "shop", Zone: "UTC"})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return &world{engine: e, app: app, clock: &clock}
}

func (w *world) close(t failer) {
	if err := w.engine.Close(); err != nil {
		t.Fatalf("%v", err)
	}
}

func (w *world) caller(t failer, id string) core.Caller {
	t.Helper()
	u, err := w.engine.Find(context.Background(), w.app, id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return core.Caller{App: w.app, User: u}
}

// archive exports the world.
func (w *world) archive(t failer, o archive.ExportOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	out := archive.NewWriter(&b, archive.Header{App: appKey, Created: 7})
	if err := archive.Export(context.Background(), w.engine, w.app, out, o); err != nil {
		t.Fatalf("export: %v", err)
	}
	if err := out.Close(); err != nil {
		t.Fatalf("export: %v", err)
	}
	return b.Bytes()
}

// restore imports an archive, noting the cursor at each record, and returns what became of it.
func (w *world) restore(t failer, data []byte, o archive.ImporterOptions) archive.Counts {
	t.Helper()
	ctx := context.Background()
	in := archive.NewReader(bytes.NewReader(data))
	m := archive.NewImporter(w.engine, w.app, archive.SourcePrefix+appKey, o)
	for {
		r, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("read: %v", err)
		}
		cursor, err := in.Cursor()
		if err != nil {
			t.Fatalf("cursor: %v", err)
		}
		if err := m.Add(ctx, r, cursor); err != nil {
			t.Fatalf("import of %+v: %v", r, err)
		}
	}
	if err := m.Flush(ctx); err != nil {
		t.Fatalf("import: %v", err)
	}
	return m.Counts()
}

// strict refuses every reject.
func strict() archive.ImporterOptions {
	return archive.ImporterOptions{Rejected: func(r archive.Reject) error {
		return fmt.Errorf("record %d was rejected: %w: %+v", r.Number, r.Fault, r.Record)
	}}
}

const people = 5

func person(n int) string { return fmt.Sprint("user", n) }

// populate makes users and groups and what stands beside messages.
func (w *world) populate(t failer) {
	ctx := context.Background()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("populate: %v", err)
		}
	}
	for i := range people {
		*w.clock += 1000
		n := core.NewUser{ID: person(i), Nickname: "名 " + person(i), IP: "10.0.0.1", Extra: "<&>\u2028", Ext: []byte(`{ "a": [1]}`)}
		if i == 0 {
			n.Username, n.Password, n.Role, n.Reception = "zero", strings.Repeat("a", 32), core.RoleAdmin, core.ReceiveQuietly
		}
		_, err := w.engine.Register(ctx, w.app, n)
		check(err)
	}
	_, err := w.engine.SetBanned(ctx, w.app, person(4), true)
	check(err)
	shadow, err := w.engine.Sender(ctx, w.app, "a name")
	check(err)
	_, err = w.engine.Send(ctx, core.Caller{App: w.app, User: shadow}, core.Outgoing{To: []string{person(1)}, Content: text("from a shadow")})
	check(err)
	check(w.engine.Befriend(ctx, w.app, person(0), []string{person(1), person(2)}))
	operator := core.Caller{App: w.app, Privileged: true}
	for _, g := range []core.NewGroup{
		{ID: "g0", Name: "first", Owner: person(0), Members: []string{person(1), person(2)}, Policy: core.GroupPolicy{Verification: 2}},
		{ID: "g1", Notice: "old", Owner: person(1), Admins: []string{person(2)}, Members: []string{person(3)}},
		{ID: "g2", Owner: person(2)},
	} {
		*w.clock += 1000
		_, err := w.engine.CreateGroup(ctx, operator, g)
		check(err)
	}
	zero := w.caller(t, person(0))
	check(w.engine.MuteMember(ctx, zero, "g0", person(1), 99))
	notice := "new"
	_, err = w.engine.ChangeGroup(ctx, zero, "g0", core.GroupChange{Notice: &notice})
	check(err)
	check(w.engine.TransferGroup(ctx, w.caller(t, person(1)), "g1", person(3)))
	check(w.engine.DismissGroup(ctx, operator, "g2"))
	pinned, extra, minSeq := true, "mine", int64(3)
	check(w.engine.ChangeThread(ctx, zero, core.Ref{Group: "g0"}, core.ThreadChange{Pinned: &pinned, Extra: &extra}))
	check(w.engine.ChangeThread(ctx, zero, core.Ref{Peer: person(3)}, core.ThreadChange{MinSeq: &minSeq}))
}

func text(s string) core.Content { return core.Content{Kind: core.KindText, Body: []byte(s)} }

// step does something at random.
func (w *world) step(t *rapid.T, n int) {
	ctx := context.Background()
	*w.clock += rapid.Int64Range(0, 5000).Draw(t, "pause")
	one, other := rapid.IntRange(0, 3).Draw(t, "one"), rapid.IntRange(0, 3).Draw(t, "other")
	c := w.caller(t, person(one))
	ref := core.Ref{Peer: person(other), Channel: rapid.SampledFrom([]core.Channel{core.Direct, core.Direct, core.Notices, core.Events}).Draw(t, "channel")}
	if group := rapid.IntRange(0, 2).Draw(t, "group"); group == 0 {
		ref = core.Ref{Group: rapid.SampledFrom([]string{"g0", "g1"}).Draw(t, "id")}
	}
	if one == other && ref.Group == "" {
		return
	}
	seq := int64(rapid.IntRange(0, 12).Draw(t, "seq"))
	var err error
	switch rapid.IntRange(0, 9).Draw(t, "what") {
	case 0:
		err = w.engine.ReadUpTo(ctx, c, ref, seq, rapid.IntRange(0, 5).Draw(t, "back") == 0)
	case 1:
		_, err = w.engine.MarkRead(ctx, c, person(other), seq*3)
	case 2:
		err = w.engine.DeleteEntries(ctx, c, ref, []int64{seq, seq + 1}, rapid.Bool().Draw(t, "for all"))
	case 3:
		err = w.engine.Revoke(ctx, c, ref, seq)
	case 4:
		if rapid.IntRange(0, 3).Draw(t, "clear") == 0 {
			err = w.engine.Clear(ctx, c, ref, rapid.Bool().Draw(t, "for all"))
		}
	case 5:
		if ref.Group != "" {
			err = w.engine.LeaveGroup(ctx, c, ref.Group)
		}
	default:
		err = w.send(ctx, t, c, ref, n)
	}
	if code := core.CodeOf(err); code >= core.Limited {
		t.Fatalf("step %d: %v", n, err)
	}
}

func (w *world) send(ctx context.Context, t *rapid.T, c core.Caller, ref core.Ref, n int) error {
	out := core.Outgoing{To: []string{ref.Peer}, Channel: ref.Channel, Content: text(fmt.Sprint("text ", n, " \x00\"<>&\u2028"))}
	switch rapid.IntRange(0, 4).Draw(t, "content") {
	case 0:
		out.Content = core.Content{
			Kind: core.KindImage, Object: true, Body: []byte(`{"url":"x"}`), Origin: "dialect", Type: "102", Raw: []byte{}, Meta: []byte{0, 255},
		}
	case 1:
		out.Content.Raw, out.Content.Meta = []byte(`{"a" : 1}`), []byte{}
	}
	if rapid.Bool().Draw(t, "keyed") {
		out.Key = fmt.Sprint("key ", n%7)
	}
	if ref.Group != "" {
		out.To = nil
		_, err := w.engine.SendToGroup(ctx, c, ref.Group, out)
		return err
	}
	_, err := w.engine.Send(ctx, c, out)
	return err
}
