package jsontree

import (
	"strconv"
	"unicode/utf8"

	"parley/adapters/wire"
)

// The functions of this file read JSON from an index on and return the index behind what they read, or -1 where it is
// not JSON or nests deeper than wire.MaxDepth.

// space skips white space.
func (t *Tree) space(i int) int {
	for i < len(t.raw) && (t.raw[i] == ' ' || t.raw[i] == '\n' || t.raw[i] == '\t' || t.raw[i] == '\r') {
		i++
	}
	return i
}

// index reads an object and appends its members.
func (t *Tree) index(i int) int {
	return t.object(i, 1, true)
}

// value reads any value; depth is that of what holds it.
func (t *Tree) value(i, depth int) int {
	if i >= len(t.raw) {
		return -1
	}
	switch t.raw[i] {
	case '"':
		return t.quoted(i)
	case '{':
		return t.object(i, depth+1, false)
	case '[':
		return t.array(i, depth+1)
	case 't':
		return t.literal(i, "true")
	case 'f':
		return t.literal(i, "false")
	case 'n':
		return t.literal(i, "null")
	}
	return t.number(i)
}

func (t *Tree) literal(i int, text string) int {
	end := i + len(text)
	if end > len(t.raw) || string(t.raw[i:end]) != text {
		return -1
	}
	return end
}

func (t *Tree) object(i, depth int, indexed bool) int {
	if depth > wire.MaxDepth {
		return -1
	}
	if i = t.space(i + 1); t.at(i) == '}' {
		return i + 1
	}
	for t.at(i) == '"' {
		name, nameEnd := i, t.quoted(i)
		if nameEnd < 0 {
			return -1
		}
		if i = t.space(nameEnd); t.at(i) != ':' {
			return -1
		}
		start := t.space(i + 1)
		end := t.value(start, depth)
		if end < 0 {
			return -1
		}
		if indexed {
			t.members = append(t.members, t.member(name, nameEnd, start, end))
		}
		i = t.space(end)
		switch t.at(i) {
		case '}':
			return i + 1
		case ',':
			i = t.space(i + 1)
		default:
			return -1
		}
	}
	return -1
}

func (t *Tree) member(name, nameEnd, start, end int) member {
	m := member{name: t.Unquote(Value{name, nameEnd}), value: Value{start, end}}
	for i := range len(m.name) {
		if m.name[i] >= utf8.RuneSelf {
			m.wide = true
		}
	}
	return m
}

func (t *Tree) array(i, depth int) int {
	if depth > wire.MaxDepth {
		return -1
	}
	if i = t.space(i + 1); t.at(i) == ']' {
		return i + 1
	}
	for {
		if i = t.value(i, depth); i < 0 {
			return -1
		}
		i = t.space(i)
		switch t.at(i) {
		case ']':
			return i + 1
		case ',':
			i = t.space(i + 1)
		default:
			return -1
		}
	}
}

// item returns where the next item of a list begins that has been checked, or -1 at its end. i is behind the opening
// bracket or the item before.
func (t *Tree) item(i int) int {
	if i = t.space(i); t.raw[i] == ',' {
		i = t.space(i + 1)
	}
	if t.raw[i] == ']' {
		return -1
	}
	return i
}

func (t *Tree) quoted(i int) int {
	for i++; i < len(t.raw); i++ {
		switch c := t.raw[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			i++
			switch t.at(i) {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					i++
					if !isHex(t.at(i)) {
						return -1
					}
				}
			default:
				return -1
			}
		}
	}
	return -1
}

func (t *Tree) number(i int) int {
	start := i
	if t.at(i) == '-' {
		i++
	}
	if t.at(i) == '0' {
		i++
	} else if i = t.digits(i); i < 0 {
		return -1
	}
	if t.at(i) == '.' {
		if i = t.digits(i + 1); i < 0 {
			return -1
		}
	}
	exponent := t.at(i)|0x20 == 'e'
	if exponent {
		i++
		if t.at(i) == '+' || t.at(i) == '-' {
			i++
		}
		if i = t.digits(i); i < 0 {
			return -1
		}
	}
	if exponent || i-start > 300 {
		if _, err := strconv.ParseFloat(wire.View(t.raw[start:i]), 64); err != nil {
			t.huge = append(t.huge, start)
		}
	}
	return i
}

// digits reads one digit or more.
func (t *Tree) digits(i int) int {
	start := i
	for c := t.at(i); c >= '0' && c <= '9'; c = t.at(i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// at returns the byte at i, or zero, which is nowhere valid, beyond the end.
func (t *Tree) at(i int) byte {
	if i < len(t.raw) {
		return t.raw[i]
	}
	return 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
