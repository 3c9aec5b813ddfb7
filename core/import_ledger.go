package core

import (
	"encoding/binary"
	"slices"

	"parley/storage"
)

// importLedger is what an app remembers of a source.
type importLedger struct {
	stored uint64
	cursor []byte // nil if there never was one
}

func readLedger(r storage.Reader, app uint32, source string) (l importLedger, err error) {
	if !isSource(source) {
		return l, nil
	}
	value, err := r.Get(appendImportKey(nil, app, source))
	if err != nil || value == nil {
		return l, err
	}
	return parseLedger(value)
}

func (l *importLedger) append(dst []byte) []byte {
	known := byte(0)
	if l.cursor != nil {
		known = 1
	}
	dst = append(binary.AppendUvarint(append(dst, recordVersion), l.stored), known)
	return append(dst, l.cursor...)
}

func parseLedger(b []byte) (l importLedger, err error) {
	r := fieldReader{rest: b}
	r.version()
	l.stored = r.uvarint()
	if known := r.byte(); known != 0 {
		l.cursor = append([]byte{}, r.rest...)
	}
	if r.bad {
		return l, corrupt(b)
	}
	return l, nil
}

// placeRuns says where the messages of a source are in a conversation: run by run, as long as both count alike.
type placeRuns []placeRun

// placeRun is a run of count places, which begins at one place at the source and at another here.
type placeRun struct{ source, here, count int64 }

// maxPlaceRuns and maxPlaces bound the record. Only a conversation that others write to during its import has more than one.
const (
	maxPlaceRuns = 100
	maxPlaces    = 1 + 24*maxPlaceRuns
)

// with adds the newest message.
func (p placeRuns) with(source, here int64) placeRuns {
	if n := len(p); n > 0 {
		last := p[n-1]
		if source == last.source+last.count && here == last.here+last.count {
			p[n-1].count++
			return p
		}
		if source < last.source+last.count {
			return p // the source does not count; the message cannot be named
		}
	}
	if len(p) == maxPlaceRuns {
		p = append(p[:0], p[1:]...)
	}
	return append(p, placeRun{source, here, 1})
}

// floor returns the place here of the newest message that the source has at or before a place, zero if there is none.
// Without runs the places are those of the source.
func (p placeRuns) floor(source int64) int64 {
	if len(p) == 0 {
		return source
	}
	for _, run := range slices.Backward(p) {
		if run.source <= source {
			return run.here + min(source-run.source, run.count-1)
		}
	}
	return 0
}

func (p placeRuns) append(dst []byte) []byte {
	dst = append(dst, recordVersion)
	for _, run := range p {
		dst = appendUint(appendUint(appendUint(dst, run.source), run.here), run.count)
	}
	return dst
}

func parsePlaces(b []byte) (p placeRuns, err error) {
	if b == nil {
		return nil, nil
	}
	r := fieldReader{rest: b}
	r.version()
	for !r.bad && len(r.rest) > 0 {
		p = append(p, placeRun{int64(r.uvarint()), int64(r.uvarint()), int64(r.uvarint())})
	}
	if r.bad {
		return nil, corrupt(b)
	}
	return p, nil
}
