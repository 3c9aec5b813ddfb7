package mongodump

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"parley/core/archive"
	"parley/core/migrate"
)

// to is whom a conversation is with.
type to uint8

const (
	toUser   to = iota // what two users say to each other
	toGroup            // a group
	toNotice           // what an account announces
	toEvents           // what the service tells the programs of two users
)

// kindOf reads the beginning of a conversation's ID.
func kindOf(id string) to {
	prefix, _, _ := strings.Cut(id, "_")
	switch prefix {
	case "sg", "g":
		return toGroup
	case "sn":
		return toNotice
	case "n":
		return toEvents
	}
	return toUser
}

// statusDeleted is the status of a message that is deleted for everybody.
const statusDeleted = 4

// element reads the element of a list that lies behind an offset.
func (s *Source) element(offset int64) (raw json.RawMessage, err error) {
	var skip [16]byte
	n, err := s.file.ReadAt(skip[:], offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	offset += int64(n - len(bytes.TrimLeft(skip[:n], " \t\r\n,")))
	return raw, json.NewDecoder(io.NewSectionReader(s.file, offset, s.size-offset)).Decode(&raw)
}

// message gives the i-th message of the index.
func (s *Source) message(i int) (item migrate.Item, err error) {
	p := s.index.messages[i]
	raw, err := s.element(p.offset)
	if err != nil {
		return item, err
	}
	var e entry
	if err := json.Unmarshal(raw, &e); err != nil {
		return item, err
	}
	c := &s.index.conversations[p.conversation]
	if p.seq == 0 {
		item.Reject = migrate.NewReject(0, "the conversation has another message in this place", "", alone(c.id+":0", raw))
		return item, nil
	}
	m := e.Msg
	r := &archive.Message{
		Seq: int64(p.seq), Origin: strconv.FormatInt(int64(m.Seq), 10), From: m.SendID, To: m.RecvID, Time: m.time(),
		Read: e.IsRead || m.IsRead, Deleted: m.Status == statusDeleted,
	}
	switch kindOf(c.id) {
	case toGroup:
		r.To, r.Group = "", m.GroupID
	case toNotice:
		r.Channel = "notices"
	case toEvents:
		r.Channel = "events"
		if m.GroupID != "" && m.RecvID == "" {
			item.Skip = "an event of a group, which is told to its members' programs and kept nowhere"
			return item, nil
		}
	case toUser:
	}
	if e.Revoke != nil {
		r.Revoked = &archive.Revocation{By: e.Revoke.UserID, Role: roleWord(e.Revoke.Role), Time: int64(e.Revoke.Time)}
	}
	if !r.Deleted {
		content := m.stored().Decode()
		r.Body = migrate.NewBody(&content)
	}
	item.Record = archive.Record{Type: archive.TypeMessage, Message: r}
	return item, nil
}

// marked gives out what members have done with their conversations, from the mark with the given number on.
func (x *index) marked(at int, g *giver) error {
	for first := at; first < len(x.marks); {
		last := first
		for last < len(x.marks) && x.marks[last].conversation == x.marks[first].conversation && x.marks[last].user == x.marks[first].user {
			last++
		}
		if r := x.read(x.marks[first:last]); r != nil {
			item := migrate.Item{Record: archive.Record{Type: archive.TypeRead, Read: r}}
			if !g.give(item, phaseReads, last, 2*g.source.size) {
				return nil
			}
		}
		first = last
	}
	return nil
}

// read is what one member has done with one conversation; nil if the conversation is not kept.
func (x *index) read(marks []mark) *archive.Read {
	c := &x.conversations[marks[0].conversation]
	r := &archive.Read{Member: marks[0].user}
	kind := kindOf(c.id)
	switch {
	case kind == toGroup:
		r.Group = c.group
	case c.group != "":
		return nil
	case c.from == r.Member:
		r.Peer = c.to
	default:
		r.Peer = c.from
	}
	switch kind {
	case toNotice:
		r.Channel = "notices"
	case toEvents:
		r.Channel = "events"
	case toUser, toGroup:
	}
	upTo := int64(0)
	for _, m := range marks {
		n := len(r.Hidden)
		switch {
		case !m.hidden:
			upTo = max(upTo, m.seq)
		case n > 0 && r.Hidden[n-1][1] >= m.seq-1:
			r.Hidden[n-1][1] = m.seq
		default:
			r.Hidden = append(r.Hidden, archive.Run{m.seq, m.seq})
		}
	}
	if upTo > 0 {
		r.Read = []archive.Run{{1, upTo}}
	}
	return r
}
