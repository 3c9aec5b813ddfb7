package core

import (
	"bytes"
	"encoding/json"
	"errors"
)

var errNotObject = errors.New("core: not a JSON object")

// objectMembers splits a JSON object into its member names, as JSON strings, and their values, in order.
func objectMembers(object []byte) (names []string, values []json.RawMessage, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	open, err := d.Token()
	if err != nil {
		return nil, nil, err
	}
	if open != json.Delim('{') {
		return nil, nil, errNotObject
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		name, ok := token.(string)
		if !ok {
			return nil, nil, errNotObject
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		quoted, err := quote(name)
		if err != nil {
			return nil, nil, err
		}
		names, values = append(names, quoted), append(values, value)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	return names, values, nil
}

// quote returns s as a JSON string without escaping what HTML would want escaped.
func quote(s string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Main returns the content's main value as a bare string: the body itself, or the member of an object body that
// Kind.MainField names. ok is false if the body is an object without it.
func (c *Content) Main() (value string, ok bool) {
	if !c.Object {
		return string(c.Body), true
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(c.Body, &members); err != nil {
		return "", false
	}
	raw, ok := members[c.Kind.MainField()]
	if !ok || json.Unmarshal(raw, &value) != nil {
		return "", false
	}
	return value, true
}
