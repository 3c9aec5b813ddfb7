package wire

import "parley/core"

// Tree is a source whose parameters nest, as those of a JSON body do. One object is the current one, at first the
// request itself; Object and Objects enter a member of it, and Leave returns.
type Tree interface {
	Source
	Bool(p *ParamSpec) (value, present bool, err error)
	Ints(p *ParamSpec) (values []int64, present bool, err error)
	// Object makes the object that p names the current one. Leave is called only where it was present.
	Object(p *ParamSpec) (present bool, err error)
	// Objects enters the list of objects that p names; each call of Next makes another one the current one until there
	// is no more. Leave is called only where the list was present.
	Objects(p *ParamSpec) (present bool, err error)
	Next() (more bool, err error)
	Leave()
}

// maxKept bounds the objects of a request for which memory is kept.
const maxKept = 1024

// branch is what a parameter does that has parameters of its own.
type branch[T any] struct {
	decode func(in Tree, p *ParamSpec, q *T) (present bool, err error)
	// append writes the value and tells whether there is anything in it.
	append func(dst []byte, q *T) (all []byte, any bool)
	// keep hands the capacity of lists over to the next request.
	keep func(from, to *T)
}

// Nested declares a parameter of a tree that is an object with parameters of its own.
func Nested[T, E any](name string, at func(*T) *E, params ...Param[E]) Param[T] {
	return Param[T]{
		ParamSpec: ParamSpec{Name: name, Type: TypeObject, Fields: paramSpecs(params)},
		branch: &branch[T]{
			decode: func(in Tree, p *ParamSpec, q *T) (bool, error) {
				present, err := in.Object(p)
				if err != nil || !present {
					var none E
					*at(q) = none
					return false, err
				}
				if err := Decode(params, in, at(q)); err != nil {
					return false, err
				}
				in.Leave()
				return true, nil
			},
			append: func(dst []byte, q *T) ([]byte, bool) {
				start := len(dst)
				dst = appendObject(dst, params, at(q))
				return dst, len(dst) > start+len("{}")
			},
			keep: func(from, to *T) {
				for i := range params {
					params[i].keep(at(from), at(to))
				}
			},
		},
	}
}

// NestedList declares a parameter of a tree that is a list of objects. It is nil only where it was absent or null; the
// server reuses its memory, so that it is valid during the call only.
func NestedList[T, E any](name string, at func(*T) *[]E, params ...Param[E]) Param[T] {
	return Param[T]{
		ParamSpec: ParamSpec{Name: name, Type: TypeObjects, Fields: paramSpecs(params)},
		branch: &branch[T]{
			decode: func(in Tree, p *ParamSpec, q *T) (bool, error) {
				items := (*at(q))[:0]
				*at(q) = nil
				present, err := in.Objects(p)
				if err != nil || !present {
					return false, err
				}
				if items == nil {
					items = []E{}
				}
				for {
					more, err := in.Next()
					if err != nil {
						return false, err
					}
					if !more {
						break
					}
					var item E
					items = append(items, item)
					if err := Decode(params, in, &items[len(items)-1]); err != nil {
						return false, err
					}
				}
				in.Leave()
				*at(q) = items
				return true, nil
			},
			append: func(dst []byte, q *T) ([]byte, bool) {
				return appendItems(dst, *at(q), func(dst []byte, item *E) []byte {
					return appendObject(dst, params, item)
				}), len(*at(q)) > 0
			},
			keep: func(from, to *T) {
				if items := *at(from); cap(items) <= maxKept {
					clear(items)
					*at(to) = items[:0]
				}
			},
		},
	}
}

// decodeTree reads a parameter that only trees have.
func (p *Param[T]) decodeTree(in Source, q *T) (present bool, err error) {
	tree, ok := in.(Tree)
	if !ok {
		return false, core.NewFault(core.Internal, "", "the parameter "+p.Name+" needs a tree")
	}
	switch {
	case p.flag != nil:
		var v bool
		if v, present, err = tree.Bool(&p.ParamSpec); err == nil && present {
			*p.flag(q) = v
		}
	case p.ints != nil:
		var v []int64
		if v, present, err = tree.Ints(&p.ParamSpec); err == nil && present {
			*p.ints(q) = v
		}
	default:
		present, err = p.branch.decode(tree, &p.ParamSpec, q)
	}
	return present, err
}

func (p *Param[T]) keep(from, to *T) {
	if p.branch != nil {
		p.branch.keep(from, to)
	}
}

func paramSpecs[T any](params []Param[T]) []ParamSpec {
	var all []ParamSpec
	for i := range params {
		all = append(all, params[i].ParamSpec)
	}
	return all
}
