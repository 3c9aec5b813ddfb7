package openim

import (
	"encoding/json"
	"errors"

	"parley/adapters/wire"
)

var errTooDeep = errors.New("exceeded max depth")

// parseObject parses a content object. What is not UTF-8 in it becomes the replacement character, and of two members of
// one name the last counts.
func parseObject(content []byte) (map[string]any, error) {
	if nesting(content) > wire.MaxDepth {
		return nil, errTooDeep
	}
	var members map[string]any
	if err := json.Unmarshal(content, &members); err != nil {
		return nil, err
	}
	return members, nil
}

// nesting returns how deeply JSON nests.
func nesting(raw []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// appendStored appends the form in which the platform keeps a content: members in the order of their names, no white
// space, numbers as it prints floating point, and notifications inside the member detail. It fails if the content is no
// object, nests too deeply or holds a number beyond floating point.
func appendStored(dst []byte, contentType int64, content []byte) ([]byte, error) {
	if contentType == typeText {
		if inside, ok := textInside(content); ok {
			return appendText(dst, unescaped(inside)), nil
		}
	}
	members, err := parseObject(content)
	if err != nil {
		return dst, err
	}
	stored, err := json.Marshal(members)
	if err != nil {
		return dst, err
	}
	if contentType >= firstSystemType {
		return appendDetail(dst, stored), nil
	}
	return append(dst, stored...), nil
}

// appendText appends the stored form of a plain text.
func appendText(dst, value []byte) []byte {
	dst = append(dst, `{"content":`...)
	return append(wire.AppendString(dst, wire.View(value), wire.Go), '}')
}

// appendDetail appends the stored form of a notification.
func appendDetail(dst, stored []byte) []byte {
	dst = append(dst, `{"detail":`...)
	return append(wire.AppendString(dst, wire.View(stored), wire.Go), '}')
}
