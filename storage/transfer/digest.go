package transfer

import (
	"crypto/sha256"
	"encoding/binary"
)

// Digest is the end of a chain over keys and values in the order of the keys: each link is the SHA-256 of the link before
// and one pair. Two tables have the same digest only if they hold the same pairs.
type Digest [sha256.Size]byte

// tally is what is known of one table: the keys with one first byte.
type tally struct {
	keys, bytes int64
	digest      Digest
}

// digests holds a tally for every first byte of a key.
type digests [256]tally

// chainer adds pairs to digests with one buffer.
type chainer struct {
	digests digests
	buffer  []byte
}

// add takes the next pair in the order of the keys.
func (c *chainer) add(key, value []byte) {
	t := &c.digests[key[0]]
	t.keys++
	t.bytes += int64(len(key) + len(value))
	c.buffer = append(c.buffer[:0], t.digest[:]...)
	c.buffer = appendBytes(c.buffer, key)
	c.buffer = appendBytes(c.buffer, value)
	t.digest = sha256.Sum256(c.buffer)
}

// append writes the tallies of the tables that hold something.
func (d *digests) append(dst []byte) []byte {
	count := 0
	for i := range d {
		if d[i].keys > 0 {
			count++
		}
	}
	dst = binary.AppendUvarint(dst, uint64(count))
	for i := range d {
		t := &d[i]
		if t.keys == 0 {
			continue
		}
		dst = append(dst, byte(i))
		dst = binary.AppendUvarint(dst, uint64(t.keys))
		dst = binary.AppendUvarint(dst, uint64(t.bytes))
		dst = append(dst, t.digest[:]...)
	}
	return dst
}

// read is the inverse of append.
func (d *digests) read(f *fields) {
	last := -1
	for n := f.number(); n > 0 && !f.bad; n-- {
		i := int(f.byte())
		if i <= last {
			f.bad = true // not the order in which they are written
			return
		}
		last = i
		t := &d[i]
		t.keys, t.bytes = f.number(), f.number()
		copy(t.digest[:], f.take(sha256.Size))
		if t.keys == 0 {
			f.bad = true
		}
	}
}
