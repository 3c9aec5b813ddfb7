package php

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"parley/adapters/wire"
)

// parseJSON adds the members of a JSON object, or the items of a list under their indexes, and tells whether there were
// any. Anything else is ignored.
func (v *Values) parseJSON(body []byte) bool {
	body = bytes.Trim(body, " \t\r\n")
	if len(body) < 2 || body[0] != '{' && body[0] != '[' || wire.CheckJSON(body) != nil {
		return false
	}
	s := newSplitter(body)
	for n := range maxVariables {
		key, value, ok := s.next()
		if !ok {
			return n > 0
		}
		name := ""
		if key == nil {
			name = strconv.Itoa(n)
		} else {
			name = v.jsonString(key)
		}
		if value[0] == '"' {
			v.put(name, Value{Kind: Text, Raw: v.jsonString(value)}, JSON)
		} else {
			v.put(name, jsonValue(value), JSON)
		}
	}
	return true
}

// jsonValue returns a value that is not a string.
func jsonValue(raw []byte) Value {
	switch raw[0] {
	case '{', '[':
		return Value{Kind: Container, Raw: wire.View(raw)}
	case 't', 'f':
		return Value{Kind: Bool, Raw: wire.View(raw)}
	case 'n':
		return Value{Kind: Null}
	}
	return Value{Kind: Number, Raw: wire.View(raw)}
}

// jsonString decodes a valid JSON string.
func (v *Values) jsonString(raw []byte) string {
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		return wire.View(raw)
	}
	start := len(v.decoded)
	v.decoded = appendUnescaped(v.decoded, raw)
	return wire.View(v.decoded[start:])
}

// appendUnescaped appends the text that the inside of a valid JSON string stands for.
func appendUnescaped(dst, inside []byte) []byte {
	for {
		i := bytes.IndexByte(inside, '\\')
		if i < 0 {
			return append(dst, inside...)
		}
		dst = append(dst, inside[:i]...)
		var r rune
		r, inside = wire.Unescape(inside[i:])
		dst = utf8.AppendRune(dst, r)
	}
}

// splitter walks over the members of an object or the items of a list, in JSON that is known to be valid.
type splitter struct {
	rest []byte
	list bool
}

// newSplitter returns the splitter of a container, which has no space before it.
func newSplitter(container []byte) splitter {
	return splitter{rest: container[1:], list: container[0] == '['}
}

// next returns the next member or item, as written; key is nil for an item.
func (s *splitter) next() (key, value []byte, ok bool) {
	s.space()
	if s.rest[0] == ',' {
		s.rest = s.rest[1:]
		s.space()
	}
	if s.rest[0] == ']' || s.rest[0] == '}' {
		return nil, nil, false
	}
	if !s.list {
		key = s.value()
		s.space()
		s.rest = s.rest[1:] // the colon
		s.space()
	}
	return key, s.value(), true
}

func (s *splitter) space() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\t' || s.rest[0] == '\n' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

// value takes one value off the front.
func (s *splitter) value() []byte {
	i, nested := 0, 0
	for {
		switch s.rest[i] {
		case '"':
			for i++; s.rest[i] != '"'; i++ {
				if s.rest[i] == '\\' {
					i++
				}
			}
			i++
		case '{', '[':
			nested++
			i++
		case '}', ']':
			nested--
			i++
		case ',', ':', ' ', '\t', '\n', '\r':
			i++ // only reached inside a container
		default: // a number or a word
			for i < len(s.rest) && !strings.ContainsRune(",:}] \t\r\n", rune(s.rest[i])) {
				i++
			}
		}
		if nested == 0 {
			value := s.rest[:i]
			s.rest = s.rest[i:]
			return value
		}
	}
}
