package server

import (
	"context"
	"fmt"
	"log/slog"

	"parley/adapters/wechat"
	"parley/adapters/wire"
	"parley/cmd/parley/demo"
	"parley/cmd/parley/settings"
	"parley/core"
	"parley/core/official"
	"parley/storage"
)

// Accounts are the official accounts of a store, and what works for them in the background.
type Accounts struct {
	Service *official.Service
	Worker  *wechat.Worker
	options wechat.Options
}

// OpenAccounts opens the official accounts of the app that the settings name. api gives the URL of an account's official
// API. Nothing works in the background until Worker.Start.
func OpenAccounts(ctx context.Context, e *core.Engine, store storage.Store, s *settings.Settings, key []byte, api func(*official.Account) string, env core.Environment, log *slog.Logger) (*Accounts, error) {
	service, err := official.Open(ctx, store, env, official.Options{Key: key, Log: log})
	if err != nil {
		return nil, fmt.Errorf("the official accounts of the store: %w", err)
	}
	w := &s.WeChat
	worker := wechat.NewWorker(wechat.WorkerOptions{
		Official: service, Engine: e, App: w.App, Log: log, Now: env.Now, BaseURL: baseURL(s), API: api,
		Unchecked: w.Unchecked, ForgetLeavers: w.ForgetGone, ReplyWait: w.ReplyWait,
	})
	return &Accounts{Service: service, Worker: worker, options: wechat.Options{
		Official: service, Background: worker, App: w.App, APIKey: w.APIKey, BaseURL: baseURL(s),
		OriginalShapes: w.Shapes == "original", MirrorStatus: w.HTTPStatus == "mirror",
		LenientUploads: w.AllImages, CheckedUploads: w.CheckUpload,
	}}, nil
}

// baseURL is where the world reaches the server.
func baseURL(s *settings.Settings) string {
	if s.WeChat.BaseURL != "" {
		return s.WeChat.BaseURL
	}
	return "http://" + s.Listen
}

// dialect returns the dialect of the accounts.
func (a *Accounts) dialect(house wire.House) (*wechat.Dialect, error) {
	return wechat.New(house, a.options)
}

// openAccounts opens the official accounts if an app has any. Beyond loopback they are only served to those who know the
// key.
func (s *Server) openAccounts(ctx context.Context, c *Config) error {
	w := &s.settings.WeChat
	if w.App == "" {
		return nil
	}
	if _, ok := s.engine.App(w.App); !ok {
		s.log.Warn("wechat.app names an app that does not exist", slog.String("app", w.App))
	}
	if w.APIKey == "" && reachable(s.listener) {
		return fmt.Errorf("wechat.api_key is not set and %s can be reached from other machines; set it or listen on loopback", s.listener.Addr())
	}
	if w.BaseURL == "" && s.listener != nil {
		w.BaseURL = "http://" + s.listener.Addr().String() // also where the port was chosen by the system
	}
	key, err := s.sealingKey(c)
	if err != nil {
		return err
	}
	if err := s.startPlatform(); err != nil {
		return err
	}
	if s.accounts, err = OpenAccounts(ctx, s.engine, s.store, &s.settings, key, s.api(), c.Environment, s.log); err != nil {
		return err
	}
	s.undo = append(s.undo, func() error {
		s.accounts.Worker.Close()
		return nil
	})
	if err := s.bindDemo(ctx); err != nil {
		return err
	}
	return s.accounts.Worker.Start(ctx)
}

// api gives the URL of an account's official API: the stand-in's in the demo, for the accounts of the demo are not real.
func (s *Server) api() func(*official.Account) string {
	if s.official != nil {
		return s.official.platform.API
	}
	upstream := s.settings.WeChat.Upstream
	return func(*official.Account) string { return upstream }
}

// sealingKey is the demo's own for the demo, whose credentials are no secret.
func (s *Server) sealingKey(c *Config) ([]byte, error) {
	if s.demo != nil && s.settings.SecretKey == "" {
		return []byte(demo.SealKey), nil
	}
	return sealingKey(&s.settings, c.Environment)
}
