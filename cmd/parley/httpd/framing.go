package httpd

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// soundFraming reports whether every party on the way must agree where the request ends. The HTTP library refuses most
// of what RFC 9112 calls faulty; what it lets pass is a Transfer-Encoding beside a Content-Length or without chunking, a
// header value that is folded over two lines, and the versions of HTTP that are framed otherwise.
func soundFraming(h *fasthttp.RequestHeader) bool {
	if !bytes.HasPrefix(h.Protocol(), []byte("HTTP/1.")) {
		return false
	}
	length, encoding := false, false
	for rest := h.RawHeaders(); len(rest) > 0; {
		switch rest[0] {
		case ' ', '\t':
			return false
		case 'c', 'C':
			length = length || named(rest, "content-length")
		case 't', 'T':
			encoding = encoding || named(rest, "transfer-encoding")
		}
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		rest = rest[end+1:]
	}
	return !encoding || !length && h.ContentLength() == -1
}

// named reports whether the header line has the given name in lower case.
func named(line []byte, name string) bool {
	if len(line) <= len(name) || line[len(name)] != ':' {
		return false
	}
	for i := range len(name) {
		if line[i]|0x20 != name[i] {
			return false
		}
	}
	return true
}
