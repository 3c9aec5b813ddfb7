package core

import (
	"encoding/binary"
	"slices"
	"sort"
)

// spanSet is a set of numbers from 1 on, most of which usually form one run from the beginning. It is immutable.
type spanSet struct {
	upTo  uint64 // the first so many are in the set
	spans []span // the others, ascending, none of them touching another or upTo
}

// span is a run of numbers beyond upTo+1.
type span struct{ first, last uint64 }

// count returns how many numbers are in the set.
func (s *spanSet) count() uint64 {
	n := s.upTo
	for _, run := range s.spans {
		n += run.last - run.first + 1
	}
	return n
}

// empty tells that no number is in the set.
func (s *spanSet) empty() bool { return s.upTo == 0 && len(s.spans) == 0 }

// has tells whether n is in the set.
func (s *spanSet) has(n uint64) bool {
	if n <= s.upTo {
		return true
	}
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].last >= n })
	return i < len(s.spans) && s.spans[i].first <= n
}

// with returns the set that also has n, which this one has not.
func (s *spanSet) with(n uint64) spanSet {
	spans := slices.Clone(s.spans)
	i := sort.Search(len(spans), func(i int) bool { return spans[i].last+1 >= n })
	switch {
	case i < len(spans) && spans[i].last+1 == n:
		spans[i].last = n
		if i+1 < len(spans) && spans[i+1].first == n+1 {
			spans[i].last = spans[i+1].last
			spans = slices.Delete(spans, i+1, i+2)
		}
	case i < len(spans) && spans[i].first == n+1:
		spans[i].first = n
	default:
		spans = slices.Insert(spans, i, span{n, n})
	}
	upTo := s.upTo
	if spans[0].first == upTo+1 {
		upTo = spans[0].last
		spans = spans[1:]
	}
	return spanSet{upTo: upTo, spans: spans}
}

// withAll returns the set that also has every number up to n.
func (s *spanSet) withAll(n uint64) spanSet {
	if n <= s.upTo {
		return *s
	}
	i := sort.Search(len(s.spans), func(i int) bool { return s.spans[i].last > n })
	rest := s.spans[i:]
	if len(rest) > 0 && rest[0].first <= n+1 {
		n, rest = rest[0].last, rest[1:]
	}
	return spanSet{upTo: n, spans: rest}
}

func (s *spanSet) append(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, s.upTo)
	dst = binary.AppendUvarint(dst, uint64(len(s.spans)))
	at := s.upTo
	for _, run := range s.spans {
		dst = binary.AppendUvarint(dst, run.first-at)
		dst = binary.AppendUvarint(dst, run.last-run.first)
		at = run.last
	}
	return dst
}

func (r *fieldReader) spanSet() (s spanSet) {
	s.upTo = r.uvarint()
	at := s.upTo
	for n := r.uvarint(); n > 0 && !r.bad; n-- {
		first := at + r.uvarint()
		at = first + r.uvarint()
		s.spans = append(s.spans, span{first, at})
	}
	return s
}
