package outside_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"parley/adapters/wire/outside"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "101.226.103.106": true, "2606:4700::1111": true, "::ffff:8.8.8.8": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "127.9.9.9": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false,
		"169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "0.1.2.3": false, "224.0.0.1": false, "255.255.255.255": false,
		"240.0.0.1": false, "198.18.0.1": false, "192.0.2.1": false, "::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false,
		"fc00::1": false, "fd12::1": false, "fec0::1": false, "ff02::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"::127.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:db8::1": false, "2001::1": false,
	} {
		if got := outside.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is %t", address, got)
		}
	}
	if outside.Public(netip.Addr{}) {
		t.Error("no address at all is public")
	}
}

// site is a server on this machine, which is nothing public.
func site(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestClientStaysOutside(t *testing.T) {
	asked := 0
	inside := site(t, func(http.ResponseWriter, *http.Request) { asked++ })
	_, port, err := net.SplitHostPort(inside.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	away := site(t, func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, "reached with "+r.Header.Get("Referer"))
	})
	client := outside.NewClient(away.Listener.Addr().String())
	get := func(url string) (string, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(request)
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(response.Body)
		return string(text), errors.Join(err, response.Body.Close())
	}
	for _, url := range []string{
		inside.URL, "http://localhost:" + port, "http://[::1]:" + port, "http://0.0.0.0:" + port, "http://127.1.1.1:" + port,
		"http://[::ffff:127.0.0.1]:" + port, away.URL + "/?to=" + inside.URL, "http://169.254.169.254/latest/meta-data",
	} {
		if text, err := get(url); !errors.Is(err, outside.ErrAddress) {
			t.Errorf("%s: %q, %v", url, text, err)
		}
	}
	if text, err := get(away.URL + "/?to=" + away.URL); err != nil || text != "reached with " {
		t.Errorf("the exception: %q, %v", text, err)
	}
	if _, err := get(away.URL + "/?to=file:///etc/passwd"); err == nil {
		t.Error("a redirect to a file")
	}
	if _, err := get(away.URL + "/?to=" + away.URL + "/%3Fto=/%3Fto=/%3Fto=/%3Fto=/"); err == nil && asked > 0 {
		t.Error("too many redirects")
	}
	if asked != 0 {
		t.Errorf("inside was asked %d times", asked)
	}
}

func TestClientCountsRedirects(t *testing.T) {
	hops := 0
	away := site(t, func(w http.ResponseWriter, r *http.Request) {
		hops++
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	response, err := outside.NewClient(away.Listener.Addr().String()).Get(away.URL)
	if err == nil {
		err = response.Body.Close()
		t.Errorf("it ends: %v", err)
	}
	if hops != 4 {
		t.Errorf("%d requests", hops)
	}
}
