package core

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"

	"parley/storage"
)

// unreadable is what is wrong with a row that the program that wrote it would not have written.
const unreadable = "the row cannot be read"

// row checks one row. Rows come in the order of their keys.
func (i *inspector) row(key, value []byte) error {
	var app uint32
	if len(key) >= appPrefixWidth {
		app = binary.BigEndian.Uint32(key[1:])
	}
	switch key[0] {
	case tableMessages:
		return i.message(app, key, value)
	case tableUsers:
		return i.user(app, key, value)
	case tableNames:
		return i.name(app, key, value)
	case tableGroups:
		return i.group(app, key, value)
	}
	if err := readRow(app, key, value); err != nil {
		i.defect(app, key, unreadable)
	}
	return nil
}

// readRow reads a row of a table whose rows stand for themselves.
func readRow(app uint32, key, value []byte) (err error) {
	var n uint64
	switch key[0] {
	case tableApps:
		_, err = parseAppNumber(key)
	case tableFeed:
		_, err = parseFeedPosition(key)
	case tableChats:
		_, err = parseRunKey(key)
	case tableReads:
		if _, _, _, err = parseMemberOf(key); err == nil {
			_, err = parseMemberState(value)
		}
	case tableMessageKeys:
		if _, _, _, err = parseMemberOf(key); err == nil {
			err = parseDelivery(value, new(Delivery))
		}
	case tableSessions:
		_, err = parseSession(value)
	case tableMembers:
		if _, err = parseSecond(key); err == nil {
			_, err = parseMember(value)
		}
	case tableJoined:
		if _, err = parseSecond(key); err == nil {
			_, err = parseJoined(value)
		}
	case tableThreads:
		if _, err = parseThread(app, key); err == nil {
			_, err = parseThreadOptions(value)
		}
	case tableFriends:
		if _, err = parseSecond(key); err == nil {
			err = parseCounters(value, &n)
		}
	case tableReadTotals:
		if _, err = parseUserNumber(key); err == nil {
			err = parseCounters(value, &n)
		}
	case tableHeads, tableCursors:
		_, err = parseAppNumber(key) // what they hold is checked with their app
	}
	return err
}

// inspectedThread is the conversation that the walk is in.
type inspectedThread struct {
	prefix []byte
	last   messageRecord
}

// message checks a message against the one before it.
func (i *inspector) message(app uint32, key, value []byte) error {
	id, err := parseMessageID(key)
	if err != nil {
		i.defect(app, key, unreadable)
		return nil
	}
	i.found.Messages++
	t := &i.thread
	if prefix := key[:len(key)-8]; !bytes.Equal(prefix, t.prefix) {
		i.found.Conversations++
		t.prefix, t.last = append(t.prefix[:0], prefix...), messageRecord{}
	}
	m, err := parseMessageRecord(id, value)
	if err == nil && !m.deleted {
		_, err = parseContent(m.body)
	}
	m.body = nil
	if err != nil {
		i.defect(app, key, unreadable)
		t.last.seq++ // the next one is in its place all the same
		t.last.id = id
		t.last.from[0] = 0
		return nil
	}
	i.follows(app, key, &m)
	t.last = m
	known, err := i.reaches(app, func(h *appHead) bool { return uint64(id) <= h.lastMessage })
	if err == nil && !known {
		i.defect(app, key, "the message is newer than the app's newest")
	}
	return err
}

// follows checks the counts of a message, which the next message and all unread counts go on from.
func (i *inspector) follows(app uint32, key []byte, m *messageRecord) {
	last := &i.thread.last
	if m.seq != last.seq+1 {
		i.defect(app, key, "the message has place %d after place %d", m.seq, last.seq)
		return
	}
	if k, _, err := parseTail(key); err != nil || k.kind == kindGroup || m.author != 0 {
		return
	}
	if m.from[0]+m.from[1] != uint64(m.seq) || m.from[0] < last.from[0] || m.from[1] < last.from[1] {
		i.defect(app, key, "the message at place %d counts %d messages of one member and %d of the other", m.seq, m.from[0], m.from[1])
	}
}

// user checks a user and that its names lead to it.
func (i *inspector) user(app uint32, key, value []byte) error {
	number, err := parseUserNumber(key)
	if err == nil {
		_, err = parseUser(number, value)
	}
	if err != nil {
		i.defect(app, key, unreadable)
		return nil
	}
	i.found.Users++
	i.users[app]++
	known, err := i.reaches(app, func(h *appHead) bool { return uint64(number) <= h.lastUser })
	if err != nil {
		return err
	}
	if !known {
		i.defect(app, key, "user %d is newer than the app's newest", number)
	}
	return i.store.View(i.ctx, func(r storage.Reader) error {
		u, err := readUser(r, userKey{app, number}) // again, for the names may have changed
		if err != nil {
			return err
		}
		names := u.names(app)
		values, err := r.GetMulti(names)
		for n, value := range values {
			var named uint64
			if parseCounters(value, &named) != nil || value == nil || named != uint64(number) {
				i.defect(app, names[n], "a name of user %d does not lead to it", number)
			}
		}
		return err
	})
}

// countUsers checks the number of every app's users: none is ever removed.
func (i *inspector) countUsers() {
	for _, app := range slices.Sorted(maps.Keys(i.heads)) {
		if head := i.heads[app]; i.users[app] < head.lastUser {
			i.defect(app, appendTable(nil, tableUsers, app), "%d of the app's %d users are there", i.users[app], head.lastUser)
		}
	}
}

// name checks that a name leads somewhere.
func (i *inspector) name(app uint32, key, value []byte) error {
	var number uint64
	if len(key) <= appPrefixWidth || parseCounters(value, &number) != nil {
		i.defect(app, key, unreadable)
		return nil
	}
	target := appendUserKey(nil, tableUsers, app, UserNumber(number))
	if key[appPrefixWidth] == nameGroup {
		target = appendGroupKey(nil, app, GroupNumber(number))
	}
	found, err := i.get(target)
	if err == nil && found == nil {
		i.defect(app, key, "the name leads to %d, which does not exist", number)
	}
	return err
}

// group checks a group and the number of its members.
func (i *inspector) group(app uint32, key, value []byte) error {
	number, err := parseUserNumber(key)
	if err != nil {
		i.defect(app, key, unreadable)
		return nil
	}
	if _, err := parseGroup(GroupNumber(number), value); err != nil {
		i.defect(app, key, unreadable)
		return nil
	}
	known, err := i.reaches(app, func(h *appHead) bool { return uint64(number) <= h.lastGroup })
	if err != nil {
		return err
	}
	if !known {
		i.defect(app, key, "group %d is newer than the app's newest", number)
	}
	return i.store.View(i.ctx, func(r storage.Reader) error {
		g, err := readGroupRecord(r, app, GroupNumber(number)) // again, for members may have come and gone
		if err != nil || g == nil || g.Dismissed {
			return err
		}
		members := 0
		prefix := appendGroupKey(nil, app, GroupNumber(number))
		prefix[0] = tableMembers
		area := storage.Prefix(prefix)
		area.KeysOnly = true
		err = r.Scan(area, func([]byte, []byte) bool { members++; return true })
		if err == nil && members != g.Members {
			i.defect(app, key, "group %d has %d members and counts %d", number, members, g.Members)
		}
		return err
	})
}
