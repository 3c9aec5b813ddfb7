// Package golden replays recorded HTTP exchanges against a handler and compares the answers byte for byte. It is used by
// tests only.
//
// A file holds one exchange, or several that happen one after the other:
//
//	# origin: captured from the framework, kernel 2.15.0
//	# ours: why the answer differs from the recorded one, where it does
//	--- request
//	POST /api/platform HTTP/1.1
//	Content-Type: application/x-www-form-urlencoded
//
//	k=v
//	--- answer
//	200
//	Content-Type: application/json;charset=utf-8
//
//	{"ret":200,"data":{"time":{{int}}},"msg":""}
//
// The first lines are comments; origin is required. Lines of a head end with LF in the file and with CRLF on the wire, and
// so do the lines of a multipart body; any other body is sent as it stands, without the LF before the next section. A Host
// is added where there is none, and a Content-Length where there is a body and neither that nor a Transfer-Encoding.
//
// The answer lists its status, its headers and its body. A header that it does not list must not be sent, apart from
// Content-Length, Connection, Date and Server. In the body these stand for what differs from run to run:
//
//	{{int}}    decimal digits
//	{{ms}}     milliseconds with at most one decimal, which is not zero
//	{{clock}}  a wall clock such as 2026-01-31 12:00:00
//	{{word}}   letters, digits, _, - and .
package golden

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Exchange is one request with the answer that is expected.
type Exchange struct {
	Request []byte // as it goes over the wire
	Status  int
	Headers []string // "Name: value"
	Body    string   // with placeholders
}

var errFormat = errors.New("golden: the file is not in the format")

// Parse reads a file.
func Parse(file []byte) ([]Exchange, error) {
	comments, rest, found := bytes.Cut(file, []byte("--- request\n"))
	if !found {
		return nil, fmt.Errorf("%w: there is no request", errFormat)
	}
	origin := false
	for line := range strings.Lines(string(comments)) {
		if !strings.HasPrefix(line, "#") {
			return nil, fmt.Errorf("%w: %q is no comment", errFormat, line)
		}
		origin = origin || strings.HasPrefix(line, "# origin: ")
	}
	if !origin {
		return nil, fmt.Errorf("%w: there is no origin", errFormat)
	}
	var exchanges []Exchange
	for part := range bytes.SplitSeq(rest, []byte("\n--- request\n")) {
		request, answer, found := bytes.Cut(part, []byte("\n--- answer\n"))
		if !found {
			return nil, fmt.Errorf("%w: a request has no answer", errFormat)
		}
		e := Exchange{Request: wireForm(request)}
		if err := e.readAnswer(string(answer)); err != nil {
			return nil, err
		}
		exchanges = append(exchanges, e)
	}
	return exchanges, nil
}

func (e *Exchange) readAnswer(answer string) (err error) {
	head, body, found := strings.Cut(answer, "\n\n")
	if !found {
		return fmt.Errorf("%w: an answer has no empty line after its head", errFormat)
	}
	lines := strings.Split(head, "\n")
	if e.Status, err = strconv.Atoi(lines[0]); err != nil {
		return fmt.Errorf("%w: %q is no status", errFormat, lines[0])
	}
	e.Headers, e.Body = lines[1:], strings.TrimSuffix(body, "\n")
	return nil
}

// wireForm turns a request of a file into what is sent.
func wireForm(request []byte) []byte {
	head, body, _ := bytes.Cut(request, []byte("\n\n"))
	lower := strings.ToLower(string(head)) + "\n"
	if strings.Contains(lower, "\ncontent-type: multipart/") {
		body = bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))
	}
	head = bytes.ReplaceAll(bytes.TrimRight(head, "\n"), []byte("\n"), []byte("\r\n"))
	raw := append([]byte(nil), head...)
	if !strings.Contains(lower, "\nhost:") {
		raw = append(raw, "\r\nHost: golden"...)
	}
	if len(body) > 0 && !strings.Contains(lower, "\ncontent-length:") && !strings.Contains(lower, "\ntransfer-encoding:") {
		raw = fmt.Appendf(raw, "\r\nContent-Length: %d", len(body))
	}
	return append(append(raw, "\r\n\r\n"...), body...)
}

// Match tells whether a body is the one that is expected.
func Match(want, got string) bool {
	if !strings.Contains(want, "{{") {
		return want == got
	}
	pattern := regexp.QuoteMeta(want)
	for _, p := range [][2]string{
		{"int", `[0-9]+`},
		{"ms", `[0-9]+(?:\.[1-9])?`},
		{"clock", `[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}`},
		{"word", `[0-9A-Za-z_.-]+`},
	} {
		pattern = strings.ReplaceAll(pattern, `\{\{`+p[0]+`\}\}`, p[1])
	}
	matched, err := regexp.MatchString(`\A(?s:`+pattern+`)\z`, got)
	return err == nil && matched
}
