package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"

	"parley/adapters/openim"
)

// reachable tells whether clients of other machines reach a listener.
func reachable(ln net.Listener) bool {
	tcp, ok := ln.Addr().(*net.TCPAddr)
	return ok && !tcp.IP.IsLoopback()
}

// openimAddress is the listener that serves OpenIM.
func (s *Server) openimAddress() net.Listener {
	if s.openimListener != nil {
		return s.openimListener
	}
	return s.listener
}

// checkSecrets refuses to serve other machines while an app has the secret that OpenIM is shipped with: whoever knows it
// is that app's administrator.
func (s *Server) checkSecrets(context.Context, *Config) error {
	ln := s.openimAddress()
	if !reachable(ln) {
		return nil
	}
	for _, app := range s.engine.Apps() {
		if openim.UsesDefaultSecret(app.Dialects[openim.Name]) {
			return fmt.Errorf("app %s has the OpenIM secret %q, which everybody knows, and %s can be reached from other machines; give the app another secret or listen on loopback",
				app.Key, openim.DefaultSecret, ln.Addr())
		}
	}
	return nil
}

// checkOpenIM is checkSecrets for a section that is to be stored while the server runs.
func (s *Server) checkOpenIM(section json.RawMessage) error {
	if reachable(s.openimAddress()) && openim.UsesDefaultSecret(section) {
		return errors.New("settings: secret is the one that everybody knows, and the server can be reached from other machines")
	}
	return openim.CheckSettings(section)
}
