package bench

import (
	"strings"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// route binds the paths of the dialects as the server does: those without parameters are looked up directly.
func route(dialects ...wire.Dialect) fasthttp.RequestHandler {
	r := router.New()
	r.RedirectTrailingSlash = false
	r.RedirectFixedPath = false
	r.HandleMethodNotAllowed = false
	fixed := make(map[string]fasthttp.RequestHandler)
	for _, d := range dialects {
		for _, bound := range d.Routes() {
			if strings.Contains(bound.Path, "{") {
				r.ANY(bound.Path, bound.Handle)
			} else {
				fixed[bound.Path] = bound.Handle
			}
		}
	}
	return func(ctx *fasthttp.RequestCtx) {
		if handle, ok := fixed[string(ctx.URI().PathOriginal())]; ok {
			handle(ctx)
			return
		}
		r.Handler(ctx)
	}
}
