package jsontree

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"parley/adapters/wire"
)

// Unquote returns what a string stands for. What is not UTF-8, and half a surrogate pair, becomes the replacement
// character.
func (t *Tree) Unquote(v Value) string {
	inside := t.raw[v.Start+1 : v.End-1]
	if bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return wire.View(inside)
	}
	first := len(t.text)
	t.text = appendUnquoted(t.text, inside)
	return wire.View(t.text[first:])
}

func appendUnquoted(dst, inside []byte) []byte {
	for len(inside) > 0 {
		var r rune
		switch c := inside[0]; {
		case c == '\\' && inside[1] == 'u':
			r, inside = unescape(inside)
		case c == '\\':
			r, inside = wire.Unescape(inside)
		case c < utf8.RuneSelf:
			r, inside = rune(c), inside[1:]
		default:
			var size int
			r, size = utf8.DecodeRune(inside)
			inside = inside[size:]
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// unescape decodes a \u escape, and a second one that makes a pair with it.
func unescape(inside []byte) (rune, []byte) {
	r, rest := unit(inside), inside[6:]
	if !utf16.IsSurrogate(r) {
		return r, rest
	}
	if len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if pair := utf16.DecodeRune(r, unit(rest)); pair != utf8.RuneError {
			return pair, rest[6:]
		}
	}
	return utf8.RuneError, rest
}

// unit reads the four hex digits of an escape.
func unit(escape []byte) rune {
	n, err := strconv.ParseUint(wire.View(escape[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError // not reached: the syntax has been checked
	}
	return rune(n)
}
