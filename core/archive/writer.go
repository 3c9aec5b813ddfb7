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
)

const (
	// checkEvery is after how many records a line with the digest so far stands, which tells where an altered archive is
	// altered.
	checkEvery = 1000
	// bufferSize is the size of the buffers before the file.
	bufferSize = 256 << 10
	// magic is the value of the header's first field.
	magic = "archive"
)

// headerLine is the first line.
type headerLine struct {
	Parley  string `json:"parley"`
	Version int    `json:"version"`
	Header
}

// endLine is the last line, and without counts one in between.
type endLine struct {
	Counts map[Type]int64 `json:"counts,omitempty"`
	Digest string         `json:"sha256"` // of every byte before the line
}

// Writer writes an archive. It is for one goroutine.
type Writer struct {
	out    *bufio.Writer
	hash   hash.Hash
	line   bytes.Buffer
	json   *json.Encoder
	counts map[Type]int64
	total  int64
	failed error
}

// NewWriter begins an archive in w. A failure to write is returned by the next Write or by Close.
func NewWriter(w io.Writer, h Header) *Writer {
	a := &Writer{out: bufio.NewWriterSize(w, bufferSize), hash: sha256.New(), counts: make(map[Type]int64)}
	a.json = json.NewEncoder(&a.line)
	a.json.SetEscapeHTML(false)
	a.failed = a.put("", headerLine{magic, Version, h})
	return a
}

// Write adds a record. One that exceeds what a reader takes is refused and leaves the archive as it is; after another
// error the archive is of no use.
func (w *Writer) Write(r *Record) error {
	payload := r.payload()
	if payload == nil {
		return fmt.Errorf("archive: a record of type %q has no value", r.Type)
	}
	if w.failed != nil {
		return w.failed
	}
	if err := w.put(r.Type, payload); err != nil {
		return err
	}
	w.counts[r.Type]++
	if w.total++; w.total%checkEvery == 0 {
		return w.put(typeCheck, endLine{Digest: w.digest()})
	}
	return nil
}

// Close ends the archive and writes what is buffered. It does not close the writer below.
func (w *Writer) Close() error {
	if w.failed == nil {
		w.failed = w.put(typeEnd, endLine{Counts: w.counts, Digest: w.digest()})
	}
	if w.failed == nil {
		w.failed = w.out.Flush()
	}
	err := w.failed
	w.failed = errors.Join(err, io.ErrClosedPipe)
	return err
}

// Counts returns how many records of each type have been written.
func (w *Writer) Counts() map[Type]int64 { return w.counts }

func (w *Writer) digest() string { return hex.EncodeToString(w.hash.Sum(nil)) }

// put writes one line: an object whose first member is its type.
func (w *Writer) put(t Type, value any) error {
	w.line.Reset()
	if err := w.json.Encode(value); err != nil {
		return fmt.Errorf("archive: a record of type %q: %w", t, err)
	}
	body := w.line.Bytes()
	var head []byte
	if t != "" {
		head = append(append(append(head, `{"type":"`...), t...), `",`...)
		if body = body[1:]; body[0] == '}' {
			head = head[:len(head)-1]
		}
	}
	if len(head)+len(body) > MaxLine {
		return fmt.Errorf("archive: a record of type %q takes more than a line has", t)
	}
	for _, part := range [...][]byte{head, body} {
		w.hash.Write(part)
		if _, err := w.out.Write(part); err != nil {
			w.failed = err
			return err
		}
	}
	return nil
}

// payload returns the value that the record's type names, or nil.
func (r *Record) payload() any {
	switch r.Type {
	case TypeApp:
		return some(r.App)
	case TypeUser:
		return some(r.User)
	case TypeFriend:
		return some(r.Friend)
	case TypeGroup:
		return some(r.Group)
	case TypeMembers:
		return some(r.Members)
	case TypeMessage:
		return some(r.Message)
	case TypeRead:
		return some(r.Read)
	case TypeThread:
		return some(r.Thread)
	case TypeKey:
		return some(r.Key)
	case TypeImport:
		return some(r.Import)
	case TypeContent:
		return some(r.Content)
	case TypeOfficial:
		return some(r.Official)
	case typeCheck, typeEnd:
	}
	return nil
}

// some returns p, or nil itself if p is nil.
func some[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}
