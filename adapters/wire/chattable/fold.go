package chattable

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

	"parley/adapters/wire/php"
	"parley/core"
	"parley/core/archive"
	"parley/core/migrate"
)

// maxHeld bounds the data of the rows that wait for their other side, in bytes.
const maxHeld = 8 << 20

// recentDigests is how many messages of a table without ids are remembered to tell equal ones apart.
const recentDigests = 128

// fold puts the two rows of each message together. Messages leave it in the order of their first rows.
type fold struct {
	source  *Source
	scan    scanner
	yield   func(migrate.Item, error) bool
	waiting []*side // the first rows of messages, in the order of the file
	lookup  map[sideKey][]*side
	held    int
	rows    int64  // ordinal of the next row, counted from begin
	done    []byte // from begin on: rows that an earlier run has dealt with
	recent  []byte
}

func newFold(s *Source, at *place, scan scanner, yield func(migrate.Item, error) bool) *fold {
	return &fold{
		source: s, scan: scan, yield: yield, done: at.Done, recent: at.Recent, lookup: make(map[sideKey][]*side),
	}
}

// add takes the next row; more is false if nobody wants more.
func (f *fold) add(r *row) (more bool, err error) {
	ordinal := f.rows
	f.rows++
	if int(ordinal/8) < len(f.done) && f.done[ordinal/8]>>(ordinal%8)&1 != 0 {
		return true, nil
	}
	s, bad := r.side(f.source.options.Zone, f.source.options.Natural)
	if bad != "" {
		return f.reject(migrate.NewReject(r.line, bad, string(r.head), string(r.raw)), r.start)
	}
	s.ordinal = ordinal
	if other := f.other(&s); other != nil {
		f.join(other, &s)
		return f.drain(Window)
	}
	s.raw, s.head = string(r.raw), string(r.head)
	f.scan.note(&s.at) // inside an INSERT
	f.waiting = append(f.waiting, &s)
	f.held += len(s.data) + len(s.raw)
	f.lookup[s.key] = append(f.lookup[s.key], &s)
	return f.drain(Window)
}

// other finds the row that has waited longest for s, of the same second or of one beside it.
func (f *fold) other(s *side) *side {
	for _, offset := range [...]int64{0, -1, 1} {
		key := s.key
		key.time += offset
		for i, w := range f.lookup[key] {
			if w.sent != s.sent {
				f.forget(key, i)
				return w
			}
		}
	}
	return nil
}

func (f *fold) forget(key sideKey, i int) {
	list := f.lookup[key]
	if len(list) == 1 {
		delete(f.lookup, key)
		return
	}
	f.lookup[key] = append(list[:i:i], list[i+1:]...)
}

// join notes what the second row of a message says: the id is the smaller one, the time the sender's, and whether the
// message is read the receiver's.
func (f *fold) join(first, second *side) {
	first.paired, first.partner = true, second.ordinal
	if second.id > 0 && second.id < first.id {
		first.id = second.id
	}
	if second.sent {
		first.key.time = second.key.time
	} else {
		first.read = second.read
	}
}

// drain yields the messages that are complete or have waited for window rows, as far as all before them have.
func (f *fold) drain(window int64) (more bool, err error) {
	for len(f.waiting) > 0 {
		s := f.waiting[0]
		if !s.paired && f.rows-s.ordinal < window && f.held < maxHeld {
			return true, nil
		}
		f.waiting[0] = nil
		f.waiting = f.waiting[1:]
		f.held -= len(s.data) + len(s.raw)
		if !s.paired {
			for i, w := range f.lookup[s.key] {
				if w == s {
					f.forget(s.key, i)
					break
				}
			}
		}
		if more, err := f.emit(s); !more || err != nil {
			return more, err
		}
	}
	return true, nil
}

