package chattable

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// sheet is a CSV file.
type sheet struct {
	text      *text
	separator byte
	backslash bool // quotes and separators stand behind backslashes, and \N is NULL
	layout    layout
	header    []byte // the line with the names, nil if there is none
	row       row
	values    [][]byte
	buffer    []byte
	resume    resumption
}

// resumption is where the line behind the first one of a row begins, from which a row that turns out to be broken is
// given up: a quotation mark that is missing must not swallow the rows behind it.
type resumption struct {
	offset, line int64
	known        bool
}

var errNotTable = errors.New("chattable: the file has neither the names of the table's columns in its first line nor 7 or 8 columns")

// newSheet reads how the file is written from its beginning, and goes on at a place.
func newSheet(t *text, file io.ReaderAt, size int64, at *place) (*sheet, error) {
	sample := make([]byte, readAhead)
	n, err := file.ReadAt(sample, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	sample = sample[:n]
	begin := int64(0)
	if bytes.HasPrefix(sample, []byte("\xef\xbb\xbf")) {
		begin, sample = 3, sample[3:]
	}
	first, _, _ := bytes.Cut(sample, []byte("\n"))
	s := &sheet{text: t, separator: ','}
	for _, c := range []byte{';', '\t'} {
		if bytes.Count(first, []byte{c}) > bytes.Count(first, []byte{s.separator}) {
			s.separator = c
		}
	}
	s.backslash = s.hasBackslashes(sample)
	s.text = newText(file, size, begin, 1)
	if size == begin {
		return s, nil // nothing is in it
	}
	if _, err := s.read(); err != nil {
		return nil, err
	}
	names := make([]string, len(s.values))
	for i, v := range s.values {
		names[i] = string(v)
	}
	var ok bool
	if s.layout, ok = layoutOf(names); ok {
		s.header = bytes.TrimRight(bytes.Clone(first), "\r")
	} else if s.layout, ok = bareLayout(len(names)); ok {
		s.text.seek(begin, 1)
	} else {
		return nil, errNotTable
	}
	if at.Offset > 0 {
		s.text.seek(at.Offset, at.Line)
	}
	return s, nil
}

// hasBackslashes tells whether quotation marks stand behind backslashes, from the first JSON object that stands in
// quotation marks, or else from a NULL that is written so.
func (s *sheet) hasBackslashes(sample []byte) bool {
	doubled, escaped := bytes.Index(sample, []byte(`"{""`)), bytes.Index(sample, []byte(`{\"`))
	if doubled >= 0 && (escaped < 0 || doubled < escaped) {
		return false
	}
	null := []byte{s.separator, '\\', 'N', s.separator}
	return escaped >= 0 || bytes.Contains(sample, null)
}

// bareLayout is that of a file without names: the table's columns, with or without the id.
func bareLayout(width int) (layout, bool) {
	names := columnNames()
	switch width {
	case columnCount:
		return layoutOf(names[:])
	case columnCount - 1:
		return layoutOf(names[1:])
	}
	return layout{}, false
}

// note implements scanner: where the columns stand is read again from the file.
func (s *sheet) note(at *place) { at.Offset, at.Line = s.text.offset, s.text.line }

// next implements scanner.
func (s *sheet) next() (*row, error) {
	bad, err := s.read()
	if err != nil {
		return nil, err
	}
	if s.row.bad = bad; bad == "" {
		s.row.set(&s.layout, s.values)
	}
	if s.row.bad != "" && s.resume.known {
		s.text.seek(s.resume.offset, s.resume.line)
		if i := bytes.IndexByte(s.row.raw, '\n'); i >= 0 {
			s.row.raw = s.row.raw[:i]
		}
	}
	s.row.raw, s.row.head = bytes.TrimRight(s.row.raw, "\r\n"), s.header
	return &s.row, nil
}

// read reads the values of the next row that is not an empty line.
func (s *sheet) read() (bad string, err error) {
	for s.text.peek() == '\n' || s.text.peek() == '\r' {
		s.text.next()
	}
	if s.text.peek() == end {
		return "", s.text.finished()
	}
	s.row.start, s.row.line = s.text.offset, s.text.line
	s.values, s.buffer, s.resume = s.values[:0], s.buffer[:0], resumption{}
	s.text.capture()
	defer func() { s.row.raw = s.text.captured() }()
	for {
		more, bad := s.value()
		if bad != "" {
			if !s.resume.known {
				s.skipLine()
			}
			return bad, nil
		}
		if !more {
			return "", nil
		}
	}
}

func (s *sheet) skipLine() {
	for c := s.text.next(); c != '\n' && c != end; {
		c = s.text.next()
	}
}

// value reads one value and the separator behind it; more tells that the row goes on.
func (s *sheet) value() (more bool, bad string) {
	start := len(s.buffer)
	quoted := s.text.peek() == '"'
	null := false
	if quoted {
		s.text.next()
	}
	for open := quoted; ; {
		c := s.text.next()
		switch {
		case len(s.buffer)-start > maxValue:
			return false, "a value is too long"
		case c == end && open:
			return false, "a quotation mark is missing"
		case c == '\n' && !s.resume.known:
			s.resume = resumption{s.text.offset, s.text.line, true}
		}
		switch {
		case s.backslash && c == '\\':
			n := s.text.next()
			if n == '\n' && !s.resume.known {
				s.resume = resumption{s.text.offset, s.text.line, true}
			}
			if null = n == 'N' && len(s.buffer) == start && !open; !null {
				s.buffer = appendEscaped(s.buffer, n)
			}
			continue
		case open && c == '"' && s.text.peek() == '"':
			s.text.next()
		case open && c == '"':
			open = false
			if c := s.text.peek(); c != int(s.separator) && c != '\n' && c != '\r' && c != end {
				return false, "there is text behind a quotation mark"
			}
			continue
		case open:
		case c == int(s.separator):
			s.keep(start, quoted, null)
			return true, ""
		case c == '\n' || c == end:
			s.resume.known = s.resume.known && s.resume.offset != s.text.offset
			s.keep(start, quoted, null)
			return false, ""
		case c == '\r' && (s.text.peek() == '\n' || s.text.peek() == end):
			continue
		}
		s.buffer, null = append(s.buffer, byte(c)), false
	}
}

// keep notes the value that begins at start of the buffer. The buffer may move while it grows, and what was noted before
// stays where it is.
func (s *sheet) keep(start int, quoted, null bool) {
	v := s.buffer[start:len(s.buffer):len(s.buffer)]
	if null || !quoted && strings.EqualFold(string(v), "NULL") {
		v = nil
	}
	s.values = append(s.values, v)
}

// appendEscaped appends what stands for c behind a backslash.
func appendEscaped(dst []byte, c int) []byte {
	switch c {
	case '0':
		return append(dst, 0)
	case 'b':
		return append(dst, '\b')
	case 'n':
		return append(dst, '\n')
	case 'r':
		return append(dst, '\r')
	case 't':
		return append(dst, '\t')
	case 'Z':
		return append(dst, 0x1a)
	case end:
		return dst
	}
	return append(dst, byte(c))
}
