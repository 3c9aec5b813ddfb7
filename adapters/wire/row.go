// Package wire holds what the dialects share: the endpoint row, from which decoding, validation, the answer, the client
// half and the documentation follow, and the append-style JSON writers of the platforms.
package wire

import (
	"context"
	"net"
	"strings"
	"sync"

	"parley/core"
)

// Access is who may call an endpoint.
type Access uint8

// The kinds of access.
const (
	// Anyone needs no credentials beyond what the dialect asks of every call.
	Anyone Access = iota
	// Member needs a logged-in user.
	Member
	// Operator needs an administrator of the app.
	Operator
)

// Spec is what is known of an endpoint without its types: the source of routing, documentation and metrics.
type Spec struct {
	// Name is the service name or path, unique in its dialect.
	Name   string
	ZH, EN string
	Access Access
	// Request is the Go type that the platform's error texts name where they come from a Go decoder, with or without
	// its package.
	Request string
	// Bare endpoints answer with the value of their single field, without its name and braces.
	Bare bool
	// Outcomes are the business results beside success, for dialects that number them per endpoint.
	Outcomes []Outcome
	Params   []ParamSpec
	Answer   []FieldSpec
}

// Outcome maps a fault of core to an endpoint's own number and text, and back in the client half.
type Outcome struct {
	Code   core.Code
	Field  core.Field // empty matches any field
	Number int64
	ZH, EN string
}

// Outcome returns the outcome that fault has at this endpoint; the first that matches wins.
func (s *Spec) Outcome(fault *core.Fault) (Outcome, bool) {
	for _, o := range s.Outcomes {
		if o.Code == fault.Code && (o.Field == "" || o.Field == fault.Field) {
			return o, true
		}
	}
	return Outcome{}, false
}

// Call is one request on its way through a dialect.
type Call struct {
	// Context ends when the server stops; it is valid during the call only.
	Context context.Context
	Engine  *core.Engine
	// Caller is set by Gate.
	Caller core.Caller
	// RemoteIP is the client's address.
	RemoteIP net.IP
	// Style is how the answer's JSON is written; Gate may change it.
	Style Style
	// Rendered is the place of the page that the operation has asked for, if its answer is nothing but that page's.
	Rendered core.Rendered
	// Gate decides who is calling, after the parameters have been found well-formed and before anything is done.
	Gate Gate
}

// Gate establishes the caller of an endpoint or refuses it with the dialect's own error.
type Gate interface {
	Admit(c *Call, endpoint *Spec) error
}

// Endpoint is a row without its types.
type Endpoint interface {
	Spec() *Spec
	// Invoke decodes the request, passes the call's gate, performs the operation and appends the answer's members,
	// without braces, to dst. On error dst is returned as it was.
	Invoke(c *Call, in Source, dst []byte) ([]byte, error)
	// AppendEmpty appends the members of an answer without content, as dialects send it with a business error.
	AppendEmpty(dst []byte, style Style) []byte
}

// Row is one endpoint: everything that is known about it stands here once.
type Row[Q, A any] struct {
	Name     string
	ZH, EN   string
	Access   Access
	Request  string // see Spec
	Bare     bool   // see Spec
	Outcomes []Outcome
	Params   []Param[Q]
	Answer   []Field[A]
	// Check, if set, refuses what single parameters cannot tell, before the gate.
	Check func(q *Q) error
	// Do performs the endpoint's one core operation. q and what it refers to are valid during the call only.
	Do func(c *Call, q *Q, a *A) error
	// Recycle, if set, empties an answer for reuse and keeps its slices' capacity.
	Recycle func(a *A)

	once    sync.Once // makes spec and prepares Answer
	spec    Spec
	scratch sync.Pool
}

type scratch[Q, A any] struct {
	q, spare Q
	a        A
}

