// Package outside reaches what strangers and operators name by URL without reaching this machine or its network by
// accident.
package outside

import (
	"errors"
	"net/netip"
)

// ErrAddress says that a URL from outside leads to an address that is not on the public Internet.
var ErrAddress = errors.New("outside: the address is not public")

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
