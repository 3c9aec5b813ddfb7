package core

import (
	"encoding/binary"
)

// recordVersion begins every record; a reader refuses what it does not know.
const recordVersion = 1

// messageRecord is a message as it is stored. The counters make the newest record of a conversation its head: everything
// that the next send and the unread counts need.
type messageRecord struct {
	id      int64 // from the key
	time    int64
	seq     int64
	from    [2]uint64  // messages sent by each member of two up to and including this one
	sender  int        // side of the sender among two
	author  UserNumber // the sender in a group, zero elsewhere
	deleted bool       // for everybody; the body is empty then
	revoked *revocation
	body    []byte // encoded content, see appendContent
}

// revocation says who has taken a message back.
type revocation struct {
	by   UserNumber
	role GroupRole // of the revoker, in a group
	time int64
}

// The flags of a message record.
const (
	flagSecondSide = 1 << iota
	flagGroup
	flagRevoked
	flagDeleted
)

// maxRecordHeader bounds the bytes of a record before its content.
const maxRecordHeader = 3 + 6*binary.MaxVarintLen64

func appendMessageRecord(dst []byte, m *messageRecord) []byte {
	flags := byte(m.sender) // flagSecondSide is 1
	if m.author != 0 {
		flags |= flagGroup
	}
	if m.revoked != nil {
		flags |= flagRevoked
	}
	if m.deleted {
		flags |= flagDeleted
	}
	dst = append(dst, recordVersion, flags)
	dst = binary.AppendUvarint(dst, uint64(m.time))
	dst = binary.AppendUvarint(dst, uint64(m.seq))
	if m.author != 0 {
		dst = binary.AppendUvarint(dst, uint64(m.author))
	} else {
		dst = binary.AppendUvarint(dst, m.from[0])
		dst = binary.AppendUvarint(dst, m.from[1])
	}
	if m.revoked != nil {
		dst = append(binary.AppendUvarint(dst, uint64(m.revoked.by)), byte(m.revoked.role))
		dst = binary.AppendUvarint(dst, uint64(m.revoked.time))
	}
	return append(dst, m.body...)
}

// parseMessageRecord reads a record; the body refers to b.
func parseMessageRecord(id int64, b []byte) (m messageRecord, err error) {
	r := fieldReader{rest: b}
	r.version()
	m.id = id
	flags := r.byte()
	m.sender = int(flags & flagSecondSide)
	m.deleted = flags&flagDeleted != 0
	m.time = int64(r.uvarint())
	m.seq = int64(r.uvarint())
	if flags&flagGroup != 0 {
		m.author = UserNumber(r.uvarint())
	} else {
		m.from[0] = r.uvarint()
		m.from[1] = r.uvarint()
	}
	if flags&flagRevoked != 0 {
		m.revoked = &revocation{by: UserNumber(r.uvarint()), role: GroupRole(r.byte()), time: int64(r.uvarint())}
	}
	m.body = r.rest
	if r.bad {
		return m, corrupt(b)
	}
	return m, nil
}

// isDeleted tells whether a record, which has been parsed before, is that of a deleted message.
func isDeleted(record []byte) bool { return record[1]&flagDeleted != 0 }

// The flags of an encoded content.
const (
	flagObject = 1 << iota
	flagRaw
	flagMeta
)

// appendContent encodes c: kind, flags, body, and the origin's payload and envelope where there are any.
func appendContent(dst []byte, c *Content) []byte {
	var flags byte
	if c.Object {
		flags |= flagObject
	}
	if c.Raw != nil {
		flags |= flagRaw
	}
	if c.Meta != nil {
		flags |= flagMeta
	}
	dst = append(dst, byte(c.Kind), flags)
	dst = appendBytes(dst, c.Origin)
	dst = appendBytes(dst, c.Type)
	if c.Raw != nil {
		dst = appendBytes(dst, c.Raw)
	}
	if c.Meta != nil {
		dst = appendBytes(dst, c.Meta)
	}
	return append(dst, c.Body...)
}

// parseContent decodes what appendContent wrote; the slices refer to b.
func parseContent(b []byte) (c Content, err error) {
	r := fieldReader{rest: b}
	c.Kind = Kind(r.byte())
	flags := r.byte()
	c.Object = flags&flagObject != 0
	c.Origin = r.text()
	c.Type = r.text()
	if flags&flagRaw != 0 {
		c.Raw = r.bytes()
	}
	if flags&flagMeta != 0 {
		c.Meta = r.bytes()
	}
	c.Body = r.rest
	if r.bad {
		return c, corrupt(b)
	}
	return c, nil
}

// feedEntry says that a group changed a conversation: that it added messages, or, where other gateways have to know it,
// that it changed anything else.
type feedEntry struct {
	conversation conversationKey
	previous     int64     // newest id before the group, zero if the conversation was empty
	newest       int64     // newest id after it, zero if no message for chat lists was added
	from         [2]uint32 // messages that the group added, by sender
}

// listed returns the members whose chat lists the entry changes, and how many they are.
func (f *feedEntry) listed() (users [2]UserNumber, n int) {
	if f.newest == 0 {
		return users, 0
	}
	return f.conversation.listed()
}

func appendFeedEntry(dst []byte, f *feedEntry) []byte {
	dst = appendConversation(dst, f.conversation)
	dst = binary.AppendUvarint(dst, uint64(f.previous))
	dst = binary.AppendUvarint(dst, uint64(f.newest))
	dst = binary.AppendUvarint(dst, uint64(f.from[0]))
	return binary.AppendUvarint(dst, uint64(f.from[1]))
}

// parseFeed reads the entries of a feed record.
func parseFeed(app uint32, b []byte) ([]feedEntry, error) {
	r := fieldReader{rest: b}
	r.version()
	var entries []feedEntry
	for !r.bad && len(r.rest) > 0 {
		var f feedEntry
		k, err := parseConversation(app, r.take(conversationWidth))
		if err != nil {
			return nil, err
		}
		f.conversation = k
		f.previous = int64(r.uvarint())
		f.newest = int64(r.uvarint())
		f.from[0] = uint32(r.uvarint())
		f.from[1] = uint32(r.uvarint())
		entries = append(entries, f)
	}
	if r.bad {
		return nil, corrupt(b)
	}
	return entries, nil
}

// counters is a record of numbers: what each table's rows mean by them stands at the row's user.
func appendCounters(dst []byte, numbers ...uint64) []byte {
	dst = append(dst, recordVersion)
	for _, n := range numbers {
		dst = binary.AppendUvarint(dst, n)
	}
	return dst
}

// parseCounters fills numbers from a record; an absent record leaves them at zero.
func parseCounters(b []byte, numbers ...*uint64) error {
	if b == nil {
		return nil
	}
	r := fieldReader{rest: b}
	r.version()
	for _, n := range numbers {
		*n = r.uvarint()
	}
	if r.bad {
		return corrupt(b)
	}
	return nil
}
