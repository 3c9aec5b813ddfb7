package openim

import (
	"strconv"
	"unicode/utf8"

	"parley/adapters/wire"
)

// The functions of this file read JSON from an index on and return the index behind what they read, or -1 where it is
// not JSON or nests deeper than wire.MaxDepth.

// space skips white space.
func (b *body) space(i int) int {
	for i < len(b.raw) && (b.raw[i] == ' ' || b.raw[i] == '\n' || b.raw[i] == '\t' || b.raw[i] == '\r') {
		i++
	}
	return i
}

// index reads an object and appends its members.
func (b *body) index(i int) int {
	return b.object(i, 1, true)
}

// value reads any value; depth is that of what holds it.
func (b *body) value(i, depth int) int {
	if i >= len(b.raw) {
		return -1
	}
	switch b.raw[i] {
	case '"':
		return b.quoted(i)
	case '{':
		return b.object(i, depth+1, false)
	case '[':
		return b.array(i, depth+1)
	case 't':
		return b.literal(i, "true")
	case 'f':
		return b.literal(i, "false")
	case 'n':
		return b.literal(i, "null")
	}
	return b.number(i)
}

func (b *body) literal(i int, text string) int {
	end := i + len(text)
	if end > len(b.raw) || string(b.raw[i:end]) != text {
		return -1
	}
	return end
}

func (b *body) object(i, depth int, indexed bool) int {
	if depth > wire.MaxDepth {
		return -1
	}
	if i = b.space(i + 1); b.at(i) == '}' {
		return i + 1
	}
	for b.at(i) == '"' {
		name, nameEnd := i, b.quoted(i)
		if nameEnd < 0 {
			return -1
		}
		if i = b.space(nameEnd); b.at(i) != ':' {
			return -1
		}
		start := b.space(i + 1)
		end := b.value(start, depth)
		if end < 0 {
			return -1
		}
		if indexed {
			b.members = append(b.members, b.member(name, nameEnd, start, end))
		}
		i = b.space(end)
		switch b.at(i) {
		case '}':
			return i + 1
		case ',':
			i = b.space(i + 1)
		default:
			return -1
		}
	}
	return -1
}

func (b *body) member(name, nameEnd, start, end int) member {
	m := member{name: b.unquote(name, nameEnd), start: start, end: end}
	for i := range len(m.name) {
		if m.name[i] >= utf8.RuneSelf {
			m.wide = true
		}
	}
	return m
}

func (b *body) array(i, depth int) int {
	if depth > wire.MaxDepth {
		return -1
	}
	if i = b.space(i + 1); b.at(i) == ']' {
		return i + 1
	}
	for {
		if i = b.value(i, depth); i < 0 {
			return -1
		}
		i = b.space(i)
		switch b.at(i) {
		case ']':
			return i + 1
		case ',':
			i = b.space(i + 1)
		default:
			return -1
		}
	}
}

// item returns where the next item of a list begins that has been checked, or -1 at its end. i is behind the opening
// bracket or the item before.
func (b *body) item(i int) int {
	if i = b.space(i); b.raw[i] == ',' {
		i = b.space(i + 1)
	}
	if b.raw[i] == ']' {
		return -1
	}
	return i
}

func (b *body) quoted(i int) int {
	for i++; i < len(b.raw); i++ {
		switch c := b.raw[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			i++
			switch b.at(i) {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			case 'u':
				for range 4 {
					i++
					if !isHex(b.at(i)) {
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

func (b *body) number(i int) int {
	start := i
	if b.at(i) == '-' {
		i++
	}
	if b.at(i) == '0' {
		i++
	} else if i = b.digits(i); i < 0 {
		return -1
	}
	if b.at(i) == '.' {
		if i = b.digits(i + 1); i < 0 {
			return -1
		}
	}
	exponent := b.at(i)|0x20 == 'e'
	if exponent {
		i++
		if b.at(i) == '+' || b.at(i) == '-' {
			i++
		}
		if i = b.digits(i); i < 0 {
			return -1
		}
	}
	if exponent || i-start > 300 {
		if _, err := strconv.ParseFloat(wire.View(b.raw[start:i]), 64); err != nil {
			b.huge = append(b.huge, start)
		}
	}
	return i
}

// digits reads one digit or more.
func (b *body) digits(i int) int {
	start := i
	for c := b.at(i); c >= '0' && c <= '9'; c = b.at(i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// at returns the byte at i, or zero, which is nowhere valid, beyond the end.
func (b *body) at(i int) byte {
	if i < len(b.raw) {
		return b.raw[i]
	}
	return 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}
