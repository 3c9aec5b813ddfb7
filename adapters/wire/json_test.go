package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func styles() map[string]Style {
	return map[string]Style{"php-default": PHPDefault, "php-unicode": PHPUnicode, "js": JS, "go": Go}
}

func TestAppendString(t *testing.T) {
	const text = "hello word 你好 <b>\"q\"</b> /p \\ 😀\u2028\u2029\x01\b\f\n\r\t\x7f&'"
	for name, want := range map[string]string{
		// Captured from the framework: output_list_ok and unescaped_01_list.
		"php-default": `"hello word \u4f60\u597d <b>\"q\"<\/b> \/p \\ \ud83d\ude00\u2028\u2029\u0001\b\f\n\r\t` + "\x7f&'\"",
		"php-unicode": `"hello word 你好 <b>\"q\"<\/b> \/p \\ 😀\u2028\u2029\u0001\b\f\n\r\t` + "\x7f&'\"",
		"js":          `"hello word 你好 <b>\"q\"</b> /p \\ 😀` + "\u2028\u2029" + `\u0001\b\f\n\r\t` + "\x7f&'\"",
		"go":          `"hello word 你好 \u003cb\u003e\"q\"\u003c/b\u003e /p \\ 😀\u2028\u2029\u0001\b\f\n\r\t` + "\x7f\\u0026'\"",
	} {
		if got := string(AppendString(nil, text, styles()[name])); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	want, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendString(nil, text, Go); !bytes.Equal(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestNormalize(t *testing.T) {
	for raw, want := range map[string]string{
		"\n{ \"a\\u0041\" : [ 1.50 , -0, 1e+3 ] }\n": `{"aA":[1.50,-0,1e+3]}`,
		`"\/\u002f\u0022\u005c\u0001\u0008\u2028"`:   `"//\"\\\u0001\b` + "\u2028" + `"`,
		`"\uD83D\uDE00\ud83d\ude00"`:                 `"😀😀"`,
		`[[],{},true,false,null,""]`:                 `[[],{},true,false,null,""]`,
	} {
		got, err := Normalize([]byte("x"), []byte(raw))
		if err != nil || string(got) != "x"+want {
			t.Errorf("%s: %s, want x%s (%v)", raw, got, want, err)
		}
	}
	for _, raw := range []string{"", "{", `{"a":}`, "\"\xff\"", `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ude00"`, "1 2", "nul"} {
		if got, err := Normalize([]byte("x"), []byte(raw)); !errors.Is(err, errBadJSON) || string(got) != "x" {
			t.Errorf("%q: %s, %v", raw, got, err)
		}
	}
	nest := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if err := CheckJSON(nest(MaxDepth)); err != nil {
		t.Error(err)
	}
	if err := CheckJSON(nest(MaxDepth + 1)); !errors.Is(err, errTooDeep) {
		t.Error(err)
	}
}

// decode is the reference: numbers keep their text.
func decode(t *testing.T, raw []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", raw, err)
	}
	return v
}

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` [ 1 , 2.50e-3 , "\u0000\ud83d\ude00\/" ] `, `{"a":{"b":["\\\"",null,true]},"a":1}`, `"\ud800"`, "\"\u2028<>&\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		normal, err := Normalize(nil, raw)
		if err != nil {
			if len(normal) > 0 {
				t.Fatalf("an error and %q", normal)
			}
			return
		}
		want := decode(t, raw)
		if got := decode(t, normal); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q became %q", raw, normal)
		}
		again, err := Normalize(nil, normal)
		if err != nil || !bytes.Equal(again, normal) {
			t.Fatalf("%q, then %q (%v)", normal, again, err)
		}
		for name, style := range styles() {
			out := AppendJSON(nil, normal, style)
			if got := decode(t, out); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: %q became %q", name, raw, out)
			}
			if back, err := Normalize(nil, out); err != nil || !bytes.Equal(back, normal) {
				t.Fatalf("%s: %q, and back %q (%v)", name, out, back, err)
			}
		}
	})
}

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "a/b", "你好😀", "\x00\x1f\x7f", "\u2028\u2029\u2027", "<\"\\>&"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		for name, style := range styles() {
			out := AppendString(nil, s, style)
			var back string
			if err := json.Unmarshal(out, &back); err != nil || back != s {
				t.Fatalf("%s: %q became %s, and back %q (%v)", name, s, out, back, err)
			}
			// Both writers have the same escapes.
			if whole := AppendJSON(nil, AppendString(nil, s, JS), style); !bytes.Equal(whole, out) {
				t.Fatalf("%s: %s as a string, %s as JSON", name, out, whole)
			}
		}
	})
}

func TestWritingDoesNotAllocate(t *testing.T) {
	const text = "hello word 你好 <b>\"q\"</b> /p \\ 😀\u2028"
	normal := AppendString(nil, text, JS)
	dst := make([]byte, 0, 4096)
	for name, style := range styles() {
		if n := testing.AllocsPerRun(100, func() { dst = AppendString(dst[:0], text, style) }); n != 0 {
			t.Errorf("%s: AppendString allocates %v times", name, n)
		}
		if n := testing.AllocsPerRun(100, func() { dst = AppendJSON(dst[:0], normal, style) }); n != 0 {
			t.Errorf("%s: AppendJSON allocates %v times", name, n)
		}
	}
}