// Spec returns the row's description.
func (r *Row[Q, A]) Spec() *Spec {
	r.once.Do(func() {
		r.spec = Spec{
			Name: r.Name, ZH: r.ZH, EN: r.EN, Access: r.Access, Request: r.Request, Bare: r.Bare,
			Outcomes: r.Outcomes, Params: paramSpecs(r.Params), Answer: specs(r.Answer),
		}
		headed(r.Answer)
	})
	return &r.spec
}

// Invoke implements Endpoint.
func (r *Row[Q, A]) Invoke(c *Call, in Source, dst []byte) ([]byte, error) {
	s, ok := r.scratch.Get().(*scratch[Q, A])
	if !ok {
		s = new(scratch[Q, A])
	}
	defer r.recycle(s)
	if err := Decode(r.Params, in, &s.q); err != nil {
		return dst, err
	}
	if r.Check != nil {
		if err := r.Check(&s.q); err != nil {
			return dst, err
		}
	}
	if err := c.Gate.Admit(c, r.Spec()); err != nil {
		return dst, err
	}
	if err := r.Do(c, &s.q, &s.a); err != nil {
		return dst, err
	}
	if before := c.Rendered.Before; before != nil {
		return append(dst, before.Text...), nil
	}
	start := len(dst)
	dst = r.appendAnswer(dst, c.Style, &s.a)
	c.Rendered.Keep(dst[start:])
	return dst, nil
}

func (r *Row[Q, A]) appendAnswer(dst []byte, style Style, a *A) []byte {
	if r.Bare {
		return r.Answer[0].append(dst, style, a)
	}
	return appendMembers(dst, style, r.Answer, a)
}

func (r *Row[Q, A]) recycle(s *scratch[Q, A]) {
	var empty Q
	s.spare = empty
	for i := range r.Params {
		r.Params[i].keep(&s.q, &s.spare)
	}
	s.q = s.spare
	if r.Recycle != nil {
		r.Recycle(&s.a)
	} else {
		var a A
		s.a = a
	}
	r.scratch.Put(s)
}

// AppendEmpty implements Endpoint.
func (r *Row[Q, A]) AppendEmpty(dst []byte, style Style) []byte {
	var a A
	r.Spec() // prepares the answer's fields
	return r.appendAnswer(dst, style, &a)
}

// Form calls add for each parameter of q in its written form, leaving out what is at its default. It is the client half
// of decoding.
func (r *Row[Q, A]) Form(q *Q, add func(name, value string)) {
	for i := range r.Params {
		if value, ok := r.Params[i].form(q); ok {
			add(r.Params[i].Name, value)
		}
	}
}

// AppendBody appends q as a JSON object, leaving out what is zero and neither required nor given. It is the client half
// of decoding a tree. Strings must be valid UTF-8.
func (r *Row[Q, A]) AppendBody(dst []byte, q *Q) []byte {
	return appendObject(dst, r.Params, q)
}

// Read fills a from the JSON of an answer, an object unless the row is bare, and leaves it as it is where that is null. It
// is the client half of the answer.
func (r *Row[Q, A]) Read(raw []byte, a *A) error {
	switch {
	case !r.Bare:
		return readMembers(raw, r.Answer, a)
	case string(raw) == "null":
		return nil
	}
	return r.Answer[0].read(raw, a)
}

// Fault is the inverse of Outcome: the fault that a remote meant by number and text, where this endpoint numbers it.
// Several outcomes may share a number; the text then tells them apart, exactly, and the first is taken where it does not.
func (s *Spec) Fault(number int64, text string) (fault *core.Fault, exact bool) {
	var found *Outcome
	for i := range s.Outcomes {
		o := &s.Outcomes[i]
		if o.Number != number {
			continue
		}
		if strings.HasSuffix(text, o.ZH) || strings.HasSuffix(text, o.EN) {
			return core.NewFault(o.Code, o.Field, text), true
		}
		if found == nil {
			found = o
		}
	}
	if found == nil {
		return nil, false
	}
	return core.NewFault(found.Code, found.Field, text), false
}
