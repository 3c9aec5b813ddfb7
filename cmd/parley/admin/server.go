package admin

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync/atomic"
	"time"
)

// probeTimeout bounds the request that decides whether the server is ready.
const probeTimeout = 2 * time.Second

// Config is what an admin listener is built from.
type Config struct {
	Operations Operations
	// Mirror is what stands before the dialects.
	Mirror Mirror
	// Store identifies the store that the operations change.
	Store string
	// Ready makes a real request and returns why the server cannot answer clients, or nil.
	Ready func(context.Context) error
	// Metrics answers scrapes.
	Metrics http.Handler
	// Token, if not empty, is demanded of everybody; otherwise only this machine is served.
	Token string
	// Host is the name or address that the listener is configured with.
	Host string
	Log  *slog.Logger
}

// Server is the admin listener: health, metrics, profiles and the operations.
type Server struct {
	http     http.Server
	stopping atomic.Bool
	ready    func(context.Context) error
	log      *slog.Logger
}

// NewServer returns an admin server that does not listen yet.
func NewServer(c Config) *Server {
	s := &Server{ready: c.Ready, log: c.Log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", s.readiness)
	mux.Handle("GET /metrics", c.Metrics)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	a := &api{ops: c.Operations, mirror: c.Mirror, store: c.Store, log: c.Log}
	a.register(mux)
	a.registerMirror(mux)
	s.http = http.Server{
		Handler:           guard{token: c.Token, name: c.Host}.wrap(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      5 * time.Minute, // a profile takes as long as it was asked to
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug),
	}
	return s
}

// Serve answers the connections of ln until Stop. It takes ownership of ln.
func (s *Server) Serve(ln net.Listener) error {
	if err := s.http.Serve(ln); err != http.ErrServerClosed { //nolint:errorlint // documented to be returned as it is
		return err
	}
	return nil
}

// Stopping makes the server report itself as not ready from now on.
func (s *Server) Stopping() { s.stopping.Store(true) }

// Stop ends running requests within ctx and then closes.
func (s *Server) Stop(ctx context.Context) error {
	if err := s.http.Shutdown(ctx); err != nil {
		return s.http.Close()
	}
	return nil
}

func (s *Server) readiness(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		say(w, http.StatusServiceUnavailable, "stopping\n")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.log.Warn("not ready", slog.Any("error", err))
		say(w, http.StatusServiceUnavailable, "not ready; the log says why\n")
		return
	}
	say(w, http.StatusOK, "ready\n")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // a prober that is gone needs no answer
}
