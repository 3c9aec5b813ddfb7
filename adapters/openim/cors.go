package openim

import (
	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
)

// exposed is the list that the platform's answers carry, with its white space.
const exposed = "Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,Cache-Control," +
	"Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar"

// allowOrigins lets browsers of every origin read the answer, as the platform does: calls carry a token and no cookies.
func allowOrigins(h *fasthttp.ResponseHeader) {
	// Every answer carries them: names that are in canonical form need not be brought into it each time.
	set := func(name, value string) { h.SetCanonical(wire.Bytes(name), wire.Bytes(value)) }
	set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	set(fasthttp.HeaderAccessControlAllowMethods, "*")
	set(fasthttp.HeaderAccessControlAllowHeaders, "*")
	set(fasthttp.HeaderAccessControlExposeHeaders, exposed)
	set(fasthttp.HeaderAccessControlMaxAge, "172800")
	set(fasthttp.HeaderAccessControlAllowCredentials, "false")
}

// preflight answers OPTIONS, on whatever path.
func preflight(ctx *fasthttp.RequestCtx) {
	allowOrigins(&ctx.Response.Header)
	ctx.Response.Header.SetContentType(contentType)
	ctx.Response.SetBodyString(`"Options Request!"`)
}
