package official

import (
	"bytes"
	"slices"
	"sort"
)

// segment is a run of keys of a list.
type segment struct {
	start   []byte // empty for the first, which is never removed
	count   uint64
	changed bool
}

// stagedList is a list inside a transaction.
type stagedList struct {
	list
	tx       *change
	total    uint64
	changed  bool
	segments []segment
}

func stage(tx *change, l list) (*stagedList, error) {
	total, err := l.total(tx)
	if err != nil {
		return nil, err
	}
	s := &stagedList{list: l, tx: tx, total: uint64(total)}
	err = l.segments(tx, func(start []byte, count uint64) bool {
		s.segments = append(s.segments, segment{start: bytes.Clone(start), count: count})
		return true
	})
	if len(s.segments) == 0 {
		s.segments = []segment{{}}
	}
	return s, err
}

// find returns the segment in which sortKey belongs.
func (s *stagedList) find(sortKey []byte) int {
	return sort.Search(len(s.segments), func(i int) bool { return bytes.Compare(s.segments[i].start, sortKey) > 0 }) - 1
}

// touch makes the segment one of those that are written at the end. Getting its row makes the transaction conflict with
// others that change the segment, which having scanned it does not.
func (s *stagedList) touch(i int) error {
	if !s.changed {
		s.changed = true
		s.tx.writes++
	}
	if s.segments[i].changed {
		return nil
	}
	s.segments[i].changed = true
	s.tx.writes++
	_, err := s.tx.Get(s.key(listSegments, s.segments[i].start))
	return err
}

func (s *stagedList) insert(sortKey []byte) error {
	key := s.key(listEntries, sortKey)
	if old, err := s.tx.Get(key); err != nil || old != nil {
		return err
	}
	if err := s.tx.Set(key, nil); err != nil {
		return err
	}
	i := s.find(sortKey)
	if err := s.touch(i); err != nil {
		return err
	}
	s.total++
	s.segments[i].count++
	if s.segments[i].count > maxSegment {
		return s.split(i)
	}
	return nil
}

// split cuts a segment in two at its middle.
func (s *stagedList) split(i int) error {
	half := int(s.segments[i].count / 2)
	keys, err := s.scan(s.tx, s.segments[i].start, half+1)
	if err != nil {
		return err
	}
	if len(keys) <= half {
		return corrupt(s.key(listSegments, s.segments[i].start))
	}
	upper := segment{start: keys[half], count: s.segments[i].count - uint64(half)}
	s.segments[i].count = uint64(half)
	s.segments = slices.Insert(s.segments, i+1, upper)
	return s.touch(i + 1)
}

func (s *stagedList) remove(sortKey []byte) error {
	key := s.key(listEntries, sortKey)
	if old, err := s.tx.Get(key); err != nil || old == nil {
		return err
	}
	if err := s.tx.Delete(key); err != nil {
		return err
	}
	i := s.find(sortKey)
	if err := s.touch(i); err != nil {
		return err
	}
	if s.total == 0 || s.segments[i].count == 0 {
		return corrupt(s.key(listSegments, s.segments[i].start))
	}
	s.total--
	s.segments[i].count--
	// Neighbours become one when they are small, and nothing but the first may be empty.
	switch left := s.segments[i].count; {
	case i > 0 && (left == 0 || s.segments[i-1].count+left <= maxSegment/4):
		return s.merge(i - 1)
	case i+1 < len(s.segments) && s.segments[i+1].count+left <= maxSegment/4:
		return s.merge(i)
	}
	return nil
}

// merge makes the segment after the i-th a part of the i-th.
func (s *stagedList) merge(i int) error {
	if err := s.touch(i); err != nil {
		return err
	}
	if err := s.touch(i + 1); err != nil {
		return err
	}
	s.segments[i].count += s.segments[i+1].count
	if err := s.tx.Delete(s.key(listSegments, s.segments[i+1].start)); err != nil {
		return err
	}
	s.segments = slices.Delete(s.segments, i+1, i+2)
	return nil
}

func (s *stagedList) write() error {
	if !s.changed {
		return nil
	}
	for i := range s.segments {
		if !s.segments[i].changed {
			continue
		}
		if err := s.set(listSegments, s.segments[i].start, s.segments[i].count); err != nil {
			return err
		}
	}
	return s.set(listTotal, nil, s.total)
}

// set writes a number that touch has counted.
func (s *stagedList) set(part byte, sortKey []byte, n uint64) error {
	return s.tx.Writer.Set(s.key(part, sortKey), encodeNumber(n))
}
