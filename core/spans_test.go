package core

import (
	"testing"

	"pgregory.net/rapid"
)

// A span set agrees with a plain set of numbers, whatever the order of marking, and survives its record.
func TestSpanSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const top = 40
		upTo := rapid.Uint64Range(0, 10).Draw(t, "up to")
		s := spanSet{upTo: upTo}
		set := make(map[uint64]bool)
		for n := uint64(1); n <= upTo; n++ {
			set[n] = true
		}
		for range rapid.IntRange(0, 60).Draw(t, "marks") {
			n := rapid.Uint64Range(1, top).Draw(t, "n")
			if s.has(n) != set[n] {
				t.Fatalf("has(%d) is %v after %+v", n, s.has(n), s)
			}
			if set[n] {
				continue
			}
			if rapid.Bool().Draw(t, "all below") {
				s = s.withAll(n)
				for below := uint64(1); below < n; below++ {
					set[below] = true
				}
			} else {
				s = s.with(n)
			}
			set[n] = true
			r := fieldReader{rest: s.append(nil)}
			if s = r.spanSet(); r.bad || len(r.rest) > 0 {
				t.Fatalf("the record of %+v cannot be read", s)
			}
		}
		if s.count() != uint64(len(set)) {
			t.Fatalf("count %d, want %d", s.count(), len(set))
		}
		for n := uint64(1); n <= top; n++ {
			if s.has(n) != set[n] {
				t.Fatalf("has(%d) is %v", n, s.has(n))
			}
		}
		for i, span := range s.spans {
			if span.first > span.last || i > 0 && span.first <= s.spans[i-1].last+1 || i == 0 && span.first <= s.upTo+1 {
				t.Fatalf("spans are not merged: %+v", s)
			}
		}
	})
}
