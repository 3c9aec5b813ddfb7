package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Style is how a platform's JSON encoder escapes strings.
type Style uint8

// The styles. All of them write no white space and escape the quotation mark, the backslash and control characters.
const (
	// PHPDefault escapes the slash and everything beyond ASCII as \u with lower-case hex digits.
	PHPDefault Style = iota
	// PHPUnicode escapes the slash, U+2028 and U+2029, and leaves other characters as UTF-8.
	PHPUnicode
	// JS escapes neither, as JSON.stringify does.
	JS
	// Go escapes <, >, &, U+2028 and U+2029, as Go's encoding/json does.
	Go
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. s must be valid UTF-8.
func AppendString(dst []byte, s string, style Style) []byte {
	return append(appendEscapes(append(dst, '"'), Bytes(s), style, true), '"')
}

// appendEscapes appends text with what a style escapes. With quotes that includes the quotation mark, and a backslash
// stands for itself; otherwise text is JSON in normal form, in which both are what they are.
func appendEscapes(dst, text []byte, style Style, quotes bool) []byte {
	low := escapes(style)
	if !quotes {
		low &^= 1 << '"'
	}
	stops := stopsOf(style, quotes)
	start := 0
	for i := 0; i < len(text); {
		if i += stops.plain(text[i:]); i == len(text) {
			break
		}
		c := text[i]
		switch {
		case c == '\\' && !quotes:
			i += 2 // what is escaped in normal form is escaped in every style
		case c < utf8.RuneSelf:
			if c < 64 && low>>c&1 == 0 || c >= 64 && c != '\\' {
				i++
				continue
			}
			dst = appendEscaped(append(dst, text[start:i]...), c, style)
			i++
			start = i
		case style == PHPDefault:
			dst = append(dst, text[start:i]...)
			for i < len(text) && text[i] >= utf8.RuneSelf {
				r, size := decodeRune(text[i:])
				dst = appendUnicode(dst, r)
				i += size
			}
			start = i
		case style == JS || c != lineSeparators:
			i++
		default:
			r, size := decodeRune(text[i:])
			if r == '\u2028' || r == '\u2029' {
				dst = appendUnicode(append(dst, text[start:i]...), r)
				start = i + size
			}
			i += size
		}
	}
	return append(dst, text[start:]...)
}

// escapes returns the characters below 64 that a style escapes, a bit for each; of the others in ASCII it is only the
// backslash.
func escapes(style Style) uint64 {
	const always = 1<<' ' - 1 | 1<<'"'
	switch style {
	case PHPDefault, PHPUnicode:
		return always | 1<<'/'
	case Go:
		return always | 1<<'<' | 1<<'>' | 1<<'&'
	case JS:
	}
	return always
}

// plain tells whether an ASCII character stands for itself.
func plain(c byte, style Style) bool {
	if c < 64 {
		return escapes(style)>>c&1 == 0
	}
	return c != '\\'
}

func appendEscaped(dst []byte, c byte, style Style) []byte {
	switch c {
	case '"', '\\', '/':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// appendUnicode appends a character as one or two \u escapes.
func appendUnicode(dst []byte, r rune) []byte {
	if r >= 0x10000 {
		r -= 0x10000
		dst = appendUnit(dst, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	return appendUnit(dst, r)
}

func appendUnit(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// AppendJSON appends raw, which must be in normal form (see Normalize), with its strings and keys escaped in style;
// numbers are kept as written.
func AppendJSON(dst, raw []byte, style Style) []byte {
	if style == JS {
		return append(dst, raw...)
	}
	return appendEscapes(dst, raw, style, false)
}

// MaxDepth is how deeply the JSON of a request may nest.
const MaxDepth = 64

var (
	errBadJSON = errors.New("wire: not valid JSON")
	errTooDeep = errors.New("wire: the JSON nests too deeply")
)

// CheckJSON reports what is wrong with JSON from outside: it must be valid, in UTF-8, without escapes of half a surrogate
// pair, and not nest deeper than MaxDepth.
func CheckJSON(raw []byte) error {
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return errBadJSON
	}
	nested := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			end, ok := stringEnd(raw, i)
			if !ok {
				return errBadJSON
			}
			i = end
		case '{', '[':
			if nested++; nested > MaxDepth {
				return errTooDeep
			}
		case '}', ']':
			nested--
		}
	}
	return nil
}

// stringEnd returns the index of the quotation mark that ends the string beginning at i; ok is false if it holds half a
// surrogate pair. The JSON is valid.
func stringEnd(raw []byte, i int) (end int, ok bool) {
	for i++; raw[i] != '"'; i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' {
			continue
		}
		r := unit(raw[i+1:])
		i += 4
		switch {
		case r >= 0xdc00 && r < 0xe000:
			return 0, false
		case r >= 0xd800 && r < 0xdc00:
			if len(raw) < i+7 || raw[i+1] != '\\' || raw[i+2] != 'u' {
				return 0, false
			}
			if low := unit(raw[i+3:]); low < 0xdc00 || low >= 0xe000 {
				return 0, false
			}
			i += 6
		}
	}
	return i, true
}

// unit reads four hex digits.
func unit(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// Normalize appends JSON from outside to dst in normal form: no white space, strings in UTF-8 with the fewest escapes,
// numbers as written. On error dst is returned as it was.
func Normalize(dst, raw []byte) ([]byte, error) {
	if err := CheckJSON(raw); err != nil {
		return dst, err
	}
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case ' ', '\t', '\r', '\n':
		case '"':
			end, _ := stringEnd(raw, i)
			dst = appendNormal(dst, raw[i+1:end])
			i = end
		default:
			dst = append(dst, c)
		}
	}
	return dst, nil
}

// appendNormal appends the inside of a valid JSON string as a string in normal form.
func appendNormal(dst, inside []byte) []byte {
	dst = append(dst, '"')
	for {
		i := bytes.IndexByte(inside, '\\')
		if i < 0 {
			return append(append(dst, inside...), '"')
		}
		dst = append(dst, inside[:i]...)
		var r rune
		r, inside = Unescape(inside[i:])
		if r < utf8.RuneSelf {
			if plain(byte(r), JS) {
				dst = append(dst, byte(r))
			} else {
				dst = appendEscaped(dst, byte(r), JS)
			}
			continue
		}
		dst = utf8.AppendRune(dst, r)
	}
}

// Unescape decodes the escape at the beginning of b, which must come from JSON that CheckJSON accepts, and returns what
// follows it.
func Unescape(b []byte) (rune, []byte) {
	switch b[1] {
	case 'b':
		return '\b', b[2:]
	case 'f':
		return '\f', b[2:]
	case 'n':
		return '\n', b[2:]
	case 'r':
		return '\r', b[2:]
	case 't':
		return '\t', b[2:]
	case 'u':
		r := unit(b[2:])
		if r >= 0xd800 && r < 0xdc00 {
			return 0x10000 + (r-0xd800)<<10 + unit(b[8:]) - 0xdc00, b[12:]
		}
		return r, b[6:]
	}
	return rune(b[1]), b[2:]
}
