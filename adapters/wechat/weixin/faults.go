package weixin

import (
	"errors"
	"fmt"
	"strconv"
)

// APIError is a refusal in the platform's own words.
type APIError struct {
	Code    int64  // errcode, never 0
	Message string // errmsg
}

// Error gives the code and the words, as "40003: invalid openid".
func (e *APIError) Error() string { return strconv.FormatInt(e.Code, 10) + ": " + e.Message }

// The codes that the client itself, or its callers, tell apart.
const (
	CodeBusy            = -1    // try again later
	CodeBadToken        = 40001 // the token, or in answer to the token call the secret, is wrong
	CodeBadAppID        = 40013
	CodeMalformedToken  = 40014
	CodeBadSecret       = 40125
	CodeAddressRefused  = 40164 // our address is not on the account's list
	CodeTokenExpired    = 42001
	CodeQuota           = 45009 // the day's calls are used up
	CodeRepeatedMass    = 45065 // this client message id was sent before
	CodeNoMenu          = 46003
	CodeAPIUnauthorized = 48001 // the account may not make this call
)

// IsCode reports whether err is, or wraps, an APIError with that code.
func IsCode(err error, code int64) bool {
	refusal, ok := errors.AsType[*APIError](err)
	return ok && refusal.Code == code
}

var (
	// ErrUnavailable says that there is no proper answer: the platform can not be reached, hung up, took too long, answered
	// something else than it should, or has done so often enough that it is not tried for a while.
	ErrUnavailable = errors.New("weixin: the platform is not available")
	// ErrTooLarge says that an answer is larger than the call allows.
	ErrTooLarge = errors.New("weixin: the answer is too large")
	// ErrArgument says that a call was not made because it can not be right.
	ErrArgument = errors.New("weixin: the call can not be made")
)

// CallError says which call failed. It wraps an *APIError, ErrUnavailable, ErrTooLarge, ErrArgument, or the context's error.
// It never holds a URL, a token or a secret.
type CallError struct {
	Call string // the path below /cgi-bin/, as "user/get"
	// Unknown tells that the request may have been carried out although no answer arrived. If it is false, the call has
	// had no effect.
	Unknown bool
	Err     error
}

// Error names the call and the reason.
func (e *CallError) Error() string { return fmt.Sprintf("weixin: %s: %v", e.Call, e.Err) }

// Unwrap gives the reason.
func (e *CallError) Unwrap() error { return e.Err }

// MaybeDone reports whether the call that err came from may have been carried out although no answer arrived.
func MaybeDone(err error) bool {
	failed, ok := errors.AsType[*CallError](err)
	return ok && failed.Unknown
}
