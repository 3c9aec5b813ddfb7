package mongodump

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"slices"
	"strings"

	"parley/core/migrate"
)

// place is where a message lies: 24 bytes.
type place struct {
	time         int64 // by which messages are ordered: that of the message, or of one before it in the conversation
	offset       int64 // of the message's element in the file
	conversation uint32
	seq          uint32 // in the conversation; in the end without gaps, and zero for one that is there twice
}

// index is what one reading of the file finds.
type index struct {
	messages      []place
	conversations []conversation
	numbers       map[string]uint32
	users         map[string]int64 // where the user's document lies, -1 if it is not in the file
	groups        map[string]*group
	marks         []mark
}

// conversation is what a conversation's ID stands for.
type conversation struct {
	id       string
	from, to string // of its first message
	group    string
}

// group is a group and whom it has.
type group struct {
	document int64   // where it lies, -1 if it is not in the file
	members  []int64 // where their documents lie
	senders  map[string]bool
	order    []string // the senders
}

// mark is what a member has done with a conversation: read up to a place, or deleted the message there for itself.
type mark struct {
	user         string
	seq          int64 // in the end as in place, zero for what is nowhere
	conversation uint32
	hidden       bool
}

// find reads the whole file. With tell, it hands out the lines that are no documents.
func (s *Source) find(ctx context.Context, tell bool, g *giver) (*index, error) {
	x := &index{numbers: make(map[string]uint32), users: make(map[string]int64), groups: make(map[string]*group)}
	l := &lines{reader: bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), 256<<10)}
	refuse := func(reason, raw string) bool {
		return !tell || g.give(migrate.Item{Reject: migrate.NewReject(l.number, reason, "", raw)}, phasePeople, 0, l.start)
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		text := l.document()
		if len(text) == 0 || string(text) == "[" || string(text) == "]" {
			continue
		}
		reason := "the line is too long; was it exported with --jsonArray?"
		if !l.long {
			reason = x.add(l, text, refuse)
		}
		if reason != "" && !refuse(reason, string(text)) || g.ended {
			return nil, nil
		}
	}
	x.arrange()
	return x, nil
}

// add takes a document; reason says why it is none.
func (x *index) add(l *lines, text []byte, refuse func(reason, raw string) bool) (reason string) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return "the line is no document: " + err.Error()
	}
	switch {
	case d.DocID != "":
		return x.addMessages(l, &d, refuse)
	case d.GroupID != "" && d.GroupName != nil:
		x.group(d.GroupID).document = l.start
	case d.GroupID != "" && d.UserID != "" && d.RoleLevel != nil:
		g := x.group(d.GroupID)
		g.members = append(g.members, l.start)
		x.user(d.UserID)
	case d.UserID != "" && d.ConversationID != "" && d.ReadSeq != nil:
		x.marks = append(x.marks, mark{user: d.UserID, seq: int64(*d.ReadSeq), conversation: x.number(d.ConversationID)})
	case d.UserID != "" && d.ConversationID == "" && d.GroupID == "":
		x.users[d.UserID] = l.start
	default:
		return "the document is of none of the collections msg, user, group, group_member and seq_user"
	}
	return ""
}

// number names a conversation.
func (x *index) number(id string) uint32 {
	n, known := x.numbers[id]
	if !known {
		n = uint32(len(x.conversations))
		id = strings.Clone(id)
		x.numbers[id] = n
		x.conversations = append(x.conversations, conversation{id: id})
	}
	return n
}

func (x *index) user(id string) {
	if _, known := x.users[id]; !known && id != "" {
		x.users[strings.Clone(id)] = -1
	}
}

func (x *index) group(id string) *group {
	g := x.groups[id]
	if g == nil {
		g = &group{document: -1, senders: make(map[string]bool)}
		x.groups[strings.Clone(id)] = g
	}
	return g
}

