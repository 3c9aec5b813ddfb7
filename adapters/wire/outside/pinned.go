package outside

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// Resolver looks names up; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Pinned is one host whose name was looked up once: every connection goes to the addresses found then, so that a name
// that later leads elsewhere leads nobody there.
type Pinned struct {
	address   string // what callers dial: host and port
	addresses []netip.AddrPort
	inside    bool
}

// Pin looks up the host of address, host and port. Unless inside is set, each of the addresses found must be Public; the
// error is ErrAddress otherwise. resolver may be nil.
func Pin(ctx context.Context, resolver Resolver, address string, inside bool) (*Pinned, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("outside: %q is no host and port: %w", address, err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return nil, fmt.Errorf("outside: %q is no port", port)
	}
	var found []netip.Addr
	if literal, err := netip.ParseAddr(host); err == nil {
		found = append(found, literal)
	} else {
		if resolver == nil {
			resolver = net.DefaultResolver
		}
		if found, err = resolver.LookupNetIP(ctx, "ip", host); err != nil {
			return nil, fmt.Errorf("outside: %s is not found: %w", host, err)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("outside: %s has no address", host)
	}
	p := &Pinned{address: address, inside: inside}
	for _, a := range found {
		if !inside && !Public(a) {
			return nil, fmt.Errorf("%w: %s is %s", ErrAddress, host, a)
		}
		p.addresses = append(p.addresses, netip.AddrPortFrom(a.Unmap(), uint16(number)))
	}
	return p, nil
}

// Dial connects to the host. It has the form that fasthttp wants; an address other than the pinned one is ErrAddress.
func (p *Pinned) Dial(address string) (net.Conn, error) {
	if address != p.address {
		return nil, fmt.Errorf("%w: %s is not the host that was named", ErrAddress, address)
	}
	d := &net.Dialer{Timeout: dialTimeout}
	if !p.inside {
		d.Control = refuseInside
	}
	var failed error
	for _, a := range p.addresses {
		c, err := d.Dial("tcp", a.String())
		if err == nil {
			return c, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}
