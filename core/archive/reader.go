package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"unicode/utf8"
)

// Error tells what is wrong with an archive, and where.
type Error struct {
	// Line is the number of the line, from 1 on.
	Line int64
	// Note says in words what is wrong.
	Note string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("line %d of the archive: %s", e.Line, e.Note) }

// Reader reads an archive record by record. It is for one goroutine and trusts nothing: whatever the bytes are, it takes
// about as much memory as the longest line, at most MaxLine, and ends with a record, an Error or io.EOF.
type Reader struct {
	in      *bufio.Reader
	hash    hash.Hash
	long    []byte // a line that exceeds the buffer
	header  *Header
	head    string // hash of the header line
	line    int64  // of the line that was read last
	offset  int64  // behind it
	counts  map[Type]int64
	skipped int64
	err     error // why there is nothing more, once there is not
}

// NewReader reads an archive from r, from its first line on.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, bufferSize), hash: sha256.New(), counts: make(map[Type]int64)}
}

// Header returns the archive's header, reading it if need be.
func (r *Reader) Header() (Header, error) {
	if r.err == nil && r.header == nil {
		r.err = r.readHeader()
	}
	if r.header == nil {
		return Header{}, r.err
	}
	return *r.header, nil
}

// Next returns the next record that this version knows, io.EOF after the last one of an archive that is whole, and an
// *Error for what is no archive, is not whole, or was altered. Other errors are those of the reader below.
func (r *Reader) Next() (Record, error) {
	if _, err := r.Header(); err != nil {
		return Record{}, err
	}
	for r.err == nil {
		record, known, err := r.next()
		if err == nil && known {
			return record, nil
		}
		r.err = err
	}
	return Record{}, r.err
}

// Counts returns how many records of each type have been read.
func (r *Reader) Counts() map[Type]int64 { return maps.Clone(r.counts) }

// Skipped returns how many records were passed over because this version does not know their type.
func (r *Reader) Skipped() int64 { return r.skipped }

// Line is the number of the line that was read last, from 1 on, and Offset the number of bytes up to its end.
func (r *Reader) Line() int64 { return r.line }

// Offset returns how many bytes have been read.
func (r *Reader) Offset() int64 { return r.offset }

func (r *Reader) fail(format string, args ...any) error {
	return &Error{Line: max(r.line, 1), Note: fmt.Sprintf(format, args...)}
}

func (r *Reader) readHeader() error {
	line, err := r.readLine()
	if errors.Is(err, io.EOF) {
		return r.fail("the file is empty")
	}
	if err != nil {
		return err
	}
	var h headerLine
	if err := json.Unmarshal(line, &h); err != nil || h.Parley != magic {
		return r.fail(`this is no archive: the first line has to begin with {"parley":"archive"`)
	}
	switch {
	case h.Version < 1:
		return r.fail("the archive says no version")
	case h.Version > Version:
		return r.fail("the archive has version %d, and this program reads up to version %d: use a newer one", h.Version, Version)
	}
	r.take(line)
	r.header, r.head = &h.Header, hex.EncodeToString(r.hash.Sum(nil))
	return nil
}

// take counts the bytes of a line into the digest.
func (r *Reader) take(line []byte) { r.hash.Write(line) }

// next reads a line; known tells that it is a record to return.
func (r *Reader) next() (record Record, known bool, err error) {
	line, err := r.readLine()
	if errors.Is(err, io.EOF) {
		return record, false, r.fail("the archive ends here without its end line: it is not whole")
	}
	if err != nil {
		return record, false, err
	}
	if record.Type, err = r.typeOf(line); err != nil {
		return record, false, err
	}
	switch record.Type {
	case typeCheck:
		err = r.check(line)
	case typeEnd:
		return record, false, r.end(line)
	default:
		known, err = r.decode(&record, line)
	}
	r.take(line)
	return record, known, err
}

// decode reads the record of a line.
func (r *Reader) decode(record *Record, line []byte) (known bool, err error) {
	into := record.allocate()
	if into == nil {
		if r.skipped++; !json.Valid(line) {
			return false, r.fail("the line is no JSON")
		}
		return false, nil
	}
	if err := json.Unmarshal(line, into); err != nil {
		return false, r.fail("the record of type %q cannot be read: %v", record.Type, err)
	}
	if note := record.check(); note != "" {
		return false, r.fail("the record of type %q cannot be right: %s", record.Type, note)
	}
	r.counts[record.Type]++
	return true, nil
}

// allocate sets the field that the type names and returns it, or nil for an unknown type.
func (r *Record) allocate() any {
	switch r.Type {
	case TypeApp:
		return place(&r.App)
	case TypeUser:
		return place(&r.User)
	case TypeFriend:
		return place(&r.Friend)
	case TypeGroup:
		return place(&r.Group)
	case TypeMembers:
		return place(&r.Members)
	case TypeMessage:
		return place(&r.Message)
	case TypeRead:
		return place(&r.Read)
	case TypeThread:
		return place(&r.Thread)
	case TypeKey:
		return place(&r.Key)
	case TypeImport:
		return place(&r.Import)
	case TypeContent:
		return place(&r.Content)
	case TypeOfficial:
		return place(&r.Official)
	case typeCheck, typeEnd:
	}
	return nil
}

func place[T any](at **T) *T {
	*at = new(T)
	return *at
}

// check compares the digest so far.
func (r *Reader) check(line []byte) error {
	var c endLine
	if err := json.Unmarshal(line, &c); err != nil {
		return r.fail("the check line cannot be read: %v", err)
	}
	if sum := hex.EncodeToString(r.hash.Sum(nil)); c.Digest != sum {
		return r.fail("the digest is %s and should be %s: a line between the check before and this one was altered", sum, c.Digest)
	}
	return nil
}

// end checks the last line and returns io.EOF if the archive is whole.
func (r *Reader) end(line []byte) error {
	if err := r.check(line); err != nil {
		return err
	}
	var end endLine
	if err := json.Unmarshal(line, &end); err != nil {
		return r.fail("the end line cannot be read: %v", err)
	}
	for t, n := range end.Counts {
		if known := (&Record{Type: t}).allocate() != nil; known && r.counts[t] != n {
			return r.fail("the archive has %d records of type %q and should have %d", r.counts[t], t, n)
		}
	}
	r.line++
	if _, err := r.in.ReadByte(); err == nil {
		return r.fail("something follows the end line")
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	r.line--
	return io.EOF
}

// readLine returns the next line with its line feed, valid until the next call; io.EOF if there is none.
func (r *Reader) readLine() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	r.long = r.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		if r.long = append(r.long, line...); len(r.long) > MaxLine {
			break
		}
		line, err = r.in.ReadSlice('\n')
	}
	if len(r.long) > 0 {
		r.long = append(r.long, line...)
		line = r.long
	}
	switch {
	case errors.Is(err, io.EOF) && len(line) == 0:
		return nil, io.EOF
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
		return nil, err
	}
	r.line++
	r.offset += int64(len(line))
	switch {
	case len(line) > MaxLine+1:
		return nil, r.fail("the line has more than %d bytes", MaxLine)
	case err != nil:
		return nil, r.fail("the archive ends in the middle of the line: it is not whole")
	case !utf8.Valid(line):
		return nil, r.fail("the line is not UTF-8")
	}
	return line, r.shape(bytes.TrimSpace(line))
}
