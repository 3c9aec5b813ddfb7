package transfer

import (
	"bytes"
	"context"

	"parley/storage"
)

// pageKeys and pageBytes bound a page such that one transaction writes it with the progress row.
const (
	pageKeys  = storage.MaxWrites - 1
	pageBytes = storage.MaxBytes - maxRow
)

// page holds pairs in the order of their keys in one buffer, which is used again for the next page.
type page struct {
	buffer []byte
	pairs  []pair
}

// pair says where a key and its value end in the buffer; the key begins where the pair before ends.
type pair struct{ key, value int }

func (p *page) clear() { p.buffer, p.pairs = p.buffer[:0], p.pairs[:0] }

// add takes a copy of a pair, or returns false if the page is full.
func (p *page) add(key, value []byte) bool {
	if len(p.pairs) == pageKeys || len(p.pairs) > 0 && len(p.buffer)+len(key)+len(value) > pageBytes {
		return false
	}
	p.buffer = append(append(p.buffer, key...), value...)
	end := len(p.buffer)
	p.pairs = append(p.pairs, pair{key: end - len(value), value: end})
	return true
}

// at returns a pair; it is valid until the page is cleared.
func (p *page) at(i int) (key, value []byte) {
	start := 0
	if i > 0 {
		start = p.pairs[i-1].value
	}
	end := p.pairs[i]
	return p.buffer[start:end.key:end.key], p.buffer[end.key:end.value:end.value]
}

// last returns the last key.
func (p *page) last() []byte {
	key, _ := p.at(len(p.pairs) - 1)
	return key
}

// read fills the page with what follows the key after, the progress row left out, in a snapshot of its own: a snapshot
// that is held for the time of a whole copy keeps engines from tidying up. It reads nothing at the end.
func (p *page) read(ctx context.Context, store storage.Store, after []byte, keysOnly bool) error {
	area := storage.Range{From: successor(after), Limit: pageKeys + 1, KeysOnly: keysOnly}
	return store.View(ctx, func(r storage.Reader) error {
		p.clear()
		return r.Scan(area, func(key, value []byte) bool {
			if string(key) == rowKey {
				return true
			}
			if keysOnly {
				value = nil
			}
			return p.add(key, value)
		})
	})
}

// successor returns the smallest key greater than key, and nil, from which a scan begins at the first key, for nil.
func successor(key []byte) []byte {
	if key == nil {
		return nil
	}
	return append(bytes.Clone(key), 0)
}

// cursor walks all pairs of a store in order, page by page.
type cursor struct {
	store storage.Store
	page  page
	next  int
	last  []byte
	ended bool
}

// pair returns the pair that the cursor stands at, valid until the next call of advance; ok is false at the end.
func (c *cursor) pair(ctx context.Context) (key, value []byte, ok bool, err error) {
	if c.next == len(c.page.pairs) && !c.ended {
		if err := c.page.read(ctx, c.store, c.last, false); err != nil {
			return nil, nil, false, err
		}
		c.next = 0
		if c.ended = len(c.page.pairs) == 0; !c.ended {
			c.last = append(c.last[:0], c.page.last()...)
		}
	}
	if c.ended {
		return nil, nil, false, nil
	}
	key, value = c.page.at(c.next)
	return key, value, true, nil
}

func (c *cursor) advance() { c.next++ }
