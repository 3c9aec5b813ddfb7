package openim

import (
	"bytes"

	"parley/adapters/wire"
	"parley/core"
)

// The second most common messages are custom ones, {"data":"...","description":"...","extension":"..."}. They are read
// without building maps if their members stand in this order and are texts.

// plainCustom returns the content of such a message; ok is false for any other.
func plainCustom(content []byte) (c core.Content, ok bool) {
	c = core.Content{Kind: core.KindCustom, Object: true, Origin: origin, Type: "110"}
	var err error
	if c.Body, err = wire.Normalize(nil, content); err != nil {
		return c, false
	}
	data, rest, ok := cutMember(c.Body, `{"data":"`)
	if !ok || len(data) == 0 {
		return c, false
	}
	beside := 0 // how much is said beside the data
	for _, head := range [...]string{`,"description":"`, `,"extension":"`} {
		if text, after, is := cutMember(rest, head); is {
			beside += len(text)
			rest = after
		}
	}
	if string(rest) != "}" {
		return c, false
	}
	if beside > 0 || data[0] != '{' {
		return c, true
	}
	if object, err := wire.Normalize(nil, unescaped(data)); err == nil {
		c.Raw = wire.AppendJSON(make([]byte, 0, len(c.Body)+16), c.Body, wire.Go)
		c.Body = object
	}
	return c, true
}

// cutMember cuts a member that is a text off the front of an object in normal form; head ends in the quotation mark that
// opens the text.
func cutMember(object []byte, head string) (inside, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(object, []byte(head))
	if !ok {
		return nil, object, false
	}
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '"':
			return rest[:i], rest[i+1:], true
		}
	}
	return nil, object, false
}
