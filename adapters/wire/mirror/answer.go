package mirror

import (
	"net/http"
	"slices"
	"strings"

	"github.com/valyala/fasthttp"
)

// Answer is what one side has answered.
type Answer struct {
	Status  int
	Headers []Header
	Body    []byte // decompressed
	// Failure is why there is no answer, or empty.
	Failure string
}

// Header is a header of an answer.
type Header struct{ Name, Value string }

// answerOf copies a response. What belongs to one connection, or to compression, is no part of an answer.
func answerOf(r *fasthttp.Response, limit int) Answer {
	a := Answer{Status: r.StatusCode()}
	for name, value := range r.Header.All() {
		usual := canonical(string(name))
		if !isOfConnection(usual) {
			a.Headers = append(a.Headers, Header{usual, string(value)})
		}
	}
	slices.SortStableFunc(a.Headers, func(x, y Header) int { return strings.Compare(x.Name, y.Name) })
	body := r.Body()
	if len(r.Header.ContentEncoding()) > 0 {
		open, err := r.BodyUncompressedWithLimit(limit)
		if err != nil {
			a.Failure = "the body cannot be decompressed: " + err.Error()
			return a
		}
		body = open
	}
	a.Body = slices.Clone(body)
	return a
}

// isOfConnection tells whether a header is about how an answer is carried, and not about the answer.
func isOfConnection(canonical string) bool {
	switch canonical {
	case "Content-Length", "Content-Encoding", "Vary", "Date", "Server", "Via", "X-Powered-By":
		return true
	}
	return isHop(canonical)
}

// isHop tells whether a header is for the next party alone.
func isHop(canonical string) bool {
	switch canonical {
	case "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// canonical is the usual spelling of a header's name.
func canonical(name string) string { return http.CanonicalHeaderKey(name) }
