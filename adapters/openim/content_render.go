package openim

import (
	"bytes"
	"html"
	"strconv"
	"strings"

	"parley/adapters/wire"
	"parley/core"
)

// appendContent appends the stored form of a content and tells its type: what came in this dialect is given back byte
// for byte, anything else gets the best rendering that the platform's clients show.
func appendContent(dst []byte, m *core.Content) (contentType int64, stored []byte) {
	if m.Origin == origin {
		if n, err := strconv.ParseInt(m.Type, 10, 64); err == nil {
			return n, appendOwn(dst, n, m)
		}
	}
	switch m.Kind {
	case core.KindText:
		if !m.Object {
			return typeText, appendText(dst, m.Body)
		}
		if hasText(m) {
			return typeText, wire.AppendJSON(dst, m.Body, wire.Go)
		}
	case core.KindHTML:
		if main, ok := m.Main(); ok {
			return typeCustom, appendCustom(dst, main, withoutTags(main))
		}
	case core.KindLink:
		if n, out, ok := appendLink(dst, m); ok {
			return n, out
		}
	case core.KindImage, core.KindVoice, core.KindVideo, core.KindFile, core.KindLocation, core.KindCard:
		if members := membersOf(m); members != nil {
			if n, out, ok := appendMedia(dst, m.Kind, members); ok {
				return n, out
			}
		}
	case core.KindCustom, core.KindNotification:
	}
	return typeCustom, appendCustom(dst, wire.View(m.Body), "")
}

// hasText tells whether an object has a text, usually from its first bytes.
func hasText(m *core.Content) bool {
	if bytes.HasPrefix(m.Body, []byte(`{"content":"`)) {
		return true
	}
	_, ok := m.Main()
	return ok
}

// appendOwn appends what came in this dialect.
func appendOwn(dst []byte, contentType int64, m *core.Content) []byte {
	switch {
	case m.Raw != nil:
		return append(dst, m.Raw...)
	case !m.Object:
		return appendText(dst, m.Body)
	case contentType >= firstSystemType:
		return appendDetail(dst, wire.AppendJSON(nil, m.Body, wire.Go))
	}
	return wire.AppendJSON(dst, m.Body, wire.Go)
}

// appendCustom appends a custom message, which carries anything as text.
func appendCustom(dst []byte, data, description string) []byte {
	dst = append(dst, `{"data":`...)
	dst = append(wire.AppendString(dst, data, wire.Go), `,"description":`...)
	return append(wire.AppendString(dst, description, wire.Go), `,"extension":""}`...)
}

// appendLink appends a link as a custom message whose data is its object and whose description is its title.
func appendLink(dst []byte, m *core.Content) (int64, []byte, bool) {
	members := membersOf(m)
	if members == nil {
		return 0, dst, false
	}
	data := m.Body
	if !m.Object && !isObject(m.Body) {
		w := objectWriter{style: wire.JS}
		w.text("url", wire.View(m.Body))
		data = w.close()
	}
	description, ok := members["title"].(string)
	if !ok || description == "" {
		description, _ = members["url"].(string)
	}
	return typeCustom, appendCustom(dst, wire.View(data), description), true
}

// membersOf returns the members of an object body, or of a bare string that is an object; any other bare string is the
// main value. Nil means that there is no object.
func membersOf(m *core.Content) map[string]any {
	if !m.Object && !isObject(m.Body) {
		return map[string]any{m.Kind.MainField(): string(m.Body)}
	}
	members, err := parseObject(m.Body)
	if err != nil {
		return nil
	}
	return members
}

// isObject tells whether a bare string is a JSON object.
func isObject(body []byte) bool {
	return len(body) > 1 && body[0] == '{' && wire.CheckJSON(body) == nil
}

// withoutTags returns the text of a piece of HTML, for where it cannot be shown.
func withoutTags(page string) string {
	if !strings.ContainsAny(page, "<&") {
		return page
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(page, "<")
		b.WriteString(before)
		_, after, closed := strings.Cut(rest, ">")
		if !found {
			break
		}
		if !closed {
			b.WriteString("<" + rest)
			break
		}
		page = after
	}
	return html.UnescapeString(strings.TrimSpace(b.String()))
}
