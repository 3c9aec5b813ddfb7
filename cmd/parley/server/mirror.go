package server

import (
	"context"
	"fmt"
	"log/slog"

	"parley/adapters/openim"
	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/adapters/wire/mirror"
	"parley/adapters/yesapi"
	"parley/cmd/parley/admin"
	"parley/cmd/parley/httpd"
	"parley/cmd/parley/metrics"
)

// openMirror opens the mirror if an app has a legacy server; without one nothing stands before the dialects.
func (s *Server) openMirror(ctx context.Context, c *Config, m *metrics.Metrics) error {
	if len(s.settings.Mirrors) == 0 {
		return nil
	}
	key, err := s.sealingKey(c)
	if err != nil {
		return err
	}
	keeper, err := newMirrorKeeper(s.store, key, c.Environment.Random)
	if err != nil {
		return err
	}
	set := &s.settings.Mirror
	options := mirror.Options{
		Keeper: keeper, Log: s.log, Now: c.Environment.Now, Meter: m.Mirror(), Queue: set.Queue, QueueBytes: int(set.QueueBytes),
		Workers: set.Workers, MaxAnswer: int(set.MaxAnswer), Hold: set.Hold, Shared: !s.store.Exclusive() && !set.Sole,
	}
	for i := range s.settings.Mirrors {
		one, err := s.mirrorOf(i)
		if err != nil {
			return fmt.Errorf("mirrors[%d]: %w", i, err)
		}
		options.Apps = append(options.Apps, one)
	}
	if s.mirror, err = mirror.Open(ctx, options); err != nil {
		return err
	}
	s.undo = append(s.undo, s.mirror.Close)
	m.Watch(s.mirror)
	return nil
}

// mirrorOf reads one app of the list.
func (s *Server) mirrorOf(i int) (mirror.AppOptions, error) {
	m := &s.settings.Mirrors[i]
	if _, ok := s.engine.App(m.App); !ok {
		s.log.Warn("mirrors names an app that does not exist", slog.String("app", m.App))
	}
	one := mirror.AppOptions{Key: m.App, Upstreams: make(map[string]*mirror.Upstream), Mode: mirror.Legacy, Percent: 100, Writes: m.Writes}
	if m.Mode != "" {
		mode, err := mirror.ParseMode(m.Mode)
		if err != nil {
			return one, err
		}
		one.Mode = mode
	}
	if m.Percent != nil {
		one.Percent = *m.Percent
	}
	for name, url := range m.Upstreams() {
		upstream, err := mirror.NewUpstream(mirror.UpstreamOptions{
			URL: url, Host: m.Host, Timeout: s.settings.Mirror.Timeout, MaxAnswer: int(s.settings.Mirror.MaxAnswer),
			Private: s.settings.Mirror.AllowPrivate,
		})
		if err != nil {
			return one, fmt.Errorf("%s: %w", name, err)
		}
		one.Upstreams[name] = upstream
	}
	return one, nil
}

// mirrored puts the mirror before the dialects of a site.
func (s *Server) mirrored(site httpd.Site) httpd.Site {
	if s.mirror == nil {
		return site
	}
	dialects := make([]wire.Dialect, len(site.Dialects))
	for i, d := range site.Dialects {
		dialects[i] = d
		switch d := d.(type) {
		case *phalapi.Dialect:
			dialects[i], _ = s.mirror.Dialect(d, d.Speech(), nil)
		case *yesapi.Dialect:
			dialects[i], _ = s.mirror.Dialect(d, d.Speech(), nil)
		case *openim.Dialect:
			dialects[i], site.Fallback = s.mirror.Dialect(d, d.Speech(), site.Fallback)
		}
	}
	site.Dialects = dialects
	return site
}

// Mirror is the server's mirror, or nil if no app has a legacy server.
func (s *Server) Mirror() *mirror.Front { return s.mirror }

// mirrorOperations is what an operator does to the mirror.
func (s *Server) mirrorOperations() admin.Mirror { return &admin.LocalMirror{Front: s.mirror} }

// startMirror begins the mirror's work in the background.
func (s *Server) startMirror() {
	if s.mirror != nil {
		s.mirror.Start()
	}
}
