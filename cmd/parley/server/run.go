package server

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"parley/cmd/parley/httpd"
)

// Run waits until ctx ends or a part of the server fails, and then stops the server. The error is why it failed.
func (s *Server) Run(ctx context.Context) error {
	health := time.NewTicker(healthInterval)
	defer health.Stop()
	for {
		select {
		case <-ctx.Done():
			s.log.Info("stopping")
			return s.Stop(context.WithoutCancel(ctx))
		case err := <-s.failed:
			return failure(err, s.Stop(context.WithoutCancel(ctx)))
		case <-health.C:
			// A store that failed to sync must not be written again by this process: what it holds is uncertain until
			// it has been opened anew.
			if err := s.engine.Health(); err != nil {
				return failure(fmt.Errorf("the store has failed: %w", err), s.Stop(context.WithoutCancel(ctx)))
			}
		}
	}
}

func failure(cause, stopping error) error {
	if stopping != nil {
		return fmt.Errorf("%w (and while stopping: %w)", cause, stopping)
	}
	return cause
}

// Stop reports the server as not ready, lets running requests end within the stop timeout, and closes engine and store:
// whatever was acknowledged is stored.
func (s *Server) Stop(ctx context.Context) error {
	if s.admin != nil {
		s.admin.Stopping()
	}
	limited, cancel := context.WithTimeout(ctx, s.settings.Limits.StopTimeout)
	defer cancel()
	for _, clients := range []*httpd.Server{s.clients, s.openim} {
		if clients == nil {
			continue
		}
		if err := clients.Stop(limited); err != nil {
			s.log.Warn("some requests did not end in time", slog.Any("error", err))
		}
	}
	if s.admin != nil {
		if err := s.admin.Stop(limited); err != nil {
			s.log.Warn("the admin listener did not stop in time", slog.Any("error", err))
		}
	}
	err := s.close()
	if err == nil {
		s.log.Info("stopped")
	}
	return err
}

// close closes the parts that are open, the last one first.
func (s *Server) close() (first error) {
	for _, undo := range slices.Backward(s.undo) {
		if err := undo(); err != nil && first == nil {
			first = err
		}
	}
	s.undo = nil
	return first
}
