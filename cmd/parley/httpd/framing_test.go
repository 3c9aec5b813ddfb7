package httpd

import (
	"strings"
	"testing"
)

// smuggling holds requests whose end two parties could see in different places, or which RFC 9112 has a server refuse.
// Each is sent as it stands, followed by a request that must not be answered.
func smuggling() map[string]string {
	const post = "POST / HTTP/1.1\r\nHost: x\r\n"
	const chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
	return map[string]string{
		"length and chunked":            post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunked and length":            post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"length and chunked, lower":     post + "content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
		"zero length and chunked":       post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"identity":                      post + "Transfer-Encoding: identity\r\n\r\n",
		"identity and length":           post + "Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
		"two lengths":                   post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
		"two equal lengths":             post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
		"list of lengths":               post + "Content-Length: 3, 3\r\n\r\nabc",
		"signed length":                 post + "Content-Length: +3\r\n\r\nabc",
		"negative length":               post + "Content-Length: -1\r\n\r\n",
		"hexadecimal length":            post + "Content-Length: 0x3\r\n\r\nabc",
		"length with a blank":           post + "Content-Length: 3 0\r\n\r\nabc",
		"empty length":                  post + "Content-Length: \r\n\r\n",
		"huge length":                   post + "Content-Length: 99999999999999999999\r\n\r\n",
		"two encodings":                 post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"chunked twice":                 post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		"gzip":                          post + "Transfer-Encoding: gzip\r\n\r\n",
		"chunked not last":              post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
		"misspelt chunked":              post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"vertical tab before chunked":   post + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n",
		"chunked in HTTP/1.0":           "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"blank before the colon":        post + "Content-Length : 3\r\n\r\nabc",
		"blank before the other colon":  post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		"folded value":                  post + "X-Any: a\r\n b\r\n\r\n",
		"folded with a tab":             post + "X-Any: a\r\n\tb\r\n\r\n",
		"folded encoding":               post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
		"folded first header":           "POST / HTTP/1.1\r\n Host: x\r\nHost: y\r\n\r\n",
		"header without a colon":        post + "Content-Length 3\r\n\r\nabc",
		"header without a name":         post + ": 3\r\n\r\n",
		"NUL in a value":                post + "X-Any: a\x00b\r\n\r\n",
		"bare CR in a value":            post + "X-Any: a\rContent-Length: 3\r\n\r\nabc",
		"bare CR before the encoding":   post + "X-Any: a\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"chunk size not a number":       chunked + "zz\r\nabc\r\n0\r\n\r\n",
		"chunk size signed":             chunked + "+3\r\nabc\r\n0\r\n\r\n",
		"chunk size with 0x":            chunked + "0x3\r\nabc\r\n0\r\n\r\n",
		"chunk size too large":          chunked + "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
		"chunk longer than its size":    chunked + "2\r\nabc\r\n0\r\n\r\n",
		"chunk ended by a bare LF":      chunked + "3\nabc\r\n0\r\n\r\n",
		"chunk extension with a LF":     chunked + "3;a\nb\r\nabc\r\n0\r\n\r\n",
		"no host":                       "POST / HTTP/1.1\r\n\r\n",
		"two hosts":                     post + "Host: y\r\n\r\n",
		"no version":                    "GET /\r\nHost: x\r\n\r\n",
		"HTTP/2 preface":                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"blank in the target":           "GET /?a=b c HTTP/1.1\r\nHost: x\r\n\r\n",
		"control character in a target": "GET /?a=\x01 HTTP/1.1\r\nHost: x\r\n\r\n",
	}
}

func TestSmugglingIsRefused(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/", "/smuggled"}})
	for name, request := range smuggling() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, body, closed := s.raw(t, request+"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
			if answer.StatusCode != 400 || !closed {
				t.Errorf("answered %d %q, closed %t; want 400 and close", answer.StatusCode, body, closed)
			}
			if strings.Contains(body, "smuggled") {
				t.Errorf("the second request was answered: %q", body)
			}
		})
	}
}

func TestSoundRequestsAreAnswered(t *testing.T) {
	s := start(t, limits(), nil, echo{paths: []string{"/", "//", "/index.php", "/api/{class}/{action}"}})
	for name, tt := range map[string]struct{ request, want string }{
		"length":             {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "POST /? abc"},
		"chunked":            {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "POST /? abc"},
		"chunked, capitals":  {"POST / HTTP/1.1\r\nHost: x\r\nTRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "POST /? abc"},
		"names alike":        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding-X: chunked\r\n\r\nabc", "POST /? abc"},
		"names in a value":   {"POST / HTTP/1.1\r\nHost: x\r\nX: Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", "POST /? abc"},
		"HTTP/1.0":           {"GET /?a=b HTTP/1.0\r\n\r\n", "GET /?a=b "},
		"double slash":       {"POST //?s=App.Hello.World HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nz", "POST //?s=App.Hello.World z"},
		"raw UTF-8 and JSON": {"GET /?a={\"b\":\"你好\"}|^` HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?a={\"b\":\"你好\"}|^` "},
		"absolute target":    {"GET http://other/index.php?a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /index.php?a "},
		"absolute, no path":  {"GET http://other?a=b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?a=b "},
		"leading ampersand":  {"GET /?&a=b&&c HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?&a=b&&c "},
		"segments":           {"PUT /api/Hello/World HTTP/1.1\r\nHost: x\r\n\r\n", "PUT /api/{class}/{action}? "},
		"options":            {"OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS /? "},
		"unusual method":     {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", "BREW /? "},
		"delete with a body": {"DELETE / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nq", "DELETE /? q"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, body, _ := s.raw(t, tt.request)
			if answer.StatusCode != 200 || body != tt.want {
				t.Errorf("answered %d %q, want %q", answer.StatusCode, body, tt.want)
			}
		})
	}
}
