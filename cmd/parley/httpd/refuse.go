package httpd

import (
	"errors"

	"github.com/valyala/fasthttp"

	"parley/cmd/parley/metrics"
)

// refuse answers a request that could not be read, and closes the connection.
func (s *Server) refuse(ctx *fasthttp.RequestCtx, err error) {
	var timeout interface{ Timeout() bool }
	_, header := errors.AsType[*fasthttp.ErrSmallBuffer](err)
	switch {
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		s.metrics.Refused(metrics.RefusedBody)
		fail(ctx, fasthttp.StatusRequestEntityTooLarge, "request body too large")
	case header:
		s.metrics.Refused(metrics.RefusedHeader)
		fail(ctx, fasthttp.StatusRequestHeaderFieldsTooLarge, "request header too large")
	case errors.As(err, &timeout) && timeout.Timeout():
		s.metrics.Refused(metrics.RefusedTimeout)
		fail(ctx, fasthttp.StatusRequestTimeout, "request timeout")
	default:
		s.metrics.Refused(metrics.RefusedMalformed)
		fail(ctx, fasthttp.StatusBadRequest, "malformed request")
	}
}

// announced looks at a request whose body has not been read. One that will be refused is treated as if the client had
// asked before sending it, which is the library's way to refuse without reading.
func (s *Server) announced(h *fasthttp.RequestHeader) (config fasthttp.RequestConfig) {
	if h.ContentLength() > int(s.limits.Body) && !s.streamed.has(h) {
		h.Set(fasthttp.HeaderExpect, "100-continue")
	}
	return config
}

// expect answers a client that asks before it sends: a body that will not be accepted need not be sent.
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	h := &ctx.Request.Header
	switch {
	case !soundFraming(h):
		s.metrics.Refused(metrics.RefusedFraming)
		fail(ctx, fasthttp.StatusBadRequest, ambiguous)
	case h.ContentLength() > int(s.limits.Body) && !s.streamed.has(h):
		s.refuse(ctx, fasthttp.ErrBodyTooLarge)
	default:
		return fasthttp.StatusContinue
	}
	return ctx.Response.StatusCode()
}

// ambiguous answers a request that does not say clearly where it ends.
const ambiguous = "ambiguous request framing"

// fail answers with plain text and closes the connection.
func fail(ctx *fasthttp.RequestCtx, status int, text string) {
	ctx.Error(text, status)
	hangUp(ctx)
}
