package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/golden"
	"parley/core"
)

func TestPostJSON(t *testing.T) {
	long := strings.Repeat("long ", 1000)
	var encoding string
	var status int
	var body []byte
	server := golden.Serve(t, func(ctx *fasthttp.RequestCtx) {
		h := &ctx.Request.Header
		if !ctx.IsPost() || string(ctx.Path()) != "/base/a/b" || string(h.ContentType()) != "application/json" ||
			string(h.Peek("Token")) != "t" || !h.HasAcceptEncoding("gzip") || string(ctx.PostBody()) != `{"x":1}` {
			ctx.Error(h.String(), fasthttp.StatusTeapot)
			return
		}
		ctx.SetStatusCode(status)
		ctx.Response.Header.SetContentEncoding(encoding)
		ctx.SetBody(body)
	})
	for _, base := range []string{"http://remote/base", "http://remote/base/"} {
		remote, err := wire.NewRemote(base, server.Dial)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			encoding string
			status   int
			body     []byte
			want     string
			code     core.Code
		}{
			"plain":        {"", 200, []byte("short"), "short", 0},
			"gzip":         {"gzip", 200, fasthttp.AppendGzipBytes(nil, []byte(long)), long, 0},
			"400":          {"", 400, []byte("why"), "why", 0},
			"500":          {"", 500, []byte("why"), "", core.Unavailable},
			"broken gzip":  {"gzip", 200, []byte("short"), "", core.Internal},
			"unknown code": {"xyz", 200, []byte("short"), "", core.Internal},
			"bomb":         {"gzip", 200, fasthttp.AppendGzipBytes(nil, bytes.Repeat([]byte{0}, 33<<20)), "", core.Internal},
		} {
			encoding, status, body = c.encoding, c.status, c.body
			got, answer, err := remote.PostJSON(t.Context(), "/a/b", []byte(`{"x":1}`), wire.Header{Name: "token", Value: "t"})
			if core.CodeOf(err) != c.code || string(answer) != c.want || err == nil && got != c.status {
				t.Errorf("%s: %d %.40s, %v", name, got, answer, err)
			}
		}
	}
}
