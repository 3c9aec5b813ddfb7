// Package php reads requests as the PHP framework of two platforms does: where parameters come from, how they are
// coerced and checked, and in which words and bytes the answer is put.
package php

import (
	"bytes"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// Origin is where a parameter came from. A later one overlays an earlier one.
type Origin uint8

// The origins of parameters.
const (
	Query Origin = iota
	Form
	JSON
)

// Values is the effective parameter map of one request: the query, overlaid by form fields, overlaid by a JSON body. It
// and everything taken from it are valid until Reset.
type Values struct {
	pairs    []pair
	elements []element
	decoded  []byte // memory of what had to be unescaped
	sorted   []int
}

type pair struct {
	name  string
	value Value
	from  Origin
}

// maxKept is the largest buffer that is kept for the next request.
const maxKept = 64 << 10

// Emptied returns a buffer for the next request: the old one, unless one large request has made it large.
func Emptied(buffer []byte) []byte {
	if cap(buffer) > maxKept {
		return nil
	}
	return buffer[:0]
}

// Reset empties v for the next request.
func (v *Values) Reset() {
	clear(v.pairs)
	clear(v.elements)
	v.pairs, v.elements, v.sorted = v.pairs[:0], v.elements[:0], v.sorted[:0]
	v.decoded = Emptied(v.decoded)
}

// Read takes the parameters of a request. It never fails: what can not be read is not there, as in PHP.
//
// Form fields are read for POST only, and by the content type. A body that is a JSON object or list is read on any
// method and content type except multipart, which leaves PHP no raw body. With byContent a body is read as what it is
// rather than as what its content type says, for clients that send JSON as a form or a form as nothing.
func (v *Values) Read(ctx *fasthttp.RequestCtx, byContent bool) {
	v.parseQuery(ctx.URI().QueryString(), Query)
	body := ctx.Request.Body()
	if len(body) == 0 {
		return
	}
	contentType := ctx.Request.Header.ContentType()
	if ctx.IsPost() && hasMediaType(contentType, "multipart/form-data") {
		v.parseMultipart(contentType, body)
		return
	}
	isForm := ctx.IsPost() && hasMediaType(contentType, "application/x-www-form-urlencoded")
	if isJSON := v.parseJSON(body); byContent {
		isForm = ctx.IsPost() && !isJSON
	}
	if isForm {
		v.parseQuery(body, Form)
	}
}

// hasMediaType compares the type before any parameters, ignoring case.
func hasMediaType(contentType []byte, want string) bool {
	if len(contentType) < len(want) || !strings.EqualFold(wire.View(contentType[:len(want)]), want) {
		return false
	}
	rest := bytes.TrimLeft(contentType[len(want):], " \t")
	return len(rest) == 0 || rest[0] == ';' || rest[0] == ','
}

func (v *Values) put(name string, value Value, from Origin) {
	v.pairs = append(v.pairs, pair{name, value, from})
}

// last returns the index of the pair that counts for name, or -1: the last one of the origin that overlays the others.
func (v *Values) last(name string) int {
	found := -1
	for i := range v.pairs {
		if v.pairs[i].name == name && (found < 0 || v.pairs[i].from >= v.pairs[found].from) {
			found = i
		}
	}
	return found
}

// Get returns the effective value of a parameter.
func (v *Values) Get(name string) Value {
	if i := v.last(name); i >= 0 {
		return v.pairs[i].value
	}
	return Value{}
}

// From returns the value that a parameter has in one origin alone.
func (v *Values) From(name string, from Origin) Value {
	var value Value
	for i := range v.pairs {
		if v.pairs[i].name == name && v.pairs[i].from == from {
			value = v.pairs[i].value
		}
	}
	return value
}

// Len returns how many parameters were given, repeated ones included.
func (v *Values) Len() int { return len(v.pairs) }

// Sorted calls visit for each parameter once, in byte order of the names, with its effective value.
func (v *Values) Sorted(visit func(name string, value Value)) {
	v.sorted = v.sorted[:0]
	for i := range v.pairs {
		v.sorted = append(v.sorted, i)
	}
	slices.SortFunc(v.sorted, func(a, b int) int {
		if c := strings.Compare(v.pairs[a].name, v.pairs[b].name); c != 0 {
			return c
		}
		if c := int(v.pairs[a].from) - int(v.pairs[b].from); c != 0 {
			return c
		}
		return a - b
	})
	for k, i := range v.sorted {
		if k+1 < len(v.sorted) && v.pairs[v.sorted[k+1]].name == v.pairs[i].name {
			continue
		}
		visit(v.pairs[i].name, v.pairs[i].value)
	}
}
