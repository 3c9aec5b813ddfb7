package admin

import (
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard keeps strangers out of the admin listener: other machines, unless a token is set that they know; and web pages
// in an operator's browser, which reach loopback by a name that resolves to it or by a form that needs no permission.
type guard struct {
	token string // empty if loopback is trust enough
	name  string // the host that the listener is configured with
}

// wrap admits requests to next. Probes of health need no token, since they tell nothing and change nothing.
func (g guard) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !g.knowsHost(r.Host):
			http.Error(w, "the Host header is not this listener's", http.StatusForbidden)
		case r.URL.Path == "/healthz" || r.URL.Path == "/readyz":
			next.ServeHTTP(w, r)
		case g.token != "" && !g.hasToken(r):
			w.Header().Set("WWW-Authenticate", `Bearer realm="parley"`)
			http.Error(w, "the admin token is missing or wrong", http.StatusUnauthorized)
		case g.token == "" && !isLocal(r.RemoteAddr):
			http.Error(w, "only for this machine", http.StatusForbidden)
		case fromOtherSite(r):
			http.Error(w, "not for pages of other sites", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead && !isJSON(r):
			http.Error(w, "the Content-Type must be application/json", http.StatusUnsupportedMediaType)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// knowsHost reports whether the Host header cannot be a name that a stranger made resolve to this machine.
func (g guard) knowsHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" || host != "" && host == g.name {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}

// hasToken compares digests, so that neither the content nor the length of the token shows in the time it takes.
func (g guard) hasToken(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return false
	}
	want, got := sha256.Sum256([]byte(g.token)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

func isLocal(remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// fromOtherSite goes by what browsers add to every request; other clients do not send it.
func fromOtherSite(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "" && site != "same-origin" && site != "none"
}

func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
