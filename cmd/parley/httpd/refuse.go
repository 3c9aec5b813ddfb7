package httpd

import (
	"errors"

	"github.com/valyala/fasthttp"

	"parley/cmd/parley/metrics"
)

// refuse answers a request that could not be read. The library closes the connection afterwards.
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

// expect answers a client that asks before it sends: a body that will not be accepted need not be sent.
func expect(maxBody int) func(*fasthttp.RequestCtx) int {
	return func(ctx *fasthttp.RequestCtx) int {
		switch {
		case !soundFraming(&ctx.Request.Header):
			return fasthttp.StatusBadRequest
		case ctx.Request.Header.ContentLength() > maxBody:
			return fasthttp.StatusRequestEntityTooLarge
		}
		return fasthttp.StatusContinue
	}
}

// fail answers with plain text and closes the connection.
func fail(ctx *fasthttp.RequestCtx, status int, text string) {
	if c, ok := ctx.Conn().(*conn); ok {
		c.linger()
	}
	ctx.Error(text, status)
	ctx.SetConnectionClose()
}
