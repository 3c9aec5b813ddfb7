package transfer

import "encoding/binary"

// fields takes fields off the front of a record and remembers whether one was missing.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) take(n uint64) []byte {
	if n > uint64(len(f.rest)) {
		f.bad, f.rest = true, nil
		return nil
	}
	field := f.rest[:n:n]
	f.rest = f.rest[n:]
	return field
}

func (f *fields) byte() byte {
	if field := f.take(1); field != nil {
		return field[0]
	}
	return 0
}

// number reads a count: it is never negative.
func (f *fields) number() int64 {
	v, n := binary.Uvarint(f.rest)
	if n <= 0 || v > 1<<62 {
		f.bad, f.rest = true, nil
		return 0
	}
	f.rest = f.rest[n:]
	return int64(v)
}

func (f *fields) bytes() []byte { return f.take(uint64(f.number())) }

func appendBytes[T string | []byte](dst []byte, b T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}
