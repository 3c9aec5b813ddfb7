package mirror

import (
	"context"
	"net"
	"sync"
	"time"

	"parley/adapters/wire/outside"
)

// target is a legacy server's address. Its name is resolved when it is dialed first, and the address found then is kept:
// the server may be down when this one starts, and whoever controls the name cannot point it elsewhere later.
type target struct {
	address  string // host and port
	private  bool   // addresses that are not public are allowed
	timeout  time.Duration
	resolver outside.Resolver // nil means the system's

	mu    sync.Mutex
	found *outside.Pinned
}

// dial connects to the server, whatever the address it is called with.
func (t *target) dial(string) (net.Conn, error) {
	p, err := t.pin()
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	return p.Dial(t.address)
}

func (t *target) pin() (*outside.Pinned, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.found != nil {
		return t.found, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), t.timeout)
	defer cancel()
	p, err := outside.Pin(ctx, t.resolver, t.address, t.private)
	if err != nil {
		return nil, err
	}
	t.found = p
	return p, nil
}
