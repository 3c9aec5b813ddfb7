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

// List implements wire.Source: text is split at commas, lists are taken as they are.
func (v *Values) List(p *wire.ParamSpec) ([]string, bool, error) {
	value := v.Get(p.Name)
	if !value.Given() {
		if !p.HasDefault {
			return nil, false, missing(p)
		}
		value = Value{Kind: Text, Raw: p.Default}
	}
	items := v.items(value, p)
	return items, true, checkBounds(p, "", int64(len(items)))
}

func (v *Values) items(value Value, p *wire.ParamSpec) []string {
	switch value.Kind {
	case List:
		return value.Items
	case Container:
		var inner Values
		inner.parseJSON([]byte(value.Raw))
		items := make([]string, 0, len(inner.pairs))
		for i := range inner.pairs {
			items = append(items, inner.pairs[i].value.String())
		}
		return items
	case Absent, Null, Text, Number, Bool:
	}
	s := value.String()
	if s == "" {
		return nil
	}
	count := strings.Count(s, ",") + 1
	if p.Max.Set && int64(count) > p.Max.At {
		return make([]string, count) // refused by its length; not worth splitting
	}
	return strings.Split(s, ",")
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

// checkEnum compares loosely, as the framework does on PHP 8: true equals any value of the enum, a list none.
func checkEnum(p *wire.ParamSpec, value Value) (string, error) {
	s := value.String()
	if value.Kind == Bool && value.Raw == "true" {
		return s, nil
	}
	if value.Kind != List && value.Kind != Container {
		for _, allowed := range p.Values {
			if s == allowed {
				return allowed, nil
			}
		}
	}
	return "", &Violation{Reason: NotInEnum, Name: p.Name, Value: s, Allowed: strings.Join(p.Values, "/")}
}

// checkJSON accepts an object or a list, as text or as a part of a JSON body.
func (v *Values) checkJSON(p *wire.ParamSpec, value Value) (string, error) {
	if value.Kind != Text && value.Kind != Container {
		return "", &Violation{Reason: BadJSON, Name: p.Name}
	}
	start := len(v.decoded)
	normal, err := wire.Normalize(v.decoded, []byte(value.Raw))
	if err != nil || normal[start] != '{' && normal[start] != '[' {
		return "", &Violation{Reason: BadJSON, Name: p.Name}
	}
	v.decoded = normal
	return text(normal[start:]), nil
}
