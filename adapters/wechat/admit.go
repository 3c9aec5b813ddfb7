package wechat

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core"
)

// Open tells that everybody who reaches the dialect may use it, so that it must listen on loopback only.
func (d *Dialect) Open() bool { return d.options.APIKey == "" }

// admit refuses a call of the management API without the key. Where there is none, it refuses what comes from pages in a
// browser and what was sent to another name than this machine's own, as a proxy in front of the server would.
func (x *exchange) admit() error {
	switch {
	case x.place.public:
		return nil
	case !x.dialect.Open():
		if !x.hasKey() {
			return &refusal{http.StatusUnauthorized, "unauthorized", core.Unauthenticated}
		}
		return nil
	case !isLocal(wire.View(x.ctx.Host())) || fromOtherSite(&x.ctx.Request.Header):
		return &refusal{http.StatusForbidden, "without an API key only this machine is served", core.Forbidden}
	}
	return nil
}

// hasKey compares digests, so that neither the content nor the length of the key shows in the time it takes.
func (x *exchange) hasKey() bool {
	given := x.ctx.Request.Header.Peek("X-API-Key")
	if len(given) == 0 {
		scheme, token, _ := strings.Cut(wire.View(x.ctx.Request.Header.Peek(fasthttp.HeaderAuthorization)), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return false
		}
		given = wire.Bytes(token)
	}
	digest := sha256.Sum256(given)
	return subtle.ConstantTimeCompare(digest[:], x.dialect.key[:]) == 1
}

// isLocal tells whether a Host header can mean this machine only.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

// fromOtherSite goes by what browsers add to every request; other clients do not send it.
func fromOtherSite(header *fasthttp.RequestHeader) bool {
	switch string(header.Peek("Sec-Fetch-Site")) {
	case "", "same-origin", "none":
		return false
	}
	return true
}
