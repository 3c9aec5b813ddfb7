package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// plain is a dialect whose answers are {"ok":…,"data":…}.
type plain struct{ spec *wire.Spec }

type thing struct {
	id, count, decimal int64
	name               string
	items              []item
	keyed              []named
	amounts            []wire.Amount
	raw                []byte
}

type item struct {
	id   int64
	text string
}

type named struct {
	key string
	n   int64
}

func newPlain() plain {
	row := &wire.Row[struct{}, thing]{Name: "op", Answer: []wire.Field[thing]{
		wire.Number("id", func(a *thing) *int64 { return &a.id }),
		wire.Number("count", func(a *thing) *int64 { return &a.count }),
		wire.Decimal("decimal", func(a *thing) *int64 { return &a.decimal }),
		wire.Text("name", func(a *thing) *string { return &a.name }),
		wire.Text("token", func(a *thing) *string { return &a.name }),
		wire.Objects("items", func(a *thing) *[]item { return &a.items },
			wire.Number("id", func(i *item) *int64 { return &i.id }),
			wire.Text("text", func(i *item) *string { return &i.text })),
		wire.Keyed("keyed", func(a *thing) *[]named { return &a.keyed }, func(k *named) *string { return &k.key },
			wire.Number("n", func(k *named) *int64 { return &k.n })),
		wire.Amounts("amounts", func(a *thing) *[]wire.Amount { return &a.amounts }),
		wire.Raw("raw", func(a *thing) *[]byte { return &a.raw }),
	}}
	return plain{row.Spec()}
}

func (plain) Name() string { return "plain" }
func (plain) Traits() *Traits {
	return &Traits{Volatile: []string{"id"}, Secrets: []string{"token", "X-Secret"}}
}
func (p plain) Look(*fasthttp.RequestCtx) Sight { return Sight{Spec: p.spec} }
func (plain) Fields(spec *wire.Spec) []wire.FieldSpec {
	return []wire.FieldSpec{{Name: "ok", Type: wire.TypeBool}, {Name: "data", Type: wire.TypeObject, Fields: spec.Answer}}
}

func (plain) Open(body []byte) (Reply, bool) {
	var r struct {
		OK *bool `json:"ok"`
	}
	if at := bytes.IndexByte(body, '('); at > 0 && body[len(body)-1] == ')' {
		body = body[at+1 : len(body)-1]
	}
	if json.Unmarshal(body, &r) != nil || r.OK == nil {
		return Reply{}, false
	}
	return Reply{OK: *r.OK, JSON: body}, true
}
func (plain) Adopt(context.Context, *fasthttp.RequestCtx, *Sight, *Reply) error { return nil }

func TestCompare(t *testing.T) {
	data := func(members string) string { return `{"ok":true,"data":{` + members + `}}` }
	for _, tt := range []struct {
		name, legacy, local string
		verdict             Verdict
		found               string // path, what, and ! where the meaning differs
	}{
		{"the same", data(`"count":1`), data(`"count":1`), Same, ""},
		{"value", data(`"count":1`), data(`"count":2`), Differs, "data.count value!"},
		{"volatile", data(`"id":1`), data(`"id":2`), Ignored, "data.id value!"},
		{"volatile of another type", data(`"id":1`), data(`"id":"1"`), Differs, "data.id type"},
		{"volatile in a list", data(`"items":[{"id":1,"text":"a"}]`), data(`"items":[{"id":2,"text":"a"}]`), Ignored, "data.items[].id value!"},
		{"in a list", data(`"items":[{"text":"a"},{"text":"b"}]`), data(`"items":[{"text":"a"},{"text":"c"}]`), Differs, "data.items[].text value!"},
		{"length", data(`"items":[]`), data(`"items":[{"text":"c"}]`), Differs, "data.items length!"},
		{"type, same meaning", data(`"decimal":"7"`), data(`"decimal":7`), Differs, "data.decimal type"},
		{"number as written, same meaning", data(`"decimal":"7"`), data(`"decimal":"07"`), Differs, "data.decimal value"},
		{"type, other meaning", data(`"decimal":"7"`), data(`"decimal":8`), Differs, "data.decimal type!"},
		{"null and empty", data(`"name":null`), data(`"name":""`), Differs, "data.name type"},
		{"null and absent", data(`"name":null`), data(``), Differs, "data.name absent"},
		{"absent with meaning", data(`"name":"a"`), data(``), Differs, "data.name absent!"},
		{"extra", data(``), data(`"name":"a"`), Differs, "data.name extra!"},
		{"order", data(`"count":1,"name":"a"`), data(`"name":"a","count":1`), Differs, "data order"},
		{"order with something extra", data(`"count":1,"name":"a"`), data(`"count":1,"decimal":"","name":"a"`), Differs, "data.decimal extra"},
		{"keyed, in another order", data(`"keyed":{"a":{"n":1},"b":{"n":2}}`), data(`"keyed":{"b":{"n":2},"a":{"n":1}}`), Same, ""},
		{"keyed", data(`"keyed":{"a":{"n":1}}`), data(`"keyed":{"a":{"n":2},"b":{"n":1}}`), Differs, "data.keyed.*.n value!,data.keyed.* extra!"},
		{"amounts", data(`"amounts":{"a":1}`), data(`"amounts":{"a":2}`), Differs, "data.amounts.* value!"},
		{"inside JSON of no row", data(`"raw":{"a":[1,{"b":2}]}`), data(`"raw":{"a":[1,{"b":3}]}`), Differs, "data.raw.a[].b value!"},
		{"of no row", data(`"new":1`), data(`"new":2`), Differs, "data.new value!"},
		{"one refuses", data(`"count":1`), `{"ok":false}`, OneFailed, "ok value!,data absent!"},
		{"both refuse alike", `{"ok":false}`, `{"ok":false}`, Same, ""},
		{"both refuse", `{"ok":false,"why":1}`, `{"ok":false,"why":2}`, BothFailed, "why value!"},
		{"one is none of the dialect", data(``), `<html>`, OneFailed, "answer body!"},
		{"both are not", `<html>`, `<html>`, BothFailed, "answer body!"},
		{"wrapped", `f({"ok":true})`, `{"ok":true}`, Differs, "body body"},
		{"wrapped alike", `f({"ok":true})`, `f({"ok":true})`, Same, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlain()
			verdict, found := compare(p, &Sight{Spec: p.spec}, &Answer{Status: 200, Body: []byte(tt.legacy)}, &Answer{Status: 200, Body: []byte(tt.local)})
			var all []string
			for _, d := range found {
				text := d.Path + " " + d.What
				if d.Means {
					text += "!"
				}
				all = append(all, text)
			}
			if got := strings.Join(all, ","); verdict != tt.verdict || got != tt.found {
				t.Errorf("%s, %s; want %s, %s", verdict, got, tt.verdict, tt.found)
			}
		})
	}
}

