package wechat

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/jsontree"
	"parley/core"
)

// source is the parameters of a request, from its path, its query and its body. The platform is lenient: where it expects
// a string it takes numbers and booleans, where it expects a number or a boolean it takes a string that reads as one, and
// members that it does not know it skips. null is the same as nothing. The strings that it gives are copies, since the
// accounts remember some.
type source struct {
	jsontree.Tree
	names  []string // of the path's variables
	values []string
	query  *fasthttp.Args
	form   *fasthttp.Args // nil unless the body is a form
	raw    []byte         // the body
	body   jsontree.Value // in raw
	blank  bool           // there is no body
	list   []string       // of lists
}

var _ wire.Tree = (*source)(nil)

// maxKeptItems is how many items of lists are kept room for when a request had unusually many.
const maxKeptItems = 1024

func (s *source) reset() {
	s.Reset()
	list := s.list
	if cap(list) > maxKeptItems {
		list = nil
	}
	clear(list[:cap(list)])
	raw := s.raw
	if cap(raw) > maxKeptBuffer {
		raw = nil
	}
	*s = source{Tree: s.Tree, list: list[:0], raw: raw[:0]}
}

// open reads the body, of at most limit bytes: an object, a list, a form, or nothing. Which it is does not depend on its
// type alone, for curl calls everything a form that it is not told about.
func (s *source) open(ctx *fasthttp.RequestCtx, limit int64) error {
	if err := s.receive(ctx, limit); err != nil {
		return err
	}
	v, ok := s.Open(s.raw)
	s.body, s.blank = v, s.First(v) == 0 && v.Start == len(s.raw)
	first := s.First(v)
	switch {
	case s.blank || ok && s.Ends(v) && (first == '{' || first == '['):
		return nil
	case first != '{' && first != '[' && isForm(ctx):
		s.form = new(fasthttp.Args)
		s.form.ParseBytes(s.raw)
		return nil
	}
	return &refusal{http.StatusBadRequest, "the request body is not a JSON object", core.Invalid}
}

// receive reads the body into memory that is kept for the next request.
func (s *source) receive(ctx *fasthttp.RequestCtx, limit int64) error {
	stream := ctx.RequestBodyStream()
	if stream == nil {
		stream = bytes.NewReader(ctx.PostBody())
	}
	into := bytes.NewBuffer(s.raw[:0])
	n, err := into.ReadFrom(io.LimitReader(stream, limit+1))
	s.raw = into.Bytes()
	switch {
	case err != nil:
		ctx.SetConnectionClose()
		return core.Wrap(core.Invalid, "the request body can not be read", err)
	case n > limit:
		return &refusal{http.StatusRequestEntityTooLarge, "the request is too large", core.TooLarge}
	}
	return nil
}

func isForm(ctx *fasthttp.RequestCtx) bool {
	return bytes.HasPrefix(ctx.Request.Header.ContentType(), []byte("application/x-www-form-urlencoded"))
}

// variable returns the value of a variable of the path.
func (s *source) variable(name string) (value string, named bool) {
	if i := slices.Index(s.names, name); i >= 0 {
		return s.values[i], true
	}
	return "", false
}

// find returns the value of a parameter of the body, and false where it is absent or null.
func (s *source) find(p *wire.ParamSpec) (v jsontree.Value, present bool) {
	if p.From == wire.PlaceWhole {
		return s.body, !s.blank
	}
	v, found := s.Find(p.Name, false)
	return v, found && s.First(v) != 'n'
}

// text returns a parameter as a text whatever its JSON is; ok is false for an object or a list.
func (s *source) text(p *wire.ParamSpec) (value string, present, ok bool) {
	switch {
	case p.From == wire.PlacePath:
		value, present = s.variable(p.Name)
	case p.From == wire.PlaceQuery:
		value = string(s.query.Peek(p.Name))
		present = value != ""
	case s.form != nil && len(s.Scopes()) == 1:
		value, present = string(s.form.Peek(p.Name)), s.form.Has(p.Name)
	default:
		v, found := s.find(p)
		if !found {
			return "", false, true
		}
		value, ok = s.scalar(v)
		return value, true, ok
	}
	return value, present, utf8.ValidString(value)
}

