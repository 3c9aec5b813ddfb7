package main

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/openim"
	"parley/adapters/openim/mongodump"
	"parley/adapters/wire"
	"parley/adapters/wire/chattable"
	"parley/adapters/wire/golden"
	"parley/adapters/yesapi"
	"parley/core"
	"parley/core/migrate"
	"parley/storage/memory"
)

// arrival is an engine into which a platform was migrated, behind the dialects.
type arrival struct {
	engine *core.Engine
	app    *core.App
	dial   fasthttp.DialFunc
}

const arrivalPassword = "e10adc3949ba59abbe56e057f20f883e"

// arrive migrates a source. The person whom the test looks at is there beforehand, with a password.
func arrive(t *testing.T, person core.NewUser, open func(file *os.File, size int64) (migrate.Source, error), path string) *arrival {
	t.Helper()
	engine, err := core.Open(t.Context(), memory.New(), core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	a := &arrival{engine: engine}
	a.app, err = engine.PutApp(t.Context(), core.App{Dialects: map[string]json.RawMessage{"openim": json.RawMessage(`{"secret":"` + openimSecret + `"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	person.Username, person.Password = "dogstar", arrivalPassword
	if _, err := engine.Register(t.Context(), a.app, person); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	source, err := open(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	r, err := migrate.Run(t.Context(), migrate.Options{Engine: engine, App: a.app, Source: source, Holder: "a test", Now: time.Now})
	if err != nil || !r.Complete {
		t.Fatalf("%+v, %v", r, err)
	}
	meter := func(string, string) wire.Recorder { return func(time.Duration, core.Code) {} }
	house := wire.House{Engine: engine, Log: slog.New(slog.DiscardHandler), Meter: meter, Now: time.Now}
	yes, err := yesapi.New(house)
	if err != nil {
		t.Fatal(err)
	}
	im, err := openim.New(house)
	if err != nil {
		t.Fatal(err)
	}
	routes := make(map[string]fasthttp.RequestHandler)
	for _, r := range im.Routes() {
		routes[r.Path] = r.Handle
	}
	a.dial = golden.Serve(t, func(ctx *fasthttp.RequestCtx) {
		if handle := routes[string(ctx.Path())]; handle != nil {
			handle(ctx)
			return
		}
		yes.Serve(ctx)
	}).Dial
	return a
}

// expectedChat is a chat of one person, with the number of the other.
type expectedChat struct {
	peer     int
	unread   int
	messages []*legacyMessage
}

// chatsOf lists a person's chats, newest first.
func (l *legacy) chatsOf(person int) (chats []*expectedChat) {
	for i := range l.messages {
		m := &l.messages[i]
		peer := m.to
		if m.to == person {
			peer = m.from
		} else if m.from != person {
			continue
		}
		at := slices.IndexFunc(chats, func(c *expectedChat) bool { return c.peer == peer })
		c := &expectedChat{peer: peer}
		if at >= 0 {
			c = chats[at]
			chats = slices.Delete(chats, at, at+1)
		}
		c.messages = append(c.messages, m)
		if m.to == person && !m.read {
			c.unread++
		}
		chats = append(chats, c)
	}
	slices.Reverse(chats)
	return chats
}

// compareChats reads all of a person's chats through a dialect.
func (l *legacy) compareChats(t *testing.T, person int, view core.Messenger, address func(int) string, says func(*legacyMessage) string) {
	t.Helper()
	want := l.chatsOf(person)
	page, err := view.Conversations(t.Context(), 0, 100)
	if err != nil || len(page.Conversations) != len(want) || len(want) < 5 {
		t.Fatalf("%d chats, want %d, %v", len(page.Conversations), len(want), err)
	}
	unread := 0
	for i, c := range want {
		unread += c.unread
		got := page.Conversations[i]
		last := c.messages[len(c.messages)-1]
		if got.Peer.UUID != address(c.peer) || got.Unread != c.unread || got.Last.Time != last.time*1000 {
			t.Errorf("chat %d is with %s, %d unread, at %d; want %s, %d, %d", i, got.Peer.UUID, got.Unread, got.Last.Time, address(c.peer), c.unread, last.time*1000)
		}
		var all []core.Message
		for after := int64(0); ; {
			h, err := view.History(t.Context(), core.HistoryQuery{Peer: address(c.peer), After: max(after, 1), Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			if after == 0 { // ids begin with 1
				first, err := view.History(t.Context(), core.HistoryQuery{Peer: address(c.peer), After: 2, Direction: core.Older, Limit: 1})
				if err != nil {
					t.Fatal(err)
				}
				h.Messages = append(first.Messages, h.Messages...)
			}
			if len(h.Messages) == 0 {
				break
			}
			all = append(all, h.Messages...)
			after = h.Messages[len(h.Messages)-1].ID
		}
		if len(all) != len(c.messages) {
			t.Fatalf("chat %d has %d messages, want %d", i, len(all), len(c.messages))
		}
		for n, m := range all {
			w := c.messages[n]
			if m.Own != (w.from == person) || m.Time != w.time*1000 || string(m.Content.Body) != says(w) {
				t.Fatalf("chat %d, message %d: own=%t at %d: %s; want %+v: %s", i, n, m.Own, m.Time, m.Content.Body, w, says(w))
			}
			if w.to == person && m.Read != w.read {
				t.Errorf("chat %d, message %d of %d: read=%t, want %t", i, n, len(all), m.Read, w.read)
			}
		}
	}
	if n, err := view.Unread(t.Context()); err != nil || n != unread {
		t.Errorf("%d unread in all, want %d, %v", n, unread, err)
	}
}

// TestMigratedReadsInOtherDialects reads what came from one platform with the clients of another: all chats of a person
// with their original times, in order, and with what was unread.
func TestMigratedReadsInOtherDialects(t *testing.T) {
	l := newLegacy(12, 1500, 3)
	const person = 4
	t.Run("from yesapi", func(t *testing.T) {
		for i := range l.messages {
			l.messages[i].kind = "text"
		}
		path, _ := l.csv(t)
		a := arrive(t, core.NewUser{UUID: yesapiUUID(person)}, func(file *os.File, size int64) (migrate.Source, error) {
			return yesapi.OpenTable(file, size, chattable.CSV, nil, false)
		}, path)
		client, err := openim.NewClient("http://parley", openim.ClientOptions{Secret: openimSecret, Dial: a.dial})
		if err != nil {
			t.Fatal(err)
		}
		says := func(m *legacyMessage) string { return normalized(t, m.data()) }
		l.compareChats(t, person, client.As(yesapiUUID(person)), yesapiUUID, says)
		l.compareChats(t, person, a.yesapi(t), yesapiUUID, says)
	})
	t.Run("from openim", func(t *testing.T) {
		path, _ := l.mongo(t)
		a := arrive(t, core.NewUser{ID: openimUser(person)}, func(file *os.File, size int64) (migrate.Source, error) {
			return mongodump.Open(file, size)
		}, path)
		address := func(n int) string {
			u, err := a.engine.Find(t.Context(), a.app, openimUser(n))
			if err != nil {
				t.Fatal(err)
			}
			return u.UUID
		}
		l.compareChats(t, person, a.yesapi(t), address, func(m *legacyMessage) string {
			text, err := json.Marshal(m.text)
			if err != nil {
				t.Fatal(err)
			}
			return normalized(t, `{"content":`+string(text)+`}`)
		})
	})
}

// yesapi logs the person in.
func (a *arrival) yesapi(t *testing.T) core.Messenger {
	t.Helper()
	client, err := yesapi.NewClient("http://parley/", yesapi.ClientOptions{AppKey: a.app.Key, Secret: a.app.Secret, Dial: a.dial})
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.Login(t.Context(), "dogstar", arrivalPassword)
	if err != nil {
		t.Fatal(err)
	}
	return client.As(session)
}

// normalized is JSON as the engine keeps it.
func normalized(t *testing.T, text string) string {
	t.Helper()
	normal, err := wire.Normalize(nil, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(normal)
}
