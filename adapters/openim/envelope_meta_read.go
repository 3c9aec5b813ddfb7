package openim

import (
	"encoding/binary"

	"parley/adapters/wire"
)

// parseMeta reads what appendMeta wrote; nothing is metadata that says nothing. The texts share b's memory.
func parseMeta(b []byte) (m meta, err error) {
	if len(b) == 0 {
		return m, nil
	}
	r := metaReader{rest: b[1:], bad: b[0] != metaVersion}
	present := r.uvarint()
	if present == 0 || present >= metaEnd {
		r.bad = true
	}
	has := func(flag uint64) bool { return !r.bad && present&flag != 0 }
	if has(metaClientMsgID) {
		copy(m.clientMsgID[:], r.take(uint64(len(m.clientMsgID))))
	}
	if has(metaPlatform) {
		m.senderPlatformID = r.varint()
	}
	if has(metaNickname) {
		m.senderNickname = r.text()
	}
	if has(metaFace) {
		m.senderFaceURL = r.text()
	}
	if has(metaFrom) {
		m.msgFrom = r.varint()
	}
	if has(metaEx) {
		m.ex = r.text()
	}
	m.notOfflinePush = has(metaNotOfflinePush)
	if m.hasPush = has(metaPush); m.hasPush {
		m.push = r.push()
	}
	if has(metaAtUsers) {
		m.atUserIDList = r.texts()
	}
	if r.bad || len(r.rest) > 0 {
		return meta{}, errBadMeta
	}
	return m, nil
}

// metaReader takes values off the front of rest. Once something is wrong it yields zero values.
type metaReader struct {
	rest []byte
	bad  bool
}

func (r *metaReader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *metaReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *metaReader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

// skip passes a number of n bytes; one without bytes, or too many, was none.
func (r *metaReader) skip(n int) {
	if n <= 0 {
		r.bad = true
		return
	}
	r.take(uint64(n))
}

func (r *metaReader) text() string { return wire.View(r.take(r.uvarint())) }

func (r *metaReader) texts() []string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) { // each takes at least its length
		r.bad = true
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}

func (r *metaReader) push() (p pushInfo) {
	flags := r.take(1)
	if len(flags) == 0 || flags[0] >= pushEnd {
		r.bad = true
		return p
	}
	for i, s := range [...]*string{&p.title, &p.description, &p.ex, &p.sound, &p.signal} {
		if flags[0]&(pushTitle<<i) != 0 {
			*s = r.text()
		}
	}
	p.badge = flags[0]&pushBadge != 0
	return p
}
