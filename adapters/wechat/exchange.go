package wechat

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// exchange is one request and its answer. It is reused.
type exchange struct {
	dialect *Dialect
	ctx     *fasthttp.RequestCtx
	place   *place            // nil for an unknown path
	account *official.Account // nil where the path names none
	call    wire.Call
	in      source
	search  search
	parts   []string // the path's segments
	out     []byte
}

// direct is an endpoint whose answer is not in the envelope, or whose request is not JSON: an upload, a download, a page, a
// callback. Its row stands in the table as any other.
type direct interface {
	wire.Endpoint
	// serve writes the answer into x.ctx, whose user values are the variables of the path; below /v1 the body has not been
	// read yet. An error is answered in the envelope.
	serve(x *exchange) error
}

// maxKeptBuffer bounds the memory that an exchange keeps for the next request.
const maxKeptBuffer = 64 << 10

func (x *exchange) reset() {
	x.ctx, x.place, x.account, x.call = nil, nil, nil, wire.Call{}
	x.in.reset()
	x.search = search{values: emptied(x.search.values), allowed: emptied(x.search.allowed)}
	x.parts = emptied(x.parts)
	if cap(x.out) > maxKeptBuffer {
		x.out = nil
	}
	x.out = x.out[:0]
}

func emptied(s []string) []string {
	clear(s)
	return s[:0]
}

// run answers a request and returns the code for the metrics, zero for success.
func (x *exchange) run(ctx *fasthttp.RequestCtx) core.Code {
	x.ctx = ctx
	if err := x.locate(); err != nil {
		return x.refuse(err)
	}
	if err := x.answer(); err != nil {
		return x.refuse(err)
	}
	return 0
}

// locate finds the place of the request. A path that does not exist is the one thing that has an HTTP status of its own, as
// it had at the platform.
func (x *exchange) locate() error {
	var ok bool
	x.search.method = wire.View(x.ctx.Method())
	if x.parts, ok = split(x.parts, string(x.ctx.URI().PathOriginal())); ok {
		x.place = x.dialect.paths.find(x.parts, &x.search)
	}
	switch {
	case x.place != nil:
		x.in.names, x.in.values = x.place.names, x.search.values
		return nil
	case len(x.search.allowed) == 0:
		x.ctx.SetStatusCode(http.StatusNotFound)
		return notFound()
	}
	slices.Sort(x.search.allowed)
	x.ctx.Response.Header.Set(fasthttp.HeaderAllow, strings.Join(x.search.allowed, ", "))
	return &refusal{http.StatusMethodNotAllowed, "Request method '" + strings.ToValidUTF8(x.search.method, "\ufffd") + "' not supported", core.Unsupported}
}

// answer admits the caller, finds the account, and lets the endpoint answer.
func (x *exchange) answer() (err error) {
	if err := x.admit(); err != nil {
		return err
	}
	if id, named := x.in.variable(infoID); named {
		if x.account, err = x.dialect.options.Official.Account(x.ctx, id); err != nil {
			return err
		}
	}
	x.call = wire.Call{
		Context: x.ctx, Engine: x.dialect.house.Engine, Gate: x, RemoteIP: x.ctx.RemoteIP(), Style: wire.JS,
	}
	x.in.query = x.ctx.QueryArgs()
	if d, ok := x.place.endpoint.(direct); ok {
		for i, name := range x.in.names {
			x.ctx.SetUserValue(name, x.in.values[i])
		}
		return d.serve(x)
	}
	if err := x.in.open(x.ctx, x.place.maxBody()); err != nil {
		return err
	}
	return x.invoke(&x.in)
}

// invoke lets the endpoint's row answer, in the envelope, a request whose parameters are in.
func (x *exchange) invoke(in wire.Source) (err error) {
	begin, end := success, "}"
	switch spec := x.place.spec; {
	case len(spec.Answer) == 0:
		end = "null}"
	case !spec.Bare:
		begin, end = success+"{", "}}"
	}
	if x.out, err = x.place.endpoint.Invoke(&x.call, in, append(x.out, begin...)); err != nil {
		return err
	}
	x.out = append(x.out, end...)
	x.send(http.StatusOK)
	return nil
}

// Admit implements wire.Gate. Who is calling has been established before the request was read.
func (x *exchange) Admit(*wire.Call, *wire.Spec) error { return nil }

// refuse answers an error and returns its code. What went wrong in here goes to the log and not to the client.
func (x *exchange) refuse(err error) core.Code {
	var spec *wire.Spec
	name := "unknown"
	if x.place != nil {
		spec, name = x.place.spec, x.place.spec.Name
	}
	r := x.dialect.explain(spec, err)
	if r.code >= core.Unavailable {
		x.dialect.house.Log.Error("a request failed", slog.String("dialect", Name), slog.String("service", name), slog.Any("error", err))
	}
	x.out = appendRefusal(x.out[:0], r.number, r.message)
	status := x.ctx.Response.StatusCode()
	if x.dialect.options.MirrorStatus {
		status = int(r.number)
	}
	x.send(status)
	return r.code
}

func (x *exchange) send(status int) {
	x.ctx.Response.Header.SetContentType(contentType)
	x.ctx.SetStatusCode(status)
	x.ctx.Response.SetBody(x.out)
}

// in makes an operation on an exchange one of a row.
func in[Q, A any](do func(x *exchange, q *Q, a *A) error) func(*wire.Call, *Q, *A) error {
	return func(c *wire.Call, q *Q, a *A) error {
		x, ok := c.Gate.(*exchange)
		if !ok {
			return core.NewFault(core.Internal, "", "the call does not come through the dialect")
		}
		return do(x, q, a)
	}
}

// service is the accounts and their data.
func (x *exchange) service() *official.Service { return x.dialect.options.Official }

// background is what works for the accounts.
func (x *exchange) background() Background { return x.dialect.options.Background }
