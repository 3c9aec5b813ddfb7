package wire

import (
	"context"
	"strings"

	"github.com/valyala/fasthttp"
)

// Reply is what a remote answers to Do.
type Reply struct {
	Status int
	// ContentType and Disposition are the headers of a file.
	ContentType, Disposition string
	Body                     []byte
}

// Do sends a request with any method to a path below the base, which may have a query, and with a JSON body unless that is
// nil. The body of the reply is a copy. Statuses from 500 on are Unavailable. A request is sent once, as with Post.
func (r *Remote) Do(ctx context.Context, method, path string, body []byte, headers ...Header) (reply Reply, err error) {
	request := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(request)
	request.SetRequestURI(strings.TrimSuffix(r.base, "/") + path)
	request.Header.SetMethod(method)
	if body != nil {
		request.Header.SetContentType("application/json")
		request.SetBodyRaw(body)
	}
	for _, h := range headers {
		request.Header.Set(h.Name, h.Value)
	}
	response := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(response)
	if err := r.send(ctx, request, response); err != nil {
		return reply, err
	}
	reply.Status = response.StatusCode()
	reply.ContentType = string(response.Header.ContentType())
	reply.Disposition = string(response.Header.Peek(fasthttp.HeaderContentDisposition))
	reply.Body, err = uncompressed(response)
	return reply, err
}
