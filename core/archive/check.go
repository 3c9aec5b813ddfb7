package archive

import (
	"bytes"
	"encoding/json"
)

// typeField begins the lines that this package writes.
const typeField = `{"type":"`

// typeOf reads the type of a line before the rest, which for most lines takes no parsing.
func (r *Reader) typeOf(line []byte) (Type, error) {
	if rest, ok := bytes.CutPrefix(line, []byte(typeField)); ok {
		if end := bytes.IndexAny(rest[:min(len(rest), 64)], `"\`); end >= 0 && rest[end] == '"' {
			return Type(rest[:end]), nil
		}
	}
	var head struct {
		Type *Type `json:"type"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return "", r.fail("the line is no JSON: %v", err)
	}
	if head.Type == nil {
		return "", r.fail("the line says no type")
	}
	return *head.Type, nil
}

// shape refuses a line that is no object or is nested too deeply, before it is parsed.
func (r *Reader) shape(line []byte) error {
	if len(line) == 0 || line[0] != '{' {
		return r.fail("the line is no JSON object")
	}
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case quoted:
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return r.fail("the line is nested more than %d deep", MaxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// check returns what is wrong with a record that was read, or nothing. What names mean is for the engine to check.
func (r *Record) check() string {
	switch {
	case r.User != nil && r.User.ID == "" && r.User.UUID == "":
		return "the user has neither an id nor a uuid"
	case r.Group != nil:
		return checkMembers(r.Group.ID, r.Group.Members)
	case r.Members != nil:
		return checkMembers(r.Members.Group, r.Members.Members)
	case r.Friend != nil && (r.Friend.User == "" || r.Friend.Friend == ""):
		return "a friend has no name"
	case r.Message != nil:
		return r.Message.check()
	case r.Read != nil:
		if note := checkRuns(r.Read.Read); note != "" {
			return note
		}
		return checkRuns(r.Read.Hidden)
	case r.Content != nil:
		return r.Content.check()
	case r.Official != nil && (r.Official.Account == "" || r.Official.Kind == ""):
		return "the account or the kind is missing"
	}
	return ""
}

func checkMembers(group string, members []Member) string {
	switch {
	case group == "":
		return "the group has no id"
	case len(members) > MaxMembers:
		return "there are more members than a record has"
	}
	return ""
}

func (m *Message) check() string {
	switch {
	case m.From == "":
		return "the message has no sender"
	case (m.To == "") == (m.Group == ""):
		return "the message needs a receiver or a group"
	case m.ID < 0 || m.Seq < 0 || m.Time < 0:
		return "a number is negative"
	case m.Origin == "" && m.ID == 0:
		return "the message has neither an origin nor an id"
	case m.Body == nil && !m.Deleted:
		return "the message has no body"
	}
	return ""
}

func checkRuns(runs []Run) string {
	if len(runs) > MaxRuns {
		return "there are more runs than a record has"
	}
	at := int64(0)
	for _, run := range runs {
		if run[0] <= at || run[1] < run[0] {
			return "the runs are not ascending"
		}
		at = run[1]
	}
	return ""
}

func (c *Content) check() string {
	switch {
	case c.Account == "":
		return "the account is missing"
	case len(c.Data) > MaxData:
		return "there is more data than a record has"
	case c.Size < 0 || c.At < 0 || c.At > c.Size || int64(len(c.Data)) > c.Size-c.At:
		return "the data lies outside of the content"
	}
	return ""
}
