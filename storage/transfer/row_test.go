package transfer

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/url"
	"runtime"
	"testing"
	"time"

	"parley/storage"
	"parley/storage/memory"
)

func fullRow() *row {
	r := &row{
		stage: stageCopied, source: "badger:///var/lib/parley", started: 1, total: 1 << 40, done: 7, position: []byte("m\x00\xff"),
	}
	for i := range r.digests {
		r.digests[i] = tally{keys: 1 << 60, bytes: 1 << 60, digest: Digest{byte(i), 31: 1}}
	}
	return r
}

func TestRow(t *testing.T) {
	for _, want := range []*row{{stage: stageClearing}, {stage: stageCopying, source: "x"}, fullRow()} {
		record := appendRow(nil, want)
		got, err := parseRow(record)
		if err != nil || !bytes.Equal(appendRow(nil, &got), record) || got.stage != want.stage || got.source != want.source ||
			got.digests != want.digests || !bytes.Equal(got.position, want.position) {
			t.Errorf("a row is not what it was: %v", err)
		}
		for i := range record {
			if _, err := parseRow(record[:i]); err == nil {
				t.Errorf("%d of %d bytes are a row", i, len(record))
			}
		}
	}
}

// The largest row leaves a page its room in a transaction.
func TestLargestRow(t *testing.T) {
	r := fullRow()
	r.source, r.position = string(make([]byte, maxName)), make([]byte, storage.MaxKey)
	if n := len(appendRow([]byte(rowKey), r)); n > maxRow || maxRow > storage.MaxValue {
		t.Errorf("a row of %d bytes", n)
	}
}

func FuzzRow(f *testing.F) {
	f.Add(appendRow(nil, &row{stage: stageCopying, source: "x", position: []byte("m")}))
	f.Add(appendRow(nil, fullRow()))
	f.Fuzz(func(t *testing.T, record []byte) {
		r, err := parseRow(record)
		if err != nil {
			return
		}
		again, err := parseRow(appendRow(nil, &r))
		if err != nil || again.digests != r.digests || again.done != r.done {
			t.Errorf("%x is read as a row that cannot be read again: %v", record, err)
		}
	})
}

// endless is a store that makes up what it holds, so that only the copy takes memory. It keeps nothing but the progress
// row.
type endless struct {
	storage.Store
	keys  uint64
	first *uint64 // key that is not there yet; nil if all are
}

type endlessReader struct {
	storage.Reader
	store *endless
}

func (e *endless) View(ctx context.Context, fn func(storage.Reader) error) error {
	return e.Store.View(ctx, func(r storage.Reader) error { return fn(&endlessReader{r, e}) })
}

func (r *endlessReader) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	at := uint64(0)
	if len(rg.From) >= 9 {
		at = binary.BigEndian.Uint64(rg.From[1:9]) + 1
	}
	end := r.store.keys
	if r.store.first != nil {
		end = *r.store.first
	}
	value := make([]byte, 1000)
	for n := 0; at < end && n != rg.Limit; n++ {
		key := binary.BigEndian.AppendUint64([]byte("m"), at)
		copy(value, key)
		if !visit(key, value) {
			break
		}
		at++
	}
	return nil
}

// Update takes what is written for granted, but for the row.
func (e *endless) Update(ctx context.Context, fn func(storage.Writer) error) error {
	return e.Store.Update(ctx, func(w storage.Writer) error { return fn(&endlessWriter{w, e}) })
}

type endlessWriter struct {
	storage.Writer
	store *endless
}

func (w *endlessWriter) Set(key, value []byte) error {
	if string(key) == rowKey {
		return w.Writer.Set(key, value)
	}
	if next := binary.BigEndian.Uint64(key[1:]); next == *w.store.first {
		*w.store.first++
		return nil
	}
	return fmt.Errorf("%x comes out of order", key)
}

// A hundred thousand keys and a hundred megabytes pass through a few.
func TestMemoryStaysFlat(t *testing.T) {
	location := &url.URL{Scheme: "memory"}
	open := func() storage.Store {
		s, err := memory.Open(t.Context(), location, storage.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const keys = 100_000
	var most, before uint64
	measure := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before = measure()
	c := Copy{
		Source: &endless{Store: open(), keys: keys},
		Target: &endless{Store: open(), keys: keys, first: new(uint64)},
		Name:   "endless", Now: time.Now,
	}
	reports := 0
	c.Report = func(Progress) {
		if reports++; reports%20 == 0 {
			most = max(most, measure())
		}
	}
	found, err := c.Run(t.Context())
	if err != nil || !found.Equal() || found.Keys() != keys {
		t.Fatalf("%v after %d reports", err, reports)
	}
	if used := int64(most) - int64(before); used > 8<<20 || most == 0 {
		t.Errorf("copying takes %d KiB", used>>10)
	}
}
