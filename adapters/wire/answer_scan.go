package wire

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/goccy/go-json"
)

// What a client half reads is scanned once for each level that its rows know: a member is compared with the fields in the
// order in which servers write them, and what no field names is passed over. What a value is, is checked by the field
// that reads it.

var (
	errNoObject = errors.New("it is not a JSON object")
	errNoList   = errors.New("it is not a JSON list")
	errText     = errors.New("it is not a JSON string")
	errFlag     = errors.New("it is neither true nor false")
)

// maxAnswerDepth bounds how deep what is passed over may nest.
const maxAnswerDepth = 10_000

// eachMember calls visit for each member of a JSON object, in order.
func eachMember(raw []byte, visit func(name string, value []byte) error) error {
	i := skipSpace(raw, 0)
	if byteAt(raw, i) != '{' {
		return errNoObject
	}
	if i = skipSpace(raw, i+1); byteAt(raw, i) == '}' {
		return ended(raw, i+1, errNoObject)
	}
	for {
		end := skipText(raw, i)
		if end < 0 {
			return errNoObject
		}
		name, err := textOf(raw[i:end])
		if err != nil {
			return err
		}
		if i = skipSpace(raw, end); byteAt(raw, i) != ':' {
			return errNoObject
		}
		i = skipSpace(raw, i+1)
		if end = skipValue(raw, i); end < 0 {
			return errNoObject
		}
		if err := visit(name, raw[i:end]); err != nil {
			return err
		}
		switch i = skipSpace(raw, end); byteAt(raw, i) {
		case '}':
			return ended(raw, i+1, errNoObject)
		case ',':
			i = skipSpace(raw, i+1)
		default:
			return errNoObject
		}
	}
}

// eachItem calls visit for each item of a JSON list, in order.
func eachItem(raw []byte, visit func(value []byte) error) error {
	i := skipSpace(raw, 0)
	if byteAt(raw, i) != '[' {
		return errNoList
	}
	if i = skipSpace(raw, i+1); byteAt(raw, i) == ']' {
		return ended(raw, i+1, errNoList)
	}
	for {
		end := skipValue(raw, i)
		if end < 0 {
			return errNoList
		}
		if err := visit(raw[i:end]); err != nil {
			return err
		}
		switch i = skipSpace(raw, end); byteAt(raw, i) {
		case ']':
			return ended(raw, i+1, errNoList)
		case ',':
			i = skipSpace(raw, i+1)
		default:
			return errNoList
		}
	}
}

// ended returns otherwise unless nothing but white space follows.
func ended(raw []byte, i int, otherwise error) error {
	if skipSpace(raw, i) != len(raw) {
		return otherwise
	}
	return nil
}

// textOf returns what a JSON string stands for, as a string of its own.
func textOf(raw []byte) (string, error) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", errText
	}
	if inside := raw[1 : len(raw)-1]; bytes.IndexByte(inside, '\\') < 0 && utf8.Valid(inside) {
		return string(inside), nil
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err
}

// The functions below return the index behind what begins at i, or -1 where nothing of the kind does.

func skipSpace(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

func skipText(raw []byte, i int) int {
	if byteAt(raw, i) != '"' {
		return -1
	}
	for i++; ; {
		n := bytes.IndexByte(raw[i:], '"')
		if n < 0 {
			return -1
		}
		escapes := 0
		for escapes < n && raw[i+n-1-escapes] == '\\' {
			escapes++
		}
		if i += n + 1; escapes%2 == 0 {
			return i
		}
	}
}

func skipValue(raw []byte, i int) int {
	switch byteAt(raw, i) {
	case '"':
		return skipText(raw, i)
	case '{', '[':
		return skipNested(raw, i)
	}
	start := i
	for i < len(raw) && !isDelimiter(raw[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// skipNested passes over an object or a list; that its brackets are of the right kind is for whoever reads inside.
func skipNested(raw []byte, i int) int {
	for depth := 0; i < len(raw); {
		switch raw[i] {
		case '"':
			if i = skipText(raw, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			if depth++; depth > maxAnswerDepth {
				return -1
			}
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

func isDelimiter(c byte) bool {
	switch c {
	case ',', ':', '{', '}', '[', ']', '"', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}

// byteAt returns the byte at i, or zero, which is nowhere valid, beyond the end.
func byteAt(raw []byte, i int) byte {
	if i < len(raw) {
		return raw[i]
	}
	return 0
}
