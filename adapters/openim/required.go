package openim

import (
	"net/http"
	"strings"

	"parley/core"
)

// missingFields collects the fields of a request that are missing, in the words of the platform's web framework.
type missingFields struct {
	request string // the Go type of the request; empty for one without a name
	text    strings.Builder
}

// add notes that the field at a path inside the request fails a rule.
func (m *missingFields) add(path, field, rule string) {
	if m.text.Len() > 0 {
		m.text.WriteByte('\n')
	}
	m.text.WriteString("Key: '")
	if m.request != "" {
		m.text.WriteString(m.request)
		m.text.WriteByte('.')
	}
	m.text.WriteString(path + "' Error:Field validation for '" + field + "' failed on the '" + rule + "' tag")
}

// refusal returns what the framework answers, nil if nothing is missing.
func (m *missingFields) refusal() error {
	if m.text.Len() == 0 {
		return nil
	}
	return &refusal{
		status: http.StatusBadRequest, number: codeArgs, message: "ArgsError", detail: m.text.String(), code: core.Invalid,
	}
}

// groupRule is how the framework names the rule for a group's ID.
const groupRule = "required_if=SessionType 2|required_if=SessionType 3"

// check notes what is missing in a message: what is zero is missing.
func (q *messageQuery) check(missing *missingFields) {
	const embedded = "SendMsg."
	if q.sendID == "" {
		missing.add(embedded+"SendID", "SendID", "required")
	}
	if (q.session == 2 || q.session == sessionGroup) && q.groupID == "" {
		missing.add(embedded+"GroupID", "GroupID", groupRule)
	}
	if q.content == "" {
		missing.add(embedded+"Content", "Content", "required")
	}
	if q.contentType == 0 {
		missing.add(embedded+"ContentType", "ContentType", "required")
	}
	if q.session == 0 {
		missing.add(embedded+"SessionType", "SessionType", "required")
	}
}
