package outside

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// maxRedirects is how often a URL from outside may lead elsewhere.
const maxRedirects = 3

const (
	dialTimeout   = 5 * time.Second
	idleTimeout   = 60 * time.Second
	answerTimeout = 60 * time.Second
	maxHeader     = 64 << 10
)

// NewClient returns an HTTP client for URLs that come from outside. It looks at the address after the name has been
// resolved, at each connection, so that neither a name nor a redirect leads to an address that is not Public; it then
// fails with an error that is ErrAddress. except names the one host and port, as "127.0.0.1:8080", that is let through;
// it may be empty. It follows three redirects, to http and https only, uses no proxy, and sends nothing of where it comes
// from.
func NewClient(except string) *http.Client {
	return &http.Client{Transport: guarded(except), CheckRedirect: checkRedirect}
}

func guarded(except string) http.RoundTripper {
	open := &net.Dialer{Timeout: dialTimeout}
	closed := &net.Dialer{Timeout: dialTimeout, Control: refuseInside}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if except != "" && address == except {
				return open.DialContext(ctx, network, address)
			}
			return closed.DialContext(ctx, network, address)
		},
		ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2, IdleConnTimeout: idleTimeout,
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: answerTimeout, MaxResponseHeaderBytes: maxHeader,
	}
}

// refuseInside is called with the address that is about to be connected to.
func refuseInside(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !Public(to.Addr()) {
		return ErrAddress
	}
	return nil
}

func checkRedirect(to *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	if to.URL.Scheme != "http" && to.URL.Scheme != "https" {
		return ErrAddress
	}
	to.Header.Del("Referer")
	return nil
}
