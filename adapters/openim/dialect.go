// Package openim speaks the REST protocol of the OpenIM server, in its release 3.8.3-patch.16: calls are POSTs of a JSON
// body with an operationID and a token in the header, and an envelope whose errCode tells how they went.
package openim

import (
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// Name is the dialect's name in settings, metrics and documents.
const Name = "openim"

// Dialect serves OpenIM clients. It is safe for concurrent use.
type Dialect struct {
	house     wire.House
	directory directory
	endpoints []wire.Endpoint
	unknown   wire.Recorder
	faults    wire.FaultTable
	parser    *jwt.Parser
	known     knownTokens
	statuses  statuses
	exchanges sync.Pool
	places    []*place
}

// place is an endpoint at its path.
type place struct {
	path     string
	endpoint wire.Endpoint
	spec     *wire.Spec
	recorder wire.Recorder
	bind     bool // see bindFamily
	free     bool // see tokenFree
}

// New returns the dialect in front of house's engine, and makes the administrators of its apps known to the engine. It
// fails if the settings of an app can not be read, or if two apps have the same secret.
func New(house wire.House) (*Dialect, error) {
	d := &Dialect{
		house: house,
		directory: directory{
			engine:   house.Engine,
			log:      house.Log,
			settings: wire.Settings[appSettings]{Dialect: Name, Read: readSettings},
		},
		endpoints: newTable().endpoints(),
		unknown:   house.Meter(Name, "unknown"),
		faults:    faults(),
		parser:    newParser(house.Now),
	}
	recorders := house.Meter.Recorders(Name, d.endpoints)
	for _, endpoint := range d.endpoints {
		spec := endpoint.Spec()
		d.places = append(d.places, &place{
			path: spec.Name, endpoint: endpoint, spec: spec, recorder: recorders[endpoint],
			bind: bindFamily(spec.Name), free: tokenFree(spec.Name),
		})
	}
	if err := d.directory.check(); err != nil {
		return nil, err
	}
	return d, d.registerAdmins()
}

// Name implements wire.Dialect.
func (d *Dialect) Name() string { return Name }

// Endpoints implements wire.Dialect.
func (d *Dialect) Endpoints() []wire.Endpoint { return d.endpoints }

// Routes implements wire.Dialect. The paths that end with a slash answer with a redirection.
func (d *Dialect) Routes() []wire.Route {
	routes := make([]wire.Route, 0, 2*len(d.places))
	for _, p := range d.places {
		routes = append(routes,
			wire.Route{Path: p.path, Handle: func(ctx *fasthttp.RequestCtx) { d.serve(ctx, p) }},
			wire.Route{Path: p.path + "/", Handle: func(ctx *fasthttp.RequestCtx) { d.redirect(ctx, p) }},
		)
	}
	return routes
}

// Unknown answers a path that is not the dialect's: as the platform does, which asks a POST for its operationID and token
// before it looks at the path.
func (d *Dialect) Unknown(ctx *fasthttp.RequestCtx) { d.serve(ctx, nil) }

// serve answers a request; p is nil for an unknown path.
func (d *Dialect) serve(ctx *fasthttp.RequestCtx, p *place) {
	start := time.Now()
	switch {
	case ctx.IsOptions():
		preflight(ctx)
		return
	case !ctx.IsPost():
		noPage(ctx)
		return
	}
	x, ok := d.exchanges.Get().(*exchange)
	if !ok {
		x = &exchange{dialect: d}
	}
	defer d.exchanges.Put(x)
	defer x.reset()
	code := x.run(ctx, p)
	if p == nil {
		d.unknown(time.Since(start), code)
		return
	}
	p.recorder(time.Since(start), code)
}

// redirect sends a POST for a known path with a slash at its end to the path without; clients repeat their body there.
// The platform does so before anything else, so that the answer carries no further headers.
func (d *Dialect) redirect(ctx *fasthttp.RequestCtx, p *place) {
	if !ctx.IsPost() {
		d.serve(ctx, nil)
		return
	}
	target := p.path
	if query := ctx.URI().QueryString(); len(query) > 0 {
		target += "?" + string(query)
	}
	ctx.Response.Header.Set(fasthttp.HeaderLocation, target)
	ctx.SetStatusCode(fasthttp.StatusTemporaryRedirect)
}

// noPage answers what is not there.
func noPage(ctx *fasthttp.RequestCtx) {
	allowOrigins(&ctx.Response.Header)
	ctx.Response.Header.SetContentType("text/plain")
	ctx.SetStatusCode(fasthttp.StatusNotFound)
	ctx.Response.SetBodyString("404 page not found")
}
