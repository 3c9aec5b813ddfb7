package migrate_test

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"iter"
	"testing"
	"time"

	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
	"parley/storage/memory"
)

// world is an engine with one app.
type world struct {
	*core.Engine

	app *core.App
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
	e, err := core.Open(t.Context(), memory.New(), core.Environment{Now: func() time.Time { return w.now }, Random: rand.Reader}, core.Options{CacheMiB: 8})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	w.Engine = e
	if w.app, err = e.PutApp(t.Context(), core.App{}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) options(s migrate.Source) migrate.Options {
	return migrate.Options{Engine: w.Engine, App: w.app, Source: s, Holder: "a test", Now: func() time.Time { return w.now }}
}

// list is a source of items that a test makes: some users and messages between neighbours.
type list struct {
	items []migrate.Item
	name  string
	// fail, if set, is asked before each item is given.
	fail func(i int) error
}

func (l *list) Name() string { return l.name }

func (l *list) Size() int64 { return int64(len(l.items)) }

func (l *list) Records(_ context.Context, cursor []byte) iter.Seq2[migrate.Item, error] {
	return func(yield func(migrate.Item, error) bool) {
		first := 0
		if cursor != nil {
			first = int(binary.BigEndian.Uint64(cursor))
		}
		for i := first; i < len(l.items); i++ {
			if l.fail != nil {
				if err := l.fail(i); err != nil {
					yield(migrate.Item{}, err)
					return
				}
			}
			item := l.items[i]
			item.Cursor = binary.BigEndian.AppendUint64(nil, uint64(i+1))
			item.Bytes = int64(i + 1)
			if !yield(item, nil) {
				return
			}
		}
	}
}

func user(id string) migrate.Item {
	return migrate.Item{Record: archive.Record{Type: archive.TypeUser, User: &archive.User{ID: id}}}
}

func message(id int64, from, to, text string) migrate.Item {
	m := &archive.Message{ID: id, From: from, To: to, Time: 1_600_000_000_000 + id*1000, Body: &archive.Body{Kind: "text", Text: text}}
	return migrate.Item{Record: archive.Record{Type: archive.TypeMessage, Message: m}}
}

// newList has four users, n messages, and a row that is none behind every hundredth.
func newList(n int) *list {
	l := &list{name: "list"}
	for i := range 4 {
		l.items = append(l.items, user(fmt.Sprint("u", i)))
	}
	for i := range n {
		l.items = append(l.items, message(int64(i+1), fmt.Sprint("u", i%4), fmt.Sprint("u", (i+1)%4), fmt.Sprint("message ", i)))
		if i%100 == 99 {
			l.items = append(l.items, migrate.Item{Reject: migrate.NewReject(int64(i), "broken", "", "x")})
		}
	}
	return l
}
