package server

import (
	"context"
	"fmt"
	"io"

	"parley/cmd/parley/demo"
	"parley/core/official"
)

// officialDemo is the demo's official account with the stand-in for its platform.
type officialDemo struct {
	platform *demo.Platform
	account  *official.Account
}

// startPlatform starts the stand-in if the server runs the demo.
func (s *Server) startPlatform() (err error) {
	if s.demo == nil {
		return nil
	}
	s.official = &officialDemo{}
	if s.official.platform, err = demo.StartPlatform(s.log); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	s.undo = append(s.undo, s.official.platform.Close)
	return nil
}

// bindDemo makes sure that the demo's account is there.
func (s *Server) bindDemo(ctx context.Context) (err error) {
	if s.official == nil {
		return nil
	}
	s.official.account, err = s.official.platform.Bind(ctx, s.accounts.Service, baseURL(&s.settings))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}

// PrintDemo writes the demo's lines; nothing if the server runs without it.
func (s *Server) PrintDemo(w io.Writer) error {
	if s.demo == nil {
		return nil
	}
	if err := demo.Print(w, s.demo, s.Addr().String(), s.OpenIMAddr().String()); err != nil {
		return err
	}
	if s.official == nil {
		return nil
	}
	return s.official.platform.PrintOfficial(w, s.official.account, baseURL(&s.settings))
}
