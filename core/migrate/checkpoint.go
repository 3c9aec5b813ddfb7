package migrate

import (
	"bytes"
	"encoding/binary"
	"errors"

	"parley/core"
)

// MaxCursor is the longest cursor of a source, in bytes: the rest of what the ledger takes is for the counts beside it.
const MaxCursor = core.MaxImportCursor - 128

// Checkpoint is how far a migration is, as the ledger has it: committed together with what was taken over.
type Checkpoint struct {
	// Bytes and Total are the source's own measure; Total is zero if the source does not know how much it holds.
	Bytes, Total int64
	// Records counts what was read of the source, Messages the messages among it, Rejected the rows that are none and
	// Skipped those that are left out on purpose.
	Records, Messages, Rejected, Skipped int64
	// Complete tells that the end of the source was reached.
	Complete bool
	// Cursor is the source's.
	Cursor []byte
}

// Share is how much of the source is done, 0 to 1; -1 if that is not known.
func (c *Checkpoint) Share() float64 {
	switch {
	case c.Complete:
		return 1
	case c.Total <= 0:
		return -1
	}
	return min(1, float64(c.Bytes)/float64(c.Total))
}

// checkpointHead tells checkpoints from other cursors in the ledger.
const checkpointHead = "migrate\x01"

var errCheckpoint = errors.New("migrate: not a checkpoint")

func (c *Checkpoint) encode() []byte {
	b := append(make([]byte, 0, len(c.Cursor)+80), checkpointHead...)
	complete := int64(0)
	if c.Complete {
		complete = 1
	}
	known := int64(0)
	if c.Cursor != nil {
		known = 1
	}
	for _, n := range [...]int64{c.Bytes, c.Total, c.Records, c.Messages, c.Rejected, c.Skipped, complete, known} {
		b = binary.AppendVarint(b, n)
	}
	return append(b, c.Cursor...)
}

func parseCheckpoint(b []byte) (c Checkpoint, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(checkpointHead))
	if !ok {
		return c, errCheckpoint
	}
	var complete, known int64
	for _, n := range [...]*int64{&c.Bytes, &c.Total, &c.Records, &c.Messages, &c.Rejected, &c.Skipped, &complete, &known} {
		value, width := binary.Varint(rest)
		if width <= 0 {
			return Checkpoint{}, errCheckpoint
		}
		*n, rest = value, rest[width:]
	}
	if c.Complete = complete != 0; known != 0 {
		c.Cursor = append([]byte{}, rest...)
	}
	return c, nil
}
