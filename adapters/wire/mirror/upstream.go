package mirror

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// Upstream is a legacy server.
type Upstream struct {
	name    string // its URL
	host    string // what it is called in requests; empty repeats what the client has called this server
	prefix  string // of paths
	client  *fasthttp.HostClient
	timeout time.Duration
	limit   int
}

// UpstreamOptions are how a legacy server is reached.
type UpstreamOptions struct {
	// URL is http or https, with a path before those of the requests if there is one.
	URL string
	// Host replaces the clients' Host header; empty leaves it.
	Host string
	// Timeout bounds one exchange, and connecting.
	Timeout time.Duration
	// MaxAnswer bounds the body of an answer in bytes.
	MaxAnswer int
	// Private allows addresses that are not of the public Internet.
	Private bool
	// Dial replaces the network, and with it the rules about addresses; nil means TCP.
	Dial fasthttp.DialFunc
}

// idle is how long an unused connection is kept: shorter than servers do, for a request must not be sent on one that the
// server is closing.
const idle = 2 * time.Second

// NewUpstream returns the legacy server at a URL. Nothing is resolved or sent yet.
func NewUpstream(o UpstreamOptions) (*Upstream, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" {
		return nil, errors.New("the upstream must be an http or https URL without user and query")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if o.Dial == nil {
		to := &target{address: net.JoinHostPort(u.Hostname(), port), private: o.Private, timeout: o.Timeout}
		o.Dial = to.dial
	}
	return &Upstream{
		name: u.String(), host: o.Host, prefix: strings.TrimSuffix(u.EscapedPath(), "/"), timeout: o.Timeout, limit: o.MaxAnswer,
		client: &fasthttp.HostClient{
			Addr: net.JoinHostPort(u.Hostname(), port), IsTLS: u.Scheme == "https",
			TLSConfig: &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12},
			Dial:      o.Dial, MaxConns: 4096, MaxIdleConnDuration: idle, MaxResponseBodySize: o.MaxAnswer,
			ReadTimeout: o.Timeout, WriteTimeout: o.Timeout, MaxIdemponentCallAttempts: 1,
			NoDefaultUserAgentHeader: true, DisableHeaderNamesNormalizing: true, DisablePathNormalizing: true,
		},
	}, nil
}

// forward sends a request as it came and reads the answer. Redirections are answers. A request is sent once; unsent tells
// that an error came before the server can have seen any of it.
func (u *Upstream) forward(from *fasthttp.Request, answer *fasthttp.Response) (unsent bool, err error) {
	request := fasthttp.AcquireRequest()
	defer fasthttp.ReleaseRequest(request)
	u.copy(from, request)
	answer.SkipBody = from.Header.IsHead()
	err = u.client.DoTimeout(request, answer, u.timeout)
	if err == nil {
		return false, nil
	}
	refused, dialing := errors.AsType[*net.OpError](err)
	unsent = dialing && refused.Op == "dial" || errors.Is(err, fasthttp.ErrDialTimeout)
	return unsent, fmt.Errorf("the legacy server %s does not answer: %w", u.name, err)
}

// copy makes the request that is sent: the client's, without what was meant for this server alone.
func (u *Upstream) copy(from, to *fasthttp.Request) {
	h := &to.Header
	h.DisableNormalizing()
	h.SetNoDefaultContentType(true)
	h.SetMethodBytes(from.Header.Method())
	listed := connectionHeaders(&from.Header)
	for rest := from.Header.RawHeaders(); len(rest) > 0; {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		name, value, ok := bytes.Cut(bytes.TrimRight(line, "\r"), []byte(":"))
		if canonical := textproto.CanonicalMIMEHeaderKey(string(name)); ok && !isHop(canonical) && canonical != "Content-Length" &&
			canonical != "Expect" && !listed[canonical] {
			h.AddBytesKV(name, bytes.TrimSpace(value))
		}
	}
	host := string(from.Header.Host())
	if u.host != "" {
		host = u.host
	}
	target := from.Header.RequestURI()
	if at := bytes.Index(target, []byte("://")); at >= 0 { // the form that proxies' clients send
		target = target[at+3:]
		if at = bytes.IndexByte(target, '/'); at >= 0 {
			target = target[at:]
		} else {
			target = []byte("/")
		}
	}
	h.SetRequestURI(u.prefix + string(target))
	h.SetHost(host)
	to.UseHostHeader = true
	if u.client.IsTLS {
		to.URI().SetScheme("https")
	}
	to.SetBodyRaw(from.Body())
}

// connectionHeaders returns the headers that a request's Connection names: they are for this server alone.
func connectionHeaders(h *fasthttp.RequestHeader) map[string]bool {
	listed := make(map[string]bool)
	for name := range strings.SplitSeq(string(h.Peek(fasthttp.HeaderConnection)), ",") {
		listed[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
	}
	return listed
}

// pass gives a client what the legacy server has answered.
func pass(from, to *fasthttp.Response) {
	from.CopyTo(to)
	to.Header.SetNoDefaultContentType(true)
	for name := range from.Header.All() {
		if isHop(http.CanonicalHeaderKey(string(name))) {
			to.Header.DelBytes(name)
		}
	}
}
