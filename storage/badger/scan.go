package badger

import (
	"bytes"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"parley/storage"
)

// Scan implements storage.Reader. Inside an Update it sees the transaction as it is when Scan is called, and it protects
// the keys that it visits like Get, which is more than the contract asks.
func (r *reader) Scan(rg storage.Range, visit func(key, value []byte) bool) error {
	if rg.To != nil && bytes.Compare(rg.From, rg.To) >= 0 {
		return nil
	}
	// Values lie beside their keys, so prefetching them would only start a goroutine for each.
	it := r.txn.NewIterator(badger.IteratorOptions{Reverse: rg.Reverse, Prefix: sharedPrefix(rg)})
	defer it.Close()
	first := rg.From
	if rg.Reverse {
		first = lastBefore(rg.To)
		if rg.To != nil && len(first) == 0 {
			return nil
		}
	}
	it.Seek(first)
	var value []byte
	take := func(v []byte) error { value = v; return nil }
	for visited := 1; it.Valid(); visited++ {
		item := it.Item()
		key := item.Key()
		if rg.Reverse && bytes.Compare(key, rg.From) < 0 || !rg.Reverse && rg.To != nil && bytes.Compare(key, rg.To) >= 0 {
			return nil
		}
		if !rg.KeysOnly {
			if err := item.Value(take); err != nil {
				return fmt.Errorf("badger: scan: %w", err)
			}
		}
		if !visit(key, value) || visited == rg.Limit {
			return nil
		}
		it.Next()
	}
	return nil
}

// sharedPrefix returns a prefix of all keys that rg can contain, in which the engine then skips the tables that have no
// such key. It is the longest common prefix of the bounds; where the upper bound is that and one byte more, which is
// the successor of the lower bound's, the lower bound's byte belongs to it: of "ab" and "ac" it is "ab".
func sharedPrefix(rg storage.Range) []byte {
	n := 0
	for n < len(rg.From) && n < len(rg.To) && rg.From[n] == rg.To[n] {
		n++
	}
	if n < len(rg.From) && len(rg.To) == n+1 && rg.From[n]+1 == rg.To[n] {
		n++
	}
	return rg.From[:n:n]
}

// lastBefore returns the greatest possible key below to, from which the engine, whose seek includes its argument, goes
// backward. It returns nil, from which the engine starts at its end, if to is nil, and the empty key, which is never
// stored, if there is none.
func lastBefore(to []byte) []byte {
	if to == nil {
		return nil
	}
	last := len(to) - 1
	if to[last] == 0 {
		return to[:last]
	}
	key := make([]byte, max(len(to), storage.MaxKey))
	copy(key, to)
	key[last]--
	for i := len(to); i < len(key); i++ {
		key[i] = 0xff
	}
	return key
}