func TestCompareHeads(t *testing.T) {
	p := newPlain()
	answer := func(status int, headers ...Header) *Answer {
		return &Answer{Status: status, Headers: headers, Body: []byte(`{"ok":true,"data":{"token":"abc"}}`)}
	}
	secret := answer(200)
	secret.Body = []byte(`{"ok":true,"data":{"token":"xyz"}}`)
	for _, tt := range []struct {
		name          string
		legacy, local *Answer
		want          []Difference
	}{
		{"same", answer(200, Header{"A", "1"}), answer(200, Header{"A", "1"}), nil},
		{"status", answer(200), answer(201), []Difference{{Path: "status", What: "status", Legacy: "200", Local: "201"}}},
		{
			"headers", answer(200, Header{"A", "1"}, Header{"B", "2"}), answer(200, Header{"A", "1"}, Header{"A", "3"}),
			[]Difference{
				{Path: "header A", What: "header", Legacy: "1", Local: "1 | 3"},
				{Path: "header B", What: "header", Legacy: "2", Local: "(absent)"},
			},
		},
		{"secret header", answer(200, Header{"X-Secret", "1"}), answer(200), []Difference{{Path: "header X-Secret", What: "header", Legacy: "MASKED", Local: "(absent)"}}},
		{"secret", answer(200), secret, []Difference{{Path: "data.token", What: "value", Means: true, Legacy: "MASKED", Local: "MASKED"}}},
		{"no answer", &Answer{Failure: "late"}, answer(200), []Difference{{Path: "answer", What: "body", Means: true, Legacy: "late", Local: "(answered)"}}},
	} {
		if _, found := compare(p, &Sight{Spec: p.spec}, tt.legacy, tt.local); !slices.Equal(found, tt.want) {
			t.Errorf("%s: %+v", tt.name, found)
		}
	}
}

func TestMaskRequest(t *testing.T) {
	secret := []string{"token", "sign"}
	for _, tt := range []struct{ target, contentType, body, want string }{
		{"/?token=abcdefgh&x=1&sign=", "", "", "/?token=MASKEDMA&x=1&sign= \n"},
		{"/?a&%74oken=abc", "", "", "/?a&%74oken=MAS \n"},
		{"/", "application/x-www-form-urlencoded", "a=1&TOKEN=abc", "/ \na=1&TOKEN=MAS"},
		{"/", "application/json", `{"a":1, "token" : "ab\"c", "list":{"sign":["xyz","x"],"b":"token"},"token":12}`, "/ \n" + `{"a":1, "token" : "MASKE", "list":{"sign":["MAS","M"],"b":"token"},"token":12}`},
		{"/", "multipart/form-data; boundary=b", "--b\r\n\r\nsecret=1\r\n--b--", "/ \nMASKED"},
		{"/", "text/plain", "whatever", "/ \nMASKED"},
		{"/", "", `{"token":"abc"`, "/ \nMASKED"},
	} {
		raw := maskRequest("GET", tt.target, []Header{{"Content-Type", tt.contentType}, {"Token", "abc"}, {"Cookie", "abc"}}, []byte(tt.body), secret)
		head, body, _ := strings.Cut(string(raw), "\n\n")
		first, rest, _ := strings.Cut(head, "\n")
		got := strings.TrimSuffix(strings.TrimPrefix(first, "GET "), "HTTP/1.1") + "\n" + body
		if got != tt.want || !strings.HasSuffix(rest, "Token: MAS\nCookie: MAS") {
			t.Errorf("%s %s:\n%q, want\n%q", tt.target, tt.body, got, tt.want)
		}
	}
}

