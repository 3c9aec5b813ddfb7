package admin

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"

	"parley/core"
)

// maxBody bounds the body of an admin request.
const maxBody = 1 << 20

// api answers the operations over HTTP.
type api struct {
	ops    Operations
	mirror Mirror // nil if there is none
	store  string
	log    *slog.Logger
}

// storeAnswer names the store that a server has open.
type storeAnswer struct {
	Store string `json:"store"`
}

type banRequest struct {
	Address string `json:"address"`
	Banned  bool   `json:"banned"`
}

func (s *api) register(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v1/store", func(w http.ResponseWriter, _ *http.Request) {
		s.answer(w, storeAnswer{Store: s.store}, nil)
	})
	mux.HandleFunc("GET /api/v1/apps", func(w http.ResponseWriter, r *http.Request) {
		apps, err := s.ops.Apps(r.Context(), r.URL.Query().Get("secrets") == "true")
		s.answer(w, apps, err)
	})
	mux.HandleFunc("POST /api/v1/apps", func(w http.ResponseWriter, r *http.Request) {
		var a App
		if s.read(w, r, &a) {
			added, err := s.ops.AddApp(r.Context(), a)
			s.answer(w, added, err)
		}
	})
	mux.HandleFunc("PATCH /api/v1/apps/{app}", func(w http.ResponseWriter, r *http.Request) {
		var c AppChange
		if s.read(w, r, &c) {
			changed, err := s.ops.ChangeApp(r.Context(), r.PathValue("app"), c)
			s.answer(w, changed, err)
		}
	})
	mux.HandleFunc("POST /api/v1/apps/{app}/rotate", func(w http.ResponseWriter, r *http.Request) {
		rotated, err := s.ops.RotateSecret(r.Context(), r.PathValue("app"))
		s.answer(w, rotated, err)
	})
	mux.HandleFunc("GET /api/v1/apps/{app}/users", func(w http.ResponseWriter, r *http.Request) {
		offset, err1 := strconv.Atoi(r.URL.Query().Get("offset"))
		limit, err2 := strconv.Atoi(r.URL.Query().Get("limit"))
		if err1 != nil || err2 != nil {
			s.answer(w, nil, core.NewFault(core.Invalid, core.FieldPage, "offset and limit are whole numbers"))
			return
		}
		page, err := s.ops.Users(r.Context(), r.PathValue("app"), offset, limit)
		s.answer(w, page, err)
	})
	mux.HandleFunc("POST /api/v1/apps/{app}/users", func(w http.ResponseWriter, r *http.Request) {
		var u NewUser
		if s.read(w, r, &u) {
			added, err := s.ops.AddUser(r.Context(), r.PathValue("app"), u)
			s.answer(w, added, err)
		}
	})
	mux.HandleFunc("POST /api/v1/apps/{app}/ban", func(w http.ResponseWriter, r *http.Request) {
		var b banRequest
		if s.read(w, r, &b) {
			user, err := s.ops.SetBanned(r.Context(), r.PathValue("app"), b.Address, b.Banned)
			s.answer(w, user, err)
		}
	})
}

// read decodes the request's body, or answers with the fault and returns false.
func (s *api) read(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		s.answer(w, nil, core.NewFault(core.Invalid, "", "the body is not the JSON object that is expected"))
		return false
	}
	return true
}

func (s *api) answer(w http.ResponseWriter, value any, err error) {
	code := http.StatusOK
	if err != nil {
		fault := core.AsFault(err)
		if fault.Code == core.Internal {
			s.log.Error("administration failed", slog.Any("error", err))
		}
		code, value = status(fault.Code), encodeFault(fault)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		s.log.Debug("admin answer was not sent", slog.Any("error", err))
	}
}
