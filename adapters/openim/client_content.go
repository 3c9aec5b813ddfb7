package openim

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"

	"parley/adapters/wire"
	"parley/core"
)

// The extensions by which custom messages of the client tell what their data is: the platform has no type for it.
const (
	extensionHTML = "text/html"
	extensionLink = "text/uri-list"
)

// outgoing returns a content as programs may send it: of the types that the platform takes from them, with all that it
// insists on. What is not known about a picture, sound, video or file is made up: one for a number. What has no type of
// its own goes as a custom message.
func outgoing(c *core.Content) (contentType int64, content []byte) {
	if c.Origin == origin && !isSendable(c) {
		foreign := *c
		foreign.Origin, foreign.Raw = "", nil
		c = &foreign
	}
	contentType, content = appendContent(nil, c)
	if c.Origin != origin && contentType == typeCustom {
		content = marked(c, content)
	}
	if contentType == typeNotification && c.Origin == origin {
		content = insideDetail(content)
	}
	if checkContent(contentType, content) == nil {
		return contentType, content
	}
	if filled, ok := completed(contentType, content); ok {
		return contentType, filled
	}
	return typeCustom, appendCustom(nil, wire.View(c.Body), "")
}

// isSendable tells whether a content of this dialect has a type that programs may send.
func isSendable(c *core.Content) bool {
	contentType, err := strconv.ParseInt(c.Type, 10, 64)
	_, fields := contentStruct(contentType)
	return err == nil && fields != nil
}

// marked notes in a custom message that its data is HTML or a link.
func marked(c *core.Content, custom []byte) []byte {
	extension := ""
	switch _, main := c.Main(); {
	case main && c.Kind == core.KindHTML:
		extension = extensionHTML
	case main && c.Kind == core.KindLink:
		extension = extensionLink
	}
	return append(bytes.TrimSuffix(custom, []byte(`"}`)), extension+`"}`...)
}

// incoming returns the content of a message that a server lists.
func incoming(contentType int64, stored []byte) core.Content {
	c := contentFrom(contentType, stored)
	if contentType != typeCustom || !bytes.Contains(stored, []byte(`"text/`)) {
		return c
	}
	members, err := parseObject(stored)
	if err != nil {
		return c
	}
	kind := core.KindHTML
	switch members["extension"] {
	case extensionHTML:
	case extensionLink:
		kind = core.KindLink
	default:
		return c
	}
	data, ok := members["data"].(string)
	if !ok {
		return c
	}
	c = core.Content{Kind: kind, Body: []byte(data), Origin: origin, Type: decimal(contentType), Raw: stored}
	if kind == core.KindLink && isObject(c.Body) {
		if body, err := wire.Normalize(nil, c.Body); err == nil {
			c.Body, c.Object = body, true
		}
	}
	return c
}

// insideDetail takes a notification out of the form in which it is kept.
func insideDetail(stored []byte) []byte {
	if members, err := parseObject(stored); err == nil {
		if detail, ok := members["detail"].(string); ok {
			return []byte(detail)
		}
	}
	return stored
}

// completed gives a content what it lacks, where that can be made up.
func completed(contentType int64, content []byte) (complete []byte, ok bool) {
	_, fields := contentStruct(contentType)
	members, err := parseObject(content)
	if err != nil || members == nil {
		return nil, false
	}
	fill(members, fields)
	complete, err = json.Marshal(members)
	return complete, err == nil && checkContent(contentType, complete) == nil
}

func fill(members map[string]any, fields []contentField) {
	for i := range fields {
		f := &fields[i]
		value := members[f.member]
		if part, ok := value.(map[string]any); ok && f.kind == asPart {
			fill(part, f.fields())
			continue
		}
		if f.required && (value == nil || value == "" || value == float64(0)) {
			if made := madeUp(f, members); made != nil {
				members[f.member] = made
			}
		}
	}
}

// madeUp is what stands for a value that is not known; nil means that the content is nothing without it.
func madeUp(f *contentField, members map[string]any) any {
	if f.kind == asInteger32 || f.kind == asInteger64 {
		return 1
	}
	switch f.member {
	case "type":
		return "image"
	case "videoType":
		return "video/mp4"
	case "snapshotUrl":
		return members["videoUrl"]
	case "fileName":
		if url, ok := members["sourceUrl"].(string); ok && url != "" {
			return path.Base(url)
		}
	}
	return nil
}
