package mongodump

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line, in bytes: a document of the database has 16 MiB at the most, and its JSON may be longer.
const maxLine = 48 << 20

// lines reads a file line by line.
type lines struct {
	reader *bufio.Reader
	start  int64 // of the line
	number int64
	offset int64 // behind the line
	line   []byte
	long   bool // the line exceeds maxLine and was cut off
}

// next reads the next line, or io.EOF.
func (l *lines) next() error {
	l.start, l.line, l.long = l.offset, l.line[:0], false
	l.number++
	for {
		part, err := l.reader.ReadSlice('\n')
		l.offset += int64(len(part))
		if len(l.line)+len(part) > maxLine {
			l.long = true
		} else {
			l.line = append(l.line, part...)
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && l.offset > l.start:
			return nil
		default:
			return err
		}
	}
}

// document is the line without what surrounds the documents of a list.
func (l *lines) document() []byte {
	return bytes.Trim(l.line, " \t\r\n,")
}
