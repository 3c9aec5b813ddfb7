package settings

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"
)

// file is a settings file that has been read.
type file struct {
	name   string
	source []byte
	values map[string]any
	apps   []App
	mirror []AppMirror
	// open tells that others than the owner may read the file.
	open bool
}

// readFile reads the YAML file called name. A key that no setting has, a value of the wrong type and a broken line are
// errors that show the place.
func readFile(name string) (*file, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("the settings file cannot be read: %w", err)
	}
	f, err := parseFile(name, source)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(name); err == nil {
		f.open = info.Mode().Perm()&0o077 != 0
	}
	return f, nil
}

// parseFile reads the text of the settings file called name.
func parseFile(name string, source []byte) (*file, error) {
	f := &file{name: name, source: source}
	var s Settings
	var present map[string]any
	if err := decode(source, &present); err != nil {
		return nil, f.explain(err)
	}
	if err := decode(source, &s, yaml.Strict()); err != nil {
		return nil, f.explain(f.locate(present, err))
	}
	f.values, f.apps, f.mirror = make(map[string]any), s.Apps, s.Mirrors
	for _, field := range Fields() {
		if value(present, field.Key) == nil {
			continue
		}
		if !field.Allows(FromFile) {
			return nil, f.at("$."+field.Key, field.Key+" cannot be set in the file")
		}
		f.values[field.Key] = field.get(&s)
	}
	return f, nil
}

// decode reads YAML. The library panics on some malformed documents; that is an error like any other.
func decode(source []byte, into any, opts ...yaml.DecodeOption) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = errors.New("this is not YAML that can be read")
		}
	}()
	return yaml.UnmarshalWithOptions(source, into, opts...)
}

// value returns what the nested map holds under the dotted key, or nil.
func value(m map[string]any, key string) any {
	section, rest, nested := strings.Cut(key, ".")
	if !nested {
		return m[section]
	}
	inner, ok := m[section].(map[string]any)
	if !ok {
		return nil
	}
	return value(inner, rest)
}

// locate gives an error of a setting's own text form, which the YAML library reports without a place, that place.
func (f *file) locate(present map[string]any, err error) error {
	if _, placed := errors.AsType[yaml.Error](err); placed {
		return err
	}
	for _, field := range Fields() {
		if v := value(present, field.Key); v != nil {
			if _, malformed := field.parse(fmt.Sprint(v)); malformed != nil {
				return f.at("$."+field.Key, malformed.Error())
			}
		}
	}
	return err
}

// explain rewrites an error of the YAML library into: file, line, what is wrong, what was meant, and the lines around.
func (f *file) explain(err error) error {
	known, ok := errors.AsType[yaml.Error](err)
	if !ok {
		if _, placed := errors.AsType[*placeError](err); placed {
			return err
		}
		return fmt.Errorf("%s: %w", f.name, err)
	}
	message := known.GetMessage()
	if unknown, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		key := unknown.Token.Value
		message = fmt.Sprintf("unknown key %q%s", key, meant(key, keys()))
	}
	if wrong, ok := errors.AsType[*yaml.TypeError](err); ok {
		message = fmt.Sprintf("%s is expected here, and %q is none", kindName(wrong.DstType), wrong.Token.Value)
	}
	return f.show(known.GetToken(), message)
}

// at makes an error about what stands at a YAML path.
func (f *file) at(path, message string) error {
	if p, err := yaml.PathString(path); err == nil {
		if node, err := p.ReadNode(strings.NewReader(string(f.source))); err == nil {
			return f.show(node.GetToken(), message)
		}
	}
	return &placeError{file: f.name, message: message}
}

func (f *file) show(at *token.Token, message string) error {
	if at == nil {
		return &placeError{file: f.name, message: message}
	}
	excerpt := (&yaml.SyntaxError{Token: at}).FormatError(false, true)
	if _, lines, ok := strings.Cut(excerpt, "\n"); ok {
		excerpt = lines
	}
	return &placeError{file: f.name, line: at.Position.Line, message: message, excerpt: excerpt}
}

// placeError is an error at a line of the settings file.
type placeError struct {
	file    string
	line    int // zero if unknown
	message string
	excerpt string
}

// Error gives file, line and message on the first line, and the lines around below.
func (e *placeError) Error() string {
	if e.line == 0 {
		return e.file + ": " + e.message
	}
	return fmt.Sprintf("%s:%d: %s\n%s", e.file, e.line, e.message, strings.TrimRight(e.excerpt, "\n"))
}

// keys lists what a key of the file may be called, sections and the keys of apps included.
func keys() []string {
	all := []string{"apps", "phalapi", "openim", "wechat", "limits", "mirror", "mirrors"}
	for _, f := range Fields() {
		if f.Allows(FromFile) {
			all = append(all, f.Key, f.Key[strings.LastIndexByte(f.Key, '.')+1:])
		}
	}
	for field := range reflect.TypeFor[App]().Fields() {
		all = append(all, field.Tag.Get("yaml"))
	}
	return all
}

func kindName(t reflect.Type) string {
	if t == nil {
		return "another type"
	}
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a text"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a section of keys"
	default:
		return t.String()
	}
}
