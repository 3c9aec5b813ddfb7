package admin

import (
	"encoding/json"
	"net/http"

	"parley/core"
)

// wireFault is a fault in an answer of the admin listener.
type wireFault struct {
	Code  string     `json:"code"`
	Field core.Field `json:"field,omitempty"`
	Note  string     `json:"note,omitempty"`
}

// status is the HTTP status of an answer with the fault.
func status(c core.Code) int {
	switch c {
	case core.Invalid:
		return http.StatusBadRequest
	case core.Unauthenticated:
		return http.StatusUnauthorized
	case core.Forbidden:
		return http.StatusForbidden
	case core.NotFound:
		return http.StatusNotFound
	case core.Exists, core.Conflict:
		return http.StatusConflict
	case core.TooLarge:
		return http.StatusRequestEntityTooLarge
	case core.Limited:
		return http.StatusTooManyRequests
	case core.Unsupported:
		return http.StatusNotImplemented
	case core.Unavailable:
		return http.StatusServiceUnavailable
	case core.Timeout:
		return http.StatusGatewayTimeout
	case core.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

func encodeFault(f *core.Fault) wireFault {
	return wireFault{Code: f.Code.String(), Field: f.Field, Note: f.Note}
}

// decodeFault reads the fault in an answer; false if there is none.
func decodeFault(body []byte) (*core.Fault, bool) {
	var w wireFault
	if err := json.Unmarshal(body, &w); err != nil {
		return nil, false
	}
	for _, c := range core.Codes() {
		if c.String() == w.Code {
			return core.NewFault(c, w.Field, w.Note), true
		}
	}
	return nil, false
}
