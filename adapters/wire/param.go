package wire

import "strconv"

// Param is one parameter of a row: what is known of it, and the lens through which the server writes it into a typed
// request and the client reads it from there.
type Param[T any] struct {
	ParamSpec
	text   func(*T) *string
	number func(*T) *int64
	list   func(*T) *[]string
	flag   func(*T) *bool
	ints   func(*T) *[]int64
	branch *branch[T]
	given  func(*T) *bool
}

// String declares a text parameter.
func String[T any](name string, at func(*T) *string) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeString}, text: at}
}

// Enum declares a text parameter that must be one of values.
func Enum[T any](name string, at func(*T) *string, values ...string) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeEnum, Values: values}, text: at}
}

// JSON declares a parameter that must be a JSON object or array; the request holds its text. In a tree it may be any
// value unless As names a map.
func JSON[T any](name string, at func(*T) *string) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeJSON}, text: at}
}

// Int declares an integer parameter.
func Int[T any](name string, at func(*T) *int64) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeInt}, number: at}
}

// List declares a parameter of several strings.
func List[T any](name string, at func(*T) *[]string) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeList}, list: at}
}

// Bool declares a parameter of a tree that is true or false.
func Bool[T any](name string, at func(*T) *bool) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeBool}, flag: at}
}

// Ints declares a parameter of a tree that is a list of integers.
func Ints[T any](name string, at func(*T) *[]int64) Param[T] {
	return Param[T]{ParamSpec: ParamSpec{Name: name, Type: TypeInts}, ints: at}
}

// At says where a request carries the parameter.
func (p Param[T]) At(place Place) Param[T] {
	p.From = place
	return p
}

// Must makes the parameter required.
func (p Param[T]) Must() Param[T] {
	p.Required = true
	return p
}

// Or gives the parameter a default in its written form.
func (p Param[T]) Or(value string) Param[T] {
	p.Default, p.HasDefault = value, true
	return p
}

// AtLeast sets the lower bound.
func (p Param[T]) AtLeast(n int64) Param[T] {
	p.Min = Bound{Set: true, At: n}
	return p
}

// AtMost sets the upper bound.
func (p Param[T]) AtMost(n int64) Param[T] {
	p.Max = Bound{Set: true, At: n}
	return p
}

// Means describes the parameter in both languages.
func (p Param[T]) Means(zh, en string) Param[T] {
	p.ZH, p.EN = zh, en
	return p
}

// Given sets a flag where the parameter is given and not null, for platforms that tell this from the zero value.
func (p Param[T]) Given(at func(*T) *bool) Param[T] {
	p.given = at
	return p
}

// Go names the Go struct that the platform reads an object into, with or without its package, as its error texts do.
func (p Param[T]) Go(name string) Param[T] {
	p.GoName = name
	return p
}

// In names the embedded Go struct that the platform's error texts put before the parameter's name.
func (p Param[T]) In(embedded string) Param[T] {
	p.Embedded = embedded
	return p
}

// As gives the Go type in the platform's error texts where it is not the usual one of the parameter's type. It decides
// the range of an integer, and a map makes a JSON parameter an object.
func (p Param[T]) As(goType string) Param[T] {
	p.GoType = goType
	return p
}

// Decode reads params from in, in order, and writes them into q. The first that is refused ends it.
func Decode[T any](params []Param[T], in Source, q *T) error {
	for i := range params {
		if err := params[i].decode(in, q); err != nil {
			return err
		}
	}
	return nil
}

// decode reads the parameter from in and writes it into q.
func (p *Param[T]) decode(in Source, q *T) (err error) {
	var present bool
	switch {
	case p.number != nil:
		var v int64
		if v, present, err = in.Int(&p.ParamSpec); err == nil && present {
			*p.number(q) = v
		}
	case p.list != nil:
		var v []string
		if v, present, err = in.List(&p.ParamSpec); err == nil && present {
			*p.list(q) = v
		}
	case p.text != nil:
		var v string
		if v, present, err = in.Text(&p.ParamSpec); err == nil && present {
			*p.text(q) = v
		}
	default:
		present, err = p.decodeTree(in, q)
	}
	if err == nil && present && p.given != nil {
		*p.given(q) = true
	}
	return err
}

// form gives the parameter's written form, and false where q leaves it at its default or, if optional, empty. A form has
// no trees.
func (p *Param[T]) form(q *T) (string, bool) {
	var value string
	switch {
	case p.number != nil:
		value = strconv.FormatInt(*p.number(q), 10)
	case p.list != nil:
		for i, item := range *p.list(q) {
			if i > 0 {
				value += ","
			}
			value += item
		}
	case p.text != nil:
		value = *p.text(q)
	}
	if p.HasDefault && value == p.Default {
		return "", false
	}
	return value, p.Required || value != "" && value != "0"
}
