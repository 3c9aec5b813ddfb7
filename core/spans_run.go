package core

import "slices"

// withRun returns the set that also has every number from first, which is not zero, to last.
func (s *spanSet) withRun(first, last uint64) spanSet {
	if first <= s.upTo+1 {
		return s.withAll(last)
	}
	i := 0 // the first run that touches the new one or lies behind it
	for i < len(s.spans) && s.spans[i].last+1 < first {
		i++
	}
	j := i
	for j < len(s.spans) && s.spans[j].first <= last+1 {
		first, last = min(first, s.spans[j].first), max(last, s.spans[j].last)
		j++
	}
	return spanSet{upTo: s.upTo, spans: slices.Concat(s.spans[:i], []span{{first, last}}, s.spans[j:])}
}

// atMost returns the set with at most n runs beyond its beginning: the oldest numbers in between are put in where there
// are more.
func (s *spanSet) atMost(n int) spanSet {
	excess := len(s.spans) - n
	if excess <= 0 {
		return *s
	}
	return spanSet{upTo: s.spans[excess-1].last, spans: s.spans[excess:]}
}
