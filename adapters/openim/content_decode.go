package openim

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// contentValue is a decoded member of a content object. The zero value is a member that is missing.
type contentValue struct {
	text   string
	number int64 // of integers; 1 for true
	given  bool  // a list or an object is there
	list   []string
	part   *contentPart
}

// contentPart is a decoded content object: the values of its fields, in their order.
type contentPart struct {
	fields []contentField
	values []contentValue
}

// value returns the value of the member, the zero value if the part has no such field.
func (p *contentPart) value(member string) *contentValue {
	for i := range p.fields {
		if p.fields[i].member == member {
			return &p.values[i]
		}
	}
	return new(contentValue)
}

// weakDecoder turns JSON values into the types that fields have, as far as the platform does: numbers and booleans become
// strings, strings in digits numbers, single values lists. It collects the texts of what does not fit.
type weakDecoder struct{ failures []string }

// failed returns the platform's report of all failures, or nothing.
func (d *weakDecoder) failed() string {
	if len(d.failures) == 0 {
		return ""
	}
	slices.Sort(d.failures)
	return fmt.Sprintf("%d error(s) decoding:\n\n* %s", len(d.failures), strings.Join(d.failures, "\n* "))
}

func (d *weakDecoder) fail(format string, args ...any) {
	d.failures = append(d.failures, fmt.Sprintf(format, args...))
}

// unfit reports a value whose type cannot become the wanted one.
func (d *weakDecoder) unfit(path, want string, value any) {
	d.fail("'%s' expected type '%s', got unconvertible type '%T', value: '%v'", path, want, value, value)
}

// object decodes the members of an object; path is where it stands, empty for the content itself.
func (d *weakDecoder) object(path string, members map[string]any, fields []contentField) *contentPart {
	p := &contentPart{fields: fields, values: make([]contentValue, len(fields))}
	for i := range fields {
		f := &fields[i]
		at := f.member
		if path != "" {
			at = path + "." + f.member
		}
		if v := memberFold(members, f.member); v != nil {
			p.values[i] = d.value(at, v, f)
		}
	}
	return p
}

// memberFold finds a member by its name, whatever the case if none has the very name.
func memberFold(members map[string]any, name string) any {
	if v, ok := members[name]; ok {
		return v
	}
	found := ""
	for key := range members {
		if strings.EqualFold(key, name) && (found == "" || key < found) {
			found = key
		}
	}
	if found == "" {
		return nil
	}
	return members[found]
}

func (d *weakDecoder) value(path string, value any, f *contentField) (v contentValue) {
	switch f.kind {
	case asText:
		v.text = d.text(path, value)
	case asInteger32:
		v.number = int64(int32(d.integer(path, value, 32)))
	case asInteger64:
		v.number = d.integer(path, value, 64)
	case asBoolean:
		v.number = d.boolean(path, value)
	case asTexts:
		v.given = true
		for i, item := range listOf(value) {
			s := ""
			if item != nil {
				s = d.text(path+"["+strconv.Itoa(i)+"]", item)
			}
			v.list = append(v.list, s)
		}
	case asPart, asOptional:
		v.given, v.part = true, d.nested(path, value, f)
	case asParts:
		v.given = true
		for i, item := range listOf(value) {
			if item != nil {
				d.nested(path+"["+strconv.Itoa(i)+"]", item, f)
			}
		}
	}
	return v
}

// listOf returns a list as it is, nothing for an empty object, and any other value as the only one of its list.
func listOf(value any) []any {
	switch v := value.(type) {
	case []any:
		return v
	case map[string]any:
		if len(v) == 0 {
			return nil
		}
	}
	return []any{value}
}

func (d *weakDecoder) nested(path string, value any, f *contentField) *contentPart {
	members, ok := value.(map[string]any)
	if !ok {
		d.fail("'%s' expected a map, got '%s'", path, reflect.TypeOf(value).Kind())
		return nil
	}
	return d.object(path, members, f.fields())
}

func (d *weakDecoder) text(path string, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return "0"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	d.unfit(path, "string", value)
	return ""
}

func (d *weakDecoder) integer(path string, value any, bits int) int64 {
	switch v := value.(type) {
	case float64:
		if v >= math.MaxInt64 || v < math.MinInt64 {
			return math.MinInt64 // what the platform's processors make of it
		}
		return int64(v)
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		if v == "" {
			return 0
		}
		n, err := strconv.ParseInt(v, 0, bits)
		if err != nil {
			d.fail("cannot parse '%s' as int: %s", path, err)
		}
		return n
	}
	d.unfit(path, "int"+strconv.Itoa(bits), value)
	return 0
}

func (d *weakDecoder) boolean(path string, value any) int64 {
	is := false
	switch v := value.(type) {
	case bool:
		is = v
	case float64:
		is = v != 0
	case string:
		var err error
		if is, err = strconv.ParseBool(v); err != nil && v != "" {
			d.fail("cannot parse '%s' as bool: %s", path, err)
		}
	default:
		d.unfit(path, "bool", value)
	}
	if is {
		return 1
	}
	return 0
}
