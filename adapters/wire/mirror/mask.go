package mirror

import (
	"bytes"
	"encoding/json"
	"net/textproto"
	"net/url"
	"strings"
)

// masked stands for a secret where its length does not matter.
const masked = "MASKED"

// maskOf stands for a secret of the given length, which a request keeps so that it is refused for no other reason.
func maskOf(length int) string {
	return strings.Repeat(masked, length/len(masked)+1)[:length]
}

// maskRequest copies a request in the form of a golden file, with LF between the lines of its head, and without secrets:
// the values of headers and of parameters of the query and of a form or JSON body that have the name of one.
func maskRequest(method, target string, headers []Header, body []byte, secret []string) []byte {
	out := []byte(method + " " + maskTarget(target, secret) + " HTTP/1.1\n")
	contentType := ""
	for _, h := range headers {
		value := h.Value
		switch canonical := textproto.CanonicalMIMEHeaderKey(h.Name); {
		case canonical == "Authorization", canonical == "Cookie", contains(secret, h.Name):
			value = maskOf(len(value))
		case canonical == "Content-Type":
			contentType = value
		}
		out = append(out, h.Name+": "+value+"\n"...)
	}
	out = append(out, '\n')
	return append(out, maskBody(body, contentType, secret)...)
}

func maskTarget(target string, secret []string) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok {
		return target
	}
	return path + "?" + maskForm(query, secret)
}

// maskForm replaces the values of secrets in a query and leaves every other byte.
func maskForm(query string, secret []string) string {
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		if ok && value != "" && contains(secret, plain) {
			parts[i] = name + "=" + maskOf(len(value))
		}
	}
	return strings.Join(parts, "&")
}

// maskBody leaves out a body of which it can not be told where its secrets are.
func maskBody(body []byte, contentType string, secret []string) []byte {
	trimmed := bytes.TrimSpace(body)
	switch {
	case len(trimmed) == 0:
		return body
	case trimmed[0] == '{' || trimmed[0] == '[':
		if out, ok := maskJSON(body, secret); ok {
			return out
		}
	case strings.HasPrefix(strings.ToLower(contentType), "multipart/"):
	case bytes.IndexByte(body, '=') > 0:
		return []byte(maskForm(string(body), secret))
	}
	return []byte(masked)
}

// maskJSON replaces the strings that are values of secrets and leaves every other byte of the text.
func maskJSON(raw []byte, secret []string) ([]byte, bool) {
	return rewrite(raw, secret, func(value []byte) []byte {
		if value[0] != '"' || len(value) == len(`""`) {
			return value
		}
		return []byte(`"` + maskOf(len(value)-len(`""`)) + `"`)
	})
}

// rewrite copies JSON and replaces the strings and numbers that members of the given names have for a value or, in a list,
// for values. Every other byte stays. It is false for what is not JSON.
func rewrite(raw []byte, names []string, replace func(value []byte) []byte) ([]byte, bool) {
	if !json.Valid(raw) {
		return nil, false
	}
	out := make([]byte, 0, len(raw))
	within, lists := false, 0 // of a member that is named, and how many lists of it are open
	for i := 0; i < len(raw); {
		end := scalarEnd(raw, i)
		if end == i {
			switch c := raw[i]; {
			case c == '[' && within:
				lists++
			case c == ']' && within:
				lists--
				within = lists > 0
			case c == '{', c == '}', c == ',' && lists == 0:
				within, lists = false, 0
			}
			out = append(out, raw[i])
			i++
			continue
		}
		text := raw[i:end]
		i = end
		if next := bytes.TrimLeft(raw[i:], " \t\r\n"); text[0] == '"' && len(next) > 0 && next[0] == ':' {
			var name string
			within, lists = json.Unmarshal(text, &name) == nil && contains(names, name), 0
			out = append(out, text...)
			continue
		}
		if within {
			text = replace(text)
		}
		out = append(out, text...)
		within = within && lists > 0
	}
	return out, true
}

// scalarEnd returns the index behind the string or number that begins at i, or i if none does.
func scalarEnd(raw []byte, i int) int {
	switch c := raw[i]; {
	case c == '"':
		for i++; raw[i] != '"'; i++ {
			if raw[i] == '\\' {
				i++
			}
		}
		return i + 1
	case c == '-' || c >= '0' && c <= '9':
		for i < len(raw) && bytes.IndexByte([]byte("+-.eE0123456789"), raw[i]) >= 0 {
			i++
		}
	}
	return i
}
