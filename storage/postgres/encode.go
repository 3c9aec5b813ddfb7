package postgres

import "encoding/binary"

// byteaOID is the type of a bytea in the binary form of an array.
const byteaOID = 17

// encodeBytes is the binary form of a one-dimensional bytea[]; a nil element is NULL.
func encodeBytes(items [][]byte) []byte {
	size, nulls := 20, uint32(0)
	for _, item := range items {
		size += 4 + len(item)
		if item == nil {
			nulls = 1
		}
	}
	dimensions := uint32(1)
	if len(items) == 0 {
		dimensions = 0
	}
	out := make([]byte, 0, size)
	out = binary.BigEndian.AppendUint32(out, dimensions)
	out = binary.BigEndian.AppendUint32(out, nulls)
	out = binary.BigEndian.AppendUint32(out, byteaOID)
	if len(items) == 0 {
		return out
	}
	out = binary.BigEndian.AppendUint32(out, uint32(len(items)))
	out = binary.BigEndian.AppendUint32(out, 1)
	for _, item := range items {
		if item == nil {
			out = binary.BigEndian.AppendUint32(out, ^uint32(0))
			continue
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(item)))
		out = append(out, item...)
	}
	return out
}

// encodeInts is the binary form of a one-dimensional bigint[].
func encodeInts(items []int64) []byte {
	const bigintOID = 20
	out := make([]byte, 0, 20+12*len(items))
	out = binary.BigEndian.AppendUint32(out, 1)
	out = binary.BigEndian.AppendUint32(out, 0)
	out = binary.BigEndian.AppendUint32(out, bigintOID)
	out = binary.BigEndian.AppendUint32(out, uint32(len(items)))
	out = binary.BigEndian.AppendUint32(out, 1)
	for _, item := range items {
		out = binary.BigEndian.AppendUint32(out, 8)
		out = binary.BigEndian.AppendUint64(out, uint64(item))
	}
	return out
}

// encodeInt is the binary form of a bigint.
func encodeInt(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
