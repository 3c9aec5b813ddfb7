package core

import (
	"errors"
	"fmt"
)

// Code classifies what went wrong. The set is closed: every dialect maps every code to its own numbers and words, and a
// test fails where one is missing.
type Code uint8

// The codes, from the caller's faults to the service's own.
const (
	// Invalid: a field's value is unacceptable.
	Invalid Code = iota + 1
	// Unauthenticated: the caller is unknown, or its session has ended.
	Unauthenticated
	// Forbidden: the caller is known and may not do this; a banned user, too.
	Forbidden
	// NotFound: what the request names does not exist for this caller.
	NotFound
	// Exists: what the request creates is there already.
	Exists
	// Conflict: the request contradicts itself or the state it meets, as a message to oneself does.
	Conflict
	// TooLarge: a body, list or page exceeds its limit.
	TooLarge
	// Limited: the caller exceeds a rate or a quota.
	Limited
	// Unsupported: this service, or the remote behind it, has no such operation.
	Unsupported
	// Unavailable: the service cannot answer now and will later; nothing was done.
	Unavailable
	// Timeout: the deadline passed; the operation may have been done.
	Timeout
	// Internal: the service failed; the cause is in its log.
	Internal
)

// Codes lists every code, for tests that prove a mapping complete.
func Codes() []Code {
	all := make([]Code, 0, Internal)
	for c := Invalid; c <= Internal; c++ {
		all = append(all, c)
	}
	return all
}

// String returns the code's name in lower case, as metrics and logs show it.
func (c Code) String() string {
	switch c {
	case Invalid:
		return "invalid"
	case Unauthenticated:
		return "unauthenticated"
	case Forbidden:
		return "forbidden"
	case NotFound:
		return "not_found"
	case Exists:
		return "exists"
	case Conflict:
		return "conflict"
	case TooLarge:
		return "too_large"
	case Limited:
		return "limited"
	case Unsupported:
		return "unsupported"
	case Unavailable:
		return "unavailable"
	case Timeout:
		return "timeout"
	case Internal:
		return "internal"
	}
	return "unknown"
}

// Fault is the only error that core's operations return. Field and Note may be shown to the caller; the cause never is.
type Fault struct {
	Code  Code
	Field Field  // what part of the request is at fault; empty if no single one is
	Note  string // one English clause for the caller's developer
	cause error
}

// Field names a part of a request in core's vocabulary; a dialect translates it into its own parameter name.
type Field string

// The fields that faults name.
const (
	FieldRecipient Field = "recipient"
	FieldContent   Field = "content"
	FieldUser      Field = "user"
	FieldPassword  Field = "password"
	FieldSession   Field = "session"
	FieldApp       Field = "app"
	FieldPage      Field = "page"
	FieldKey       Field = "key"
	FieldMessage   Field = "message"
	FieldGroup     Field = "group"
	FieldMember    Field = "member"
	FieldThread    Field = "conversation"
	FieldSeq       Field = "seq"
)

// NewFault returns a fault without a cause.
func NewFault(code Code, field Field, note string) *Fault {
	return &Fault{Code: code, Field: field, Note: note}
}

// Wrap returns a fault that remembers its cause for the log.
func Wrap(code Code, note string, cause error) *Fault {
	return &Fault{Code: code, Note: note, cause: cause}
}

// Error describes the fault and its cause, for logs.
func (f *Fault) Error() string {
	text := f.Code.String()
	if f.Field != "" {
		text += " " + string(f.Field)
	}
	if f.Note != "" {
		text += ": " + f.Note
	}
	if f.cause != nil {
		text = fmt.Sprintf("%s: %v", text, f.cause)
	}
	return text
}

// Unwrap returns the cause, or nil.
func (f *Fault) Unwrap() error { return f.cause }

// AsFault returns err as a fault; an error of another kind becomes an Internal one with err as its cause. A nil err gives
// nil.
func AsFault(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return Wrap(Internal, "unexpected error", err)
}

// CodeOf returns the code of err's fault, Internal for another error, and zero for nil.
func CodeOf(err error) Code {
	if f := AsFault(err); f != nil {
		return f.Code
	}
	return 0
}