func TestAnswerText(t *testing.T) {
	traits := &Traits{Volatile: []string{"id", "at", "url", "list"}, Secrets: []string{"token"}}
	for body, want := range map[string]string{
		`{"id":12,"at":"2026-01-31 12:00:00","token":"abc"}`: `{"id":{{int}},"at":"{{clock}}","token":"MAS"}`,
		`{"id":"a.b-c_D9","at":"","url":"http://x"}`:         `{"id":"{{word}}","at":"","url":"http://x"}`,
		`{"id":-1.5,"id":null,"id":{"a":1},"list":[1,"b"]}`:  `{"id":-1.5,"id":null,"id":{"a":1},"list":[{{int}},"{{word}}"]}`,
		`<token>`: `MASKED`,
		``:        ``,
	} {
		got := answerText(&Answer{Status: 200, Headers: []Header{{"A", "1"}, {"Token", "abc"}}, Body: []byte(body)}, traits)
		if got != "200\nA: 1\nToken: MASKED\n\n"+want {
			t.Errorf("%s: %q", body, got)
		}
	}
}

func TestLedgerIsBounded(t *testing.T) {
	var l Ledger
	for i := range maxGroups + 5 {
		for range maxExamples + 2 {
			l.record(&observed{
				operation: "op", verdict: Differs, differences: []Difference{{Path: strings.Repeat("x", i+1), What: "value"}},
				example: func() Example { return Example{Request: "r"} },
			})
		}
	}
	groups, beyond := l.Groups("")
	if len(groups) != maxGroups || beyond != 5*(maxExamples+2) || len(groups[0].Examples) != maxExamples || groups[0].Count != maxExamples+2 {
		t.Errorf("%d groups, %d beyond", len(groups), beyond)
	}
}

func TestShareIsEven(t *testing.T) {
	var of [100]int
	for i := range 100_000 {
		s := Share("app", "user"+strings.Repeat("x", i%7)+string(rune('0'+i%10))+string(rune(i)))
		if s < 0 || s > 99 {
			t.Fatal(s)
		}
		of[s]++
	}
	for i, n := range of {
		if n < 700 || n > 1300 {
			t.Errorf("%d of 100000 users are at %d", n, i)
		}
	}
}

func TestCapturedIsInverse(t *testing.T) {
	for _, c := range []*captured{
		{},
		{dialect: "d", method: "POST", target: "/a?b", from: net.IP{1, 2, 3, 4}, headers: []byte("A: b\r\n\r\n"), body: []byte{0, 1}},
	} {
		raw := c.encode()
		got, err := decode(raw)
		if err != nil || got.dialect != c.dialect || got.method != c.method || got.target != c.target || !got.from.Equal(c.from) ||
			!bytes.Equal(got.headers, c.headers) || !bytes.Equal(got.body, c.body) {
			t.Errorf("%+v, %v", got, err)
		}
		for n := range raw {
			if _, err := decode(raw[:n]); err == nil {
				t.Errorf("%d bytes of %d are accepted", n, len(raw))
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add((&captured{dialect: "d", method: "GET", target: "/", headers: []byte("A: b\r\n")}).encode())
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := decode(raw)
		if err != nil {
			return
		}
		if again, err := decode(c.encode()); err != nil || again.target != c.target || !bytes.Equal(again.body, c.body) {
			t.Errorf("%q", raw)
		}
		if ctx, err := c.request(); err == nil && ctx == nil {
			t.Error("no request and no error")
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add([]byte(`{"ok":true,"data":{"items":[{"id":1}],"keyed":{"a":{}}}}`), []byte(`{"ok":false}`))
	f.Add([]byte(`{"ok":true,"data":[[]]}`), []byte(`{"ok":true,"data":{"items":{"a":1}}}`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		p := newPlain()
		seen := &Sight{Spec: p.spec}
		verdict, found := compare(p, seen, &Answer{Body: a}, &Answer{Body: b})
		if (verdict == Same) != (len(found) == 0) {
			t.Errorf("%s with %d differences", verdict, len(found))
		}
		if verdict, _ := compare(p, seen, &Answer{Body: a}, &Answer{Body: a}); verdict == Differs || verdict == OneFailed {
			t.Errorf("an answer is not itself: %s", verdict)
		}
	})
}

func FuzzRewrite(f *testing.F) {
	f.Add([]byte(`{"token":["a",{"token":"\"b"}],"b":-1e5,"token":"é"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, ok := rewrite(raw, []string{"token"}, func(v []byte) []byte { return v })
		if ok && !bytes.Equal(out, raw) {
			t.Errorf("%q becomes %q", raw, out)
		}
		if out, ok := maskJSON(raw, []string{"token"}); ok && !json.Valid(out) {
			t.Errorf("%q becomes %q", raw, out)
		}
	})
}
