package storagetest

import (
	"bytes"
	"slices"
	"testing"

	"parley/storage"
)

func testGet(t *testing.T, store storage.Store) {
	update(t, store, func(w storage.Writer) error {
		for key, value := range map[string][]byte{"full": []byte("value"), "empty": {}, "nil": nil} {
			if err := w.Set([]byte(key), value); err != nil {
				return err
			}
		}
		return nil
	})
	view(t, store, func(r storage.Reader) error {
		for key, want := range map[string]string{
			"full": "value", "empty": "", "nil": "",
			"absent": "absent", "ful": "absent", "fulll": "absent", "": "absent",
			string(bytes.Repeat([]byte{'k'}, storage.MaxKey+1)): "absent",
		} {
			got, err := get(r, key)
			if err != nil {
				return err
			}
			if got != want {
				t.Errorf("Get(%q) = %q, want %q", key, got, want)
			}
		}
		return nil
	})
}

func testGetMulti(t *testing.T, store storage.Store) {
	put(t, store, pair{"a", "1"}, pair{"b", ""}, pair{"c", "3"})
	read := func(r storage.Reader, keys ...string) {
		t.Helper()
		asked := make([][]byte, len(keys))
		for i, key := range keys {
			asked[i] = []byte(key)
		}
		values, err := r.GetMulti(asked)
		if err != nil || len(values) != len(keys) {
			t.Errorf("GetMulti(%q) = %q, %v", keys, values, err)
			return
		}
		for i, key := range keys {
			want, err := r.Get(asked[i])
			if err != nil || !bytes.Equal(values[i], want) || (values[i] == nil) != (want == nil) {
				t.Errorf("GetMulti(%q)[%d] = %#v, but Get(%q) = %#v, %v", keys, i, values[i], key, want, err)
			}
		}
	}
	check := func(r storage.Reader) {
		t.Helper()
		read(r)
		read(r, "a")
		read(r, "absent")
		read(r, "c", "absent", "b", "a", "c")
	}
	view(t, store, func(r storage.Reader) error { check(r); return nil })
	update(t, store, func(w storage.Writer) error {
		if err := w.Set([]byte("absent"), []byte("4")); err != nil {
			return err
		}
		if err := w.Delete([]byte("c")); err != nil {
			return err
		}
		check(w)
		return nil
	})
}

// Values read earlier in a transaction stay as they were.
func testReadYourWrites(t *testing.T, store storage.Store) {
	put(t, store, pair{"changed", "old"}, pair{"deleted", "old"}, pair{"kept", "old"})
	update(t, store, func(w storage.Writer) error {
		before, err := w.GetMulti([][]byte{[]byte("changed"), []byte("deleted"), []byte("kept")})
		if err != nil {
			return err
		}
		if err := w.Set([]byte("changed"), []byte("new")); err != nil {
			return err
		}
		if err := w.Set([]byte("added"), nil); err != nil {
			return err
		}
		if err := w.Delete([]byte("deleted")); err != nil {
			return err
		}
		if err := w.Delete([]byte("never")); err != nil {
			return err
		}
		for key, want := range map[string]string{
			"changed": "new", "added": "", "deleted": "absent", "kept": "old", "never": "absent",
		} {
			got, err := get(w, key)
			if err != nil {
				return err
			}
			if got != want {
				t.Errorf("Get(%q) inside the transaction = %q, want %q", key, got, want)
			}
		}
		for i, value := range before {
			if string(value) != "old" {
				t.Errorf("value %d, read before the writes, became %q", i, value)
			}
		}
		return nil
	})
	wantContents(t, store, pair{"added", ""}, pair{"changed", "new"}, pair{"kept", "old"})
}

func testOrder(t *testing.T, store storage.Store) {
	longest := string(bytes.Repeat([]byte{0xff}, storage.MaxKey))
	keys := []string{
		"\x00", "\x00\x00", "\x00\xff", "\x01", "A", "a", "a\x00", "a\x00\x00", "a\x00a", "a\x00\xff", "a\x01", "aa",
		"a\xff", "a\xff\x00", "a\xff\xff", "b", "\x7f", "\x80", "é", "\xfe\xff", "\xff", "\xff\x00", "\xff\xff", longest,
	}
	slices.Sort(keys)
	want := pairs(keys...)
	shuffled := slices.Clone(want)
	for i := range shuffled {
		j := (i * 7) % len(shuffled)
		shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
	}
	put(t, store, shuffled...)
	wantContents(t, store, want...)

	slices.Reverse(want)
	view(t, store, func(r storage.Reader) error {
		got, err := scan(r, storage.Range{Reverse: true})
		if !slices.Equal(got, want) {
			t.Errorf("in reverse the store holds %q, want %q", got, want)
		}
		return err
	})
}
