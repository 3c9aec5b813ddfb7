package openim

import (
	"math"
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// body is the JSON object of a request, as a tree of parameters. It reads as Go's encoding/json does: names match
// without regard to case, null leaves a parameter out, unknown members are skipped, and of members with the same name
// the last counts. It is reused from request to request; the strings that it gives are views of the request, or of
// the body's own memory where they had escapes, until the next read or reset.
type body struct {
	raw     []byte
	request string // the Go type in error texts
	bind    bool
	members []member // of the current object and, before them, of those around it
	scopes  []scope  // the request and what has been entered
	huge    []int    // where numbers begin that no float holds
	list    []string // of lists, as are the integers
	ints    []int64
	text    []byte // what strings with escapes stand for
}

var _ wire.Tree = (*body)(nil)

// member is a member of an object: its name and where its value is.
type member struct {
	name       string
	wide       bool // the name goes beyond ASCII
	start, end int
}

// scope is an object, or a list of objects, that has been entered.
type scope struct {
	param *wire.ParamSpec // nil for the request
	first int             // of the members
	next  int             // in a list, where the next object is looked for
}

// What is kept for the next request when one was unusually large.
const (
	maxKeptItems = 1024
	maxKeptText  = 64 << 10
)

// reset forgets the request and keeps memory for the next.
func (b *body) reset() {
	*b = body{
		members: keep(b.members, maxKeptItems), scopes: b.scopes[:0], huge: keep(b.huge, maxKeptItems),
		list: keep(b.list, maxKeptItems), ints: keep(b.ints, maxKeptItems), text: keep(b.text, maxKeptText),
	}
}

func keep[E any](s []E, most int) []E {
	if cap(s) > most {
		return nil
	}
	clear(s[:cap(s)])
	return s[:0]
}

// read checks the syntax of a request and makes it the current object. request is the Go type that error texts name. With
// bind the refusals are those of the endpoints that answer with HTTP 400, and what follows the first value is ignored;
// without they are those of the others. raw must not change while the body is in use.
func (b *body) read(raw []byte, request string, bind bool) error {
	b.reset()
	b.raw, b.request, b.bind = raw, request, bind
	b.scopes = append(b.scopes, scope{})
	start := b.space(0)
	if b.at(start) != '{' {
		return b.readOther(start)
	}
	end := b.index(start)
	if end >= 0 && (bind || b.space(end) == len(raw)) {
		return nil
	}
	if err := b.syntaxError(); err != nil {
		return err
	}
	return b.refuse("exceeded max depth")
}

// readOther refuses a request that is not an object, unless it is null, which is one without members.
func (b *body) readOther(start int) error {
	if err := b.syntaxError(); err != nil || b.raw[start] == 'n' {
		return err
	}
	return b.refuse("json: cannot unmarshal " + kindOf(b.raw[start]) + " into Go value of type " + b.request)
}

// find returns where the value of a parameter is, and false where it is absent or null.
func (b *body) find(p *wire.ParamSpec) (at member, present bool) {
	members := b.members[b.scopes[len(b.scopes)-1].first:]
	for i := len(members) - 1; i >= 0; i-- {
		m := &members[i]
		if m.name == p.Name || (m.wide || len(m.name) == len(p.Name)) && strings.EqualFold(m.name, p.Name) {
			return *m, b.raw[m.start] != 'n'
		}
	}
	return member{}, false
}

// Text implements wire.Source. The value of a JSON parameter is its text as the request has it.
func (b *body) Text(p *wire.ParamSpec) (string, bool, error) {
	m, present := b.find(p)
	if !present {
		return "", false, nil
	}
	if p.Type == wire.TypeJSON {
		if err := b.checkMap(p, m); err != nil {
			return "", false, err
		}
		return wire.View(b.raw[m.start:m.end]), true, nil
	}
	if b.raw[m.start] != '"' {
		return "", false, b.typeError(p, m.start)
	}
	return b.unquote(m.start, m.end), true, nil
}

// Int implements wire.Source.
func (b *body) Int(p *wire.ParamSpec) (int64, bool, error) {
	m, present := b.find(p)
	if !present {
		return 0, false, nil
	}
	n, ok := b.integer(m.start, m.end, goType(p))
	if !ok {
		return 0, false, b.numberError(p, m.start, m.end, goType(p))
	}
	return n, true, nil
}

// Bool implements wire.Tree.
func (b *body) Bool(p *wire.ParamSpec) (value, present bool, err error) {
	m, present := b.find(p)
	if !present {
		return false, false, nil
	}
	c := b.raw[m.start]
	if c != 't' && c != 'f' {
		return false, false, b.typeError(p, m.start)
	}
	return c == 't', true, nil
}

// List implements wire.Source. A list that is present is not nil.
func (b *body) List(p *wire.ParamSpec) ([]string, bool, error) {
	first := len(b.list)
	present, err := b.each(p, func(start, end int) error {
		switch b.raw[start] {
		case '"':
			b.list = append(b.list, b.unquote(start, end))
		case 'n':
			b.list = append(b.list, "")
		default:
			return b.typeErrorOf(p, b.scopes, kindOf(b.raw[start]), element(p))
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
	present, err := b.each(p, func(start, end int) error {
		n, ok := int64(0), true
		if b.raw[start] != 'n' {
			n, ok = b.integer(start, end, element(p))
		}
		if !ok {
			return b.numberError(p, start, end, element(p))
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
func (b *body) each(p *wire.ParamSpec, one func(start, end int) error) (present bool, err error) {
	m, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.raw[m.start] != '[' {
		return false, b.typeError(p, m.start)
	}
	for i := b.item(m.start + 1); i >= 0; {
		end := b.value(i, 0)
		if err := one(i, end); err != nil {
			return false, err
		}
		i = b.item(end)
	}
	return true, nil
}

// integer reads a number as the Go type does that the platform has for it.
func (b *body) integer(start, end int, goType string) (n int64, ok bool) {
	text, bits := wire.View(b.raw[start:end]), 64
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
	m, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.raw[m.start] != '{' {
		return false, b.typeError(p, m.start)
	}
	b.scopes = append(b.scopes, scope{param: p, first: len(b.members)})
	b.index(m.start)
	return true, nil
}

// Objects implements wire.Tree.
func (b *body) Objects(p *wire.ParamSpec) (bool, error) {
	m, present := b.find(p)
	if !present {
		return false, nil
	}
	if b.raw[m.start] != '[' {
		return false, b.typeError(p, m.start)
	}
	b.scopes = append(b.scopes, scope{param: p, first: len(b.members), next: m.start + 1})
	return true, nil
}

// Next implements wire.Tree. An item that is null is an object without members.
func (b *body) Next() (bool, error) {
	last := len(b.scopes) - 1
	s := &b.scopes[last]
	b.members = b.members[:s.first]
	i := b.item(s.next)
	if i < 0 {
		return false, nil
	}
	switch c := b.raw[i]; c {
	case '{':
		s.next = b.index(i)
	case 'n':
		s.next = i + len("null")
	default:
		return false, b.typeErrorOf(s.param, b.scopes[:last], kindOf(c), element(s.param))
	}
	return true, nil
}

// Leave implements wire.Tree.
func (b *body) Leave() {
	last := len(b.scopes) - 1
	b.members = b.members[:b.scopes[last].first]
	b.scopes = b.scopes[:last]
}
