package wire

import (
	"strconv"

	"parley/core"
)

// Section is a part of a remote's list that is asked for by the number of a page: what a core.Directory cursor stands for
// where a platform has nothing better.
type Section struct {
	offset int
	// Size is the size of the page.
	Size int
}

// SectionAt returns the section that begins at a cursor, empty for the beginning, of at most limit items and at most as
// many as the platform gives at once.
func SectionAt(cursor string, limit, most int) (s Section, err error) {
	if cursor != "" {
		s.offset, err = strconv.Atoi(cursor)
	}
	if err != nil || s.offset < 0 || limit < 1 || limit > core.MaxPage {
		return Section{}, core.NewFault(core.Invalid, core.FieldPage, "the page is out of bounds")
	}
	s.Size = min(limit, most)
	return s, nil
}

// Number is that of the page in which the section begins, from 1.
func (s Section) Number() int64 { return int64(s.offset/s.Size + 1) }

// Cut returns what the section has of its page, which may be less than its size where the cursor is one of pages of
// another size, and the cursor behind it, empty at the end of the list. total is the length of the list.
func Cut[E any](s Section, page []E, total int64) (items []E, next string) {
	items = page[min(s.offset%s.Size, len(page)):]
	if end := s.offset + len(items); len(items) > 0 && int64(end) < total {
		next = strconv.Itoa(end)
	}
	return items, next
}
