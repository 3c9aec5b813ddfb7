package httpd

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/valyala/fasthttp"
)

// FuzzFraming compares where two implementations see the end of a request. What the server accepts and the standard
// library accepts as well must have the same body and leave the same bytes for the next request.
func FuzzFraming(f *testing.F) {
	for _, request := range smuggling() {
		f.Add([]byte(request))
	}
	for _, request := range []string{
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nTrailer: v\r\n\r\nrest",
		"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	} {
		f.Add([]byte(request))
	}
	f.Fuzz(func(t *testing.T, request []byte) {
		ours := bufio.NewReaderSize(bytes.NewReader(request), 16<<10)
		var r fasthttp.Request
		if r.Header.Read(ours) != nil || r.MayContinue() || !soundFraming(&r.Header) {
			return
		}
		const limit = 1 << 20
		if r.ContinueReadBodyStream(ours, limit, false) != nil {
			return
		}
		var all bodies
		if _, err := all.receive(&r, r.BodyStream(), limit); err != nil {
			return
		}
		if r.Header.ConnectionClose() {
			return // what follows is never read
		}
		theirs := bufio.NewReader(bytes.NewReader(request))
		other, err := http.ReadRequest(theirs)
		if err != nil {
			return
		}
		body, err := io.ReadAll(other.Body)
		if err != nil {
			return
		}
		if !bytes.Equal(body, r.Body()) {
			t.Fatalf("%q has the body %q here and %q elsewhere", request, r.Body(), body)
		}
		ourRest, _ := io.ReadAll(ours)
		theirRest, _ := io.ReadAll(theirs)
		if !bytes.Equal(ourRest, theirRest) {
			t.Fatalf("after %q, %q is left here and %q elsewhere", request, ourRest, theirRest)
		}
	})
}
