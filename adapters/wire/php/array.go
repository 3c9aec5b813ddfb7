package php

import (
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// element is a form variable with brackets: one element of the array of its name.
type element struct {
	name, path string // path begins with the first bracket
	value      string
	from       Origin
}

// node is an array of PHP, or a text in one.
type node struct {
	key   string
	text  string
	array bool
	nodes []node
	next  int64 // the key of the next element that is given none
}

// array builds the array that a value of the kind Array stands for.
func (v *Values) array(value Value) node {
	root := node{array: true}
	elements := v.elements[value.first:]
	for i := range elements {
		if e := &elements[i]; e.name == elements[0].name && e.from == elements[0].from {
			root.set(e.path, e.value)
		}
	}
	return root
}

// set gives the element at path its value, making the arrays on the way. What follows a bracket that does not close is
// ignored, and so is a path that is too long.
func (n *node) set(path, value string) {
	if strings.Count(path, "[") > wire.MaxDepth {
		return
	}
	for {
		end := strings.IndexByte(path, ']')
		n = n.element(strings.TrimPrefix(path[1:end], " "))
		path = path[end+1:]
		if path == "" || path[0] != '[' || strings.IndexByte(path, ']') < 0 {
			*n = node{key: n.key, text: value}
			return
		}
		if !n.array {
			*n = node{key: n.key, array: true}
		}
	}
}

// element returns the element of a key, which is added if it is not there; an empty key adds one after all others.
func (n *node) element(key string) *node {
	if key == "" {
		key = strconv.FormatInt(n.next, 10)
	} else {
		for i := range n.nodes {
			if n.nodes[i].key == key {
				return &n.nodes[i]
			}
		}
	}
	if index, err := strconv.ParseInt(key, 10, 32); err == nil && index >= n.next && strconv.FormatInt(index, 10) == key {
		n.next = index + 1
	}
	n.nodes = append(n.nodes, node{key: key})
	return &n.nodes[len(n.nodes)-1]
}

// appendJSON appends the array as PHP's encoder does: as a list if its keys are 0, 1, 2 and so on.
func (n *node) appendJSON(dst []byte) []byte {
	if !n.array {
		return wire.AppendString(dst, n.text, wire.JS)
	}
	list := true
	for i := range n.nodes {
		list = list && n.nodes[i].key == strconv.Itoa(i)
	}
	brackets := "{}"
	if list {
		brackets = "[]"
	}
	dst = append(dst, brackets[0])
	for i := range n.nodes {
		if i > 0 {
			dst = append(dst, ',')
		}
		if !list {
			dst = append(wire.AppendString(dst, n.nodes[i].key, wire.JS), ':')
		}
		dst = n.nodes[i].appendJSON(dst)
	}
	return append(dst, brackets[1])
}

// String is PHP's conversion to a string.
func (n *node) String() string {
	if n.array {
		return "Array"
	}
	return n.text
}
