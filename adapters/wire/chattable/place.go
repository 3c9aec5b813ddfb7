package chattable

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// place is where a source goes on: a cursor.
type place struct {
	// Size and Print tell the file from others.
	Size  int64  `json:"size"`
	Print string `json:"print"`
	// Users tells that the users have not all been named yet.
	Users  bool  `json:"users,omitempty"`
	Offset int64 `json:"offset"`
	Line   int64 `json:"line"`
	// Done has a bit for each of the rows from Offset on that have been dealt with, as the other side of a message before.
	Done []byte `json:"done,omitempty"`
	// Recent are the digests of the latest messages of a table without ids: of equal messages of one second, the second
	// has another origin than the first.
	Recent []byte `json:"recent,omitempty"`
	// Rows is the order of columns in an INSERT that Offset is inside of, and Table that of the table.
	Rows  *layout `json:"rows,omitempty"`
	Table *layout `json:"table,omitempty"`
	// Named is what the table is called.
	Named string `json:"named,omitempty"`
	// Listed are the names of the columns in the INSERT that Offset is inside of.
	Listed string `json:"listed,omitempty"`
}

// start is where to begin for a cursor: at the beginning if it belongs to another file.
func (s *Source) start(cursor []byte) *place {
	begin := &place{Size: s.size, Print: s.mark, Users: true, Line: 1}
	var at place
	if cursor == nil || json.Unmarshal(cursor, &at) != nil || at.Size != s.size || at.Print != s.mark ||
		at.Offset < 0 || at.Offset > s.size || len(at.Done) > Window/8+1 {
		return begin
	}
	return &at
}

func (p *place) encode() ([]byte, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("chattable: a cursor can not be written: %w", err)
	}
	return text, nil
}

// fingerprint tells files apart by their beginnings and ends.
func fingerprint(file io.ReaderAt, size int64) (string, error) {
	const part = 16 << 10
	h := sha256.New()
	for _, at := range []int64{0, max(0, size-part)} {
		if _, err := io.Copy(h, io.NewSectionReader(file, at, min(part, size))); err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("chattable: the file can not be read: %w", err)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// digest is a short name of data.
func digest(data []byte) (d [16]byte) {
	sum := sha256.Sum256(data)
	copy(d[:], sum[:])
	return d
}

// trimmed leaves out the zeros at the end.
func trimmed(bits []byte) []byte { return bytes.TrimRight(bits, "\x00") }
