package php

import (
	"net/url"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// read takes the parameters of one request. body may be empty.
func read(v *Values, method, query, contentType, body string) {
	var ctx fasthttp.RequestCtx
	request(&ctx, method, query, contentType, body)
	v.Read(&ctx, false)
}

func request(ctx *fasthttp.RequestCtx, method, query, contentType, body string) {
	ctx.Request.Header.SetMethod(method)
	ctx.Request.SetRequestURI("/api/platform?" + query)
	if contentType != "" {
		ctx.Request.Header.SetContentType(contentType)
	}
	ctx.Request.SetBodyString(body)
}

const formType = "application/x-www-form-urlencoded"

func TestWhereParametersComeFrom(t *testing.T) {
	const multipart = "--X\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nm;1%\r\n--X\r\n" +
		"content-disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nfile\r\n--X--\r\n"
	for _, test := range []struct {
		name, method, query, contentType, body string
		want                                   string // k, as text
	}{
		{"query", "GET", "k=q", "", "", "q"},
		{"last of several", "GET", "k=1&k=2", "", "", "2"},
		{"semicolon", "GET", "k=a;b=c", "", "", "a;b=c"},
		{"broken escape", "GET", "k=100%&m=1", "", "", "100%"},
		{"broken escape at the end", "GET", "k=%z%4", "", "", "%z%4"},
		{"escape", "GET", "%6b=%E4%BD%A0+%2b", "", "", "你 +"},
		{"no value", "GET", "k", "", "", ""},
		{"form", "POST", "k=q", formType, "k=f", "f"},
		{"form in capitals", "POST", "k=q", "Application/X-WWW-Form-Urlencoded ; charset=GBK", "&k=f x;1", "f x;1"},
		{"form of another type", "POST", "k=q", "text/plain", "k=f", "q"},
		{"form without a type", "POST", "k=q", "application/x-www-form-urlencodedx", "k=f", "q"},
		{"form of PUT", "PUT", "k=q", formType, "k=f", "q"},
		{"multipart", "POST", "k=q", "multipart/form-data; boundary=X", multipart, "m;1%"},
		{"multipart of PUT", "PUT", "k=q", "multipart/form-data; boundary=X", multipart, "q"},
		{"multipart without a boundary", "POST", "k=q", "multipart/form-data", multipart, "q"},
		{"multipart that does not end", "POST", "k=q", "multipart/form-data; boundary=X", multipart[:20], "q"},
		{"JSON", "POST", "k=q", "application/json", `{"k":"j"}`, "j"},
		{"JSON of GET", "GET", "k=q", "", ` {"k":"j"} `, "j"},
		{"JSON as a form", "POST", "k=q", formType, `{"k":"j"}`, "j"},
		{"JSON in multipart", "POST", "k=q", "multipart/form-data; boundary=X", `{"k":"j"}`, "q"},
		{"JSON with escapes", "POST", "", "", `{"\u006b":"\ud83d\ude00\n\/"}`, "😀\n/"},
		{"JSON null", "POST", "k=q", "", `{"k":null}`, ""},
		{"JSON twice", "POST", "k=q", "", `{"k":1,"k":2}`, "2"},
		{"JSON scalar", "POST", "k=q", "", `"k"`, "q"},
		{"broken JSON", "POST", "k=q", "", `{"k":`, "q"},
		{"JSON that is too deep", "POST", "k=q", "", `{"k":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, "q"},
		{"list of one", "GET", "k[]=a", "", "", "Array"},
		{"map", "GET", "k[x]=a", "", "", "Array"},
		{"text after a list", "GET", "k[]=a&k=b", "", "", "b"},
		{"list after a text", "GET", "k=b&k[]=a", "", "", "Array"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var v Values
			read(&v, test.method, test.query, test.contentType, test.body)
			if got := v.Get("k").String(); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestNamesOfParameters(t *testing.T) {
	for name, want := range map[string]string{
		"a.b": "a_b", "c%20d": "c_d", "%20e": "e", "f%00g": "f", "h[": "h_", "i[x": "i_x", "K": "K", "%E4%BD%A0": "你",
	} {
		var v Values
		read(&v, "GET", name+"=1", "", "")
		if got := v.Get(want); got.Raw != "1" {
			t.Errorf("%s: there is no %s in %+v", name, want, v.pairs)
		}
	}
	var v Values
	read(&v, "GET", "=1&[]=2&&%00=3&%20=4", "", "")
	if v.Len() != 0 {
		t.Errorf("%+v", v.pairs)
	}
}

func TestVariablesAreLimited(t *testing.T) {
	var v Values
	read(&v, "GET", strings.Repeat("a=1&", maxVariables)+"b=1", "", "")
	if v.Len() != maxVariables || v.Get("b").Given() {
		t.Errorf("%d variables", v.Len())
	}
}

func TestOrigins(t *testing.T) {
	var v Values
	read(&v, "POST", "k=q&only=1", formType, "k=f")
	if q, f, j := v.From("k", Query).Raw, v.From("k", Form).Raw, v.From("k", JSON); q != "q" || f != "f" || j.Kind != Absent {
		t.Errorf("%q, %q, %+v", q, f, j)
	}
	var names []string
	v.Sorted(func(name string, value Value) { names = append(names, name+"="+value.Raw) })
	if got := strings.Join(names, " "); got != "k=f only=1" {
		t.Errorf("%s", got)
	}
	v.Reset()
	if v.Len() != 0 || v.Get("k").Given() {
		t.Errorf("%+v", v.pairs)
	}
}

func TestSimpleMD5(t *testing.T) {
	// Captured from the framework: sign_04_upper, which is refused for its capitals alone.
	const query = "s=Platform.ChatMessage.BulkSend&chat_message_to_uuid=12345678123456781234567812345678&chat_message_data=hi&chat_message_type=text"
	for sign, want := range map[string]bool{
		"": false, "&sign=": false, "&sign=4B50263C7FF6B85A006482C837A577F0": false,
		"&sign=4b50263c7ff6b85a006482c837a577f0": true, "&sign=4b50263c7ff6b85a006482c837a577f0&x=1": false,
	} {
		var v Values
		read(&v, "GET", query+sign, "", "")
		if v.SimpleMD5() != want {
			t.Errorf("%q: want %v", sign, want)
		}
	}
	if empty := new(Values); !empty.SimpleMD5() {
		t.Error("a request without parameters needs a signature")
	}
}

func TestReadingDoesNotAllocate(t *testing.T) {
	const (
		query = "service=Platform.ChatMessage.Send"
		form  = "chat_message_to_uuid=12345678123456781234567812345678&chat_message_data=hello+%E4%BD%A0&chat_message_type=text"
	)
	number := &wire.ParamSpec{Name: "perpage", Type: wire.TypeInt, Default: "20", HasDefault: true}
	data := &wire.ParamSpec{Name: "chat_message_data", Type: wire.TypeString, Required: true}
	content := &wire.ParamSpec{Name: "content", Type: wire.TypeJSON, Default: `{"a": "\u4f60"}`, HasDefault: true}
	for _, test := range []struct{ name, method, query, contentType, body string }{
		{"query", "GET", query + "&" + form, "", ""},
		{"form", "POST", query, formType, form},
		{"JSON", "POST", query, "application/json", `{"chat_message_data":"hello \u4f60","perpage":7}`},
	} {
		var ctx fasthttp.RequestCtx
		var v Values
		request(&ctx, test.method, test.query, test.contentType, test.body)
		texts, signed := 0, 0
		n := testing.AllocsPerRun(100, func() {
			v.Reset()
			v.Read(&ctx, false)
			if s, _, err := v.Text(data); err == nil && s == "hello 你" {
				texts++
			}
			if s, _, err := v.Text(content); err != nil || s != `{"a":"你"}` {
				t.Errorf("%s: %s, %v", test.name, s, err)
			}
			if _, _, err := v.Int(number); err != nil {
				t.Error(err)
			}
			v.Sorted(func(_ string, value Value) { signed += len(value.String()) })
		})
		if n != 0 && !raceDetector || texts == 0 || signed == 0 {
			t.Errorf("%s: %v allocations, %d texts of %d bytes", test.name, n, texts, signed)
		}
	}
}

// FuzzQuery compares with net/url where PHP and Go agree: no brackets, dots, spaces or NUL in names, no broken escapes, no
// semicolons.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&b=2", "a=%E4%BD%A0+x&a=2", "k", "a[]=1&a[x]=2", "%&=&&%00=1", "a.b=1;c=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var v Values
		v.parseQuery([]byte(raw), Query)
		if v.Len() > maxVariables {
			t.Fatalf("%d variables", v.Len())
		}
		want, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		for name, values := range want {
			if name == "" || strings.ContainsAny(name, "[. \x00") || len(want) > maxVariables || strings.Count(raw, "&") >= maxVariables {
				continue
			}
			if v.named(name) && v.Get(name).Kind == Text && onlyName(want, name) && v.Get(name).Raw != values[len(values)-1] {
				t.Errorf("%q: %s is %q, want %q", raw, name, v.Get(name).Raw, values)
			}
			if !v.named(name) {
				t.Errorf("%q: there is no %q", raw, name)
			}
		}
	})
}

func (v *Values) named(name string) bool { return v.last(name) >= 0 }

// onlyName tells that no other name of a query becomes this one in PHP.
func onlyName(all url.Values, name string) bool {
	for other := range all {
		if other != name && len(other) >= len(name) {
			return false
		}
	}
	return true
}

func FuzzJSONBody(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `{"a":1,"b":[{"c":"]}"}],"a":null}`, ` [ "a" , -1.5e3 , {"\u0061":"\ud83d\ude00"} ] `, `{"a":`, `"a"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var v Values
		found := v.parseJSON([]byte(body))
		if found != (v.Len() > 0) {
			t.Fatalf("%v with %d values", found, v.Len())
		}
		want, ok := decodeTop(body)
		if !ok || v.Len() > maxVariables-1 {
			return
		}
		for name, kind := range want {
			if got := v.Get(name).Kind; got != kind {
				t.Errorf("%q: %q is of kind %d, want %d", body, name, got, kind)
			}
		}
		if v.Len() == 0 && len(want) > 0 {
			t.Errorf("%q: nothing of %v", body, want)
		}
	})
}
