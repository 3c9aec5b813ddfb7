package wire

import "strconv"

// Field is one member of an answer: its name and a lens, read by the server that writes the answer and written by the
// client that reads it.
type Field[T any] struct {
	FieldSpec
	head   []byte // the name as it stands before the value, see headed
	append func(dst []byte, style Style, a *T) []byte
	read   func(raw []byte, a *T) error
	when   func(a *T) bool    // nil means always
	same   func(a, b *T) bool // whether both are written alike; nil where finding out is not worth it
}

// Text declares a string member.
func Text[T any](name string, at func(*T) *string) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeString},
		append:    func(dst []byte, s Style, a *T) []byte { return AppendString(dst, *at(a), s) },
		same:      func(a, b *T) bool { return *at(a) == *at(b) },
		read:      func(raw []byte, a *T) (err error) { *at(a), err = textOf(raw); return err },
	}
}

// Number declares an integer member.
func Number[T any](name string, at func(*T) *int64) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeInt},
		append:    func(dst []byte, _ Style, a *T) []byte { return strconv.AppendInt(dst, *at(a), 10) },
		same:      func(a, b *T) bool { return *at(a) == *at(b) },
		read:      func(raw []byte, a *T) (err error) { *at(a), err = readInt(raw); return err },
	}
}

// NumberOrNull declares an integer member; nil is written as null.
func NumberOrNull[T any](name string, at func(*T) **int64) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeInt, Nullable: true},
		append: func(dst []byte, _ Style, a *T) []byte {
			if *at(a) == nil {
				return append(dst, "null"...)
			}
			return strconv.AppendInt(dst, **at(a), 10)
		},
		read: func(raw []byte, a *T) error {
			n, err := readInt(raw)
			*at(a) = &n
			return err
		},
	}
}

// Decimal declares an integer member that is written as a string. Reading accepts both forms.
func Decimal[T any](name string, at func(*T) *int64) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeDecimal},
		append: func(dst []byte, _ Style, a *T) []byte {
			dst = append(dst, '"')
			dst = strconv.AppendInt(dst, *at(a), 10)
			return append(dst, '"')
		},
		read: func(raw []byte, a *T) (err error) { *at(a), err = readInt(raw); return err },
	}
}

// Raw declares a member that holds JSON in normal form; empty is written as an empty object. The bytes that a client
// reads are a copy.
func Raw[T any](name string, at func(*T) *[]byte) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeJSON},
		append: func(dst []byte, s Style, a *T) []byte {
			if len(*at(a)) == 0 {
				return append(dst, "{}"...)
			}
			return AppendJSON(dst, *at(a), s)
		},
		read: func(raw []byte, a *T) error { *at(a) = append([]byte(nil), raw...); return nil },
	}
}

// Means describes the field in both languages.
func (f Field[T]) Means(zh, en string) Field[T] {
	f.ZH, f.EN = zh, en
	return f
}

// OmitEmpty leaves the member out where its value is zero, an empty text, list or object, or null.
func (f Field[T]) OmitEmpty() Field[T] {
	f.Optional = true
	return f
}

// OrNull writes null where the value is zero, an empty text, list or object.
func (f Field[T]) OrNull() Field[T] {
	value := f.append
	f.Optional, f.Nullable = false, true
	f.append = func(dst []byte, s Style, a *T) []byte {
		start := len(dst)
		if dst = value(dst, s, a); saysNothing(dst[start:]) {
			dst = append(dst[:start], "null"...)
		}
		return dst
	}
	return f
}

// When leaves the member out of the answers for which tell is false.
func (f Field[T]) When(tell func(*T) bool) Field[T] {
	f.when, f.Conditional = tell, true
	return f
}

func specs[E any](fields []Field[E]) []FieldSpec {
	all := make([]FieldSpec, len(fields))
	for i := range fields {
		all[i] = fields[i].FieldSpec
	}
	return all
}

// headed prepares fields for appendMembers and returns them.
func headed[T any](fields []Field[T]) []Field[T] {
	for i := range fields {
		fields[i].head = []byte(`"` + fields[i].Name + `":`)
	}
	return fields
}

// appendMembers appends the members of an answer. The fields are headed.
func appendMembers[T any](dst []byte, s Style, fields []Field[T], a *T) []byte {
	start := len(dst)
	for i := range fields {
		if fields[i].when != nil && !fields[i].when(a) {
			continue
		}
		before := len(dst)
		if before > start {
			dst = append(dst, ',')
		}
		dst = append(dst, fields[i].head...)
		value := len(dst)
		dst = fields[i].append(dst, s, a)
		if fields[i].Optional && saysNothing(dst[value:]) {
			dst = dst[:before]
		}
	}
	return dst
}

// saysNothing tells whether JSON without white space is a zero value.
func saysNothing(value []byte) bool {
	switch string(value) {
	case "null", "false", "0", `""`, `"0"`, "[]", "{}":
		return true
	}
	return false
}

// readMembers fills a from a JSON object. Members that are absent or null leave their field as it is, and members that
// no field names are skipped, as servers of other versions send them.
func readMembers[T any](raw []byte, fields []Field[T], a *T) error {
	next := 0 // the field that is expected: servers keep the order of the row
	return eachMember(raw, func(name string, value []byte) error {
		for range fields {
			f := &fields[next]
			if next++; next == len(fields) {
				next = 0
			}
			if f.Name != name {
				continue
			}
			if string(value) == "null" {
				return nil
			}
			if err := f.read(value, a); err != nil {
				return &FieldError{Field: name, Err: err}
			}
			return nil
		}
		return nil
	})
}

func readInt(raw []byte) (int64, error) {
	if len(raw) >= 2 && raw[0] == '"' {
		raw = raw[1 : len(raw)-1]
	}
	return strconv.ParseInt(string(raw), 10, 64)
}

// FieldError reports a member of an answer that could not be read.
type FieldError struct {
	Field string
	Err   error
}

// Error names the member and what is wrong with it.
func (e *FieldError) Error() string { return "answer member " + e.Field + ": " + e.Err.Error() }

// Unwrap returns what is wrong.
func (e *FieldError) Unwrap() error { return e.Err }
