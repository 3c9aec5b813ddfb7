package php

import (
	"bytes"
	"strings"

	"parley/adapters/wire"
)

// maxVariables is PHP's max_input_vars: further variables are ignored.
const maxVariables = 1000

// parseQuery adds the pairs of a query string or an urlencoded body, as PHP's parse_str reads them: & separates, a
// semicolon and a broken escape are data, + is a space, and a pair without = has the empty value.
func (v *Values) parseQuery(raw []byte, from Origin) {
	for n := 0; len(raw) > 0 && n < maxVariables; {
		pair := raw
		if i := bytes.IndexByte(raw, '&'); i >= 0 {
			pair, raw = raw[:i], raw[i+1:]
		} else {
			raw = nil
		}
		if len(pair) == 0 {
			continue
		}
		n++
		name, value := pair, []byte(nil)
		if i := bytes.IndexByte(pair, '='); i >= 0 {
			name, value = pair[:i], pair[i+1:]
		}
		v.addVariable(v.unescape(name), v.unescape(value), from)
	}
}

// unescape decodes escapes and plus signs. Text without any is returned as it is. What is taken from v.decoded stays as it
// is: when the buffer grows it leaves the old memory behind, which is not written again until the values are reset.
func (v *Values) unescape(raw []byte) string {
	if bytes.IndexByte(raw, '%') < 0 && bytes.IndexByte(raw, '+') < 0 {
		return wire.View(raw)
	}
	start := len(v.decoded)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '+':
			v.decoded = append(v.decoded, ' ')
		case c == '%' && i+2 < len(raw) && isHex(raw[i+1]) && isHex(raw[i+2]):
			v.decoded = append(v.decoded, fromHex(raw[i+1])<<4|fromHex(raw[i+2]))
			i += 2
		default:
			v.decoded = append(v.decoded, c)
		}
	}
	return wire.View(v.decoded[start:])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func fromHex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// addVariable adds one variable under the name that PHP gives it: leading spaces fall away, dots and spaces become
// underscores, a name ends at a NUL, and brackets make an array.
func (v *Values) addVariable(name, value string, from Origin) {
	name = strings.TrimLeft(name, " ")
	if i := strings.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	if name == "" || name[0] == '[' {
		return
	}
	i := strings.IndexByte(name, '[')
	if i < 0 || strings.IndexByte(name[i:], ']') < 0 {
		v.put(v.plainName(name), Value{Kind: Text, Raw: value}, from)
		return
	}
	base := v.plainName(name[:i])
	if k := v.last(base); k < 0 || v.pairs[k].value.Kind != Array || v.pairs[k].from != from {
		v.put(base, Value{Kind: Array, first: int32(len(v.elements))}, from)
	}
	v.elements = append(v.elements, element{base, name[i:], value, from})
}

// plainName replaces what PHP does not keep in a name.
func (v *Values) plainName(name string) string {
	if !strings.ContainsAny(name, ". [") {
		return name
	}
	start := len(v.decoded)
	for i := range len(name) {
		c := name[i]
		if c == '.' || c == ' ' || c == '[' {
			c = '_'
		}
		v.decoded = append(v.decoded, c)
	}
	return wire.View(v.decoded[start:])
}
