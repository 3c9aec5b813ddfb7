package openim_test

import (
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// prepare returns a request that can be sent again and again.
func (w *world) prepare(path, token, body string) func() string {
	request := new(fasthttp.Request)
	request.Header.SetMethod("POST")
	request.SetRequestURI(path)
	request.Header.Set("operationID", "op")
	request.Header.Set("token", token)
	request.Header.Set("Accept-Encoding", "gzip")
	request.SetBodyString(body)
	ctx := new(fasthttp.RequestCtx)
	ctx.Init(request, nil, nil)
	return func() string {
		ctx.Response.Reset()
		w.handle(ctx)
		return string(ctx.Response.Body())
	}
}

// TestTransportCost bounds what a request with a known token allocates on its way through the dialect.
func TestTransportCost(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	request := w.prepare("/auth/force_logout", w.token(t, "u1", 1), `{"userID":"u1","platformID":1}`)
	if got := request(); !strings.Contains(got, "is not admin userID") {
		t.Fatal(got)
	}
	// Among these are the error itself and the answer that the test keeps.
	if n := testing.AllocsPerRun(200, func() { request() }); n > 8 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTransport(b *testing.B) {
	w := newWorld(b, section)
	w.user(b, "u1")
	request := w.prepare("/auth/force_logout", w.token(b, "u1", 1), `{"userID":"u1","platformID":1}`)
	b.ReportAllocs()
	for b.Loop() {
		request()
	}
}
