package wire

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"parley/core"
)

// Remote is a platform server that a client half talks to.
type Remote struct {
	base   string
	client *fasthttp.Client
}

// remoteTimeout bounds one exchange whose context has no deadline.
const remoteTimeout = 30 * time.Second

// maxAnswer is the largest answer that is read.
const maxAnswer = 32 << 20

// NewRemote returns the remote at base, an http or https URL. dial may be nil.
func NewRemote(base string, dial fasthttp.DialFunc) (*Remote, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, core.NewFault(core.Invalid, "", "the remote must be an http or https URL")
	}
	return &Remote{base: base, client: &fasthttp.Client{
		Name: "parley", Dial: dial, MaxResponseBodySize: maxAnswer, MaxConnsPerHost: 4096,
		NoDefaultUserAgentHeader: true, DisablePathNormalizing: true,
	}}, nil
}

// Post sends a form and returns the answer's body, whatever its status below 500, as a copy. A request is sent once: only
// the caller knows whether repeating it is safe.
func (r *Remote) Post(ctx context.Context, form *fasthttp.Args) ([]byte, error) {
	request := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(request)
	request.SetRequestURI(r.base)
	request.Header.SetContentType("application/x-www-form-urlencoded")
	request.SetBody(form.QueryString())
	_, answer, err := r.exchange(ctx, request)
	return answer, err
}

// Header is one header of a request.
type Header struct{ Name, Value string }

// PostJSON sends a JSON body to a path below the base and returns the answer's status, if it is below 500, and its body
// as a copy, decompressed if it came in gzip, which the request allows. A request is sent once, as with Post.
func (r *Remote) PostJSON(ctx context.Context, path string, body []byte, headers ...Header) (status int, answer []byte, err error) {
	request := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(request)
	request.SetRequestURI(strings.TrimSuffix(r.base, "/") + path)
	request.Header.SetContentType("application/json")
	request.Header.Set(fasthttp.HeaderAcceptEncoding, "gzip")
	for _, h := range headers {
		request.Header.Set(h.Name, h.Value)
	}
	request.SetBodyRaw(body)
	return r.exchange(ctx, request)
}

// exchange posts the request.
func (r *Remote) exchange(ctx context.Context, request *fasthttp.Request) (status int, body []byte, err error) {
	response := fasthttp.AcquireResponse()
	defer fasthttp.ReleaseResponse(response)
	request.Header.SetMethod(fasthttp.MethodPost)
	if err := r.send(ctx, request, response); err != nil {
		return 0, nil, err
	}
	body, err = uncompressed(response)
	return response.StatusCode(), body, err
}

// send makes one exchange. Statuses from 500 on are Unavailable.
func (r *Remote) send(ctx context.Context, request *fasthttp.Request, response *fasthttp.Response) error {
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(remoteTimeout)
	}
	if err := ctx.Err(); err != nil {
		return core.Wrap(core.Timeout, "the request was given up", err)
	}
	if err := r.client.DoDeadline(request, response, deadline); err != nil {
		if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
			return core.Wrap(core.Timeout, "the remote did not answer in time", err)
		}
		return core.Wrap(core.Unavailable, "the remote can not be reached", err)
	}
	if status := response.StatusCode(); status >= fasthttp.StatusInternalServerError {
		return core.NewFault(core.Unavailable, "", "the remote answered "+fasthttp.StatusMessage(status))
	}
	return nil
}

// uncompressed returns the body of a response as a copy.
func uncompressed(response *fasthttp.Response) ([]byte, error) {
	if len(response.Header.ContentEncoding()) == 0 {
		return append([]byte(nil), response.Body()...), nil
	}
	body, err := response.BodyUncompressedWithLimit(maxAnswer)
	if err != nil {
		return nil, core.Wrap(core.Internal, "the remote's answer can not be decompressed", err)
	}
	return append([]byte(nil), body...), nil
}
