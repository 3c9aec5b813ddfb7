package php

import (
	"math"
	"testing"
)

func TestIntval(t *testing.T) {
	for s, want := range map[string]int64{
		// Captured from the framework, or stated with the captures.
		"abc": 0, "12abc": 12, "\x2012": 12, "1e2": 100, "0x1A": 0, "": 0, "1.9": 1, "+5": 5, "-1": -1,
		"99999999999999999999": math.MaxInt64, "-99999999999999999999": math.MinInt64,
		// The rest of PHP's rules for numbers at the beginning of a string.
		"\t\n\r\v\f7": 7, "010": 10, ".5": 0, "-.5e1": -5, "5.": 5, "1e": 1, "1e+": 1, "1e+2x": 100, "1E2": 100, "--1": 0, "+": 0, "-": 0,
		".": 0, "e5": 0, "1e30": math.MaxInt64, "1e999": math.MaxInt64, "-1e30": math.MinInt64, "1,5": 1, "１": 0, "\x007": 0,
		"9223372036854775807": math.MaxInt64, "-9223372036854775808": math.MinInt64, "9223372036854775808": math.MaxInt64,
	} {
		if got := Intval(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func FuzzIntval(f *testing.F) {
	for _, seed := range []string{"", "12abc", "-1.9e3", " +7", "1e999", "0x1A"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := Intval(s)
		if got := Intval(" " + s); got != n {
			t.Errorf("%q: %d, with a space %d", s, n, got)
		}
		if got := Intval(s + "x"); got != n {
			t.Errorf("%q: %d, with a letter %d", s, n, got)
		}
	})
}

func TestConversions(t *testing.T) {
	for _, test := range []struct {
		value  Value
		text   string
		number int64
		js     string
	}{
		{Value{}, "", 0, ""},
		{Value{Kind: Null}, "", 0, "null"},
		{Value{Kind: Text, Raw: " 1 "}, " 1 ", 1, " 1 "},
		{Value{Kind: Bool, Raw: "true"}, "1", 1, "true"},
		{Value{Kind: Bool, Raw: "false"}, "", 0, "false"},
		{Value{Kind: Number, Raw: "123"}, "123", 123, "123"},
		{Value{Kind: Number, Raw: "1.50"}, "1.5", 1, "1.5"},
		{Value{Kind: Number, Raw: "1.0"}, "1", 1, "1"},
		{Value{Kind: Number, Raw: "-2.5"}, "-2.5", -2, "-2.5"},
		{Value{Kind: Number, Raw: "0.0001"}, "0.0001", 0, "0.0001"},
		{Value{Kind: Number, Raw: "0.00001"}, "1.0E-5", 0, "0.00001"},
		{Value{Kind: Number, Raw: "0.000015"}, "1.5E-5", 0, "0.000015"},
		{Value{Kind: Number, Raw: "1e25"}, "1.0E+25", math.MaxInt64, "1e+25"},
		{Value{Kind: Number, Raw: "0.1234567890123456"}, "0.12345678901235", 0, "0.1234567890123456"},
		{Value{Kind: Number, Raw: "12345678901234567890"}, "1.2345678901235E+19", math.MaxInt64, "12345678901234567000"},
		{Value{Kind: Number, Raw: "9007199254740993"}, "9007199254740993", 9007199254740993, "9007199254740992"},
		{Value{Kind: Number, Raw: "0.0"}, "0", 0, "0"},
		{Value{Kind: Number, Raw: "-0"}, "-0", 0, "0"},
		{Value{Kind: Number, Raw: "-0.0"}, "-0", 0, "0"},
		{Value{Kind: Number, Raw: "-1e999"}, "-INF", math.MinInt64, "-1e999"},
		{Value{Kind: Number, Raw: "1.5e-7"}, "1.5E-7", 0, "1.5e-7"},
		{Value{Kind: Array}, "Array", 1, "Array"},
		{Value{Kind: Container, Raw: "[ ]"}, "Array", 0, ""},
		{Value{Kind: Container, Raw: "{}"}, "Array", 0, "[object Object]"},
		{Value{Kind: Container, Raw: `[ "a\u4f60" , 1.50,[true,null,[]], {"b":[1,2]}]`}, "Array", 1, "a你,1.5,true,,,[object Object]"},
	} {
		if got := test.value.String(); got != test.text {
			t.Errorf("%+v: %q, want %q", test.value, got, test.text)
		}
		if got := test.value.Int(); got != test.number {
			t.Errorf("%+v: %d, want %d", test.value, got, test.number)
		}
		if got := test.value.JSString(); got != test.js {
			t.Errorf("%+v: %q in JavaScript, want %q", test.value, got, test.js)
		}
	}
}
