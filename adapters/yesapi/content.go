package yesapi

import (
	"bytes"
	"encoding/json"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// The dialect carries a message as a JSON object, chat_message_data, and a type. Text and html have a member "content",
// image and link a member "url"; every object may hold more. The object is kept in normal form and comes back whole.

// contentOf returns the content of a chat_message_data that the row has brought into normal form. It refers to data.
func contentOf(wireType, data string) (core.Content, error) {
	c := core.Content{Kind: php.KindOf(wireType), Object: true, Body: wire.Bytes(data)}
	if field := c.Kind.MainField(); !hasMember(c.Body, field) {
		return c, core.NewFault(core.Invalid, core.FieldContent, "the object lacks the member "+field)
	}
	return c, nil
}

// appendData appends the chat_message_data of a content that was not sent as an object: a bare string that is a JSON
// object with the member that its type needs is shown as that object, any other as the member itself.
func appendData(dst []byte, c *core.Content) []byte {
	field := c.Kind.MainField()
	if c.Kind != core.KindText && c.Kind != core.KindHTML && len(c.Body) > 0 && c.Body[0] == '{' {
		if with, err := wire.Normalize(dst, c.Body); err == nil && hasMember(with[len(dst):], field) {
			return with
		}
	}
	if field == "" {
		field = "content"
	}
	dst = wire.AppendString(append(dst, '{'), field, wire.JS)
	dst = wire.AppendString(append(dst, ':'), wire.View(c.Body), wire.JS)
	return append(dst, '}')
}

// hasMember tells whether the JSON object has a member of the given name; any object has the empty one.
func hasMember(object []byte, name string) bool {
	if name == "" {
		return true
	}
	if rest, ok := bytes.CutPrefix(object, []byte(`{"`)); ok {
		if rest, ok = bytes.CutPrefix(rest, []byte(name)); ok && bytes.HasPrefix(rest, []byte(`":`)) {
			return true // the first member, as in most messages; names in normal form have one spelling
		}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(object, &members); err != nil {
		return false
	}
	_, ok := members[name]
	return ok
}
