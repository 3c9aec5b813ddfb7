package openim

import (
	"bytes"
	"unicode/utf8"

	"parley/adapters/wire"
)

// Most messages are plain text, {"content":"..."} and nothing else. They are read without building anything.

// textInside returns what stands between the quotation marks of a plain text that is not empty. ok is false for any
// other content, also for one that only a lenient reader would take.
func textInside(content []byte) (inside []byte, ok bool) {
	const name = `"content"`
	rest := trimSpace(content)
	if len(rest) < 2 || rest[0] != '{' || rest[len(rest)-1] != '}' {
		return nil, false
	}
	rest = trimSpace(rest[1 : len(rest)-1])
	if !bytes.HasPrefix(rest, []byte(name)) {
		return nil, false
	}
	rest = trimSpace(rest[len(name):])
	if len(rest) == 0 || rest[0] != ':' {
		return nil, false
	}
	rest = trimSpace(rest[1:])
	if len(rest) < 3 || rest[0] != '"' || rest[len(rest)-1] != '"' {
		return nil, false
	}
	inside = rest[1 : len(rest)-1]
	escapes := false
	for i := 0; i < len(inside); i++ {
		switch c := inside[i]; {
		case c == '"' || c < ' ':
			return nil, false
		case c == '\\':
			escapes = true
			i++
		}
	}
	if escapes && wire.CheckJSON(content) != nil || !utf8.Valid(inside) {
		return nil, false
	}
	return inside, true
}

func trimSpace(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

// unescaped returns the text of the inside of a JSON string: the same bytes if nothing in it is escaped.
func unescaped(inside []byte) []byte {
	i := bytes.IndexByte(inside, '\\')
	if i < 0 {
		return inside
	}
	value := make([]byte, 0, len(inside))
	for ; i >= 0; i = bytes.IndexByte(inside, '\\') {
		value = append(value, inside[:i]...)
		var r rune
		r, inside = wire.Unescape(inside[i:])
		value = utf8.AppendRune(value, r)
	}
	return append(value, inside...)
}
