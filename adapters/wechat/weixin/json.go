package weixin

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// object writes a JSON object as the platform wants it: text as UTF-8, never as \u escapes, which it refuses with 40033 or
// shows to the followers. An object has at least one member.
type object struct{ text []byte }

func (o *object) name(name string) {
	before := byte(',')
	if len(o.text) == 0 {
		before = '{'
	}
	o.text = append(append(append(o.text, before, '"'), name...), '"', ':')
}

func (o *object) string(name, value string) {
	o.name(name)
	o.text = appendString(o.text, value)
}

func (o *object) integer(name string, value int64) {
	o.name(name)
	o.text = strconv.AppendInt(o.text, value, 10)
}

func (o *object) strings(name string, values []string) {
	o.list(name, len(values), func(dst []byte, i int) []byte { return appendString(dst, values[i]) })
}

// object writes a member that is itself an object.
func (o *object) object(name string, fill func(*object)) {
	o.name(name)
	var inner object
	fill(&inner)
	o.text = append(o.text, inner.end()...)
}

// objects writes a member that is a list of objects.
func (o *object) objects(name string, n int, fill func(*object, int)) {
	o.list(name, n, func(dst []byte, i int) []byte {
		var inner object
		fill(&inner, i)
		return append(dst, inner.end()...)
	})
}

func (o *object) list(name string, n int, appendItem func(dst []byte, i int) []byte) {
	o.name(name)
	o.text = append(o.text, '[')
	for i := range n {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		o.text = appendItem(o.text, i)
	}
	o.text = append(o.text, ']')
}

func (o *object) end() []byte { return append(o.text, '}') }

// appendString leaves out the control characters that only an escape could say.
func appendString(dst []byte, s string) []byte {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r // what is no UTF-8 arrives here as U+FFFD
	}, s)
	return wire.AppendString(dst, s, wire.JS)
}

// number is an integer that the platform writes as a number or, in some answers, as a string.
type number int64

// UnmarshalJSON reads either form; an empty string is 0.
func (n *number) UnmarshalJSON(text []byte) error {
	text = bytes.Trim(text, `"`)
	if len(text) == 0 || string(text) == "null" {
		*n = 0
		return nil
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	*n = number(v)
	return err
}

// decode reads an answer. The platform copies the control characters of nicknames into its JSON as they are.
func decode(text []byte, into any) error {
	for i, c := range text {
		if c < ' ' {
			text[i] = ' '
		}
	}
	return json.Unmarshal(text, into)
}
