package weixin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrAddress says that a URL from outside leads to an address that is not on the public Internet.
var ErrAddress = errors.New("weixin: the address is not public")

// maxRedirects is how often a URL from outside may lead elsewhere.
const maxRedirects = 3

// notPublic are the ranges that the methods of netip.Addr do not tell of: shared address space, protocol assignments,
// documentation, benchmarks, reserved, and the IPv6 forms that carry an IPv4 address.
var notPublic = [...]string{
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
	"fec0::/10",
}

// Public reports whether an address is on the public Internet: none of this machine, a private network, the link, a group,
// or a range that is set aside.
func Public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, text := range notPublic {
		if p, err := netip.ParsePrefix(text); err != nil || p.Contains(a) {
			return false
		}
	}
	return true
}

// NewOutsideClient returns an HTTP client for URLs that come from outside. It looks at the address after the name has been
// resolved, at each connection, so that neither a name nor a redirect leads to an address that is not Public; it then
// fails with an error that is ErrAddress. except names the one host and port, as "127.0.0.1:8080", that is let through;
// it may be empty. It follows three redirects, to http and https only, uses no proxy, and sends nothing of where it comes
// from.
func NewOutsideClient(except string) *http.Client {
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
		TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: mediaTimeout, MaxResponseHeaderBytes: maxHeader,
	}
}

const (
	dialTimeout = 5 * time.Second
	idleTimeout = 60 * time.Second
	maxHeader   = 64 << 10
)

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
