package outside_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"parley/adapters/wire/outside"
)

// names is a resolver that counts.
type names struct {
	found []netip.Addr
	asked int
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.asked++
	return n.found, nil
}

func TestPinRefuses(t *testing.T) {
	for address, found := range map[string][]string{
		"a.example:80": {"127.0.0.1"}, "b.example:80": {"8.8.8.8", "10.0.0.1"}, "c.example:80": {"100.64.1.1"}, "d.example:80": {"fe80::1"},
		"e.example:80": {"224.0.0.1"}, "127.0.0.1:80": nil, "[::1]:80": nil, "[::ffff:10.0.0.1]:80": nil, "192.168.1.1:443": nil,
	} {
		resolver := new(names)
		for _, a := range found {
			resolver.found = append(resolver.found, netip.MustParseAddr(a))
		}
		if _, err := outside.Pin(t.Context(), resolver, address, false); !errors.Is(err, outside.ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
		if _, err := outside.Pin(t.Context(), resolver, address, true); err != nil {
			t.Errorf("%s, allowed: %v", address, err)
		}
	}
	for _, address := range []string{"", "host", "host:", "host:0", "host:70000", "host:http"} {
		if _, err := outside.Pin(t.Context(), new(names), address, true); err == nil || errors.Is(err, outside.ErrAddress) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := outside.Pin(t.Context(), new(names), "nobody.example:80", true); err == nil {
		t.Error("a name without addresses")
	}
}

// TestPinnedDialsWhatWasFound changes where the name leads after it was looked up.
func TestPinnedDialsWhatWasFound(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	resolver := &names{found: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	p, err := outside.Pin(t.Context(), resolver, "platform.example:"+port, true)
	if err != nil {
		t.Fatal(err)
	}
	resolver.found = []netip.Addr{netip.MustParseAddr("10.0.0.1")}
	for range 2 {
		c, err := p.Dial("platform.example:" + port)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if resolver.asked != 1 {
		t.Errorf("the name was looked up %d times", resolver.asked)
	}
	if _, err := p.Dial("elsewhere.example:" + port); !errors.Is(err, outside.ErrAddress) {
		t.Errorf("another host: %v", err)
	}
}
