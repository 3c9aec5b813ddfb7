package wire

import (
	"slices"
	"strings"
)

// Object declares a member that is an object with fields of its own.
func Object[T, E any](name string, at func(*T) *E, fields ...Field[E]) Field[T] {
	fields = headed(slices.Clone(fields))
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeObject, Fields: specs(fields)},
		append:    func(dst []byte, s Style, a *T) []byte { return appendBraced(dst, s, fields, at(a)) },
		read:      func(raw []byte, a *T) error { return readMembers(raw, fields, at(a)) },
	}
}

// ObjectOrNull declares a member that is an object with fields of its own, or null where there is none.
func ObjectOrNull[T, E any](name string, at func(*T) **E, fields ...Field[E]) Field[T] {
	fields = headed(slices.Clone(fields))
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeObject, Nullable: true, Fields: specs(fields)},
		append: func(dst []byte, s Style, a *T) []byte {
			if *at(a) == nil {
				return append(dst, "null"...)
			}
			return appendBraced(dst, s, fields, *at(a))
		},
		same: func(a, b *T) bool { return *at(a) == nil && *at(b) == nil },
		read: func(raw []byte, a *T) error {
			*at(a) = new(E)
			return readMembers(raw, fields, *at(a))
		},
	}
}

// Objects declares a member that is a list of objects; an empty list is written as [].
func Objects[T, E any](name string, at func(*T) *[]E, fields ...Field[E]) Field[T] {
	fields = headed(slices.Clone(fields))
	alike := alikeFields(fields)
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeObjects, Fields: specs(fields)},
		append: func(dst []byte, s Style, a *T) []byte {
			return append(appendObjects(append(dst, '['), s, fields, *at(a), alike), ']')
		},
		read: func(raw []byte, a *T) error {
			items := []E{}
			err := eachItem(raw, func(value []byte) error {
				var item E
				items = append(items, item)
				if string(value) == "null" {
					return nil
				}
				return readMembers(value, fields, &items[len(items)-1])
			})
			if err != nil {
				return err
			}
			*at(a) = items
			return nil
		},
	}
}

// ObjectsOrNull declares a member that is a list of objects; nil is written as null.
func ObjectsOrNull[T, E any](name string, at func(*T) *[]E, fields ...Field[E]) Field[T] {
	return orNull(Objects(name, at, fields...), at)
}

// Keyed declares a member that is an object whose members are objects named by key, in the order of the list, and that is
// left out where there is none. The client reads them in the order of their keys.
func Keyed[T, K any](name string, at func(*T) *[]K, key func(*K) *string, fields ...Field[K]) Field[T] {
	fields = headed(slices.Clone(fields))
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeKeyed, Optional: true, Fields: specs(fields)},
		append: func(dst []byte, s Style, a *T) []byte {
			items := *at(a)
			dst = append(dst, '{')
			for i := range items {
				dst = appendKey(dst, s, i, *key(&items[i]))
				dst = appendBraced(dst, s, fields, &items[i])
			}
			return append(dst, '}')
		},
		read: func(raw []byte, a *T) error {
			return readKeyed(raw, at(a), func(raw []byte, name string, item *K) error {
				*key(item) = name
				return readMembers(raw, fields, item)
			})
		},
	}
}

// Amount is a named integer.
type Amount struct {
	Name string
	N    int64
}

// Amounts declares a member that is an object of integers by name, in the order of the list, and that is left out where
// there is none. The client reads them in the order of their names.
func Amounts[T any](name string, at func(*T) *[]Amount) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeAmounts, Optional: true},
		append: func(dst []byte, s Style, a *T) []byte {
			items := *at(a)
			dst = append(dst, '{')
			for i := range items {
				dst = appendKey(dst, s, i, items[i].Name)
				dst = appendInteger(dst, &items[i].N)
			}
			return append(dst, '}')
		},
		read: func(raw []byte, a *T) error {
			return readKeyed(raw, at(a), func(raw []byte, name string, item *Amount) (err error) {
				item.Name = name
				item.N, err = readInt(raw)
				return err
			})
		},
	}
}

// orNull writes a list that is nil as null.
func orNull[T, E any](f Field[T], at func(*T) *[]E) Field[T] {
	list := f.append
	f.Nullable = true
	f.same = func(a, b *T) bool { return *at(a) == nil && *at(b) == nil }
	f.append = func(dst []byte, s Style, a *T) []byte {
		if *at(a) == nil {
			return append(dst, "null"...)
		}
		return list(dst, s, a)
	}
	return f
}

func appendBraced[E any](dst []byte, s Style, fields []Field[E], item *E) []byte {
	return append(appendMembers(append(dst, '{'), s, fields, item), '}')
}

func appendKey(dst []byte, s Style, i int, key string) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	return append(AppendString(dst, key, s), ':')
}

// readKeyed reads the members of an object into a list, in the order of their names.
func readKeyed[K any](raw []byte, into *[]K, one func(raw []byte, name string, item *K) error) error {
	type member struct {
		name  string
		value []byte
	}
	var members []member
	err := eachMember(raw, func(name string, value []byte) error {
		members = append(members, member{name, value})
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	items := make([]K, len(members))
	for i := range members {
		if err := one(members[i].value, members[i].name, &items[i]); err != nil {
			return &FieldError{Field: members[i].name, Err: err}
		}
	}
	*into = items
	return nil
}