// addMessages notes where the messages of a document lie.
func (x *index) addMessages(l *lines, d *document, refuse func(reason, raw string) bool) (reason string) {
	colon := strings.LastIndexByte(d.DocID, ':')
	if colon < 1 || !strings.Contains(d.DocID[:colon], "_") {
		return "doc_id is not of the form conversation:index"
	}
	id := d.DocID[:colon]
	base := bytes.Index(l.line, d.Msgs)
	if base < 0 || len(d.Msgs) == 0 {
		return "the document has no msgs"
	}
	n := x.number(id)
	elements := json.NewDecoder(bytes.NewReader(d.Msgs))
	if t, err := elements.Token(); err != nil || t != json.Delim('[') {
		return "msgs is no list"
	}
	for elements.More() {
		at := elements.InputOffset()
		var e entry
		err := elements.Decode(&e)
		switch {
		case err != nil:
			if _, wrong := errors.AsType[*json.UnmarshalTypeError](err); !wrong && !errors.Is(err, errNumber) {
				return "a message is broken: " + err.Error()
			}
			fallthrough
		case e.Msg != nil && (e.Msg.Seq < 1 || e.Msg.Seq > math.MaxUint32 || e.Msg.time() < 1 || e.Msg.SendID == ""):
			raw := bytes.Trim(d.Msgs[at:elements.InputOffset()], " \t,")
			if !refuse("a message has no sender, time or place, or one of another type", alone(d.DocID, raw)) {
				return ""
			}
		case e.Msg != nil: // otherwise there never was a message, or it has been removed
			x.messages = append(x.messages, place{e.Msg.time(), l.start + int64(base) + at, n, uint32(e.Msg.Seq)})
			x.note(n, e.Msg)
			for _, user := range e.DelList {
				x.marks = append(x.marks, mark{user: user, seq: int64(e.Msg.Seq), conversation: n, hidden: true})
			}
		}
	}
	return ""
}

// alone is a document with one message, for those that are rejected.
func alone(docID string, element []byte) string {
	name, err := json.Marshal(docID)
	if err != nil {
		return string(element)
	}
	return `{"doc_id":` + string(name) + `,"msgs":[` + string(element) + `]}`
}

// note remembers the people of a message.
func (x *index) note(n uint32, m *message) {
	c := &x.conversations[n]
	if c.from == "" {
		c.from, c.to, c.group = strings.Clone(m.SendID), strings.Clone(m.RecvID), strings.Clone(m.GroupID)
	}
	x.user(m.SendID)
	if kindOf(c.id) != toGroup {
		x.user(m.RecvID)
		return
	}
	if g := x.group(m.GroupID); !g.senders[m.SendID] {
		g.senders[m.SendID] = true
		g.order = append(g.order, m.SendID)
	}
}

// arrange brings the messages into the order in which they are given out.
func (x *index) arrange() {
	slices.SortFunc(x.messages, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.conversation, b.conversation), cmp.Compare(a.seq, b.seq), cmp.Compare(a.offset, b.offset))
	})
	slices.SortFunc(x.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.conversation, b.conversation), cmp.Compare(a.user, b.user), cmp.Compare(a.seq, b.seq))
	})
	marks := x.marks
	for first := 0; first < len(x.messages); {
		n, last := x.messages[first].conversation, first
		for last < len(x.messages) && x.messages[last].conversation == n {
			last++
		}
		for len(marks) > 0 && marks[0].conversation < n {
			marks[0].seq, marks = 0, marks[1:] // of a conversation without messages
		}
		count := 0
		for count < len(marks) && marks[count].conversation == n {
			count++
		}
		renumber(x.messages[first:last], marks[:count])
		marks, first = marks[count:], last
	}
	for i := range marks {
		marks[i].seq = 0
	}
	x.marks = slices.DeleteFunc(x.marks, func(m mark) bool { return m.seq == 0 })
	slices.SortFunc(x.messages, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.conversation, b.conversation), cmp.Compare(a.seq, b.seq))
	})
}

// renumber gives the messages of one conversation, in the order of their places, places without gaps and times that never
// step back, and translates what members have done. A place that is taken twice is the first message's.
func renumber(messages []place, marks []mark) {
	translate := func(seq int64) (at int64, exact bool) {
		i, _ := slices.BinarySearchFunc(messages, seq+1, func(p place, seq int64) int { return cmp.Compare(int64(p.seq), seq) })
		return int64(i), i > 0 && int64(messages[i-1].seq) == seq
	}
	for i := range marks {
		at, exact := translate(marks[i].seq)
		if marks[i].seq = at; marks[i].hidden && !exact {
			marks[i].seq = 0
		}
	}
	twice := make([]int64, 0, 4) // how the places behind are to be counted
	next, before, latest := uint32(0), uint32(0), int64(0)
	for i := range messages {
		p := &messages[i]
		p.time = max(p.time, latest)
		latest = p.time
		if i > 0 && p.seq == before {
			p.seq = 0
			twice = append(twice, int64(i+1))
			continue
		}
		before = p.seq
		next++
		p.seq = next
	}
	for i := range marks {
		less, _ := slices.BinarySearch(twice, marks[i].seq+1)
		marks[i].seq -= int64(less)
	}
}
