package chattable

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/adapters/wire"
	"parley/core"
)

// The columns that are read.
const (
	columnID = iota
	columnOwner
	columnPeer
	columnType
	columnData
	columnRead
	columnIO
	columnTime
	columnCount
)

// columnNames are the names of the columns in the order of the table.
func columnNames() [columnCount]string {
	return [columnCount]string{
		"id", "uuid", "chat_message_to_uuid", "chat_message_type", "chat_message_data", "chat_message_is_read", "chat_message_io", "add_time",
	}
}

// layout tells where the columns stand in a row: their positions, -1 for one that is missing.
type layout struct {
	At    [columnCount]int `json:"at"`
	Width int              `json:"width"` // how many values a row has
}

// layoutOf finds the columns among the names; ok is false if these are not the table's. Only the id may be missing.
func layoutOf(names []string) (l layout, ok bool) {
	l.Width = len(names)
	for i, name := range columnNames() {
		l.At[i] = slices.IndexFunc(names, func(s string) bool { return strings.EqualFold(strings.TrimSpace(s), name) })
		if l.At[i] < 0 && i != columnID {
			return l, false
		}
	}
	return l, true
}

// row is a row of the file.
type row struct {
	start, line int64 // where it begins
	values      [columnCount][]byte
	bad         string // why it is none; the values mean nothing then
	raw, head   []byte // see migrate.Reject
}

// set fills in the values of a row in the order of the file; nil stands for NULL.
func (r *row) set(l *layout, values [][]byte) {
	if len(values) != l.Width {
		r.bad = fmt.Sprintf("%d columns instead of %d", len(values), l.Width)
		return
	}
	for i, at := range l.At {
		r.values[i] = nil
		if at >= 0 {
			r.values[i] = values[at]
		}
	}
}

// side is one row that was understood: a message as one of its two sides has it.
type side struct {
	key     sideKey
	id      int64 // zero if the table has none
	line    int64
	start   int64 // where it begins
	ordinal int64
	sent    bool // whether it is the sender's row
	read    bool
	paired  bool
	partner int64 // ordinal of the other row, if it is paired
	data    string
	raw     string
	head    string
	at      place // how the rows around it are written
}

// sideKey is what the two rows of one message have in common.
type sideKey struct {
	from, to, kind string
	digest         [16]byte // of the data
	time           int64    // seconds since the Unix epoch
}

// side checks the values of a row.
func (r *row) side(zone *time.Location, natural bool) (s side, bad string) {
	if r.bad != "" {
		return s, r.bad
	}
	owner, peer, kind, data := r.values[columnOwner], r.values[columnPeer], r.values[columnType], r.values[columnData]
	switch {
	case !isUUID(owner):
		return s, "uuid is not of 32 letters and digits"
	case !isUUID(peer):
		return s, "chat_message_to_uuid is not of 32 letters and digits"
	case bytes.Equal(owner, peer):
		return s, "a message to oneself"
	case data == nil:
		return s, "chat_message_data is missing"
	case !utf8.Valid(data):
		return s, "chat_message_data is not UTF-8"
	case len(kind) == 0 || len(kind) > 64 || !utf8.Valid(kind):
		return s, "chat_message_type is no type"
	}
	switch string(r.values[columnIO]) {
	case "in":
		s.sent = !natural
	case "out":
		s.sent = natural
	default:
		return s, "chat_message_io is neither in nor out"
	}
	switch string(r.values[columnRead]) {
	case "1":
		s.read = true
	case "0":
	default:
		return s, "chat_message_is_read is neither 0 nor 1"
	}
	if id := r.values[columnID]; id != nil {
		var err error
		if s.id, err = strconv.ParseInt(string(id), 10, 64); err != nil || s.id < 1 || s.id >= maxID {
			return s, "id is no number of a row"
		}
	}
	var ok bool
	if s.key.time, ok = clock(wire.View(r.values[columnTime]), zone); !ok {
		return s, "add_time is no time"
	}
	if s.sent {
		s.key.from, s.key.to = string(owner), string(peer)
	} else {
		s.key.from, s.key.to = string(peer), string(owner)
	}
	s.key.kind, s.data = string(kind), string(data)
	s.key.digest = digest(data)
	s.line, s.start = r.line, r.start
	return s, ""
}

// maxID is beyond every id of a message.
const maxID = 1 << 53

func isUUID(b []byte) bool {
	if len(b) != core.UUIDLength {
		return false
	}
	for _, c := range b {
		if letterOrDigit := '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'; !letterOrDigit {
			return false
		}
	}
	return true
}

// clock reads add_time, in seconds since the Unix epoch: a wall clock in the zone, of which fractions are left out, or a
// number of seconds.
func clock(s string, zone *time.Location) (seconds int64, ok bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, n > 0 && n < 1<<36
	}
	t, err := time.ParseInLocation(wire.ClockLayout, s, zone)
	return t.Unix(), err == nil && t.Unix() > 0
}
