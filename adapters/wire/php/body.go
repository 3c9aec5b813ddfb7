package php

import (
	"bytes"
	"mime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// parseJSON adds the members of a JSON object, or the items of a list under their indexes, and tells whether there were
// any. Anything else is ignored.
func (v *Values) parseJSON(body []byte) bool {
	body = bytes.Trim(body, " \t\r\n")
	if len(body) < 2 || body[0] != '{' && body[0] != '[' || wire.CheckJSON(body) != nil {
		return false
	}
	list := body[0] == '['
	s := splitter{rest: body[1:]}
	for n := range maxVariables {
		s.space()
		if s.rest[0] == ']' || s.rest[0] == '}' {
			return n > 0
		}
		name := ""
		if list {
			name = strconv.Itoa(n)
		} else {
			name = v.jsonString(s.value())
			s.space()
			s.rest = s.rest[1:] // the colon
			s.space()
		}
		v.put(name, v.jsonValue(s.value()), JSON)
		s.space()
		if s.rest[0] == ',' {
			s.rest = s.rest[1:]
		}
	}
	return true
}

func (v *Values) jsonValue(raw []byte) Value {
	switch raw[0] {
	case '"':
		return Value{Kind: Text, Raw: v.jsonString(raw)}
	case '{', '[':
		return Value{Kind: Container, Raw: text(raw)}
	case 't', 'f':
		return Value{Kind: Bool, Raw: text(raw)}
	case 'n':
		return Value{Kind: Null}
	}
	return Value{Kind: Number, Raw: text(raw)}
}

// jsonString decodes a valid JSON string.
func (v *Values) jsonString(raw []byte) string {
	raw = raw[1 : len(raw)-1]
	if bytes.IndexByte(raw, '\\') < 0 {
		return text(raw)
	}
	start := len(v.decoded)
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			v.decoded = append(v.decoded, raw...)
			return text(v.decoded[start:])
		}
		v.decoded = append(v.decoded, raw[:i]...)
		var r rune
		r, raw = wire.Unescape(raw[i:])
		v.decoded = utf8.AppendRune(v.decoded, r)
	}
}

// splitter walks over JSON that is known to be valid.
type splitter struct{ rest []byte }

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

// parseMultipart adds the fields of a multipart body. Files are ignored.
func (v *Values) parseMultipart(contentType, body []byte) {
	_, params, err := mime.ParseMediaType(string(contentType))
	if err != nil || params["boundary"] == "" {
		return
	}
	delimiter := []byte("--" + params["boundary"])
	if i := bytes.Index(body, delimiter); i >= 0 {
		body = body[i+len(delimiter):]
	} else {
		return
	}
	delimiter = append([]byte("\r\n"), delimiter...)
	for n := 0; n < maxVariables && !bytes.HasPrefix(body, []byte("--")); n++ {
		part := body
		i := bytes.Index(body, delimiter)
		if i < 0 {
			return // a part that does not end is dropped
		}
		part, body = body[:i], body[i+len(delimiter):]
		v.addPart(part)
	}
}

func (v *Values) addPart(part []byte) {
	header, value, ok := bytes.Cut(part, []byte("\r\n\r\n"))
	if !ok {
		return
	}
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		name, field, _ := bytes.Cut(line, []byte(":"))
		if !strings.EqualFold(string(bytes.TrimSpace(name)), fasthttp.HeaderContentDisposition) {
			continue
		}
		_, params, err := mime.ParseMediaType(string(bytes.TrimSpace(field)))
		if err != nil {
			return
		}
		if _, isFile := params["filename"]; !isFile && params["name"] != "" {
			v.addVariable(params["name"], text(value), Form)
		}
		return
	}
}
