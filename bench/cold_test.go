package bench

import (
	"context"
	"sync/atomic"
	"testing"

	"parley/storage"
)

// maxListViews is what a list of a conversation that is not in memory may read: the head with what the viewer has done,
// the page, and what the peer has done. Users and sessions are in memory, or there would be more.
const maxListViews = 3

// TestColdLists goes over the lists of many conversations again and again, as the measurement does, though of fewer, which
// are easier to remember. With the cache of the measurement nearly every list finds its messages in the store, with the
// usual one none does. One view in a hundred may be of the chat lists, which follow in the background.
func TestColdLists(t *testing.T) {
	dir := t.TempDir()
	all, err := fillCold(t.Context(), dir, scale{users: 136, members: 8, peers: 128, length: 40})
	if err != nil {
		t.Fatal(err)
	}
	for name, reads := range readsOfLists(t, dir, all, coldCacheMiB) {
		few := reads.lists / 100
		if t.Logf("cold %s: %+v", name, reads); reads.scanning < reads.lists-few || reads.views > reads.lists*maxListViews+few {
			t.Errorf("%s: %+v; want each list to scan, in at most %d views", name, reads, maxListViews)
		}
	}
	for name, reads := range readsOfLists(t, dir, all, 0) {
		if t.Logf("warm %s: %+v", name, reads); reads.views > reads.lists/100 {
			t.Errorf("%s: %+v; want no views", name, reads)
		}
	}
}

// listReads counts lists, those of them that have scanned the store, and the views of all.
type listReads struct{ lists, scanning, views int64 }

// readsOfLists opens a filled store with a cache of the given size and tells what each kind of list reads once all
// conversations have been listed.
func readsOfLists(t *testing.T, dir string, all *people, cacheMiB int) map[string]listReads {
	t.Helper()
	store, err := openStore(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	counting := &countingStore{Store: store}
	p, err := start(t.Context(), counting, cacheMiB)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}()
	found := make(map[string]listReads)
	for _, w := range all.lists() {
		call := func(request []byte) {
			if _, err := p.call(request); err != nil {
				t.Fatalf("%s: %v", w.Name, err)
			}
		}
		for _, request := range w.Requests {
			call(request)
		}
		reads := listReads{lists: int64(len(w.Requests)), views: -counting.views.Load()}
		for _, request := range w.Requests {
			before := counting.scans.Load()
			if call(request); counting.scans.Load() > before {
				reads.scanning++
			}
		}
		reads.views += counting.views.Load()
		found[w.Name] = reads
	}
	return found
}

// countingStore counts how often a store is read.
type countingStore struct {
	storage.Store
	views, scans atomic.Int64
}

func (s *countingStore) View(ctx context.Context, fn func(storage.Reader) error) error {
	s.views.Add(1)
	return s.Store.View(ctx, func(r storage.Reader) error { return fn(countingReader{Reader: r, scans: &s.scans}) })
}

type countingReader struct {
	storage.Reader
	scans *atomic.Int64
}

func (r countingReader) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	r.scans.Add(1)
	return r.Reader.Scan(rg, visit)
}
