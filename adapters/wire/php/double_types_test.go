package php

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"parley/adapters/wire"
)

// The framework's types that no service here has. They stand with the tests, to show that the common rules, words and
// order of checks carry them.

// mismatch is the refusal of a regular expression, which the framework shows in debug mode.
type mismatch struct {
	Violation

	pattern string
}

// rule turns a parameter that is given into JSON.
type rule struct {
	name string
	read func(v *Values, value Value) (string, error)
}

// typesRules are the parameters of the capture's service Types, in its order.
func typesRules() []rule {
	return []rule{
		{"i", func(_ *Values, value Value) (string, error) { return strconv.FormatInt(value.Int(), 10), nil }},
		{"f", func(_ *Values, value Value) (string, error) { return floatText(floatval(value.String())), nil }},
		{"b", func(_ *Values, value Value) (string, error) { return strconv.FormatBool(boolean(value.String())), nil }},
		{"str", func(_ *Values, value Value) (string, error) { return quote(value.String()), nil }},
		{"u", func(_ *Values, value Value) (string, error) {
			s := value.String()
			spec := &wire.ParamSpec{Name: "u", Max: wire.Bound{Set: true, At: 4}}
			return quote(s), checkBounds(spec, ".len", int64(utf8.RuneCountInString(s)))
		}},
		{"r", func(_ *Values, value Value) (string, error) {
			if s := value.String(); regexp.MustCompile("^[a-z]+$").MatchString(s) {
				return quote(s), nil
			}
			return "", &mismatch{Violation{Reason: Mismatch, Name: "r"}, "/^[a-z]+$/"}
		}},
		{"d", func(_ *Values, value Value) (string, error) {
			t, err := time.ParseInLocation(time.DateTime, value.String(), time.FixedZone("CST", 8*60*60))
			if err != nil {
				return "0", nil //nolint:nilerr // what is no time is 0
			}
			return strconv.FormatInt(t.Unix(), 10), nil
		}},
		{"a", func(v *Values, value Value) (string, error) {
			if value.Kind == Array || value.Kind == Container {
				return v.checkJSON(&wire.ParamSpec{Name: "a"}, value)
			}
			return "[" + quote(value.String()) + "]", nil
		}},
		{"m", func(_ *Values, value Value) (string, error) {
			if s := value.String(); len(s) < 3 {
				return quote(s), nil
			}
			return "", &refusal{400, "custom {name} text"}
		}},
	}
}

func types(in wire.Source) (string, error) {
	v, ok := in.(*Values)
	if !ok {
		return "", errNoValues
	}
	var members []string
	for _, rule := range typesRules() {
		data := "null"
		if value := v.Get(rule.name); value.Given() {
			var err error
			if data, err = rule.read(v, value); err != nil {
				return "", err
			}
		}
		members = append(members, quote(strings.TrimSuffix(rule.name, "tr"))+":"+data)
	}
	return "{" + strings.Join(members, ",") + "}", nil
}

func quote(s string) string { return string(wire.AppendString(nil, s, wire.PHPDefault)) }

// floatval is PHP's: the number at the beginning, or 0.
func floatval(s string) float64 {
	s = strings.TrimLeft(s, " \t\n\r\v\f")
	end, _ := numberEnd(s)
	f, err := strconv.ParseFloat(s[:end], 64)
	if err != nil {
		return 0
	}
	return f
}

// boolean is the framework's: a positive number or one of a few words.
func boolean(s string) bool {
	switch strings.ToLower(s) {
	case "ok", "true", "success", "on", "yes":
		return true
	}
	return Intval(s) > 0
}
