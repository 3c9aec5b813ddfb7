package yesapi_test

import (
	"testing"

	"github.com/valyala/fasthttp"
)

// TestRequestCost bounds what a signed request allocates on its way through the dialect, the engine aside.
func TestRequestCost(t *testing.T) {
	w := newWorld(t, "")
	var request fasthttp.Request
	request.SetRequestURI("http://a/?s=App.Hello.World&name=dogstar&app_key=" + appKey + "&sign=4AF2698747EAB4F8A13487B9A701F9F2")
	var ctx fasthttp.RequestCtx
	ctx.Init(&request, nil, nil)
	n := testing.AllocsPerRun(200, func() {
		ctx.Response.Reset()
		w.dialect.Serve(&ctx)
	})
	if t.Logf("%v allocations", n); n > 12 {
		t.Errorf("%v allocations", n)
	}
}
