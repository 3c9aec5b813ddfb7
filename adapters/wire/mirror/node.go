package mirror

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// kind is the type of a JSON value.
type kind byte

const (
	isNull   kind = 'n'
	isBool   kind = 'b'
	isNumber kind = '0'
	isString kind = 's'
	isObject kind = 'o'
	isList   kind = 'l'
)

// node is a JSON value with its members in order.
type node struct {
	kind  kind
	text  string // of a boolean, a number as it is written, or a string
	names []string
	items []node // of a list, or of the names
}

// maxDepth bounds the nesting of what is compared.
const maxDepth = 64

var errDepth = errors.New("mirror: the JSON nests too deeply")

// parse reads one JSON value.
func parse(raw []byte) (node, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	n, err := read(d, 0)
	if err != nil {
		return node{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return node{}, errors.New("mirror: something follows the JSON")
	}
	return n, nil
}

func read(d *json.Decoder, depth int) (node, error) {
	t, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := t.(type) {
	case json.Delim:
		if depth >= maxDepth {
			return node{}, errDepth
		}
		return readInside(d, t, depth)
	case string:
		return node{kind: isString, text: t}, nil
	case json.Number:
		return node{kind: isNumber, text: t.String()}, nil
	case bool:
		if t {
			return node{kind: isBool, text: "true"}, nil
		}
		return node{kind: isBool, text: "false"}, nil
	}
	return node{kind: isNull}, nil
}

// readInside reads what follows an opening bracket. The decoder has made sure that the brackets match.
func readInside(d *json.Decoder, open json.Delim, depth int) (node, error) {
	n := node{kind: isList}
	if open == '{' {
		n.kind = isObject
	}
	for d.More() {
		if n.kind == isObject {
			t, err := d.Token()
			if err != nil {
				return node{}, err
			}
			name, ok := t.(string)
			if !ok {
				return node{}, errors.New("mirror: a member has no name")
			}
			n.names = append(n.names, name)
		}
		item, err := read(d, depth+1)
		if err != nil {
			return node{}, err
		}
		n.items = append(n.items, item)
	}
	_, err := d.Token()
	return n, err
}

// member returns the last member of the name.
func (n *node) member(name string) *node {
	for i := len(n.names) - 1; i >= 0; i-- {
		if n.names[i] == name {
			return &n.items[i]
		}
	}
	return nil
}

// empty tells whether a value says nothing: what platforms leave out, or write as null, zero, or an empty text or list.
func (n *node) empty() bool {
	if n == nil {
		return true
	}
	switch n.kind {
	case isNull:
		return true
	case isBool:
		return n.text == "false"
	case isNumber:
		return n.text == "0"
	case isString:
		return n.text == "" || n.text == "0"
	case isObject, isList:
		return len(n.items) == 0
	}
	return false
}

// show gives a value as short text.
func (n *node) show() string {
	switch {
	case n == nil:
		return "(absent)"
	case n.kind == isNull:
		return "null"
	case n.kind == isString:
		return cut(`"` + n.text + `"`)
	case n.kind == isObject:
		return "{…}"
	case n.kind == isList:
		return "[…]"
	}
	return cut(n.text)
}

// maxShown is the longest text of a value in a difference.
const maxShown = 120

func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= maxShown {
		return text
	}
	return string(runes[:maxShown]) + "…"
}
