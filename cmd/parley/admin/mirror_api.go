package admin

import (
	"context"
	"net/http"
	"net/url"

	"parley/adapters/wire/mirror"
)

// registerMirror binds the paths of the mirror's administration.
func (s *api) registerMirror(mux *http.ServeMux) {
	if s.mirror == nil {
		return
	}
	mux.HandleFunc("GET /api/v1/mirror", func(w http.ResponseWriter, r *http.Request) {
		all, err := s.mirror.MirrorStatus(r.Context())
		s.answer(w, all, err)
	})
	mux.HandleFunc("PATCH /api/v1/mirror/{app}", func(w http.ResponseWriter, r *http.Request) {
		var c mirror.Change
		if s.read(w, r, &c) {
			changed, err := s.mirror.SetMirror(r.Context(), r.PathValue("app"), c)
			s.answer(w, changed, err)
		}
	})
	mux.HandleFunc("GET /api/v1/differences", func(w http.ResponseWriter, r *http.Request) {
		found, err := s.mirror.Differences(r.Context(), r.URL.Query().Get("app"))
		s.answer(w, found, err)
	})
	mux.HandleFunc("POST /api/v1/differences/forget", func(w http.ResponseWriter, r *http.Request) {
		var f forgetRequest
		if s.read(w, r, &f) {
			s.answer(w, struct{}{}, s.mirror.Forget(r.Context(), f.App))
		}
	})
	mux.HandleFunc("POST /api/v1/cutover/{app}", func(w http.ResponseWriter, r *http.Request) {
		var step Step
		if s.read(w, r, &step) {
			// An operator who hangs up does not stop a step in the middle.
			moved, err := s.mirror.Cutover(context.WithoutCancel(r.Context()), r.PathValue("app"), step)
			s.answer(w, moved, err)
		}
	})
}

type forgetRequest struct {
	App string `json:"app"`
}

var _ Mirror = (*Client)(nil)

// MirrorStatus implements Mirror.
func (c *Client) MirrorStatus(ctx context.Context) (all []mirror.AppStatus, err error) {
	err = c.call(ctx, http.MethodGet, "/mirror", nil, &all)
	return all, err
}

// SetMirror implements Mirror.
func (c *Client) SetMirror(ctx context.Context, app string, change mirror.Change) (changed mirror.AppStatus, err error) {
	err = c.call(ctx, http.MethodPatch, "/mirror/"+url.PathEscape(app), change, &changed)
	return changed, err
}

// Differences implements Mirror.
func (c *Client) Differences(ctx context.Context, app string) (found Differences, err error) {
	err = c.call(ctx, http.MethodGet, "/differences?app="+url.QueryEscape(app), nil, &found)
	return found, err
}

// Forget implements Mirror.
func (c *Client) Forget(ctx context.Context, app string) error {
	return c.call(ctx, http.MethodPost, "/differences/forget", forgetRequest{app}, &struct{}{})
}

// Cutover implements Mirror.
func (c *Client) Cutover(ctx context.Context, app string, s Step) (moved mirror.AppStatus, err error) {
	err = c.call(ctx, http.MethodPost, "/cutover/"+url.PathEscape(app), s, &moved)
	return moved, err
}