// emit yields one message.
func (f *fold) emit(s *side) (more bool, err error) {
	content, err := f.source.options.Content(s.key.kind, s.data)
	if err != nil {
		return f.reject(migrate.NewReject(s.line, "chat_message_data: "+reason(err), s.head, s.raw), s.start)
	}
	m := &archive.Message{
		ID: s.id, From: s.key.from, To: s.key.to, Time: s.key.time * 1000, Read: s.read, Body: migrate.NewBody(&content),
	}
	if s.id > 0 {
		m.Origin = strconv.FormatInt(s.id, 10)
	} else {
		m.Origin = f.origin(s)
	}
	item := migrate.Item{Record: archive.Record{Type: archive.TypeMessage, Message: m}}
	if !isKnown(s.key.kind) {
		item.Unknown = s.key.kind
	}
	return f.give(item, s.start)
}

func isKnown(messageType string) bool {
	return slices.Contains(php.MessageTypes(), messageType)
}

// origin names a message without an id by what it is; a number tells equal ones of the same second apart.
func (f *fold) origin(s *side) string {
	text := s.key.from + "\n" + s.key.to + "\n" + s.key.kind + "\n" + strconv.FormatInt(s.key.time, 10) + "\n" + string(s.key.digest[:])
	name := digest([]byte(text))
	nth := 0
	for at := 0; at+8 <= len(f.recent); at += 8 {
		if string(f.recent[at:at+8]) == string(name[:8]) {
			nth++
		}
	}
	f.recent = append(f.recent[max(0, len(f.recent)-8*(recentDigests-1)):], name[:8]...)
	origin := hex.EncodeToString(name[:])
	if nth > 0 {
		origin += "#" + strconv.Itoa(nth)
	}
	return origin
}

func (f *fold) reject(r *migrate.Reject, start int64) (more bool, err error) {
	return f.give(migrate.Item{Reject: r}, start)
}

// give yields an item with the cursor behind it: the first row that still waits, and which of those behind it do not.
func (f *fold) give(item migrate.Item, start int64) (more bool, err error) {
	at := f.behind()
	if item.Cursor, err = at.encode(); err != nil {
		return false, err
	}
	item.Bytes = f.source.size + start
	return f.yield(item, nil), nil
}

// behind is the place behind everything that was yielded.
func (f *fold) behind() place {
	at := place{Size: f.source.size, Print: f.source.mark, Recent: f.recent}
	first := f.rows
	if len(f.waiting) > 0 {
		head := f.waiting[0]
		first, at.Offset, at.Line = head.ordinal, head.start, head.line
		at.Rows, at.Listed, at.Named, at.Table = head.at.Rows, head.at.Listed, head.at.Named, head.at.Table
	} else {
		f.scan.note(&at)
	}
	at.Done = f.dealtWith(first)
	return at
}

// dealtWith has a bit for each row from first on that has to be passed over, as far as rows have been read or an earlier
// run has read them: all but those of messages that were not yielded yet.
func (f *fold) dealtWith(first int64) []byte {
	behind := max(f.rows, int64(len(f.done))*8) - first
	if behind == 0 {
		return nil
	}
	bits := make([]byte, (behind+7)/8)
	for i := first; i < f.rows; i++ {
		bits[(i-first)/8] |= 1 << ((i - first) % 8)
	}
	for _, w := range f.waiting {
		bits[(w.ordinal-first)/8] &^= 1 << ((w.ordinal - first) % 8)
		if w.paired {
			bits[(w.partner-first)/8] &^= 1 << ((w.partner - first) % 8)
		}
	}
	for i := f.rows; i < int64(len(f.done))*8; i++ {
		if f.done[i/8]>>(i%8)&1 != 0 {
			bits[(i-first)/8] |= 1 << ((i - first) % 8)
		}
	}
	return trimmed(bits)
}

// reason is what a fault says to people.
func reason(err error) string {
	if fault, ok := errors.AsType[*core.Fault](err); ok {
		return fault.Note
	}
	return err.Error()
}
