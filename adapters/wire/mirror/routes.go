package mirror

import (
	"strings"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// routes finds the handler of a request that does not come through the listener.
type routes struct {
	fixed    map[string]fasthttp.RequestHandler
	prefixes []wire.Route // paths up to their first parameter
	fallback fasthttp.RequestHandler
}

func (r *routes) add(route wire.Route) {
	if r.fixed == nil {
		r.fixed = make(map[string]fasthttp.RequestHandler)
	}
	before, _, ok := strings.Cut(route.Path, "{")
	if !ok {
		r.fixed[route.Path] = route.Handle
		return
	}
	r.prefixes = append(r.prefixes, wire.Route{Path: before, Handle: route.Handle})
}

func (r *routes) handle(ctx *fasthttp.RequestCtx) {
	path := string(ctx.URI().PathOriginal())
	if handle := r.fixed[path]; handle != nil {
		handle(ctx)
		return
	}
	for _, route := range r.prefixes {
		if strings.HasPrefix(path, route.Path) {
			route.Handle(ctx)
			return
		}
	}
	if r.fallback != nil {
		r.fallback(ctx)
		return
	}
	ctx.Error("404 page not found", fasthttp.StatusNotFound)
}

// here has this server answer a request, which is made again: a request is answered once.
func (d *dialect) here(c *captured) Answer {
	ctx, err := c.request()
	if err != nil {
		return Answer{Failure: err.Error()}
	}
	d.routes.handle(ctx)
	return answerOf(&ctx.Response, d.front.options.MaxAnswer)
}

// there has the legacy server answer a request. unsent tells that it can not have seen it.
func (d *dialect) there(t *tenant, c *captured) (a Answer, unsent bool) {
	ctx, err := c.request()
	if err != nil {
		return Answer{Failure: err.Error()}, true
	}
	response := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(response)
	if unsent, err = d.forward(t, &ctx.Request, response); err != nil {
		return Answer{Failure: err.Error()}, unsent
	}
	return answerOf(response, d.front.options.MaxAnswer), false
}

// forward sends a request to the app's legacy server.
func (d *dialect) forward(t *tenant, request *fasthttp.Request, response *fasthttp.Response) (unsent bool, err error) {
	if unsent, err = t.options.Upstreams[d.speech.Name()].forward(request, response); err != nil {
		d.front.options.Meter.Unanswered(d.speech.Name())
	}
	return unsent, err
}
