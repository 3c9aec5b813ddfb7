package core

import (
	"parley/storage"
)

// groupRecord is a group as it is stored.
type groupRecord struct {
	Group
	owner UserNumber
	joins uint64 // how many have joined since the creation, those who left included: the newest member's place
}

const (
	flagMuted = 1 << iota
	flagDismissed
)

func appendGroup(dst []byte, g *groupRecord) []byte {
	var flags byte
	if g.Muted {
		flags |= flagMuted
	}
	if g.Dismissed {
		flags |= flagDismissed
	}
	dst = append(dst, recordVersion, flags)
	for _, text := range []string{g.ID, g.Name, g.Notice, g.Introduction, g.Avatar, g.Extra, g.Creator, g.Owner, g.NoticeBy} {
		dst = appendBytes(dst, text)
	}
	for _, setting := range []int32{g.Policy.Verification, g.Policy.LookMembers, g.Policy.Befriend} {
		dst = appendUint(dst, int64(uint32(setting)))
	}
	dst = appendUint(dst, g.Created)
	dst = appendUint(dst, g.NoticeChanged)
	dst = appendUint(dst, int64(g.Members))
	dst = appendUint(dst, int64(g.owner))
	return appendUint(dst, int64(g.joins))
}

// parseGroup reads a group record; its strings refer to b.
func parseGroup(number GroupNumber, b []byte) (g groupRecord, err error) {
	r := fieldReader{rest: b}
	r.version()
	flags := r.byte()
	g.Number = number
	g.Muted, g.Dismissed = flags&flagMuted != 0, flags&flagDismissed != 0
	for _, text := range []*string{
		&g.ID, &g.Name, &g.Notice, &g.Introduction, &g.Avatar, &g.Extra, &g.Creator, &g.Owner, &g.NoticeBy,
	} {
		*text = r.text()
	}
	for _, setting := range []*int32{&g.Policy.Verification, &g.Policy.LookMembers, &g.Policy.Befriend} {
		*setting = int32(uint32(r.uvarint()))
	}
	g.Created = int64(r.uvarint())
	g.NoticeChanged = int64(r.uvarint())
	g.Members = int(r.uvarint())
	g.owner = UserNumber(r.uvarint())
	g.joins = r.uvarint()
	if r.bad {
		return g, corrupt(b)
	}
	return g, nil
}

// memberRecord is a user's place in a group as it is stored.
type memberRecord struct {
	role                    GroupRole
	place                   uint64 // order of joining, from 1
	joined, mutedUntil      int64
	nickname, avatar, extra string
	inviter, operator       string
}

func appendMember(dst []byte, m *memberRecord) []byte {
	dst = append(dst, recordVersion, byte(m.role))
	dst = appendUint(dst, int64(m.place))
	dst = appendUint(dst, m.joined)
	dst = appendUint(dst, m.mutedUntil)
	for _, text := range []string{m.nickname, m.avatar, m.extra, m.inviter, m.operator} {
		dst = appendBytes(dst, text)
	}
	return dst
}

// parseMember reads a member record; its strings refer to b.
func parseMember(b []byte) (m memberRecord, err error) {
	r := fieldReader{rest: b}
	m.rank(&r)
	m.joined = int64(r.uvarint())
	m.mutedUntil = int64(r.uvarint())
	for _, text := range []*string{&m.nickname, &m.avatar, &m.extra, &m.inviter, &m.operator} {
		*text = r.text()
	}
	if r.bad {
		return m, corrupt(b)
	}
	return m, nil
}

// parseRank reads no more of a member record than its place in the order of members.
func parseRank(b []byte) (role GroupRole, place uint64, err error) {
	var m memberRecord
	r := fieldReader{rest: b}
	m.rank(&r)
	if r.bad {
		return 0, 0, corrupt(b)
	}
	return m.role, m.place, nil
}

func (m *memberRecord) rank(r *fieldReader) {
	r.version()
	m.role = GroupRole(r.byte())
	m.place = r.uvarint()
	r.bad = r.bad || m.role > GroupOwner
}

// joinedRecord says since when, and up to where, a group is a user's own.
type joinedRecord struct {
	left  bool
	until int64 // seq of the group's newest message when the user left
}

func appendJoined(dst []byte, j *joinedRecord) []byte {
	var left uint64
	if j.left {
		left = 1
	}
	return appendCounters(dst, left, uint64(j.until))
}

func parseJoined(b []byte) (j joinedRecord, err error) {
	var left, until uint64
	err = parseCounters(b, &left, &until)
	return joinedRecord{left: left != 0, until: int64(until)}, err
}

// groupNumber returns the number of the group with the given ID, or zero.
func groupNumber(r storage.Reader, app uint32, id string) (GroupNumber, error) {
	if id == "" || len(id) > MaxUserID {
		return 0, nil
	}
	value, err := r.Get(appendNameKey(nil, app, nameGroup, id))
	if err != nil {
		return 0, err
	}
	var number uint64
	err = parseCounters(value, &number)
	return GroupNumber(number), err
}

// readGroup returns a group, or nil.
func readGroup(r storage.Reader, app uint32, number GroupNumber) (*Group, error) {
	record, err := readGroupRecord(r, app, number)
	if record == nil {
		return nil, err
	}
	return &record.Group, err
}

func readGroupRecord(r storage.Reader, app uint32, number GroupNumber) (*groupRecord, error) {
	value, err := r.Get(appendGroupKey(nil, app, number))
	if value == nil || err != nil {
		return nil, err
	}
	record, err := parseGroup(number, append([]byte(nil), value...))
	return &record, err
}

// readMember returns a member's record, or nil for who is not a member.
func readMember(r storage.Reader, app uint32, group GroupNumber, user UserNumber) (*memberRecord, error) {
	value, err := r.Get(appendMemberKey(nil, app, group, user))
	if value == nil || err != nil {
		return nil, err
	}
	record, err := parseMember(append([]byte(nil), value...))
	return &record, err
}

// readJoined returns what a user has of a group, or nil if it never was a member.
func readJoined(r storage.Reader, app uint32, user UserNumber, group GroupNumber) (joined *joinedRecord, err error) {
	value, err := r.Get(appendJoinedKey(nil, app, user, group))
	if value == nil || err != nil {
		return nil, err
	}
	record, err := parseJoined(value)
	return &record, err
}

// scanJoined calls visit for every group that the user is or was a member of, in order of the groups' creation.
func scanJoined(r storage.Reader, app uint32, user UserNumber, visit func(GroupNumber, *joinedRecord) error) error {
	var failed error
	err := r.Scan(storage.Prefix(appendUserKey(nil, tableJoined, app, user)), func(key, value []byte) bool {
		var group uint64
		var record joinedRecord
		if group, failed = parseSecond(key); failed != nil {
			return false
		}
		if record, failed = parseJoined(value); failed != nil {
			return false
		}
		failed = visit(GroupNumber(group), &record)
		return failed == nil
	})
	if err == nil {
		err = failed
	}
	return err
}
