package core_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"parley/core"
	"parley/storage/memory"
	"parley/storage/storagetest"
)

// imported makes a text message for an import.
func imported(origin, from, to, text string) core.ImportedMessage {
	return core.ImportedMessage{
		Origin: origin, From: from, To: to, Time: 1_600_000_000_000,
		Content: core.Content{Kind: core.KindText, Body: []byte(text)},
	}
}

// Import adds messages from a source to the model: new ones and known ones, with and without wishes.
func (m *importModel) Import(t *rapid.T) {
	batch := core.ImportBatch{Source: "elsewhere", Cursor: []byte(fmt.Sprint(len(m.origins)))}
	var fresh []*modelMessage
	known, reordered := 0, 0
	last := m.newest()
	inBatch := make(map[string]bool)
	for range rapid.IntRange(1, 6).Draw(t, "messages") {
		from, to := drawMember(t, "from"), drawMember(t, "to")
		if from == to {
			continue
		}
		if n := len(m.origins); n > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
			batch.Messages = append(batch.Messages, m.origins[rapid.IntRange(0, n-1).Draw(t, "which")])
			known++
			continue
		}
		msg := &modelMessage{from: from, to: to, text: fmt.Sprint("imported ", len(m.origins), " ", len(fresh)), read: rapid.Bool().Draw(t, "read")}
		in := imported(fmt.Sprint("origin ", len(m.origins)+len(fresh)), fmt.Sprint("user", from), m.uuids[to], msg.text)
		in.Read, in.Time = msg.read, rapid.Int64Range(0, 2e12).Draw(t, "time")
		if rapid.Bool().Draw(t, "wish") {
			in.ID = max(1, last+rapid.Int64Range(-3, 5).Draw(t, "id"))
		}
		if last++; in.ID > last {
			last = in.ID
		} else if in.ID != 0 && in.ID != last {
			reordered++
		}
		msg.id = last
		fresh = append(fresh, msg)
		batch.Messages = append(batch.Messages, in)
		inBatch[in.Origin] = true
	}
	result, err := m.engine(t).Import(context.Background(), m.world.app, batch)
	if err != nil || result.Stored != len(fresh) || result.Known != known || result.Reordered != reordered || result.Rejected != 0 {
		t.Fatalf("%+v, %v; want %d stored, %d known, %d reordered", result, err, len(fresh), known, reordered)
	}
	for _, in := range batch.Messages {
		if inBatch[in.Origin] {
			m.origins = append(m.origins, in)
		}
	}
	m.stored += len(fresh)
	m.messages = append(m.messages, fresh...)
	cursor, stored, err := m.engine(t).ImportCursor(context.Background(), m.world.app, "elsewhere")
	if err != nil || string(cursor) != string(batch.Cursor) || stored != uint64(m.stored) {
		t.Fatalf("the cursor is %s after %d messages, want %s after %d: %v", cursor, stored, batch.Cursor, m.stored, err)
	}
}

