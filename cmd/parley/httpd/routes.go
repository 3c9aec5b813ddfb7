package httpd

import (
	"fmt"
	"strings"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// routes binds the paths of all dialects, each in every method. Nothing is ever redirected: old clients lose their
// request body on the way, or do not follow at all. Paths are compared as they were sent, so that // stays //; those
// without parameters are looked up directly, for the router's tree cannot hold / beside //.
func routes(dialects []wire.Dialect, notFound fasthttp.RequestHandler) (fasthttp.RequestHandler, error) {
	r := router.New()
	r.RedirectTrailingSlash = false
	r.RedirectFixedPath = false
	r.HandleMethodNotAllowed = false
	r.HandleOPTIONS = false
	r.NotFound = notFound
	owner := make(map[string]string)
	fixed := make(map[string]fasthttp.RequestHandler)
	for _, d := range dialects {
		for _, route := range d.Routes() {
			if other, taken := owner[route.Path]; taken {
				return nil, fmt.Errorf("path %s belongs to both %s and %s", route.Path, other, d.Name())
			}
			owner[route.Path] = d.Name()
			if strings.Contains(route.Path, "{") {
				r.ANY(route.Path, route.Handle)
			} else {
				fixed[route.Path] = route.Handle
			}
		}
	}
	if root, ok := fixed["/"]; ok {
		fixed[""] = root // GET http://host?a=b HTTP/1.1, as proxies' clients send it
	}
	return func(ctx *fasthttp.RequestCtx) {
		if handle, ok := fixed[string(ctx.URI().PathOriginal())]; ok {
			handle(ctx)
			return
		}
		r.Handler(ctx)
	}, nil
}
