package openim

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// exchange is one request and its answer. It is reused.
type exchange struct {
	dialect   *Dialect
	place     *place // nil for an unknown path
	operation string // the operationID
	identity  identity
	call      wire.Call
	body      body
	receiver  [1]string // of a message to one
	text      []byte    // what a message and the answer to it refer to
	out       []byte
	packed    []byte
}

// maxKeptBuffer bounds the memory that an exchange keeps for the next request.
const maxKeptBuffer = 64 << 10

func (x *exchange) reset() {
	x.place, x.operation, x.identity, x.call, x.receiver = nil, "", identity{}, wire.Call{}, [1]string{}
	x.text, x.out, x.packed = emptied(x.text), emptied(x.out), emptied(x.packed)
}

func emptied(b []byte) []byte {
	if cap(b) > maxKeptBuffer {
		return nil
	}
	return b[:0]
}

// run answers a POST and returns its code, zero for success.
func (x *exchange) run(ctx *fasthttp.RequestCtx, p *place) core.Code {
	x.place = p
	x.call = wire.Call{
		Context: ctx, Engine: x.dialect.house.Engine, Gate: x, RemoteIP: ctx.RemoteIP(), Style: wire.Go,
	}
	if err := x.enter(ctx); err != nil {
		return x.refuse(ctx, err)
	}
	if p == nil {
		noPage(ctx)
		return core.NotFound
	}
	if err := x.body.read(ctx.PostBody(), p.spec.Request, p.bind); err != nil {
		return x.refuse(ctx, err)
	}
	x.out = append(x.out, success...)
	if len(p.spec.Answer) == 0 {
		return x.finish(ctx, "", "}")
	}
	if p.spec.Bare {
		return x.finish(ctx, `,"data":`, "}")
	}
	return x.finish(ctx, `,"data":{`, "}}")
}

// finish invokes the endpoint, writes what it answers between open and end, and sends the answer.
func (x *exchange) finish(ctx *fasthttp.RequestCtx, open, end string) core.Code {
	out, err := x.place.endpoint.Invoke(&x.call, &x.body, append(x.out, open...))
	x.out = out
	if err != nil {
		return x.refuse(ctx, err)
	}
	x.out = append(x.out, end...)
	x.send(ctx, http.StatusOK)
	return 0
}

// enter reads the headers in the platform's order and finds out who is calling. Clients write the names of the headers in
// various cases.
func (x *exchange) enter(ctx *fasthttp.RequestCtx) error {
	x.operation = wire.View(ctx.Request.Header.Peek("Operationid"))
	if x.operation == "" {
		return badArgs("header must have operationID")
	}
	if x.place != nil && x.place.free || x.place == nil && tokenFree(wire.View(ctx.Path())) {
		return nil
	}
	token := wire.View(ctx.Request.Header.Peek("Token"))
	if token == "" {
		return badArgs("header must have token")
	}
	return x.dialect.identify(ctx, token, &x.identity)
}

// Admit implements wire.Gate. Who is calling has been established from the header already.
func (x *exchange) Admit(c *wire.Call, endpoint *wire.Spec) error {
	if x.identity.user == nil {
		if endpoint.Access == wire.Anyone {
			return nil
		}
		return tokenUnknown()
	}
	c.Caller = core.Caller{App: x.identity.app, User: x.identity.user, Privileged: x.identity.admin}
	switch {
	case endpoint.Access != wire.Operator:
		return nil
	case sendsAsOperator(endpoint.Name) && !x.identity.admin:
		return noPermission("only app manager can send message")
	}
	return checkAdmin(c)
}

// refuse answers an error and returns its code. What went wrong in here goes to the log and not to the client.
func (x *exchange) refuse(ctx *fasthttp.RequestCtx, err error) core.Code {
	var spec *wire.Spec
	name := "unknown"
	if x.place != nil {
		spec, name = x.place.spec, x.place.path
	}
	r := x.dialect.explain(spec, err)
	if r.code >= core.Unavailable {
		x.dialect.house.Log.Error("a request failed", slog.String("dialect", Name), slog.String("service", name), slog.Any("error", err))
	}
	if r.code == core.Limited {
		ctx.Response.Header.Set(fasthttp.HeaderRetryAfter, "1")
	}
	x.out = appendRefusal(x.out[:0], r.number, r.message, r.detail)
	x.send(ctx, r.status)
	return r.code
}

func (x *exchange) send(ctx *fasthttp.RequestCtx, status int) {
	allowOrigins(&ctx.Response.Header)
	ctx.Response.Header.SetContentType(contentType)
	ctx.SetStatusCode(status)
	x.out, x.packed = setBody(ctx, x.out, x.packed)
}

// exchangeOf returns the exchange that a row's operation belongs to.
func exchangeOf(c *wire.Call) (*exchange, error) {
	x, ok := c.Gate.(*exchange)
	if !ok {
		return nil, core.NewFault(core.Internal, "", "the call does not come through the dialect")
	}
	return x, nil
}

// settingsOf returns the settings of the caller's app. A call without a token has none.
func settingsOf(c *wire.Call) (*appSettings, error) {
	x, err := exchangeOf(c)
	if err != nil {
		return nil, err
	}
	if x.identity.settings == nil {
		return nil, tokenUnknown()
	}
	return x.identity.settings, nil
}

// queryOf returns a parameter of the URL of a call, valid until the call ends.
func queryOf(c *wire.Call, name string) string {
	ctx, ok := c.Context.(*fasthttp.RequestCtx)
	if !ok {
		return ""
	}
	return wire.View(ctx.QueryArgs().Peek(name))
}

// identity is who a token belongs to.
type identity struct {
	app      *core.App
	settings *appSettings
	user     *core.User
	platform int64
	expires  int64 // Unix seconds
	admin    bool
}

// identify establishes whose a token is and that it has not been revoked. Administrators' tokens are revoked by nobody, as
// in the platform.
func (d *Dialect) identify(ctx context.Context, token string, who *identity) error {
	v, err := d.verify(token)
	if err != nil {
		return err
	}
	admin := v.settings.isAdmin(v.userID)
	user, err := d.house.Engine.Find(ctx, v.app, v.userID)
	if core.CodeOf(err) == core.NotFound {
		return tokenUnknown()
	}
	if err != nil {
		return err
	}
	switch {
	case user.ID != v.userID:
		return tokenUnknown() // the token names another form of the user's address
	case user.Banned:
		return tokenKicked()
	case !admin:
		state, err := d.house.Engine.SessionState(ctx, v.app, user, token)
		if err != nil {
			return err
		}
		switch state {
		case core.SessionUnknown:
			return tokenUnknown()
		case core.SessionEnded:
			return tokenKicked()
		case core.SessionLive:
		}
	}
	*who = identity{app: v.app, settings: v.settings, user: user, platform: v.platform, expires: v.expires, admin: admin}
	return nil
}
