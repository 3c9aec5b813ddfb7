package openim

import "github.com/valyala/fasthttp"

// exposed is the list that the platform's answers carry, with its white space.
const exposed = "Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,Cache-Control," +
	"Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar"

// allowOrigins lets browsers of every origin read the answer, as the platform does: calls carry a token and no cookies.
func allowOrigins(h *fasthttp.ResponseHeader) {
	h.Set(fasthttp.HeaderAccessControlAllowOrigin, "*")
	h.Set(fasthttp.HeaderAccessControlAllowMethods, "*")
	h.Set(fasthttp.HeaderAccessControlAllowHeaders, "*")
	h.Set(fasthttp.HeaderAccessControlExposeHeaders, exposed)
	h.Set(fasthttp.HeaderAccessControlMaxAge, "172800")
	h.Set(fasthttp.HeaderAccessControlAllowCredentials, "false")
}

// preflight answers OPTIONS, on whatever path.
func preflight(ctx *fasthttp.RequestCtx) {
	allowOrigins(&ctx.Response.Header)
	ctx.Response.Header.SetContentType(contentType)
	ctx.Response.SetBodyString(`"Options Request!"`)
}
