package wire

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"github.com/goccy/go-json"
)

// Flag declares a member that is true or false.
func Flag[T any](name string, at func(*T) *bool) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeBool},
		append:    func(dst []byte, _ Style, a *T) []byte { return strconv.AppendBool(dst, *at(a)) },
		same:      func(a, b *T) bool { return *at(a) == *at(b) },
		read: func(raw []byte, a *T) error {
			switch string(raw) {
			case "true":
				*at(a) = true
				return nil
			case "false":
				*at(a) = false
				return nil
			}
			return errFlag
		},
	}
}

// Strings declares a member that is a list of strings; nil is written as null.
func Strings[T any](name string, at func(*T) *[]string) Field[T] {
	return orNull(Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeStrings},
		append: func(dst []byte, s Style, a *T) []byte {
			dst = append(dst, '[')
			for i, text := range *at(a) {
				if i > 0 {
					dst = append(dst, ',')
				}
				dst = AppendString(dst, text, s)
			}
			return append(dst, ']')
		},
		read: func(raw []byte, a *T) error { return json.Unmarshal(raw, at(a)) },
	}, at)
}

// Integers declares a member that is a list of integers; nil is written as null.
func Integers[T any](name string, at func(*T) *[]int64) Field[T] {
	return orNull(Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeInts},
		append:    func(dst []byte, _ Style, a *T) []byte { return appendItems(dst, *at(a), appendInteger) },
		read:      func(raw []byte, a *T) error { return json.Unmarshal(raw, at(a)) },
	}, at)
}

// Base64 declares a member that holds bytes as a string in base64. The bytes that a client reads are its own.
func Base64[T any](name string, at func(*T) *[]byte) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeBase64},
		append: func(dst []byte, _ Style, a *T) []byte {
			return append(base64.StdEncoding.AppendEncode(append(dst, '"'), *at(a)), '"')
		},
		read: func(raw []byte, a *T) error {
			if len(raw) >= 2 && raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
				inside := raw[1 : len(raw)-1]
				value := make([]byte, base64.StdEncoding.DecodedLen(len(inside)))
				n, err := base64.StdEncoding.Decode(value, inside)
				*at(a) = value[:n]
				return err
			}
			text, err := textOf(raw)
			if err != nil {
				return err
			}
			value, err := base64.StdEncoding.DecodeString(text)
			*at(a) = value
			return err
		},
	}
}

// Verbatim declares a member that holds JSON as it is; empty is written as null. The bytes that a client reads are a copy.
func Verbatim[T any](name string, at func(*T) *[]byte) Field[T] {
	return Field[T]{
		FieldSpec: FieldSpec{Name: name, Type: TypeJSON, Nullable: true},
		append: func(dst []byte, _ Style, a *T) []byte {
			if len(*at(a)) == 0 {
				return append(dst, "null"...)
			}
			return append(dst, *at(a)...)
		},
		same: func(a, b *T) bool { return len(*at(a)) == 0 && len(*at(b)) == 0 },
		read: func(raw []byte, a *T) error { *at(a) = append([]byte(nil), raw...); return nil },
	}
}
