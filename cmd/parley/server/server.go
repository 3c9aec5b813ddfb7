// Package server puts a whole server together: store, engine, dialects, the clients' listener and the admin listener.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"
	"time"

	"parley/adapters/openim"
	"parley/adapters/wire/mirror"
	"parley/cmd/parley/admin"
	"parley/cmd/parley/demo"
	"parley/cmd/parley/httpd"
	"parley/cmd/parley/metrics"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/storage"
)

// healthInterval is how often the server asks its engine whether it still writes.
const healthInterval = time.Second

// Config is what a server is started from.
type Config struct {
	Settings settings.Settings
	// Listener takes the clients' connections; if it is nil, the server listens where the settings say.
	Listener net.Listener
	// Environment is the machine's own if its functions are nil.
	Environment core.Environment
	Version     string
	// Log is slog.Default if it is nil.
	Log *slog.Logger
}

// Server is a running server.
type Server struct {
	settings settings.Settings
	log      *slog.Logger
	engine   *core.Engine
	store    storage.Store
	demo     *core.App
	accounts *Accounts     // nil if no app has official accounts
	official *officialDemo // nil without the demo
	mirror   *mirror.Front // nil if no app has a legacy server

	clients        *httpd.Server
	listener       net.Listener
	openim         *httpd.Server // nil if it is served beside the others
	openimListener net.Listener
	admin          *admin.Server // nil if it is off
	adminListener  net.Listener

	failed chan error
	// undo holds what closes the parts that are open, in order of opening.
	undo []func() error
}

// Start starts a server. If that fails, what was opened is closed again.
func Start(ctx context.Context, c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	s := &Server{settings: c.Settings, log: c.Log, listener: c.Listener, failed: make(chan error, 4)}
	if c.Environment.Now == nil {
		c.Environment = SystemEnvironment()
	}
	for _, step := range []func(context.Context, *Config) error{
		s.listen, s.openEngine, s.prepareApps, s.checkSecrets, s.openAccounts, s.serve,
	} {
		if err := step(ctx, &c); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	return s, nil
}

// listen takes the addresses first: nothing is touched if another program has them.
func (s *Server) listen(ctx context.Context, _ *Config) (err error) {
	if s.listener == nil {
		if s.listener, err = listen(ctx, "listen", s.settings.Listen, "choose another address with --listen"); err != nil {
			return err
		}
	}
	s.undo = append(s.undo, closing(s.listener))
	if address := s.settings.OpenIM.Listen; address != "" {
		if s.openimListener, err = listen(ctx, "openim.listen", address, `choose another address with --openim-listen, or none with --openim-listen ""`); err != nil {
			return err
		}
		s.undo = append(s.undo, closing(s.openimListener))
	}
	if s.settings.Admin == "" {
		return nil
	}
	s.adminListener, err = listen(ctx, "admin", s.settings.Admin, `choose another address with --admin, or none with --admin ""`)
	if err != nil {
		return err
	}
	s.undo = append(s.undo, closing(s.adminListener))
	return nil
}

func listen(ctx context.Context, key, address, advice string) (net.Listener, error) {
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: another program listens on %s already; %s", key, address, advice)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; %s", key, err, advice)
	}
	return ln, nil
}

// closing closes a listener, which its server has usually done before; nothing depends on the outcome.
func closing(ln net.Listener) func() error {
	return func() error {
		_ = ln.Close()
		return nil
	}
}

func (s *Server) openEngine(ctx context.Context, c *Config) (err error) {
	var closeBoth func() error
	s.engine, s.store, closeBoth, err = OpenEngine(ctx, &s.settings, c.Environment, s.log)
	if errors.Is(err, storage.ErrLocked) {
		return fmt.Errorf("store: another process has %s open; stop it or choose another --store", s.settings.Store)
	}
	if err != nil {
		return err
	}
	s.undo = append(s.undo, closeBoth)
	return nil
}

// prepareApps applies the demo and the apps of the file.
func (s *Server) prepareApps(ctx context.Context, _ *Config) (err error) {
	if s.settings.Demo {
		if s.demo, err = demo.Prepare(ctx, s.engine); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		if s.settings.PhalAPI.App == "" {
			s.settings.PhalAPI.App = demo.Key
		}
		if s.settings.WeChat.App == "" {
			s.settings.WeChat.App = demo.Key
		}
	} else if _, ok := s.engine.App(demo.Key); ok {
		s.log.Warn("the store holds the demo app, whose credentials are published", slog.String("app", demo.Key))
	}
	for i := range s.settings.Apps {
		a := &s.settings.Apps[i]
		dialects, err := a.Dialects()
		if err != nil {
			return fmt.Errorf("apps[%d]: %w", i, err)
		}
		if _, err := s.engine.PutApp(ctx, core.App{
			Key: a.Key, Secret: a.Secret, Name: a.Name, Zone: a.Zone, OpenUsers: a.Users == "open", Dialects: dialects,
		}); err != nil {
			return fmt.Errorf("apps[%d]: %w", i, err)
		}
	}
	if key := s.settings.PhalAPI.App; key != "" {
		if _, ok := s.engine.App(key); !ok {
			s.log.Warn("phalapi.app names an app that does not exist", slog.String("app", key))
		}
	}
	return nil
}

func (s *Server) serve(ctx context.Context, c *Config) error {
	m := metrics.New(c.Version)
	dialects, err := Dialects(s.engine, s.accounts, &s.settings, s.log, m.Meter, c.Environment.Now)
	if err != nil {
		return err
	}
	if err := s.openMirror(ctx, c, m); err != nil {
		return err
	}
	shared, own := sites(dialects, s.openimListener != nil)
	if s.clients, err = httpd.New(s.mirrored(shared), s.settings.Limits, s.log, m); err != nil {
		return err
	}
	if s.openimListener != nil {
		if s.openim, err = httpd.New(s.mirrored(own), s.settings.Limits, s.log, m); err != nil {
			return err
		}
		go s.report("openim", func() error { return s.openim.Serve(s.openimListener) })
	}
	s.startMirror()
	go s.report("clients", func() error { return s.clients.Serve(s.listener) })
	if s.adminListener != nil {
		host, _, _ := net.SplitHostPort(s.settings.Admin) // checked when it was listened on
		operations := Operations(s.engine)
		operations.Checks[openim.Name] = s.checkOpenIM
		s.admin = admin.NewServer(admin.Config{
			Operations: operations,
			Mirror:     s.mirrorOperations(),
			Store:      Identity(s.settings.Store),
			Ready:      s.ready,
			Metrics:    m.Handler(),
			Token:      s.settings.AdminToken,
			Host:       host,
			Log:        s.log,
		})
		go s.report("admin", func() error { return s.admin.Serve(s.adminListener) })
	}
	return nil
}

// report runs one part and tells if it ends with an error.
func (s *Server) report(part string, run func() error) {
	if err := run(); err != nil {
		s.failed <- fmt.Errorf("%s: %w", part, err)
	}
}

// Addr is where clients connect.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// OpenIMAddr is where OpenIM's clients connect.
func (s *Server) OpenIMAddr() net.Addr { return s.openimAddress().Addr() }

// AdminAddr is where the admin listener is, or nil if it is off.
func (s *Server) AdminAddr() net.Addr {
	if s.adminListener == nil {
		return nil
	}
	return s.adminListener.Addr()
}

// Engine is the server's engine.
func (s *Server) Engine() *core.Engine { return s.engine }

// Demo is the demo app, or nil if the server runs without it.
func (s *Server) Demo() *core.App { return s.demo }
