// Package jsontree finds the parameters of a row in the JSON of a request, without taking the request apart first. It knows
// where values are and which object is the current one; what a platform makes of a value, and in which words it refuses
// one, is the adapter's.
package jsontree

import (
	"strings"

	"parley/adapters/wire"
)

// Tree is the JSON of a request. It is reused from request to request; the strings that it gives are views of the
// request, or of the tree's own memory where they had escapes, until the next Open or Reset. It is for one goroutine.
type Tree struct {
	raw     []byte
	members []member // of the current object and, before them, of those around it
	scopes  []Scope  // the request and what has been entered
	huge    []int    // where numbers begin that no float holds
	text    []byte   // what strings with escapes stand for
}

// Value is where a value stands in the request: from Start to before End, without white space around it.
type Value struct{ Start, End int }

// member is a member of an object: its name and where its value is.
type member struct {
	name  string
	wide  bool // the name goes beyond ASCII
	value Value
}

// Scope is an object, or a list of objects, that has been entered.
type Scope struct {
	Param *wire.ParamSpec // nil for the request
	// Item counts the objects of a list from zero; it is -1 in an object and before the first of a list.
	Item  int
	first int // of the members
	next  int // in a list, where the next item is looked for
}

// What is kept for the next request when one was unusually large.
const (
	maxKeptItems = 1024
	maxKeptText  = 64 << 10
)

// Reset forgets the request and keeps memory for the next.
func (t *Tree) Reset() {
	*t = Tree{
		members: keep(t.members, maxKeptItems), scopes: t.scopes[:0], huge: keep(t.huge, maxKeptItems),
		text: keep(t.text, maxKeptText),
	}
}

func keep[E any](s []E, most int) []E {
	if cap(s) > most {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// Open takes a request, which must not change while the tree is in use, and returns its first value; if that is an object
// it becomes the current one. ok is false where there is no value, or one that is not JSON or nests deeper than
// wire.MaxDepth; only Start then holds, and is the length of the request if it is blank.
func (t *Tree) Open(raw []byte) (v Value, ok bool) {
	t.Reset()
	t.raw = raw
	t.scopes = append(t.scopes, Scope{Item: -1})
	v.Start = t.space(0)
	if t.at(v.Start) == '{' {
		v.End = t.index(v.Start)
	} else {
		v.End = t.value(v.Start, 0)
	}
	return v, v.End >= 0
}

// Ends tells whether nothing but white space follows a value.
func (t *Tree) Ends(v Value) bool { return t.space(v.End) == len(t.raw) }

// First returns the first byte of a value, which tells its type, or zero where the request is blank.
func (t *Tree) First(v Value) byte { return t.at(v.Start) }

// Raw returns the text of a value.
func (t *Tree) Raw(v Value) []byte { return t.raw[v.Start:v.End] }

// Find returns the value of a member of the current object; of several with the name it is the last. With fold the case
// of letters does not matter.
func (t *Tree) Find(name string, fold bool) (v Value, found bool) {
	members := t.members[t.scopes[len(t.scopes)-1].first:]
	for i := len(members) - 1; i >= 0; i-- {
		m := &members[i]
		if m.name == name || fold && (m.wide || len(m.name) == len(name)) && strings.EqualFold(m.name, name) {
			return m.value, true
		}
	}
	return Value{}, false
}

// Huge returns the first number inside a value that no 64-bit float holds.
func (t *Tree) Huge(v Value) (number Value, found bool) {
	for _, start := range t.huge {
		if start >= v.Start && start < v.End {
			return Value{start, t.number(start)}, true
		}
	}
	return Value{}, false
}

// Each calls one for every item of a list, until it returns an error.
func (t *Tree) Each(list Value, one func(item Value) error) error {
	for i := t.item(list.Start + 1); i >= 0; {
		item := Value{i, t.value(i, 0)}
		if err := one(item); err != nil {
			return err
		}
		i = t.item(item.End)
	}
	return nil
}

// Scopes returns the request and what has been entered since, the current one last. It is valid until the next change.
func (t *Tree) Scopes() []Scope { return t.scopes }

// Enter makes an object, the value of p, the current one.
func (t *Tree) Enter(p *wire.ParamSpec, object Value) {
	t.scopes = append(t.scopes, Scope{Param: p, Item: -1, first: len(t.members)})
	t.index(object.Start)
}

// EnterList enters a list, the value of p; Item then goes through it.
func (t *Tree) EnterList(p *wire.ParamSpec, list Value) {
	t.scopes = append(t.scopes, Scope{Param: p, Item: -1, first: len(t.members), next: list.Start + 1})
}

// Item returns the next item of the list that was entered; if it is an object it becomes the current one, and otherwise
// the current one has no members.
func (t *Tree) Item() (v Value, more bool) {
	s := &t.scopes[len(t.scopes)-1]
	t.members = t.members[:s.first]
	if v.Start = t.item(s.next); v.Start < 0 {
		return Value{}, false
	}
	if t.at(v.Start) == '{' {
		v.End = t.index(v.Start)
	} else {
		v.End = t.value(v.Start, 0)
	}
	s.next = v.End
	s.Item++
	return v, true
}

// Leave makes the object current that was so before the last Enter or EnterList.
func (t *Tree) Leave() {
	last := len(t.scopes) - 1
	t.members = t.members[:t.scopes[last].first]
	t.scopes = t.scopes[:last]
}
