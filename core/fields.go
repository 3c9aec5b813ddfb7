package core

import (
	"encoding/binary"
	"unsafe"
)

// fieldReader takes fields off the front of a record and remembers whether one was missing.
type fieldReader struct {
	rest []byte
	bad  bool
}

func (r *fieldReader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.bad, r.rest = true, nil
		return nil
	}
	field := r.rest[:n:n]
	r.rest = r.rest[n:]
	return field
}

func (r *fieldReader) byte() byte {
	if field := r.take(1); field != nil {
		return field[0]
	}
	return 0
}

func (r *fieldReader) version() {
	if r.byte() != recordVersion {
		r.bad = true
	}
}

func (r *fieldReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

// bytes reads a length and as many bytes; they refer to the record.
func (r *fieldReader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	return r.take(int(n))
}

// text is bytes as a string that refers to the record, which nobody modifies.
func (r *fieldReader) text() string {
	b := r.bytes()
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // G103: records are never written to
}

func appendBytes[T string | []byte](dst []byte, b T) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

func appendUint(dst []byte, n int64) []byte { return binary.AppendUvarint(dst, uint64(n)) }
