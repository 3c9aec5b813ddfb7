package openim

import (
	"net/http"

	"parley/core"
)

// refusal is an error in the platform's own numbers and words.
type refusal struct {
	status  int    // of HTTP
	number  int64  // errCode
	message string // errMsg
	detail  string // errDlt
	code    core.Code
}

// Error describes the refusal for logs.
func (r *refusal) Error() string { return r.message + ": " + r.detail }

// The platform's error codes that are not only in the fault table.
const (
	codeInternal       = 500
	codeArgs           = 1001
	codeNoPermission   = 1002
	codeRecordNotFound = 1004
	codeUserIDNotFound = 1101
)

func newRefusal(number int64, message, detail string, code core.Code) error {
	return &refusal{status: http.StatusOK, number: number, message: message, detail: detail, code: code}
}

// badArgs refuses a request whose fields are well-formed and unacceptable.
func badArgs(detail string) error { return newRefusal(codeArgs, "ArgsError", detail, core.Invalid) }

// noPermission refuses a caller who is known and may not do this.
func noPermission(detail string) error {
	return newRefusal(codeNoPermission, "NoPermissionError", detail, core.Forbidden)
}

// notFound reports that what the request names does not exist.
func notFound(detail string) error {
	return newRefusal(codeRecordNotFound, "RecordNotFoundError", detail, core.NotFound)
}

// unknownUser reports a user that does not exist, in the words of the endpoints that check for it themselves.
func unknownUser(detail string) error {
	return newRefusal(codeUserIDNotFound, "UserIDNotFoundError", detail, core.NotFound)
}

// invalidContent refuses a message's content: the platform answers with its code for internal errors.
func invalidContent(detail string) error {
	return newRefusal(codeInternal, "ServerInternalError", detail, core.Invalid)
}
