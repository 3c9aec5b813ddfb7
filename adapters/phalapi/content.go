package phalapi

import (
	"bytes"

	"parley/core"
)

// The dialect carries a message as one string, chat_message_data, and a type. The string of a text is the text; that of
// an image or link is its address, or a JSON object where there is more to say; that of a custom message is JSON, or
// whatever the client made of it. All of them are kept as bare strings, so that the same bytes come back.

// appendData appends the chat_message_data of a content to dst.
func appendData(dst []byte, c *core.Content) []byte {
	if !c.Object {
		return append(dst, c.Body...)
	}
	switch c.Kind {
	case core.KindText, core.KindHTML:
		if main, ok := onlyMember(c); ok {
			return append(dst, main...)
		}
		if main, ok := c.Main(); ok {
			return append(dst, main...)
		}
	case core.KindImage, core.KindLink:
		if main, ok := onlyMember(c); ok {
			return append(dst, main...)
		}
	case core.KindVoice, core.KindVideo, core.KindFile, core.KindLocation, core.KindCard, core.KindCustom, core.KindNotification:
	}
	return append(dst, c.Body...)
}

// onlyMember returns the main value of an object that has no other member and no escapes in it, which is how most
// messages look. Objects are in normal form, so their bytes can be compared.
func onlyMember(c *core.Content) ([]byte, bool) {
	var head string
	switch c.Kind.MainField() {
	case "content":
		head = `{"content":"`
	case "url":
		head = `{"url":"`
	default:
		return nil, false
	}
	rest, ok := bytes.CutPrefix(c.Body, []byte(head))
	if !ok || len(rest) < 2 {
		return nil, false
	}
	value := rest[:len(rest)-2]
	if bytes.IndexByte(value, '"') >= 0 || bytes.IndexByte(value, '\\') >= 0 || string(rest[len(value):]) != `"}` {
		return nil, false
	}
	return value, true
}
