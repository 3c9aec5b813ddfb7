// Package migrate takes over what another chat service holds: it plans, runs, follows and verifies a migration from any
// Source into an engine. What has been taken over and how far it is commit together, so that a migration that was ended
// in whatever way goes on where it stopped when it is run again.
package migrate

import (
	"context"
	"iter"
	"unicode/utf8"

	"parley/core/archive"
)

// Source yields a platform's data in an order in which it can be imported: users, groups, messages oldest first, reads.
type Source interface {
	// Name names the migration in the engine's ledger. Two sources with one name hold the same messages under the same
	// origins, so that what one of them has brought is known when the other brings it again.
	Name() string
	// Records yields the records behind cursor, from the start if it is nil or belongs to other data under the same name.
	// A row that cannot be read is an Item with Reject set, not an error. An error ends the records: an Unavailable,
	// Limited or Timeout fault says that they can be asked for again.
	Records(ctx context.Context, cursor []byte) iter.Seq2[Item, error]
}

// Sized is a Source that knows how much it holds.
type Sized interface {
	// Size is what Item.Bytes comes to at the end.
	Size() int64
}

// Item is one record of a source, or one row that is none.
type Item struct {
	Record archive.Record
	// Cursor continues right behind the item: at most MaxCursor bytes. Nil means that the items up to the next
	// cursor have to be taken together.
	Cursor []byte
	// Reject is set for a row that cannot be read; there is no record then.
	Reject *Reject
	// Bytes is how much of the source was consumed so far, in any unit that grows.
	Bytes int64
	// Skip is why there is neither a record nor a reject: what the row holds has no place in any app. Empty for others.
	Skip string
	// Unknown is what the source calls a kind of message that it takes over without knowing it; empty for others.
	Unknown string
}

// Reject is a row that cannot be taken over.
type Reject struct {
	// Line is where it stands in its file, from 1 on; zero if it is in none.
	Line int64 `json:"line,omitempty"`
	// Reason is one English clause.
	Reason string `json:"reason"`
	// Head is what has to stand before Raw in a file of its own for the source to read it again, such as the names of the
	// columns; it may be empty.
	Head string `json:"head,omitempty"`
	// Raw is the row as it came, or Bytes if it is not UTF-8, cut off after MaxRaw bytes; Cut tells that.
	Raw   string `json:"raw,omitempty"`
	Bytes []byte `json:"bytes,omitempty"`
	Cut   bool   `json:"cut,omitempty"`
}

// MaxRaw is how much of a rejected row is kept, in bytes.
const MaxRaw = 256 << 10

// NewReject returns a reject whose row is kept as far as MaxRaw allows.
func NewReject(line int64, reason, head, raw string) *Reject {
	r := &Reject{Line: line, Reason: reason, Head: head, Raw: raw}
	if len(raw) > MaxRaw {
		r.Raw, r.Cut = raw[:MaxRaw], true
	}
	if !utf8.ValidString(r.Raw) {
		r.Raw, r.Bytes = "", []byte(r.Raw)
	}
	return r
}
