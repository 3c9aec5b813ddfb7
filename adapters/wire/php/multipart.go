package php

import (
	"bytes"
	"strings"

	"parley/adapters/wire"
)

// parseMultipart adds the fields of a multipart body. It is as lenient as PHP: lines may end with LF alone, the boundary
// may hold any character, and the last part need not be closed. Files are ignored.
func (v *Values) parseMultipart(contentType, body []byte) {
	boundary := parameter(contentType, "boundary")
	if boundary == "" {
		return
	}
	start := len(v.decoded)
	v.decoded = append(append(v.decoded, "\n--"...), boundary...)
	delimiter := v.decoded[start:len(v.decoded):len(v.decoded)]
	if !bytes.HasPrefix(body, delimiter[1:]) {
		i := bytes.Index(body, delimiter)
		if i < 0 {
			return
		}
		body = body[i+1:]
	}
	body = body[len(delimiter)-1:]
	for n := 0; n < maxVariables && !bytes.HasPrefix(body, []byte("--")) && len(body) > 0; n++ {
		part := body
		if i := bytes.Index(body, delimiter); i >= 0 {
			part, body = bytes.TrimSuffix(body[:i], []byte("\r")), body[i+len(delimiter):]
		} else {
			body = nil
		}
		v.addPart(part)
	}
}

// addPart adds one field. The part begins with what is left of the boundary's line.
func (v *Values) addPart(part []byte) {
	_, part, _ = bytes.Cut(part, []byte("\n"))
	for {
		line, rest, ended := bytes.Cut(part, []byte("\n"))
		if !ended {
			return // the head does not end
		}
		part = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) == 0 {
			return // the head ends without a disposition
		}
		name, field, _ := bytes.Cut(line, []byte(":"))
		if strings.EqualFold(wire.View(bytes.TrimSpace(name)), "Content-Disposition") {
			v.addField(field, part)
			return
		}
	}
}

// addField adds the field that a disposition names. rest is what follows the line of the disposition.
func (v *Values) addField(disposition, rest []byte) {
	name := parameter(disposition, "name")
	if name == "" || hasParameter(disposition, "filename") {
		return
	}
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			return
		}
		rest = after
		if len(bytes.TrimSuffix(line, []byte("\r"))) == 0 {
			v.addVariable(name, wire.View(rest), Form)
			return
		}
	}
}

// parameter returns a parameter of a header, without quotation marks; a backslash before one stands for nothing. It is
// empty if the header lacks it.
func parameter(header []byte, want string) string {
	value, _ := findParameter(header, want)
	return value
}

func hasParameter(header []byte, want string) bool {
	_, found := findParameter(header, want)
	return found
}

func findParameter(header []byte, want string) (value string, found bool) {
	for len(header) > 0 {
		i := bytes.IndexByte(header, ';')
		if i < 0 {
			return "", false
		}
		header = bytes.TrimLeft(header[i+1:], " \t")
		end := bytes.IndexAny(header, "=;")
		if end < 0 || header[end] == ';' {
			continue
		}
		name := bytes.TrimSpace(header[:end])
		var raw []byte
		raw, header = parameterValue(header[end+1:])
		if strings.EqualFold(wire.View(name), want) {
			return unquote(raw), true
		}
	}
	return "", false
}

// parameterValue takes the value off the front of a header: up to the closing quotation mark, or to the next parameter.
func parameterValue(header []byte) (value, rest []byte) {
	header = bytes.TrimLeft(header, " \t")
	if len(header) > 0 && header[0] == '"' {
		for i := 1; i < len(header); i++ {
			switch header[i] {
			case '\\':
				i++
			case '"':
				return header[:i+1], header[i+1:]
			}
		}
		return header, nil
	}
	if i := bytes.IndexByte(header, ';'); i >= 0 {
		return bytes.TrimRight(header[:i], " \t"), header[i:]
	}
	return bytes.TrimRight(header, " \t"), nil
}

func unquote(raw []byte) string {
	if len(raw) == 0 || raw[0] != '"' {
		return wire.View(raw)
	}
	raw = bytes.TrimSuffix(raw[1:], []byte(`"`))
	if bytes.IndexByte(raw, '\\') < 0 {
		return wire.View(raw)
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(string(raw))
}
