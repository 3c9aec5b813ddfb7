package httpd

import (
	"fmt"
	"strings"
	"time"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// paths finds the handler of a path. Nothing is ever redirected: old clients lose their request body on the way, or do
// not follow at all. Paths are compared as they were sent, so that // stays //; those without parameters are looked up
// directly, for the router's tree cannot hold / beside //.
type paths struct {
	fixed map[string]fasthttp.RequestHandler
	tree  *router.Router
}

func newPaths(notFound fasthttp.RequestHandler) *paths {
	r := router.New()
	r.RedirectTrailingSlash = false
	r.RedirectFixedPath = false
	r.HandleMethodNotAllowed = false
	r.HandleOPTIONS = false
	r.NotFound = notFound
	return &paths{fixed: make(map[string]fasthttp.RequestHandler), tree: r}
}

// bind gives a path its handler, in every method.
func (p *paths) bind(path string, handle fasthttp.RequestHandler) {
	if strings.Contains(path, "{") {
		p.tree.ANY(path, handle)
		return
	}
	p.fixed[path] = handle
	if path == "/" {
		p.fixed[""] = handle // GET http://host?a=b HTTP/1.1, as proxies' clients send it
	}
}

func (p *paths) handle(ctx *fasthttp.RequestCtx) {
	if handle, ok := p.fixed[string(ctx.URI().PathOriginal())]; ok {
		handle(ctx)
		return
	}
	p.tree.Handler(ctx)
}

// has tells whether a request's path is bound.
func (p *paths) has(h *fasthttp.RequestHeader) bool {
	uri := fasthttp.AcquireURI()
	defer fasthttp.ReleaseURI(uri)
	if uri.Parse(h.Host(), h.RequestURI()) != nil {
		return false
	}
	path := string(uri.PathOriginal())
	if _, ok := p.fixed[path]; ok {
		return true
	}
	handle, _ := p.tree.Lookup(router.MethodWild, path, nil)
	return handle != nil
}

// bindRoutes binds the paths of all dialects.
func (s *Server) bindRoutes(dialects []wire.Dialect) error {
	s.all = newPaths(s.whole(s.notFound))
	s.streamed = newPaths(nil)
	owner := make(map[string]string)
	for _, d := range dialects {
		for _, route := range d.Routes() {
			if other, taken := owner[route.Path]; taken {
				return fmt.Errorf("path %s belongs to both %s and %s", route.Path, other, d.Name())
			}
			owner[route.Path] = d.Name()
			if route.Streams {
				s.streamed.bind(route.Path, route.Handle)
				s.all.bind(route.Path, s.stream(route.Handle))
				continue
			}
			s.all.bind(route.Path, s.whole(route.Handle))
		}
	}
	return nil
}

// whole gives a handler requests whose body is in memory.
func (s *Server) whole(handle fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		body, err := s.bodies.receive(&ctx.Request, ctx.RequestBodyStream(), int(s.limits.Body))
		if err != nil {
			s.refuse(ctx, err)
			return
		}
		defer s.bodies.release(&ctx.Request, body)
		handle(ctx)
	}
}

// stream gives a handler requests whose body it reads itself, and where that is more than others may send, more time.
func (s *Server) stream(handle fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if n := ctx.Request.Header.ContentLength(); n < 0 || n > int(s.limits.Body) {
			if err := ctx.Conn().SetReadDeadline(time.Now().Add(s.limits.UploadTimeout)); err != nil {
				s.refuse(ctx, err)
				return
			}
		}
		handle(ctx)
		finish(ctx)
	}
}
