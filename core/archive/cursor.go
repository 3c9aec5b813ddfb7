package archive

import (
	"crypto/sha256"
	"encoding"
	"encoding/json"
	"errors"
	"io"
	"maps"
)

// ErrOtherArchive reports a cursor that belongs to another archive than the one that is read.
var ErrOtherArchive = errors.New("archive: the position is one in another archive")

// cursor is where a reader stands, with what it has to remember of the lines before.
type cursor struct {
	Head    string         `json:"head"` // hash of the header line: which archive it is
	Line    int64          `json:"line"`
	Offset  int64          `json:"offset"`
	Hash    []byte         `json:"hash"`
	Counts  map[Type]int64 `json:"counts"`
	Skipped int64          `json:"skipped,omitempty"`
}

// Cursor returns where the reader stands: Continue goes on with the record that Next would return. It has less than a
// kilobyte.
func (r *Reader) Cursor() ([]byte, error) {
	state, ok := r.hash.(encoding.BinaryMarshaler)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	hash, err := state.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return json.Marshal(cursor{r.head, r.line, r.offset, hash, r.counts, r.skipped})
}

// Continue reads an archive from a position that Cursor returned on. What lies before is passed over, without being read
// if in is an io.Seeker at its start, and counts as read: the digests are checked over the whole. A position in another
// archive is ErrOtherArchive, after which in has been read from.
func Continue(in io.Reader, position []byte) (*Reader, error) {
	r := NewReader(in)
	if _, err := r.Header(); err != nil {
		return nil, err
	}
	var c cursor
	if err := json.Unmarshal(position, &c); err != nil || c.Head != r.head || c.Offset < r.offset {
		return nil, ErrOtherArchive
	}
	if err := r.skipTo(in, c.Offset); err != nil {
		return nil, err
	}
	hash := sha256.New()
	state, ok := hash.(encoding.BinaryUnmarshaler)
	if !ok {
		return nil, errors.ErrUnsupported
	}
	if err := state.UnmarshalBinary(c.Hash); err != nil {
		return nil, ErrOtherArchive
	}
	r.hash, r.line, r.offset, r.skipped = hash, c.Line, c.Offset, c.Skipped
	maps.Copy(r.counts, c.Counts)
	return r, nil
}

func (r *Reader) skipTo(in io.Reader, offset int64) error {
	if file, ok := in.(io.Seeker); ok {
		if _, err := file.Seek(offset, io.SeekStart); err == nil {
			r.in.Reset(in)
			return nil
		}
	}
	_, err := io.CopyN(io.Discard, r.in, offset-r.offset)
	if errors.Is(err, io.EOF) {
		return r.fail("the archive ends before the place at which to go on: it is not whole")
	}
	return err
}