// scalar returns a JSON value as a text.
func (s *source) scalar(v jsontree.Value) (value string, ok bool) {
	switch s.First(v) {
	case '"':
		return strings.Clone(s.Unquote(v)), true
	case '{', '[', 'n':
		return "", false
	}
	return string(s.Raw(v)), true
}

// absent is what a parameter gives that is neither there nor has a default.
func (s *source) absent(p *wire.ParamSpec) error {
	if p.Required {
		return missing(s.name(p))
	}
	return nil
}

// Text implements wire.Source.
func (s *source) Text(p *wire.ParamSpec) (string, bool, error) {
	value, present, ok := s.text(p)
	switch {
	case !ok:
		return "", false, invalid(s.name(p))
	case present && len(p.Values) > 0 && value == "" && !p.Required:
		return "", false, nil
	case present && len(p.Values) > 0 && !slices.Contains(p.Values, value):
		return "", false, invalid(s.name(p))
	case !present && p.HasDefault:
		return p.Default, true, nil
	case !present:
		return "", false, s.absent(p)
	}
	return value, true, nil
}

// Int implements wire.Source.
func (s *source) Int(p *wire.ParamSpec) (int64, bool, error) {
	value, present, ok := s.text(p)
	if ok && !present {
		if !p.HasDefault {
			return 0, false, s.absent(p)
		}
		value = p.Default
	}
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if !ok || err != nil || p.Min.Set && n < p.Min.At || p.Max.Set && n > p.Max.At {
		return 0, false, invalid(s.name(p))
	}
	return n, true, nil
}

// Bool implements wire.Tree.
func (s *source) Bool(p *wire.ParamSpec) (value, present bool, err error) {
	text, present, ok := s.text(p)
	if ok && !present {
		return false, false, s.absent(p)
	}
	switch {
	case ok && (text == "1" || text == "true"):
		return true, true, nil
	case ok && (text == "0" || text == "false"):
		return false, true, nil
	}
	return false, false, invalid(s.name(p))
}

// List implements wire.Source. A list that is present is not nil.
func (s *source) List(p *wire.ParamSpec) ([]string, bool, error) {
	v, present := s.find(p)
	if !present {
		return nil, false, s.absent(p)
	}
	if s.First(v) != '[' {
		return nil, false, invalid(s.name(p))
	}
	first := len(s.list)
	err := s.Each(v, func(item jsontree.Value) error {
		value, ok := s.scalar(item)
		if !ok {
			return invalid(s.name(p))
		}
		s.list = append(s.list, value)
		return nil
	})
	if len(s.list) == first {
		return []string{}, err == nil, err
	}
	return s.list[first:len(s.list):len(s.list)], err == nil, err
}

// Ints implements wire.Tree. The platform has no such parameter.
func (s *source) Ints(p *wire.ParamSpec) ([]int64, bool, error) {
	return nil, false, core.NewFault(core.Internal, "", "the parameter "+p.Name+" is a list of integers")
}

// Object implements wire.Tree.
func (s *source) Object(p *wire.ParamSpec) (bool, error) {
	return s.enter(p, '{', s.Enter)
}

// Objects implements wire.Tree.
func (s *source) Objects(p *wire.ParamSpec) (bool, error) {
	return s.enter(p, '[', s.EnterList)
}

func (s *source) enter(p *wire.ParamSpec, kind byte, enter func(*wire.ParamSpec, jsontree.Value)) (bool, error) {
	v, present := s.find(p)
	switch {
	case !present:
		return false, s.absent(p)
	case s.First(v) != kind:
		return false, invalid(s.name(p))
	}
	enter(p, v)
	return true, nil
}

// Next implements wire.Tree.
func (s *source) Next() (bool, error) {
	v, more := s.Item()
	if more && s.First(v) != '{' {
		return false, invalid(strings.TrimSuffix(s.path(), "."))
	}
	return more, nil
}

// name is what refusals call a parameter: with the way to it, as in keyword[0].content.
func (s *source) name(p *wire.ParamSpec) string { return s.path() + p.Name }

func (s *source) path() string {
	var b strings.Builder
	for _, scope := range s.Scopes()[1:] {
		b.WriteString(scope.Param.Name)
		if scope.Item >= 0 {
			b.WriteString("[" + strconv.Itoa(scope.Item) + "]")
		}
		b.WriteByte('.')
	}
	return b.String()
}
