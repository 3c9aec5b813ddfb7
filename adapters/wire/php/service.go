package php

import (
	"strings"

	"parley/adapters/wire"
)

// Services is an immutable table of endpoints by service name.
type Services struct {
	exact   map[string]wire.Endpoint // by full name, found without building a key
	folded  map[string]wire.Endpoint // by lookupKey
	onePart bool
}

// NewServices returns the table of the given endpoints. With onePart a name of one part means the action Index of that
// class, as in newer versions of the framework; otherwise it is illegal.
func NewServices(endpoints []wire.Endpoint, onePart bool) *Services {
	s := &Services{
		exact:   make(map[string]wire.Endpoint, len(endpoints)),
		folded:  make(map[string]wire.Endpoint, len(endpoints)),
		onePart: onePart,
	}
	for _, e := range endpoints {
		s.exact[e.Spec().Name] = e
		s.folded[lookupKey(e.Spec().Name)] = e
	}
	return s
}

// defaultService answers where no service is named.
const defaultService = "App.Site.Index"

// Find returns the endpoint that a request asks for: by the parameter service, else s, else the path, else the default.
// path is what stands between the entry and the query, and empty where paths do not count. A violation is returned for a
// name that is illegal or unknown.
func (s *Services) Find(v *Values, path string) (wire.Endpoint, *Violation) {
	name, named := path, path != ""
	value := v.Get("service")
	if !value.Given() {
		value = v.Get("s")
	}
	switch value.Kind {
	case Absent, Null:
	case Array, Container:
		return nil, &Violation{Reason: IllegalService, Name: value.String()}
	case Text, Number, Bool:
		name, named = value.String(), true
	}
	if !named {
		name = defaultService
	}
	return s.Named(name)
}

// Named returns the endpoint of a service name.
func (s *Services) Named(name string) (wire.Endpoint, *Violation) {
	if e, ok := s.exact[name]; ok {
		return e, nil
	}
	full := name
	switch strings.Count(name, ".") {
	case 0:
		if !s.onePart || name == "" {
			return nil, &Violation{Reason: IllegalService, Name: strings.Clone(name)}
		}
		full = "App." + name + ".Index"
	case 1:
		full = "App." + name
	}
	parts := strings.SplitN(full, ".", 4)
	if len(parts) < 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return nil, &Violation{Reason: IllegalService, Name: strings.Clone(name)}
	}
	full = strings.Join(parts[:3], ".")
	if e, ok := s.folded[lookupKey(full)]; ok {
		return e, nil
	}
	return nil, &Violation{Reason: NoService, Name: full}
}

// lookupKey brings a name of three parts into the form by which the framework finds it: the namespace as it is, the
// class with its first letter in upper case, the action in any case. PHP folds ASCII only.
func lookupKey(name string) string {
	class := strings.IndexByte(name, '.') + 1
	action := strings.LastIndexByte(name, '.') + 1
	if class >= action {
		return name
	}
	key := []byte(name)
	if c := key[class]; c >= 'a' && c <= 'z' {
		key[class] -= 'a' - 'A'
	}
	for i, c := range key[action:] {
		if c >= 'A' && c <= 'Z' {
			key[action+i] += 'a' - 'A'
		}
	}
	return string(key)
}

// PathService returns the service name that a path stands for: its segments joined with dots.
func PathService(path string) string {
	path = strings.Trim(path, "/")
	path = strings.TrimPrefix(path, "index.php")
	return strings.ReplaceAll(strings.Trim(path, "/"), "/", ".")
}
