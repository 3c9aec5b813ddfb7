package badger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/klauspost/compress/snappy"
)

// errTable reports a table file of which a part is not what was written.
var errTable = errors.New("the file is damaged")

// maxBlock bounds an uncompressed block: a few kilobytes, or one pair if that is larger.
const maxBlock = mebibyte

// tableFile is a table that is being checked. The engine opens a damaged one by leaving it out, so that its keys read as
// absent, or not at all, or ends the process; so this reads the file without the engine.
//
// A table is blocks one after the other, the index, its length, the index's checksum and the length of that. Lengths are
// in four bytes, big-endian. A block ends, once it is uncompressed, in the number of its entries, a checksum of all up to
// there, and the length of the checksum.
type tableFile struct {
	file        *os.File
	size        int64
	compression options.CompressionType
	buffer      []byte // of a block as it is stored
	plain       []byte // of a block as it was
}

// checkTable reads the whole of a table file and returns how many entries it holds. The error is errTable if any byte is
// not covered by a checksum that is right.
func checkTable(name string, compression options.CompressionType) (entries int64, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	return (&tableFile{file: file, size: info.Size(), compression: compression}).check()
}

// check walks through the blocks that the index names. The library that reads the index panics if it is none, such as in
// a file of zeros, whose checksums are right.
func (t *tableFile) check() (entries int64, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: the index cannot be read", errTable)
		}
	}()
	index, start, err := t.index()
	if err != nil {
		return 0, err
	}
	var block fb.BlockOffset
	end := int64(0)
	for i := range index.OffsetsLength() {
		if !index.Offsets(&block, i) || int64(block.Offset()) != end {
			return 0, fmt.Errorf("%w: block %d is not where the one before it ends", errTable, i)
		}
		count, err := t.block(end, int64(block.Len()))
		if err != nil {
			return 0, fmt.Errorf("block %d at byte %d: %w", i, end, err)
		}
		entries += count
		end += int64(block.Len())
	}
	if end == 0 || end != start || entries != int64(index.KeyCount()) {
		return 0, fmt.Errorf("%w: the blocks are not all that the index counts", errTable)
	}
	return entries, nil
}

// read fills into with n bytes from the given offset on.
func (t *tableFile) read(into []byte, offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || n > t.size-offset {
		return nil, fmt.Errorf("%w: a length in it points outside", errTable)
	}
	if int64(cap(into)) < n {
		into = make([]byte, n)
	}
	into = into[:n]
	if _, err := t.file.ReadAt(into, offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return into, nil
}

// lengthBefore reads the length that ends at the given offset.
func (t *tableFile) lengthBefore(end int64) (int64, error) {
	b, err := t.read(nil, end-4, 4)
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint32(b)), nil
}

// index reads the index, and where it starts.
func (t *tableFile) index() (index *fb.TableIndex, start int64, err error) {
	at := t.size
	n, err := t.lengthBefore(at)
	if err != nil {
		return nil, 0, err
	}
	at -= 4 + n
	checksum, err := t.read(nil, at, n)
	if err != nil {
		return nil, 0, err
	}
	if n, err = t.lengthBefore(at); err != nil {
		return nil, 0, err
	}
	at -= 4 + n
	data, err := t.read(nil, at, n)
	if err != nil {
		return nil, 0, err
	}
	if err := checkSum(data, checksum); err != nil {
		return nil, 0, fmt.Errorf("index: %w", err)
	}
	return fb.GetRootAsTableIndex(data, 0), at, nil
}

// block checks one block and returns how many entries it holds.
func (t *tableFile) block(offset, n int64) (entries int64, err error) {
	if t.buffer, err = t.read(t.buffer, offset, n); err != nil {
		return 0, err
	}
	data, err := t.uncompressed()
	if err != nil {
		return 0, err
	}
	end := len(data) - 4
	if end < 0 {
		return 0, errTable
	}
	sumLength := int64(binary.BigEndian.Uint32(data[end:]))
	start := int64(end) - sumLength
	if start < 4 {
		return 0, errTable
	}
	if err := checkSum(data[:start], data[start:end]); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint32(data[start-4:])), nil
}

func (t *tableFile) uncompressed() ([]byte, error) {
	switch t.compression {
	case options.None:
		return t.buffer, nil
	case options.Snappy:
		if n, err := snappy.DecodedLen(t.buffer); err != nil || n > maxBlock {
			return nil, fmt.Errorf("%w: it cannot be uncompressed", errTable)
		}
		plain, err := snappy.Decode(t.plain[:cap(t.plain)], t.buffer)
		if err != nil {
			return nil, fmt.Errorf("%w: it cannot be uncompressed", errTable)
		}
		t.plain = plain
		return plain, nil
	case options.ZSTD:
	}
	return nil, fmt.Errorf("the compression %d is not one that this program uses", t.compression)
}

// sumTag begins a checksum that is not zero: the tag of its field in the engine's record, the number of the field and the
// wire type. The other field, the kind of checksum, is not written for the kind that the engine uses.
const sumTag = 2 << 3

// checkSum compares the checksum of data with the one that is written.
func checkSum(data, written []byte) error {
	want := uint64(0)
	if len(written) > 0 {
		var n int
		if want, n = binary.Uvarint(written[1:]); written[0] != sumTag || n != len(written)-1 {
			return fmt.Errorf("%w: the checksum is none", errTable)
		}
	}
	if want != uint64(crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))) {
		return fmt.Errorf("%w: the checksum is another", errTable)
	}
	return nil
}
