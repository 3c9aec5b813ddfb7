package transfer

import (
	"bytes"
	"context"
	"fmt"
)

// Difference is how a key is different in two stores.
type Difference string

// The differences.
const (
	Missing Difference = "missing in the target"
	Extra   Difference = "only in the target"
	Changed Difference = "another value in the target"
)

// Table is what a comparison has found of the keys with one first byte.
type Table struct {
	// Prefix is the first byte.
	Prefix byte
	// Source and Target are the two sides.
	Source, Target Side
	// Missing, Extra and Changed count the keys that differ.
	Missing, Extra, Changed int64
	// First is the first key that differs, nil if none does, and How is how.
	First []byte
	How   Difference
	// Moved tells that the source does not hold any more what the copy read there.
	Moved bool
}

// Side is one store's part of a table.
type Side struct {
	// Keys counts the keys, and Bytes those of keys and values together.
	Keys, Bytes int64
	// First and Last are the range in which the keys lie; nil if there are none.
	First, Last []byte
	// Digest is the digest of the pairs in the order of their keys.
	Digest Digest
}

// Equal tells whether both sides of the table are the same, and the source what the copy read.
func (t *Table) Equal() bool { return t.First == nil && !t.Moved && t.Source.Digest == t.Target.Digest }

// Comparison is what a walk through two stores has found.
type Comparison struct {
	// Tables are all tables that either side holds, in the order of their keys.
	Tables []Table
}

// Equal tells whether the stores hold the same, and the source what the copy read.
func (c *Comparison) Equal() bool {
	for i := range c.Tables {
		if !c.Tables[i].Equal() {
			return false
		}
	}
	return true
}

// Moved tells whether the source has changed since it was copied.
func (c *Comparison) Moved() bool {
	for i := range c.Tables {
		if c.Tables[i].Moved {
			return true
		}
	}
	return false
}

// Keys counts the keys of the source.
func (c *Comparison) Keys() (keys int64) {
	for i := range c.Tables {
		keys += c.Tables[i].Source.Keys
	}
	return keys
}

// Differences counts the keys that differ.
func (c *Comparison) Differences() (n int64) {
	for i := range c.Tables {
		t := &c.Tables[i]
		n += t.Missing + t.Extra + t.Changed
	}
	return n
}

// Verify compares both stores without changing either. Their progress rows do not count.
func (c *Copy) Verify(ctx context.Context) (*Comparison, error) {
	r, _, err := readRow(ctx, c.Target)
	if err != nil {
		return nil, err
	}
	if r != nil {
		c.row.total = r.total
	}
	return c.compare(ctx, nil, false)
}

// walk is one comparison while it goes on.
type walk struct {
	source, target     cursor
	fromSource, inTarg chainer
	tables             [256]Table
	differs            bool
}

// compare walks through both stores side by side, if firstOnly is set no further than to the first difference. read, if it
// is not nil, is what the copy has read of the source.
func (c *Copy) compare(ctx context.Context, read *digests, firstOnly bool) (*Comparison, error) {
	w := &walk{source: cursor{store: c.Source}, target: cursor{store: c.Target}}
	for steps := int64(0); ; steps++ {
		more, err := w.step(ctx)
		if err != nil {
			return nil, err
		}
		more = more && (!firstOnly || !w.differs)
		if !more || steps%pageKeys == 0 {
			c.report(Verifying, steps, max(steps, c.row.total))
		}
		if !more {
			return w.result(read), nil
		}
	}
}

// step compares the smallest key that neither side has passed.
func (w *walk) step(ctx context.Context) (more bool, err error) {
	key, value, ok, err := w.source.pair(ctx)
	if err != nil {
		return false, fmt.Errorf("read the source: %w", err)
	}
	otherKey, otherValue, otherOK, err := w.target.pair(ctx)
	if err != nil {
		return false, fmt.Errorf("read the target: %w", err)
	}
	if !ok && !otherOK {
		return false, nil
	}
	order := bytes.Compare(key, otherKey)
	switch {
	case !otherOK:
		order = -1
	case !ok:
		order = 1
	}
	if order <= 0 {
		w.fromSource.add(key, value)
		w.tables[key[0]].Source.note(key)
		w.source.advance()
	}
	if order >= 0 {
		w.inTarg.add(otherKey, otherValue)
		w.tables[otherKey[0]].Target.note(otherKey)
		w.target.advance()
	}
	switch {
	case order < 0:
		w.note(key, Missing)
	case order > 0:
		w.note(otherKey, Extra)
	case !bytes.Equal(value, otherValue):
		w.note(key, Changed)
	}
	return true, nil
}

func (s *Side) note(key []byte) {
	if s.First == nil {
		s.First = bytes.Clone(key)
	}
	s.Last = append(s.Last[:0], key...)
}

// note takes a key that differs.
func (w *walk) note(key []byte, how Difference) {
	w.differs = true
	t := &w.tables[key[0]]
	switch how {
	case Missing:
		t.Missing++
	case Extra:
		t.Extra++
	case Changed:
		t.Changed++
	}
	if t.First == nil {
		t.First, t.How = bytes.Clone(key), how
	}
}

func (w *walk) result(read *digests) *Comparison {
	found := new(Comparison)
	for i := range w.tables {
		source, target := &w.fromSource.digests[i], &w.inTarg.digests[i]
		t := &w.tables[i]
		t.Prefix = byte(i)
		t.Source.Keys, t.Source.Bytes, t.Source.Digest = source.keys, source.bytes, source.digest
		t.Target.Keys, t.Target.Bytes, t.Target.Digest = target.keys, target.bytes, target.digest
		t.Moved = read != nil && read[i] != *source
		if source.keys+target.keys > 0 || t.Moved {
			found.Tables = append(found.Tables, *t)
		}
	}
	return found
}
