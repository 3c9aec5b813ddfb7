package core

import (
	"bytes"
	"context"
	"fmt"

	"parley/storage"
)

// Defect is a place of a store that is not as every version of this program leaves it.
type Defect struct {
	// App is the app whose data it is, zero if it is none's.
	App uint32 `json:"app,omitempty"`
	// Key is the key, or the beginning of the keys, that it is about.
	Key []byte `json:"key"`
	// Text says what is wrong. It holds nothing of what people have written.
	Text string `json:"text"`
}

// Inspection is what a walk through a store has found.
type Inspection struct {
	// Keys and Bytes count everything in the store, keys and values together.
	Keys, Bytes int64
	// Apps, Users, Conversations and Messages count what is there; an app's shadows are users, too.
	Apps, Users, Conversations, Messages int64
	// Found counts the defects.
	Found int64
	// Defects are the first MaxDefects of them, in the order of the walk.
	Defects []Defect
}

// MaxDefects is how many defects an Inspection holds at the most.
const MaxDefects = 50

// Inspect reads everything in a store and checks what the engine relies on: that every row can be read; that the ids of a
// conversation increase, its places are dense, and its counts follow; that the feed is without gaps up to its end, and
// the chat lists are not ahead of it; that chat lists are in order and name messages that exist; that names and users
// belong together, and groups count their members. It writes nothing. An engine may be at work on the store, in this process or another.
//
// The error is that of a read that failed, or of ctx; the inspection then holds what was found until that. report, if it
// is not nil, is told the number of keys read so far. Memory does not grow with the store, but with the longest chat
// list.
func Inspect(ctx context.Context, store storage.Store, report func(keys int64)) (*Inspection, error) {
	i := &inspector{ctx: ctx, store: store, report: report, heads: make(map[uint32]appHead), users: make(map[uint32]uint64)}
	err := i.apps()
	if err == nil {
		err = i.rows()
	}
	if err == nil {
		err = i.chatLists()
	}
	return &i.found, err
}

// inspector is an inspection while it goes on.
type inspector struct {
	ctx    context.Context //nolint:containedctx // the inspector lives as long as one call
	store  storage.Store
	report func(int64)
	found  Inspection
	heads  map[uint32]appHead // of the apps that exist
	thread inspectedThread
	users  map[uint32]uint64 // how many users each app has
}

// defect notes what is wrong with key.
func (i *inspector) defect(app uint32, key []byte, format string, args ...any) {
	i.found.Found++
	if len(i.found.Defects) < MaxDefects {
		i.found.Defects = append(i.found.Defects, Defect{App: app, Key: bytes.Clone(key), Text: fmt.Sprintf(format, args...)})
	}
}

// inspectPage is how many rows one snapshot reads, and inspectBytes how many bytes about.
const (
	inspectPage  = 1000
	inspectBytes = 1 << 20
)

// inspectedRow is a copy of a row.
type inspectedRow struct{ key, value []byte }

// rows checks every row by itself and against the ones before it.
func (i *inspector) rows() error {
	for from := []byte(nil); ; {
		page, err := i.page(from)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			i.countUsers()
			return nil
		}
		for _, row := range page {
			i.found.Keys++
			i.found.Bytes += int64(len(row.key) + len(row.value))
			if err := i.row(row.key, row.value); err != nil {
				return err
			}
		}
		from = append(bytes.Clone(page[len(page)-1].key), 0)
		if i.report != nil {
			i.report(i.found.Keys)
		}
	}
}

// page reads some rows in a snapshot of its own.
func (i *inspector) page(from []byte) (page []inspectedRow, err error) {
	size := 0
	err = i.store.View(i.ctx, func(r storage.Reader) error {
		page, size = nil, 0
		return r.Scan(storage.Range{From: from, Limit: inspectPage}, func(key, value []byte) bool {
			page = append(page, inspectedRow{bytes.Clone(key), bytes.Clone(value)})
			size += len(key) + len(value)
			return size < inspectBytes
		})
	})
	return page, err
}

// get reads one value.
func (i *inspector) get(key []byte) (value []byte, err error) {
	err = i.store.View(i.ctx, func(r storage.Reader) error {
		found, err := r.Get(key)
		if found != nil {
			value = append([]byte{}, found...)
		}
		return err
	})
	return value, err
}

// reaches tells whether the app's head has come to what a number says: it may have moved on since it was read. An app
// that does not exist reaches nothing.
func (i *inspector) reaches(app uint32, enough func(*appHead) bool) (bool, error) {
	head, ok := i.heads[app]
	if !ok || enough(&head) {
		return ok, nil
	}
	value, err := i.get(appendTable(nil, tableHeads, app))
	if err != nil {
		return false, err
	}
	if head, err = parseHead(value); err == nil {
		i.heads[app] = head
	}
	return enough(&head), nil
}
