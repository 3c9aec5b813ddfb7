package wire

// The objects of a list resemble each other: the same people, the same kinds, the same flags. What a member of the one
// before has already been written as is copied from there, neighbouring members at once.

// maxAlike is how many fields an object has at the most whose list is written so.
const maxAlike = 32

// alikeFields tells whether the members of a list's objects stand at the same places in each, and are few enough.
func alikeFields[E any](fields []Field[E]) bool {
	for i := range fields {
		if fields[i].when != nil || fields[i].Optional {
			return false
		}
	}
	return len(fields) <= maxAlike
}

// appendObjects appends the objects of a list, separated by commas. The fields are headed.
func appendObjects[E any](dst []byte, s Style, fields []Field[E], items []E, alike bool) []byte {
	var ends [maxAlike]int // of the members of the object before, each of which begins with its comma
	start := 0             // of its first member
	for i := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		if !alike {
			dst = appendBraced(dst, s, fields, &items[i])
			continue
		}
		dst = append(dst, '{')
		begin := len(dst)
		if i == 0 {
			dst = appendFirst(dst, s, fields, &items[i], &ends)
		} else {
			dst = appendLike(dst, s, fields, &items[i], &items[i-1], start, &ends)
		}
		start = begin
		dst = append(dst, '}')
	}
	return dst
}

// appendFirst appends the members of the first object and notes where they end.
func appendFirst[E any](dst []byte, s Style, fields []Field[E], item *E, ends *[maxAlike]int) []byte {
	for f := range fields {
		dst = fields[f].appendMember(dst, s, item, f > 0)
		ends[f] = len(dst)
	}
	return dst
}

// appendLike appends the members of an object. Those of the one before begin at start and end at ends.
func appendLike[E any](dst []byte, s Style, fields []Field[E], item, before *E, start int, ends *[maxAlike]int) []byte {
	for f := 0; f < len(fields); f++ {
		from, to := start, start
		for ; f < len(fields) && fields[f].same != nil && fields[f].same(item, before); f++ {
			to = ends[f]
			ends[f] += len(dst) - from
		}
		if to > from {
			dst = append(dst, dst[from:to]...)
		}
		if f == len(fields) {
			break
		}
		start = ends[f]
		dst = fields[f].appendMember(dst, s, item, f > 0)
		ends[f] = len(dst)
	}
	return dst
}

// appendMember appends a member, after a comma if it is not the first.
func (f *Field[T]) appendMember(dst []byte, s Style, a *T, comma bool) []byte {
	if comma {
		dst = append(dst, ',')
	}
	return f.append(append(dst, f.head...), s, a)
}
