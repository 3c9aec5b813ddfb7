package yesapi

import (
	"crypto/md5"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire/php"
	"parley/core"
)

// documentSign follows the document word for word: the values in the order of their names, then the secret.
func documentSign(params map[string]string, secret string) string {
	names := make([]string, 0, len(params))
	for name := range params {
		if name != "sign" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var text strings.Builder
	for _, name := range names {
		text.WriteString(params[name])
	}
	sum := md5.Sum([]byte(text.String() + secret))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// read parses a request with a form, or with a JSON body if it begins with a brace.
func read(query, body string) *php.Values {
	var ctx fasthttp.RequestCtx
	ctx.Request.SetRequestURI("http://a/?" + query)
	ctx.Request.Header.SetMethod(fasthttp.MethodPost)
	ctx.Request.Header.SetContentType("application/x-www-form-urlencoded")
	ctx.Request.SetBodyString(body)
	values := new(php.Values)
	values.Read(&ctx, true)
	return values
}

// FuzzSigned: what a client signs by the document's rule is accepted wherever its parameters stand, another sign and
// another secret are not, and nothing makes the check panic.
func FuzzSigned(f *testing.F) {
	f.Add("s", "App.Hello.World", "name", "dogstar", "x=1", "", "App.Hello.World")
	f.Add("chat_message_data", `{"content":"😀"}`, "uuid", "A", "", `{"n":1.0,"b":true,"z":null,"o":{},"a":[1]}`, "")
	f.Add("_", "1", "callback", "cb", "return_data=1&_timestamp=5", "", "App.A.B")
	f.Add("sign", "x", "token", "", "sign=&a[]=1&a[]=2&a.b=%zz;+", "", "App.A.B")
	f.Add("s", "\xff\xf0\x9f", "t", "\xed\xa0\xbd", "%00=%ff", "{", "")
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2, query, body, path string) {
		const secret = "yesapi-test-secrect-AbCdEfGh0123456789"
		app, settings := &core.App{Secret: secret}, stock()
		anything := read(query, body)
		signed(anything, strings.Repeat("F", signLength), path, app, settings, nil)
		signed(anything, value1, path, app, settings, nil)

		params := make(map[string]string)
		for name, value := range map[string]string{name1: value1, name2: value2} {
			if name = strings.Trim(name, " .["); name != "" && name != "sign" && !strings.ContainsAny(name, ". []\x00") {
				params[name] = value
			}
		}
		form := make(url.Values)
		for name, value := range params {
			form.Set(name, value)
		}
		sign := documentSign(params, secret)
		for _, values := range []*php.Values{read(form.Encode(), ""), read("", form.Encode()), read("sign=x", form.Encode()+"&sign="+sign)} {
			if !signed(values, sign, path, app, settings, nil) || !signed(values, strings.ToLower(sign), path, app, settings, nil) {
				t.Fatalf("%q: the sign %s is refused", params, sign)
			}
			if signed(values, documentSign(params, secret+"x"), path, app, settings, nil) {
				t.Fatalf("%q: a sign with another secret is accepted", params)
			}
		}
	})
}

// FuzzSurrogates: without characters beyond U+FFFF both encodings are the same, and each such character has six bytes.
func FuzzSurrogates(f *testing.F) {
	f.Add("")
	f.Add("你好 ❤ ⚽")
	f.Add("a😀b🀄")
	f.Add("\U0010ffff\U00010000\uffff")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		want := 0
		for _, r := range s {
			want += 1
			switch {
			case r >= 0x10000:
				want += 5
			case r >= 0x800:
				want += 2
			case r >= 0x80:
				want++
			}
		}
		sv := signVariant{cesu8: true}
		got := sv.appendValue(nil, s)
		if len(got) != want || slices.ContainsFunc(got, func(c byte) bool { return c >= 0xf0 }) {
			t.Errorf("%q: % x", s, got)
		}
		if want == len(s) && string(got) != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}

// TestSignCost bounds what checking the sign of a typical request allocates.
func TestSignCost(t *testing.T) {
	const sign = "4B41E5B822F7EDD72B2059591EC05541"
	values := read("s=App.Market_ChatMessage.Send&app_key=0123456789ABCDEF0123456789ABCDEF&uuid="+strings.Repeat("A", 32)+"&token="+strings.Repeat("B", 64)+
		"&other_uuid="+strings.Repeat("C", 32)+"&chat_message_type=text&sign="+sign, "chat_message_data="+url.QueryEscape(`{"content":"你好 ❤ ⚽"}`))
	app, settings := &core.App{Secret: "yesapi-test-secrect-AbCdEfGh0123456789"}, stock()
	scratch := make([]byte, 0, 1024)
	n := testing.AllocsPerRun(100, func() {
		if !signed(values, sign, "", app, settings, scratch) {
			t.Fatal("refused")
		}
	})
	if t.Logf("%v allocations", n); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
