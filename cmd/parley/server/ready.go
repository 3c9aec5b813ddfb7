package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"parley/storage"
)

// readyPath is what a request for readiness asks for: an endpoint that needs no credentials.
const readyPath = "/api/platform?s=App.Site.Index"

// ready makes one request as a client does, reads from the store, and asks whether the engine writes.
func (s *Server) ready(ctx context.Context) error {
	if err := s.engine.Health(); err != nil {
		return fmt.Errorf("the engine does not write: %w", err)
	}
	err := s.store.View(ctx, func(r storage.Reader) error {
		_, err := r.Get([]byte("\x00ready"))
		return err
	})
	if err != nil {
		return fmt.Errorf("the store cannot be read: %w", err)
	}
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return s.dial(ctx)
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://parley.invalid"+readyPath, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("clients get no answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return fmt.Errorf("clients get half an answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("clients are answered %s", answer.Status)
	}
	return nil
}

// dial connects to the clients' listener from within.
func (s *Server) dial(ctx context.Context) (net.Conn, error) {
	if memory, ok := s.listener.(interface{ Dial() (net.Conn, error) }); ok {
		return memory.Dial()
	}
	address := s.listener.Addr()
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		address = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}
		if tcp.IP.To4() == nil {
			address = &net.TCPAddr{IP: net.IPv6loopback, Port: tcp.Port}
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, address.Network(), address.String())
}
