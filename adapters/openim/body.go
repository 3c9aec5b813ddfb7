package openim

import (
	"math"
	"strconv"
	"strings"

	"parley/adapters/wire"
	"parley/adapters/wire/jsontree"
)

// body is the JSON object of a request, as a tree of parameters. It reads as Go's encoding/json does: names match
// without regard to case, null leaves a parameter out, unknown members are skipped, and of members with the same name
// the last counts. It is reused from request to request; the strings that it gives are views until the next read or
// reset.
type body struct {
	jsontree.Tree
	raw     []byte
	request string // the Go type in error texts
	bind    bool
	list    []string // of lists, as are the integers
	ints    []int64
}

var _ wire.Tree = (*body)(nil)

// maxKeptItems is how many items of lists are kept room for when a request had unusually many.
const maxKeptItems = 1024

// read checks the syntax of a request and makes it the current object. request is the Go type that error texts name. With
// bind the refusals are those of the endpoints that answer with HTTP 400, and what follows the first value is ignored;
// without they are those of the others. raw must not change while the body is in use.
func (b *body) read(raw []byte, request string, bind bool) error {
	b.raw, b.request, b.bind = raw, request, bind
	b.list, b.ints = keep(b.list), keep(b.ints)
	v, ok := b.Open(raw)
	switch {
	case b.First(v) != '{':
		return b.readOther(v)
	case ok && (bind || b.Ends(v)):
		return nil
	}
	if err := b.syntaxError(); err != nil {
		return err
	}
	return b.refuse("exceeded max depth")
}

func keep[E any](s []E) []E {
	if cap(s) > maxKeptItems {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// readOther refuses a request that is not an object, unless it is null, which is one without members.
func (b *body) readOther(v jsontree.Value) error {
	if err := b.syntaxError(); err != nil || b.First(v) == 'n' {
		return err
	}
	return b.refuse("json: cannot unmarshal " + kindOf(b.First(v)) + " into Go value of type " + b.request)
}

// find returns where the value of a parameter is, and false where it is absent or null.
func (b *body) find(p *wire.ParamSpec) (v jsontree.Value, present bool) {
	v, found := b.Find(p.Name, true)
	return v, found && b.First(v) != 'n'
}

// Text implements wire.Source. The value of a JSON parameter is its text as the request has it.
func (b *body) Text(p *wire.ParamSpec) (string, bool, error) {
	v, present := b.find(p)
	if !present {
		return "", false, nil
	}
	if p.Type == wire.TypeJSON {
		if err := b.checkMap(p, v); err != nil {
			return "", false, err
		}
		return wire.View(b.Raw(v)), true, nil
	}
	if b.First(v) != '"' {
		return "", false, b.typeError(p, v)
	}
	return b.Unquote(v), true, nil
}

// Int implements wire.Source.
func (b *body) Int(p *wire.ParamSpec) (int64, bool, error) {
	v, present := b.find(p)
	if !present {
		return 0, false, nil
	}
	n, ok := b.integer(v, goType(p))
	if !ok {
		return 0, false, b.numberError(p, v, goType(p))
	}
	return n, true, nil
}

// Bool implements wire.Tree.
func (b *body) Bool(p *wire.ParamSpec) (value, present bool, err error) {
	v, present := b.find(p)
	if !present {
		return false, false, nil
	}
	c := b.First(v)
	if c != 't' && c != 'f' {
		return false, false, b.typeError(p, v)
	}
	return c == 't', true, nil
}

// List implements wire.Source. A list that is present is not nil.
func (b *body) List(p *wire.ParamSpec) ([]string, bool, error) {
	first := len(b.list)
	present, err := b.each(p, func(v jsontree.Value) error {
		switch b.First(v) {
		case '"':
			b.list = append(b.list, b.Unquote(v))
		case 'n':
			b.list = append(b.list, "")
		default:
			return b.typeErrorOf(p, b.Scopes(), kindOf(b.First(v)), element(p))
		}
		return nil
	})
	if err != nil || !present {
		return nil, false, err
	}
	if len(b.list) == first {
		return []string{}, true, nil
	}
	return b.list[first:len(b.list):len(b.list)], true, nil
}

// Ints implements wire.Tree. A list that is present is not nil.
func (b *body) Ints(p *wire.ParamSpec) ([]int64, bool, error) {
	first := len(b.ints)
	present, err := b.each(p, func(v jsontree.Value) error {
		n, ok := int64(0), true
		if b.First(v) != 'n' {
			n, ok = b.integer(v, element(p))
		}
		if !ok {
			return b.numberError(p, v, element(p))
		}
		b.ints = append(b.ints, n)
		return nil
	})
	if err != nil || !present {
		return nil, false, err
	}
	if len(b.ints) == first {
		return []int64{}, true, nil
	}
	return b.ints[first:len(b.ints):len(b.ints)], true, nil
}

// each calls one for every item of a list.
func (b *body) each(p *wire.ParamSpec, one func(item jsontree.Value) error) (present bool, err error) {
	v, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.First(v) != '[' {
		return false, b.typeError(p, v)
	}
	return true, b.Each(v, one)
}

// integer reads a number as the Go type does that the platform has for it.
func (b *body) integer(v jsontree.Value, goType string) (n int64, ok bool) {
	text, bits := wire.View(b.Raw(v)), 64
	if strings.HasSuffix(goType, "32") {
		bits = 32
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if strings.HasPrefix(goType, "u") {
		return n, err == nil && n >= 0 && (bits == 64 || n <= math.MaxUint32)
	}
	return n, err == nil && (bits == 64 || n >= math.MinInt32 && n <= math.MaxInt32)
}

// Object implements wire.Tree.
func (b *body) Object(p *wire.ParamSpec) (bool, error) {
	v, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.First(v) != '{' {
		return false, b.typeError(p, v)
	}
	b.Enter(p, v)
	return true, nil
}

// Objects implements wire.Tree.
func (b *body) Objects(p *wire.ParamSpec) (bool, error) {
	v, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.First(v) != '[' {
		return false, b.typeError(p, v)
	}
	b.EnterList(p, v)
	return true, nil
}

// Next implements wire.Tree. An item that is null is an object without members.
func (b *body) Next() (bool, error) {
	v, more := b.Item()
	if !more {
		return false, nil
	}
	if c := b.First(v); c != '{' && c != 'n' {
		around, p := b.enclosing()
		return false, b.typeErrorOf(p, around, kindOf(c), element(p))
	}
	return true, nil
}

// enclosing returns what is around the current list, and the parameter that the list is.
func (b *body) enclosing() (around []jsontree.Scope, list *wire.ParamSpec) {
	scopes := b.Scopes()
	last := len(scopes) - 1
	return scopes[:last], scopes[last].Param
}
