package golden

import (
	"fmt"
	"testing"

	"github.com/valyala/fasthttp"
)

func TestRunReplaysEveryExchange(t *testing.T) {
	served := 0
	Run(t, "testdata", func(*testing.T, string) fasthttp.RequestHandler {
		return func(ctx *fasthttp.RequestCtx) {
			served++
			ctx.SetContentType("text/plain")
			ctx.Response.Header.Set("X-Seen", "2")
			ctx.SetBodyString(fmt.Sprintf("%s %s %d %q", ctx.Method(), ctx.Path(), served, ctx.Request.Body()))
		}
	})
	if served != 3 {
		t.Errorf("%d exchanges, want 3", served)
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		want, got string
		match     bool
	}{
		{"a", "a", true},
		{"a", "ab", false},
		{"a.b", "axb", false},
		{"[{{int}}]", "[12]", true},
		{"[{{int}}]", "[]", false},
		{"[{{int}}]", "[12]\n", false},
		{"{{ms}}ms", "0ms", true},
		{"{{ms}}ms", "1.2ms", true},
		{"{{ms}}ms", "1.0ms", false},
		{"{{ms}}ms", "1.25ms", false},
		{`"{{clock}}"`, `"2026-01-31 12:00:00"`, true},
		{`"{{clock}}"`, `""`, false},
		{`"{{word}}"`, `"a.B-_9"`, true},
		{`"{{word}}"`, `"a b"`, false},
	} {
		if Match(test.want, test.got) != test.match {
			t.Errorf("%q, %q: want %v", test.want, test.got, test.match)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const rest = "--- request\nGET / HTTP/1.1\n\n--- answer\n200\n\n"
	if _, err := Parse([]byte("# origin: ours\n" + rest)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"no origin":  rest,
		"no comment": "# origin: ours\nhello\n" + rest,
		"no request": "# origin: ours\n",
		"no answer":  "# origin: ours\n--- request\nGET / HTTP/1.1\n\n",
		"no status":  "# origin: ours\n--- request\nGET / HTTP/1.1\n\n--- answer\nok\n\n",
		"no head":    "# origin: ours\n--- request\nGET / HTTP/1.1\n\n--- answer\n200\n",
	} {
		if _, err := Parse([]byte(file)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWireForm(t *testing.T) {
	for request, want := range map[string]string{
		"GET / HTTP/1.1\n":                "GET / HTTP/1.1\r\nHost: golden\r\n\r\n",
		"GET / HTTP/1.1\nHost: a\n":       "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"PUT / HTTP/1.1\nHost: a\n\nx\ny": "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nx\ny",
		"PUT / HTTP/1.1\nhost: a\ncontent-type: multipart/form-data; boundary=b\n\nx\ny": "PUT / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\nContent-Length: 4\r\n\r\nx\r\ny",
	} {
		if got := string(wireForm([]byte(request))); got != want {
			t.Errorf("%q: %q, want %q", request, got, want)
		}
	}
}
