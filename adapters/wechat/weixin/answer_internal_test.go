package weixin

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// FuzzAnswer reads any answer: it is a refusal, something else than the platform says, or what it was asked for.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"errcode":40003,"errmsg":"invalid openid"}`))
	f.Add([]byte(`{"errcode":"0","user_info_list":[{"openid":"a","nickname":"b` + "\x01" + `","tagid_list":[1,"2"]}]}`))
	f.Add([]byte(`<html>`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var a struct {
			List []userAnswer `json:"user_info_list"`
		}
		err := readAnswer(bytes.Clone(text), &a)
		refusal, refused := errors.AsType[*APIError](err)
		if err != nil && !refused && !errors.Is(err, ErrUnavailable) || refused && refusal.Code == 0 {
			t.Fatalf("%q: %v", text, err)
		}
		for i := range a.List {
			a.List[i].user()
		}
	})
}

// FuzzObject writes any text, and reads it with another decoder.
func FuzzObject(f *testing.F) {
	f.Add("a<b>&\u2028\"\\", "\x00\xff\r\n\t")
	f.Fuzz(func(t *testing.T, one, two string) {
		var o object
		o.string("one", one)
		o.strings("list", []string{two, one})
		o.object("inner", func(o *object) { o.string("two", two); o.integer("n", -7) })
		text := o.end()
		var got struct {
			One   string
			List  []string
			Inner struct {
				Two string
				N   int64
			}
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got.One != shown(one) || got.List[0] != shown(two) || got.Inner.Two != shown(two) || got.Inner.N != -7 {
			t.Fatalf("%s became %+v", text, got)
		}
		if strings.Contains(strings.ReplaceAll(string(text), `\\`, ""), `\u`) {
			t.Fatalf("an escape in %s", text)
		}
	})
}

// shown is what of a text the platform can be told.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) {
			return -1
		}
		return r
	}, s)
}

// FuzzFileName sees that a name is never a path.
func FuzzFileName(f *testing.F) {
	f.Add(`attachment; filename="../a"`)
	f.Add(`attachment; filename*=utf-8''%2e%2e%5ca`)
	f.Fuzz(func(t *testing.T, header string) {
		name := fileName(map[string][]string{"Content-Disposition": {header}})
		if strings.ContainsAny(name, "/\\\x00\r\n") || name == "." || name == ".." {
			t.Fatalf("%q gives %q", header, name)
		}
	})
}
