package wechat

import (
	"net/http"

	"parley/core"
)

// refusal is an error in the words of the dialect.
type refusal struct {
	number  int64 // the envelope's code
	message string
	code    core.Code
}

// Error describes the refusal for logs.
func (r *refusal) Error() string { return r.message }

// missing refuses a request without a parameter that it needs.
func missing(name string) error {
	return &refusal{http.StatusBadRequest, "missing parameter: " + name, core.Invalid}
}

// invalid refuses the value of a parameter.
func invalid(name string) error {
	return &refusal{http.StatusBadRequest, "invalid parameter: " + name, core.Invalid}
}

// refuse refuses a request that the state of things does not allow, in the platform's own words.
func refuse(message string) error {
	return &refusal{http.StatusBadRequest, message, core.Conflict}
}

// notFound reports that what the request names does not exist.
func notFound() error { return &refusal{http.StatusNotFound, textNotFound, core.NotFound} }
