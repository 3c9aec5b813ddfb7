package chattable

import (
	"bufio"
	"errors"
	"io"
)

const (
	// maxValue is the longest value of a column, in bytes, before it is decoded.
	maxValue = 1 << 20
	// readAhead is how much of the file is read at once.
	readAhead = 64 << 10
)

// text is a file as it is read, with the place in it.
type text struct {
	file   io.ReaderAt
	size   int64
	reader *bufio.Reader
	offset int64 // of the next byte
	line   int64 // of the next byte, from 1 on
	failed error // of reading
	keep   bool  // whether kept collects what is read
	kept   []byte
}

func newText(file io.ReaderAt, size, offset, line int64) *text {
	t := &text{file: file, size: size}
	t.seek(offset, line)
	return t
}

// seek goes on elsewhere.
func (t *text) seek(offset, line int64) {
	section := io.NewSectionReader(t.file, offset, max(0, t.size-offset))
	if t.reader == nil {
		t.reader = bufio.NewReaderSize(section, readAhead)
	} else {
		t.reader.Reset(section)
	}
	t.offset, t.line = offset, max(1, line)
}

// end is what next and peek return at the end of the file, and if it can not be read.
const end = -1

// next returns the next byte, or end.
func (t *text) next() int {
	c, err := t.reader.ReadByte()
	if err != nil {
		t.fail(err)
		return end
	}
	t.offset++
	if c == '\n' {
		t.line++
	}
	if t.keep && len(t.kept) <= 2*maxValue {
		t.kept = append(t.kept, c)
	}
	return int(c)
}

// peek returns the next byte and leaves it there, or end.
func (t *text) peek() int {
	b, err := t.reader.Peek(1)
	if err != nil {
		t.fail(err)
		return end
	}
	return int(b[0])
}

// ahead returns up to n of the next bytes and leaves them there.
func (t *text) ahead(n int) []byte {
	b, err := t.reader.Peek(n)
	if err != nil {
		t.fail(err)
	}
	return b
}

func (t *text) fail(err error) {
	if !errors.Is(err, io.EOF) && t.failed == nil {
		t.failed = err
	}
}

// finished is the error for the end of the text: that of reading, or io.EOF.
func (t *text) finished() error {
	if t.failed != nil {
		return t.failed
	}
	return io.EOF
}

// capture begins to collect what is read.
func (t *text) capture() { t.keep, t.kept = true, t.kept[:0] }

// captured ends collecting and returns what was read meanwhile, valid until the next capture.
func (t *text) captured() []byte {
	t.keep = false
	return t.kept
}