// ImportReads marks what a member has read at the source: the whole of what was imported, by the place that it has here.
func (m *importModel) ImportReads(t *rapid.T) {
	user, peer := drawMember(t, "user"), drawMember(t, "peer")
	if user == peer {
		t.Skip("nobody talks to oneself")
	}
	all := m.between(user, peer)
	upTo := rapid.IntRange(0, len(all)).Draw(t, "up to")
	for _, msg := range all[:upTo] {
		if msg.to == user {
			msg.read = true
		}
	}
	_, err := m.engine(t).Import(context.Background(), m.world.app, core.ImportBatch{Source: "marks", Reads: []core.ImportedRead{
		{Member: m.uuids[user], Peer: m.uuids[peer], UpTo: int64(upTo)},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// importModel is a model whose messages also come from elsewhere.
type importModel struct {
	*model
	origins []core.ImportedMessage
	stored  int
}

// engine returns one of the gateways.
func (m *importModel) engine(t *rapid.T) *core.Engine {
	return m.engines[rapid.IntRange(0, len(m.engines)-1).Draw(t, "gateway")]
}

func (m *importModel) newest() (id int64) {
	for _, msg := range m.messages {
		id = max(id, msg.id)
	}
	return id
}

func TestImportModel(t *testing.T) {
	for _, gateways := range []int{1, 3} {
		t.Run(fmt.Sprint(gateways, " gateways"), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := &importModel{model: newModel(t, gateways)}
				defer m.close(t)
				for range 4 {
					t.Repeat(rapid.StateMachineActions(m))
				}
			})
		})
	}
}

// importSome imports a history in batches from the cursor on, until all of it is there or something fails.
func importSome(e *core.Engine, app *core.App, total, size int) error {
	ctx := context.Background()
	for {
		cursor, _, err := e.ImportCursor(ctx, app, "history")
		if err != nil {
			return err
		}
		at := 0
		if cursor != nil {
			if _, err := fmt.Sscan(string(cursor), &at); err != nil {
				return err
			}
		}
		if at >= total {
			return nil
		}
		b := core.ImportBatch{Source: "history", Cursor: []byte(fmt.Sprint(min(total, at+size)))}
		for i := at; i < min(total, at+size); i++ {
			in := imported(fmt.Sprint(i), fmt.Sprint("user", i%3), fmt.Sprint("user", (i+1)%3), fmt.Sprint("text ", i))
			in.ID, in.Seq, in.Read = int64(i)*7+1, int64(i/3)+1, i%2 == 0
			b.Messages = append(b.Messages, in)
		}
		if _, err := e.Import(ctx, app, b); err != nil {
			return err
		}
	}
}

// A process that dies between or in the middle of batches continues where it was, and what is there in the end is the same.
func TestImportAfterDeath(t *testing.T) {
	const total = 60
	describe := func(t *testing.T, e *core.Engine, app *core.App) string {
		text := ""
		for i := range 3 {
			u, err := e.Find(t.Context(), app, fmt.Sprint("user", i))
			if err != nil {
				t.Fatal(err)
			}
			c := core.Caller{App: app, User: u}
			h, err := e.History(t.Context(), c, core.HistoryQuery{Limit: 1000}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range h.Messages {
				text += fmt.Sprint(m.ID, m.Seq, m.Time, m.Own, m.Read, string(m.Content.Body), "\n")
			}
			unread, err := e.Unread(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			text += fmt.Sprint("unread ", unread, "\n")
		}
		return text
	}
	var want string
	for deaths := range 14 {
		mortal := storagetest.NewMortal(memory.New())
		e := openEngine(t, mortal)
		app, err := e.PutApp(t.Context(), core.App{Key: "DEADDEADDEADDEADDEADDEADDEADDEAD"})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if _, err := e.Register(t.Context(), app, core.NewUser{ID: fmt.Sprint("user", i)}); err != nil {
				t.Fatal(err)
			}
		}
		if deaths > 0 {
			mortal.DieAfter(int64(deaths) - 1)
			err := importSome(e, app, total, 7)
			if mortal.Dead() && core.CodeOf(err) != core.Unavailable {
				t.Fatalf("an import on a dead store: %v", err)
			}
			if err := e.Close(); mortal.Dead() && !errors.Is(err, storagetest.ErrDead) {
				t.Fatal(err)
			}
			e = openEngine(t, mortal.Store)
			app, _ = e.App(app.Key)
		}
		for range 2 { // the second time there is nothing to do
			if err := importSome(e, app, total, 5); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.ForgetImport(t.Context(), app, "history"); err != nil {
			t.Fatal(err)
		}
		if err := importSome(e, app, total, 11); err != nil { // everything is known
			t.Fatal(err)
		}
		got := describe(t, e, app)
		if want == "" {
			want = got
		}
		if got != want {
			t.Fatalf("after %d changes and a death:\n%s\nwant\n%s", deaths, got, want)
		}
		closeEngine(t, e)
	}
}
