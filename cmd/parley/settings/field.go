package settings

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Layer is where the value of a setting came from.
type Layer string

// The layers, the weakest first.
const (
	FromDefault Layer = "default"
	FromFile    Layer = "file"
	FromEnv     Layer = "env"
	FromFlag    Layer = "flag"
)

// Field is one setting.
type Field struct {
	// Key is its name in the file, with a dot between section and name.
	Key string
	// Default is the written form of its default.
	Default string
	// EN and ZH say what it means.
	EN, ZH string
	// Secret tells that its value is never shown.
	Secret bool
	// Bool tells that it is a switch, whose flag needs no value.
	Bool bool

	from  string
	index []int
	kind  reflect.Type
	value any
}

// Fields lists every setting in the order of the struct, the apps excepted.
func Fields() []Field {
	return fieldsOf(reflect.TypeFor[Settings](), "", nil)
}

func fieldsOf(t reflect.Type, prefix string, at []int) []Field {
	var all []Field
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(append([]int(nil), at...), i)
		key := prefix + sf.Tag.Get("yaml")
		switch sf.Type.Kind() {
		case reflect.Struct:
			all = append(all, fieldsOf(sf.Type, key+".", index)...)
		case reflect.Slice:
		default:
			f := Field{
				Key: key, Default: sf.Tag.Get("default"), EN: sf.Tag.Get("en"), ZH: sf.Tag.Get("zh"),
				Secret: sf.Tag.Get("secret") != "", Bool: sf.Type.Kind() == reflect.Bool,
				from: sf.Tag.Get("from"), index: index, kind: sf.Type,
			}
			value, err := f.parse(f.Default)
			if err != nil {
				panic("settings: the default of " + key + " is malformed: " + err.Error())
			}
			f.value = value
			all = append(all, f)
		}
	}
	return all
}

// Env is the setting's environment variable, or empty if it has none.
func (f *Field) Env() string {
	if !f.Allows(FromEnv) {
		return ""
	}
	return envPrefix + strings.ToUpper(strings.ReplaceAll(f.Key, ".", "_"))
}

// Flag is the setting's flag without the dashes before it, or empty if it has none.
func (f *Field) Flag() string {
	if !f.Allows(FromFlag) {
		return ""
	}
	return strings.NewReplacer(".", "-", "_", "-").Replace(f.Key)
}

// Allows reports whether the setting can be set in the layer.
func (f *Field) Allows(l Layer) bool {
	return f.from == "" || strings.Contains(f.from, string(l))
}

// Text gives the written form of the setting's value in s.
func (f *Field) Text(s *Settings) string {
	return fmt.Sprint(f.get(s))
}

func (f *Field) get(s *Settings) any {
	return reflect.ValueOf(s).Elem().FieldByIndex(f.index).Interface()
}

func (f *Field) set(s *Settings, value any) {
	reflect.ValueOf(s).Elem().FieldByIndex(f.index).Set(reflect.ValueOf(value))
}

// parse reads the written form of a value. An empty form is the zero value.
func (f *Field) parse(text string) (any, error) {
	switch f.kind {
	case reflect.TypeFor[Size]():
		var v Size
		if text == "" {
			return v, nil
		}
		err := v.UnmarshalText([]byte(text))
		return v, err
	case reflect.TypeFor[time.Duration]():
		if text == "" {
			return time.Duration(0), nil
		}
		v, err := time.ParseDuration(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a duration such as 10s or 500ms", text)
		}
		return v, nil
	case reflect.TypeFor[int]():
		if text == "" {
			return 0, nil
		}
		v, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", text)
		}
		return v, nil
	case reflect.TypeFor[bool]():
		if text == "" {
			return false, nil
		}
		v, err := strconv.ParseBool(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return v, nil
	case reflect.TypeFor[string]():
		return text, nil
	}
	return nil, fmt.Errorf("settings of type %s are not supported", f.kind)
}
