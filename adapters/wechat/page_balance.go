package wechat

import (
	"slices"
	"strings"
)

// balance leaves out the ends of elements that have not begun, and ends those that have not ended, so that an article stays
// where the page has put it. content comes out of the policy, which writes every tag in one form and < in no other place.
func balance(content string) string {
	var out strings.Builder
	var open []string
	for {
		start := strings.IndexByte(content, '<')
		end := strings.IndexByte(content, '>')
		if start < 0 || end < start {
			break
		}
		out.WriteString(content[:start])
		tag := content[start : end+1]
		content = content[end+1:]
		name, closing := tagName(tag)
		switch {
		case closing:
			i := lastIndex(open, name)
			if i < 0 {
				continue
			}
			open = slices.Delete(open, i, i+1)
		case !strings.HasSuffix(tag, "/>") && !isVoid(name):
			open = append(open, name)
		}
		out.WriteString(tag)
	}
	out.WriteString(content)
	for _, name := range slices.Backward(open) {
		out.WriteString("</" + name + ">")
	}
	return out.String()
}

// tagName returns the name of a tag's element.
func tagName(tag string) (name string, closing bool) {
	name = strings.TrimRight(tag[1:], "/>")
	name, closing = strings.CutPrefix(name, "/")
	if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
		name = name[:i]
	}
	return name, closing
}

func lastIndex(open []string, name string) int {
	for i, one := range slices.Backward(open) {
		if one == name {
			return i
		}
	}
	return -1
}

// isVoid tells whether an element has no end.
func isVoid(name string) bool {
	switch name {
	case "br", "hr", "img", "col", "source", "wbr":
		return true
	}
	return false
}
