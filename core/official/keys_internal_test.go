package official

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"
)

// Building and parsing a key are inverse, and the order of keys is the order of their fields.
func TestSortKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times, ticks := rapid.Int64Range(0, 1<<53), rapid.Uint32()
		ids := rapid.StringN(1, 8, 45)
		a := place{times.Draw(t, "time a"), ticks.Draw(t, "tick a")}
		b := place{times.Draw(t, "time b"), ticks.Draw(t, "tick b")}
		idA, idB := ids.Draw(t, "id a"), ids.Draw(t, "id b")
		want := cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Tick, b.Tick))
		if got := bytes.Compare(a.oldest(idA), b.oldest(idB)); want != 0 && got != want || want == 0 && got != cmp.Compare(idA, idB) {
			t.Fatalf("%v %q and %v %q are out of order", a, idA, b, idB)
		}
		if got := bytes.Compare(a.newest(idA), b.newest(idB)); want != 0 && got != -want {
			t.Fatalf("%v and %v are out of order, newest first", a, b)
		}
		for _, key := range [][]byte{a.oldest(idA), a.newest(idA)} {
			if id, err := parsePlaced(key); err != nil || id != idA {
				t.Fatalf("%q, %v; want %q", id, err, idA)
			}
		}
		if at, tail, err := parseNewestFirst(newestFirst(a.Time, idA)); err != nil || at != a.Time || tail != idA {
			t.Fatalf("%d %q, %v", at, tail, err)
		}
		if got := bytes.Compare(newestFirst(a.Time, idA), newestFirst(b.Time, idB)); a.Time != b.Time && got != cmp.Compare(b.Time, a.Time) {
			t.Fatalf("%d and %d are out of order", a.Time, b.Time)
		}
	})
}

func TestRowKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint32().Draw(t, "a"), rapid.Uint32().Draw(t, "b")
		if n, err := parseAccountNumber(accountKey(a)); err != nil || n != a {
			t.Fatalf("%d, %v", n, err)
		}
		if got := bytes.Compare(accountKey(a), accountKey(b)); got != cmp.Compare(a, b) {
			t.Fatalf("accounts %d and %d are out of order", a, b)
		}
		at, later := rapid.Int64Range(0, 1<<53).Draw(t, "time"), rapid.Int64Range(0, 1<<53).Draw(t, "other time")
		job := rapid.StringN(1, 8, 45).Draw(t, "job")
		if gotAt, gotJob, err := parseDue(dueKey(at, job)); err != nil || gotAt != at || gotJob != job {
			t.Fatalf("%d %q, %v", gotAt, gotJob, err)
		}
		if got := bytes.Compare(dueKey(at, job), dueKey(later, job)); got != cmp.Compare(at, later) {
			t.Fatalf("%d and %d are out of order", at, later)
		}
		var blob blobID
		copy(blob[:], rapid.SliceOfN(rapid.Byte(), blobWidth, blobWidth).Draw(t, "blob"))
		if account, id, err := parseLoose(looseKey(a, blob)); err != nil || account != a || id != blob {
			t.Fatalf("%d %x, %v", account, id, err)
		}
		if got := bytes.Compare(chunkKey(1, blob, a), chunkKey(1, blob, b)); got != cmp.Compare(a, b) {
			t.Fatalf("chunks %d and %d are out of order", a, b)
		}
		text, err := blob.MarshalText()
		var again blobID
		if err != nil || again.UnmarshalText(text) != nil || again != blob {
			t.Fatalf("%x became %x", blob, again)
		}
	})
}

// Names of different lengths never make one key, and no account's keys lie among another's.
func TestKeysAreDistinct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.StringN(0, 4, 8)
		type fields struct {
			account    uint32
			name, rest string
		}
		draw := func(label string) fields {
			return fields{
				rapid.Uint32Range(1, 3).Draw(t, label+" account"), texts.Draw(t, label+" name"), texts.Draw(t, label+" rest"),
			}
		}
		a, b := draw("a"), draw("b")
		keys := func(f fields) [][]byte {
			l := list{f.account, f.name}
			return [][]byte{
				upstreamKey(f.account, UpstreamKey{Material: f.name, Type: f.rest}), jobKeyKey(f.account, f.name, f.rest),
				l.key(listEntries, []byte(f.rest)),
			}
		}
		for i, key := range keys(a) {
			if other := keys(b)[i]; bytes.Equal(key, other) != (a == b) {
				t.Fatalf("%+v and %+v: %x, %x", a, b, key, other)
			}
		}
		if bytes.HasPrefix(upstreamKey(a.account, UpstreamKey{Material: a.name, Type: a.rest}), upstreamPrefix(b.account, b.name)) !=
			(a.account == b.account && a.name == b.name) {
			t.Fatalf("%+v lies among %+v", a, b)
		}
	})
}
