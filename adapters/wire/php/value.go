package php

import (
	"math"
	"strconv"
	"strings"

	"parley/adapters/wire"
)

// Kind is what a parameter's value is in PHP's eyes.
type Kind uint8

// The kinds of values.
const (
	Absent Kind = iota // not given
	Null
	Text
	Number // a JSON number, as written
	Bool
	Array     // form fields with brackets
	Container // a JSON object or array, as written
)

// Value is one parameter. What it refers to is valid until its Values are reset.
type Value struct {
	Kind  Kind
	first int32 // of an Array, the index of its first element
	// Raw is the text of a Text, and the JSON of a Number, Bool or Container.
	Raw string
}

// Given tells whether the framework takes the parameter as present.
func (v Value) Given() bool { return v.Kind != Absent && v.Kind != Null }

// String is PHP's conversion to a string.
func (v Value) String() string {
	switch v.Kind {
	case Text:
		return v.Raw
	case Number:
		return numberText(v.Raw)
	case Bool:
		if v.Raw == "true" {
			return "1"
		}
	case Array, Container:
		return "Array"
	case Absent, Null:
	}
	return ""
}

// JSString is JavaScript's conversion to a string, which clients apply to what they sign.
func (v Value) JSString() string {
	switch v.Kind {
	case Bool:
		return v.Raw
	case Null:
		return "null"
	case Number:
		f, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return v.Raw
		}
		return jsNumber(f)
	case Container:
		if v.Raw[0] == '{' {
			return "[object Object]"
		}
		return jsJoin(v.Raw)
	case Absent, Text, Array:
	}
	return v.String()
}

// jsJoin converts a JSON list: its items, joined with commas, and nothing for null.
func jsJoin(list string) string {
	var joined []byte
	s := newSplitter(wire.Bytes(list))
	for n := 0; ; n++ {
		_, raw, ok := s.next()
		if !ok {
			return string(joined)
		}
		if n > 0 {
			joined = append(joined, ',')
		}
		switch raw[0] {
		case 'n':
		case '"':
			joined = appendUnescaped(joined, raw[1:len(raw)-1])
		default:
			joined = append(joined, jsonValue(raw).JSString()...)
		}
	}
}

// jsNumber prints a number as JavaScript does: plainly between 1e-7 and 1e21, and zero without a sign.
func jsNumber(f float64) string {
	if f == 0 {
		return "0"
	}
	if size := math.Abs(f); size < 1e-6 || size >= 1e21 {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(s, "e")
		sign := exponent[:1]
		return mantissa + "e" + sign + strings.TrimLeft(exponent[1:], "0")
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// numberText is PHP's conversion of a JSON number to a string: integers as they are, others with 14 digits.
func numberText(raw string) string {
	if !strings.ContainsAny(raw, ".eE") {
		if _, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return raw
		}
	}
	f, err := strconv.ParseFloat(raw, 64)
	switch {
	case math.IsInf(f, 1):
		return "INF"
	case math.IsInf(f, -1):
		return "-INF"
	case err != nil:
		return raw
	}
	return floatText(f)
}

// floatText prints a float as PHP does with its default precision of 14 digits.
func floatText(f float64) string {
	s := strconv.FormatFloat(f, 'e', 13, 64)
	mantissa, exponent, _ := strings.Cut(s, "e")
	power, err := strconv.Atoi(exponent)
	if err != nil || f == 0 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	if power < -4 || power >= 14 {
		mantissa = strings.TrimRight(mantissa, "0")
		if strings.HasSuffix(mantissa, ".") {
			mantissa += "0"
		}
		return mantissa + "E" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
	}
	s = strconv.FormatFloat(f, 'f', 13-power, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Int is PHP's intval.
func (v Value) Int() int64 {
	switch v.Kind {
	case Text, Number:
		return Intval(v.Raw)
	case Bool:
		if v.Raw == "true" {
			return 1
		}
	case Array:
		return 1
	case Container:
		s := newSplitter(wire.Bytes(v.Raw))
		if _, _, ok := s.next(); ok {
			return 1
		}
	case Absent, Null:
	}
	return 0
}

// Intval reads the number at the beginning of s as PHP's intval does: white space, a sign, digits, and what makes them a
// float; no hex, no octal. What does not fit becomes the nearest int64.
func Intval(s string) int64 {
	s = strings.TrimLeft(s, " \t\n\r\v\f")
	end, float := numberEnd(s)
	if end == 0 {
		return 0
	}
	if !float {
		n, err := strconv.ParseInt(s[:end], 10, 64)
		if err == nil {
			return n
		}
		if s[0] == '-' {
			return math.MinInt64
		}
		return math.MaxInt64
	}
	f, err := strconv.ParseFloat(s[:end], 64)
	switch {
	case f >= math.MaxInt64: // infinity, too
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	case err != nil:
		return 0
	}
	return int64(f)
}

// numberEnd returns where the number at the beginning of s ends, and whether it is written as a float.
func numberEnd(s string) (end int, float bool) {
	i := 0
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	start := i
	i = digits(s, i)
	whole := i - start
	if i < len(s) && s[i] == '.' {
		j := digits(s, i+1)
		if whole > 0 || j > i+1 {
			float, i = true, j
		}
	}
	if i == start {
		return 0, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if k := digits(s, j); k > j {
			return k, true
		}
	}
	return i, float
}

func digits(s string, i int) int {
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}

// Truthy tells whether a string is not empty in PHP's sense.
func Truthy(s string) bool { return s != "" && s != "0" }
