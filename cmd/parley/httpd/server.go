// Package httpd is the listener that clients of all dialects talk to: routing, limits, and the refusal of requests whose
// framing two parties could read differently.
package httpd

import (
	"context"
	"log/slog"
	"net"
	"runtime/debug"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/cmd/parley/metrics"
	"parley/cmd/parley/settings"
)

// Server answers clients. It is safe for concurrent use.
type Server struct {
	http     fasthttp.Server
	limits   settings.Limits
	all      *paths // of all dialects
	streamed *paths // those whose handlers read the body themselves
	bodies   bodies
	fallback fasthttp.RequestHandler
	log      *slog.Logger
	metrics  *metrics.Metrics
}

// Site is what a server answers.
type Site struct {
	Dialects []wire.Dialect
	// Fallback answers the paths that no dialect has; if it is nil, the answer is 404.
	Fallback fasthttp.RequestHandler
}

// answerBuffer holds a usual page with its header: what does not fit costs a second system call and a second packet. It is
// taken while an answer is written and no longer.
const answerBuffer = 16 << 10

// New returns a server of the site within the limits. Two dialects that answer the same path are an error.
func New(site Site, limits settings.Limits, log *slog.Logger, m *metrics.Metrics) (*Server, error) {
	s := &Server{log: log, metrics: m, limits: limits, fallback: site.Fallback}
	if err := s.bindRoutes(site.Dialects); err != nil {
		return nil, err
	}
	s.http = fasthttp.Server{
		Handler:        s.serve,
		ErrorHandler:   s.refuse,
		HeaderReceived: s.announced,
		ExpectHandler:  s.expect,
		Logger:         logger{log},

		StreamRequestBody:  true, // see bodies
		MaxRequestBodySize: int(limits.Body),
		ReadBufferSize:     int(limits.Header),
		WriteBufferSize:    answerBuffer,
		Concurrency:        limits.Connections,
		ReadTimeout:        limits.ReadTimeout,
		WriteTimeout:       limits.WriteTimeout,
		IdleTimeout:        limits.IdleTimeout,

		CloseOnShutdown:              true,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true,
	}
	m.Connections(func() int { return int(s.http.GetOpenConnectionsCount()) })
	return s, nil
}

// Serve answers the connections of ln until Stop. It takes ownership of ln.
func (s *Server) Serve(ln net.Listener) error {
	return s.http.Serve(newListener(ln, s.limits.ConnectionsPerIP))
}

// Stop stops accepting connections, closes those that idle, lets running requests end, and returns when none is left or
// ctx has ended.
func (s *Server) Stop(ctx context.Context) error { return s.http.ShutdownWithContext(ctx) }

func (s *Server) serve(ctx *fasthttp.RequestCtx) {
	defer s.recover(ctx)
	if !soundFraming(&ctx.Request.Header) {
		s.metrics.Refused(metrics.RefusedFraming)
		fail(ctx, fasthttp.StatusBadRequest, ambiguous)
		return
	}
	s.all.handle(ctx)
}

// recover turns a panic into an answer. The connection is closed, for nobody knows what state the request left behind.
func (s *Server) recover(ctx *fasthttp.RequestCtx) {
	cause := recover()
	if cause == nil {
		return
	}
	s.metrics.Panics.Inc()
	s.log.Error("panic while answering a request",
		slog.Any("cause", cause), slog.String("stack", string(debug.Stack())))
	fail(ctx, fasthttp.StatusInternalServerError, "internal server error")
}

func (s *Server) notFound(ctx *fasthttp.RequestCtx) {
	s.metrics.Unrouted.Inc()
	if s.fallback != nil {
		s.fallback(ctx)
		return
	}
	ctx.Error("404 page not found", fasthttp.StatusNotFound)
}
