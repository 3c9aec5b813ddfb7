package postgres

import (
	"bytes"
	"encoding/binary"
	"slices"

	"parley/storage"
)

// A scan fetches pages of so many keys, few at first, because most scans end early, and more when it goes on. At the
// limits of package storage the largest page is 18 MB.
const (
	firstPage = 32
	lastPage  = 256
)

// pair is a key with its value.
type pair struct{ key, value []byte }

// Scan implements storage.Reader. It reads page by page and holds no cursor, so visit may read as it likes.
func (t *snapshot) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	return t.scan(rg, visit)
}

func (t *snapshot) scan(rg storage.Range, visit func(key, value []byte) bool) error {
	if t.failure != nil {
		return t.failure
	}
	from, to := rg.From, rg.To
	if to == nil {
		// Above every key.
		to = bytes.Repeat([]byte{0xff}, storage.MaxKey+1)
	}
	for size, visited := firstPage, 0; bytes.Compare(from, to) < 0; size = min(2*size, lastPage) {
		ask := size
		if rg.Limit > 0 {
			ask = min(rg.Limit-visited, lastPage)
		}
		page, err := t.page(rg, from, to, ask)
		if err != nil {
			return err
		}
		for _, p := range page {
			visited++
			if !visit(p.key, p.value) || visited == rg.Limit {
				return nil
			}
		}
		if len(page) < ask {
			return nil
		}
		last := page[len(page)-1].key
		if rg.Reverse {
			to = last
		} else {
			from = append(slices.Clip(last), 0)
		}
	}
	return nil
}

// page returns the first limit pairs from <= key < to.
func (t *snapshot) page(rg storage.Range, from, to []byte, limit int) ([]pair, error) {
	name := stmtForward
	switch {
	case rg.Reverse && rg.KeysOnly:
		name = stmtBackwardKeys
	case rg.Reverse:
		name = stmtBackward
	case rg.KeysOnly:
		name = stmtForwardKeys
	}
	if from == nil {
		from = []byte{}
	}
	page := make([]pair, 0, min(limit, firstPage))
	err := t.read(name, func(columns [][]byte) {
		p := pair{key: bytes.Clone(columns[0])}
		if len(columns) > 1 {
			p.value = bytes.Clone(columns[1])
		}
		page = append(page, p)
	}, func() { page = page[:0] }, from, to, binary.BigEndian.AppendUint64(nil, uint64(limit)))
	return page, err
}
