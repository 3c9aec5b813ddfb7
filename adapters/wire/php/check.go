package php

import (
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// Reason is why a parameter was refused.
type Reason uint8

// The framework's refusals.
const (
	Missing Reason = iota + 1
	NotInEnum
	BelowMin
	AboveMax
	BadJSON
	Mismatch
	IllegalService
	NoService
	WrongSign
	BadToken
)

// Violation is a request that the framework refuses, in the framework's own vocabulary.
type Violation struct {
	Reason Reason
	// Name is the parameter, with ".len" where its length is at fault, or the service.
	Name string
	// Value is what was found, Allowed what would be right.
	Value, Allowed string
}

// Error puts the violation in English.
func (v *Violation) Error() string { return string(v.AppendDetail(nil, English)) }

// Text implements wire.Source. Strings are taken as they are; an enum must be one of its values; JSON is brought into
// normal form.
func (v *Values) Text(p *wire.ParamSpec) (string, bool, error) {
	value := v.Get(p.Name)
	if !value.Given() {
		if !p.HasDefault {
			return "", false, missing(p)
		}
		value = Value{Kind: Text, Raw: p.Default}
	}
	switch p.Type {
	case wire.TypeEnum:
		s, err := checkEnum(p, value)
		return s, true, err
	case wire.TypeJSON:
		s, err := v.checkJSON(p, value)
		return s, true, err
	default:
		s := value.String()
		return s, true, checkBounds(p, ".len", int64(len(s)))
	}
}

// Int implements wire.Source with PHP's intval.
func (v *Values) Int(p *wire.ParamSpec) (int64, bool, error) {
	value := v.Get(p.Name)
	if !value.Given() {
		if !p.HasDefault {
			return 0, false, missing(p)
		}
		value = Value{Kind: Text, Raw: p.Default}
	}
	n := value.Int()
	return n, true, checkBounds(p, "", n)
}

// List implements wire.Source: text is split at commas, arrays are taken as they are.
func (v *Values) List(p *wire.ParamSpec) ([]string, bool, error) {
	value := v.Get(p.Name)
	if !value.Given() {
		if !p.HasDefault {
			return nil, false, missing(p)
		}
		value = Value{Kind: Text, Raw: p.Default}
	}
	items, count := v.items(value, p)
	return items, true, checkBounds(p, "", count)
}

// items returns the items of a list and their number. Where that is over the parameter's bound the items are left out:
// a request that is refused need not cost what its items weigh.
func (v *Values) items(value Value, p *wire.ParamSpec) (items []string, count int64) {
	add := func(item string) {
		if count++; !p.Max.Set || count <= p.Max.At {
			items = append(items, item)
		}
	}
	switch value.Kind {
	case Array:
		array := v.array(value)
		for i := range array.nodes {
			add(array.nodes[i].String())
		}
	case Container:
		s := newSplitter(wire.Bytes(value.Raw))
		for _, raw, ok := s.next(); ok; _, raw, ok = s.next() {
			if raw[0] == '"' {
				add(v.jsonString(raw))
			} else {
				add(jsonValue(raw).String())
			}
		}
	case Absent, Null, Text, Number, Bool:
		s := value.String()
		if s == "" {
			return nil, 0
		}
		if count = int64(strings.Count(s, ",")) + 1; !p.Max.Set || count <= p.Max.At {
			items = strings.Split(s, ",")
		}
	}
	return items, count
}

func missing(p *wire.ParamSpec) error {
	if !p.Required {
		return nil
	}
	return &Violation{Reason: Missing, Name: p.Name}
}

// checkBounds compares n with the parameter's bounds; the message calls it by the parameter's name and suffix.
func checkBounds(p *wire.ParamSpec, suffix string, n int64) error {
	switch {
	case p.Min.Set && n < p.Min.At:
		return outOfBounds(BelowMin, p.Name+suffix, n, p.Min.At)
	case p.Max.Set && n > p.Max.At:
		return outOfBounds(AboveMax, p.Name+suffix, n, p.Max.At)
	}
	return nil
}

func outOfBounds(reason Reason, name string, n, bound int64) error {
	return &Violation{Reason: reason, Name: name, Value: strconv.FormatInt(n, 10), Allowed: strconv.FormatInt(bound, 10)}
}

// checkEnum compares loosely, as the framework does on PHP 8: true equals any value that is not empty, so that the first
// is taken; an array equals none.
func checkEnum(p *wire.ParamSpec, value Value) (string, error) {
	s := value.String()
	for _, allowed := range p.Values {
		switch value.Kind {
		case Bool:
			if Truthy(s) == Truthy(allowed) {
				return allowed, nil
			}
		case Text, Number:
			if s == allowed {
				return allowed, nil
			}
		case Absent, Null, Array, Container:
		}
	}
	return "", &Violation{Reason: NotInEnum, Name: p.Name, Value: s, Allowed: strings.Join(p.Values, "/")}
}

// checkJSON accepts an object or a list: as text, as a part of a JSON body, or as form fields with brackets.
func (v *Values) checkJSON(p *wire.ParamSpec, value Value) (string, error) {
	raw := wire.Bytes(value.Raw)
	switch value.Kind {
	case Text, Container:
	case Array:
		array := v.array(value)
		raw = array.appendJSON(nil)
	case Absent, Null, Number, Bool:
		raw = nil
	}
	start := len(v.decoded)
	normal, err := wire.Normalize(v.decoded, raw)
	if err != nil || normal[start] != '{' && normal[start] != '[' {
		return "", &Violation{Reason: BadJSON, Name: p.Name}
	}
	v.decoded = normal
	return wire.View(normal[start:]), nil
}
