package transfer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"parley/storage"
)

// rowKey is the key of the progress row in a target. No table of the core begins with its first byte.
const rowKey = "!transfer"

// maxName bounds the name of a source, in bytes.
const maxName = 4 << 10

// maxRow bounds a progress row with its key: a name, a key, and a digest for each first byte.
const maxRow = 32 << 10

// rowVersion begins every progress row.
const rowVersion = 1

// stage is how far a copy has come.
type stage byte

const (
	stageClearing stage = iota + 1 // what an earlier copy has written is being deleted
	stageCopying
	stageCopied // everything is there and not yet verified
)

// row is what a target keeps of a copy until it has been verified. It is written in the transactions that write the data.
type row struct {
	stage    stage
	source   string
	started  int64 // milliseconds since the Unix epoch
	total    int64 // keys of the source
	done     int64 // keys copied
	position []byte
	digests  digests // of what has been copied
}

func appendRow(dst []byte, r *row) []byte {
	dst = append(dst, rowVersion, byte(r.stage))
	for _, n := range [...]int64{r.started, r.total, r.done} {
		dst = binary.AppendUvarint(dst, uint64(n))
	}
	dst = appendBytes(dst, r.source)
	dst = appendBytes(dst, r.position)
	return r.digests.append(dst)
}

// errRow reports a progress row that this program has not written.
var errRow = errors.New("storage/transfer: the progress row of the target cannot be read")

func parseRow(b []byte) (r row, err error) {
	f := fields{rest: b}
	if f.byte() != rowVersion {
		return r, errRow
	}
	r.stage = stage(f.byte())
	r.started, r.total, r.done = f.number(), f.number(), f.number()
	r.source, r.position = string(f.bytes()), append([]byte(nil), f.bytes()...)
	r.digests.read(&f)
	if f.bad || len(f.rest) > 0 || r.stage < stageClearing || r.stage > stageCopied {
		return row{}, errRow
	}
	return r, nil
}

// Unfinished is a copy that has not been verified.
type Unfinished struct {
	// Source names the store that is copied, as Copy.Name did when the copy began.
	Source string
	// Started is when.
	Started time.Time
	// Done and Total count the keys that have been copied and those of the source.
	Done, Total int64
}

// Share is how much has been copied, in percent.
func (u *Unfinished) Share() float64 {
	if u.Total == 0 {
		return 0
	}
	return min(100, 100*float64(u.Done)/float64(u.Total))
}

// ReadUnfinished returns the copy that has begun to fill store and has not been verified, or nil. Such a store is not
// fit to be served.
func ReadUnfinished(ctx context.Context, store storage.Store) (*Unfinished, error) {
	r, _, err := readRow(ctx, store)
	if r == nil || err != nil {
		return nil, err
	}
	return &Unfinished{Source: r.source, Started: time.UnixMilli(r.started), Done: r.done, Total: r.total}, nil
}

// readRow returns the progress row of store and its written form, or nil.
func readRow(ctx context.Context, store storage.Store) (r *row, written []byte, err error) {
	err = store.View(ctx, func(tx storage.Reader) error {
		value, err := tx.Get([]byte(rowKey))
		if err != nil || value == nil {
			return err
		}
		written = append([]byte(nil), value...)
		parsed, err := parseRow(written)
		r = &parsed
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the progress row: %w", err)
	}
	return r, written, nil
}
