package storagetest

import (
	"errors"
	"slices"
	"testing"

	"parley/storage"
)

func testScan(t *testing.T, store storage.Store) {
	put(t, store, pairs("a", "a\x00", "a\x00b", "ab", "ab\xff", "ac", "b", "\xff", "\xff\xff")...)
	key := func(s string) []byte { return []byte(s) }
	tests := []struct {
		name string
		in   storage.Range
		want []string
	}{
		{"all", storage.Range{}, []string{"a", "a\x00", "a\x00b", "ab", "ab\xff", "ac", "b", "\xff", "\xff\xff"}},
		{"from is included, to is not", storage.Range{From: key("ab"), To: key("b")}, []string{"ab", "ab\xff", "ac"}},
		{"bounds between keys", storage.Range{From: key("aa"), To: key("ad")}, []string{"ab", "ab\xff", "ac"}},
		{"bounds that share a prefix", storage.Range{From: key("a\x00"), To: key("ab")}, []string{"a\x00", "a\x00b"}},
		{"no upper bound", storage.Range{From: key("b")}, []string{"b", "\xff", "\xff\xff"}},
		{"no lower bound", storage.Range{To: key("a\x00b")}, []string{"a", "a\x00"}},
		{"to follows from", storage.Range{From: key("a"), To: key("a\x00")}, []string{"a"}},
		{"prefix", storage.Prefix(key("a\x00")), []string{"a\x00", "a\x00b"}},
		{"prefix of the last keys", storage.Prefix(key("\xff")), []string{"\xff", "\xff\xff"}},
		{"prefix of no key", storage.Prefix(key("ax")), nil},
		{"empty range", storage.Range{From: key("ab"), To: key("ab")}, nil},
		{"bounds the wrong way", storage.Range{From: key("b"), To: key("a")}, nil},
		{"to is empty, not nil", storage.Range{To: []byte{}}, nil},
		{"above all keys", storage.Range{From: key("\xff\xff\xff")}, nil},
		{"below all keys", storage.Range{To: key("a")}, nil},
		{"limit", storage.Range{From: key("a\x00b"), Limit: 2}, []string{"a\x00b", "ab"}},
		{"limit of one", storage.Range{From: key("ab"), Limit: 1}, []string{"ab"}},
		{"limit beyond the range", storage.Range{From: key("ac"), To: key("c"), Limit: 9}, []string{"ac", "b"}},
	}
	all := contents(t, store)
	for _, tt := range tests {
		check := func(r storage.Reader) error {
			wantScan(t, tt.name, r, tt.in, pairs(tt.want...))
			backward := tt.in
			backward.Reverse = true
			wantScan(t, tt.name+" in reverse", r, backward, selected(all, backward))
			return nil
		}
		view(t, store, check)
		update(t, store, func(w storage.Writer) error { return check(w) })
	}
}

// wantScan checks a scan of rg: complete, stopped at every possible place, and of keys only.
func wantScan(t *testing.T, name string, r storage.Reader, rg storage.Range, want []pair) {
	t.Helper()
	got, err := scan(r, rg)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s: Scan(%+v) = %q, %v, want %q", name, rg, got, err, want)
	}
	for stop := 1; stop <= len(want); stop++ {
		var got []pair
		err := r.Scan(rg, func(key, value []byte) bool {
			got = append(got, pair{string(key), string(value)})
			return len(got) < stop
		})
		if err != nil || !slices.Equal(got, want[:stop]) {
			t.Errorf("%s: Scan(%+v) stopped after %d = %q, %v, want %q", name, rg, stop, got, err, want[:stop])
		}
	}
	rg.KeysOnly = true
	got, err = scan(r, rg)
	if err != nil || !slices.EqualFunc(got, want, func(a, b pair) bool { return a.key == b.key }) {
		t.Errorf("%s: Scan(%+v) = %q, %v, want the keys of %q", name, rg, got, err, want)
	}
}

func testScanYourWrites(t *testing.T, store storage.Store) {
	put(t, store, pairs("a", "c", "e", "g")...)
	update(t, store, func(w storage.Writer) error {
		for _, p := range pairs("b", "h") {
			if err := w.Set([]byte(p.key), []byte(p.value)); err != nil {
				return err
			}
		}
		if err := w.Set([]byte("c"), []byte("new")); err != nil {
			return err
		}
		if err := w.Delete([]byte("e")); err != nil {
			return err
		}
		want := []pair{{"a", "<a>"}, {"b", "<b>"}, {"c", "new"}, {"g", "<g>"}, {"h", "<h>"}}
		wantScan(t, "forward", w, storage.Range{}, want)
		slices.Reverse(want)
		wantScan(t, "reverse", w, storage.Range{Reverse: true}, want)
		wantScan(t, "reverse from a deleted bound", w, storage.Range{To: []byte("e"), Reverse: true, Limit: 2}, want[2:4])
		return nil
	})
}

// A visit may read: other keys, and with scans of its own.
func testScanInsideScan(t *testing.T, store storage.Store) {
	put(t, store, pairs("a1", "a2", "b1", "b2")...)
	cross := func(r storage.Reader) error {
		var got []string
		var inner error
		err := r.Scan(storage.Prefix([]byte("a")), func(key, _ []byte) bool {
			outer := string(key)
			inner = r.Scan(storage.Range{From: []byte("b"), Reverse: true}, func(key, _ []byte) bool {
				value, err := get(r, string(key))
				if err != nil {
					t.Errorf("Get inside Scan: %v", err)
				}
				got = append(got, outer+value)
				return true
			})
			return inner == nil
		})
		if err != nil || inner != nil {
			t.Errorf("scan inside scan: %v, %v", err, inner)
		}
		if want := []string{"a1<b2>", "a1<b1>", "a2<b2>", "a2<b1>"}; !slices.Equal(got, want) {
			t.Errorf("scan inside scan visited %q, want %q", got, want)
		}
		return nil
	}
	view(t, store, cross)
	update(t, store, func(w storage.Writer) error { return cross(w) })
}

// A visit may delete the keys that it is shown; the scan is not disturbed.
func testScanAndDelete(t *testing.T, store storage.Store) {
	put(t, store, pairs("a", "b1", "b2", "b3", "c")...)
	update(t, store, func(w storage.Writer) error {
		var visited []string
		var inner error
		err := w.Scan(storage.Prefix([]byte("b")), func(key, _ []byte) bool {
			visited = append(visited, string(key))
			inner = w.Delete([]byte(string(key)))
			return inner == nil
		})
		if err != nil || inner != nil {
			return errors.Join(err, inner)
		}
		if want := []string{"b1", "b2", "b3"}; !slices.Equal(visited, want) {
			t.Errorf("visited %q, want %q", visited, want)
		}
		return nil
	})
	wantContents(t, store, pairs("a", "c")...)
}
