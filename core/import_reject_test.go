package core_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/core"
	"parley/storage/memory"
)

// What is wrong with one part of a batch rejects that part and no other.
func TestImportRejects(t *testing.T) {
	w := newWorld(t, memory.New())
	ctx := t.Context()
	for _, id := range []string{"a", "b", "gone"} {
		if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.engine.SetBanned(ctx, w.app, "gone", true); err != nil {
		t.Fatal(err)
	}
	good := func(change func(*core.ImportedMessage)) core.ImportedMessage {
		m := imported("x", "a", "b", "text")
		change(&m)
		return m
	}
	for name, c := range map[string]struct {
		message core.ImportedMessage
		code    core.Code
	}{
		"no origin":        {good(func(m *core.ImportedMessage) { m.Origin = "" }), core.Invalid},
		"long origin":      {good(func(m *core.ImportedMessage) { m.Origin = strings.Repeat("o", 129) }), core.Invalid},
		"no receiver":      {good(func(m *core.ImportedMessage) { m.To = "" }), core.Invalid},
		"both":             {good(func(m *core.ImportedMessage) { m.Group = "g" }), core.Invalid},
		"unknown receiver": {good(func(m *core.ImportedMessage) { m.To = "nobody" }), core.NotFound},
		"unknown group":    {good(func(m *core.ImportedMessage) { m.To, m.Group = "", "g" }), core.NotFound},
		"to oneself":       {good(func(m *core.ImportedMessage) { m.To = "a" }), core.Conflict},
		"before 1970":      {good(func(m *core.ImportedMessage) { m.Time = -1 }), core.Invalid},
		"the greatest id":  {good(func(m *core.ImportedMessage) { m.ID = core.MaxImportedID + 1 }), core.Invalid},
		"no kind":          {good(func(m *core.ImportedMessage) { m.Content.Kind = 0 }), core.Invalid},
		"large":            {good(func(m *core.ImportedMessage) { m.Content.Body = make([]byte, core.DefaultMaxBody+1) }), core.TooLarge},
		"no UTF-8":         {good(func(m *core.ImportedMessage) { m.Content.Body = []byte("\xff") }), core.Invalid},
		"a bad sender":     {good(func(m *core.ImportedMessage) { m.From = "\n" }), core.Invalid},
	} {
		fine := imported("fine "+name, "a", "gone", name) // a ban does not undo what was said before it
		result, err := w.engine.Import(ctx, w.app, core.ImportBatch{Source: "s", Messages: []core.ImportedMessage{c.message, fine}})
		if err != nil || result.Stored != 1 || result.Rejected != 1 || result.Rejects[0].Index != 0 || result.Rejects[0].Fault.Code != c.code {
			t.Errorf("%s: %+v, %v; want %v", name, result, err, c.code)
		}
	}
	result, err := w.engine.Import(ctx, w.app, core.ImportBatch{
		Source: "s", Keys: []core.ImportedKey{{From: "a", To: "b", Message: "never", Key: "k"}},
		Reads: []core.ImportedRead{{Member: "b", Peer: "a", Read: []core.PlaceRun{{First: 2, Last: 1}}}, {Member: "b", Peer: "nobody"}},
	})
	if err != nil || result.Rejected != 3 {
		t.Errorf("%+v, %v", result, err)
	}
	for name, b := range map[string]core.ImportBatch{
		"no source":   {},
		"long source": {Source: strings.Repeat("s", core.MaxSource+1)},
		"long cursor": {Source: "s", Cursor: make([]byte, core.MaxImportCursor+1)},
		"many":        {Source: "s", Messages: make([]core.ImportedMessage, core.MaxImport+1)},
	} {
		if _, err := w.engine.Import(ctx, w.app, b); core.CodeOf(err) != core.Invalid && core.CodeOf(err) != core.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A batch that exceeds one transaction is written in several, and a key of a message makes a repeated send known.
func TestImportOfLargeMessages(t *testing.T) {
	w := newWorld(t, memory.New())
	a, b := w.Member(t, "a"), w.Member(t, "b")
	batch := core.ImportBatch{Source: "s", Cursor: []byte("end")}
	for i := range 60 {
		m := imported(fmt.Sprint(i), "a", "b", strings.Repeat("x", 60<<10))
		m.Key, m.Read = fmt.Sprint("key ", i), i < 50
		batch.Messages = append(batch.Messages, m)
	}
	result, err := w.engine.Import(t.Context(), w.app, batch)
	if err != nil || result.Stored != 60 || result.LastID-result.FirstID != 59 {
		t.Fatalf("%+v, %v", result, err)
	}
	if n, err := b.Unread(t.Context()); err != nil || n != 10 {
		t.Errorf("%d unread, %v", n, err)
	}
	d, err := a.Send(t.Context(), core.Outgoing{To: []string{b.Address}, Key: "key 59", Content: w.Content(core.KindText, "again")})
	if err != nil || d[0].ID != result.LastID {
		t.Errorf("%+v, %v; want message %d", d, err, result.LastID)
	}
}

func TestImportedUsers(t *testing.T) {
	w := newWorld(t, memory.New())
	ctx := t.Context()
	if _, err := w.engine.Register(ctx, w.app, core.NewUser{ID: "here", Username: "name"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.engine.Sender(ctx, w.app, "shadow"); err != nil {
		t.Fatal(err)
	}
	result, err := w.engine.ImportUsers(ctx, w.app, []core.ImportedUser{
		{User: core.User{ID: "here", Nickname: "other"}},
		{User: core.User{ID: "new", Registered: 5}},
		{User: core.User{ID: "thief", Username: "name"}},
		{User: core.User{ID: "shadow", Registered: 6}},
		{User: core.User{ID: "bad", Registered: -1}},
		{User: core.User{ID: "new"}},
	})
	if err != nil || result.Stored != 2 || result.Known != 2 || result.Rejected != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	for id, registered := range map[string]int64{"new": 5, "shadow": 6} {
		if u, err := w.engine.Find(ctx, w.app, id); err != nil || u.Registered != registered {
			t.Errorf("%s: %+v, %v", id, u, err)
		}
	}
	if u, err := w.engine.Find(ctx, w.app, "here"); err != nil || u.Nickname != "" {
		t.Errorf("%+v, %v", u, err)
	}
	page, err := w.engine.Users(ctx, w.app, core.UserQuery{Limit: 10})
	if err != nil || page.Total != 3 {
		t.Errorf("%+v, %v", page, err)
	}
}
