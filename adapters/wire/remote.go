package wire

import (
	"context"
	"errors"
	"net"
	"net/url"
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
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)
	request.SetRequestURI(r.base)
	request.Header.SetMethod(fasthttp.MethodPost)
	request.Header.SetContentType("application/x-www-form-urlencoded")
	request.SetBody(form.QueryString())
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(remoteTimeout)
	}
	if err := ctx.Err(); err != nil {
		return nil, core.Wrap(core.Timeout, "the request was given up", err)
	}
	if err := r.client.DoDeadline(request, response, deadline); err != nil {
		if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
			return nil, core.Wrap(core.Timeout, "the remote did not answer in time", err)
		}
		return nil, core.Wrap(core.Unavailable, "the remote can not be reached", err)
	}
	if response.StatusCode() >= 500 {
		return nil, core.NewFault(core.Unavailable, "", "the remote answered "+fasthttp.StatusMessage(response.StatusCode()))
	}
	return append([]byte(nil), response.Body()...), nil
}
