package httpd

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// lingerTime is how long a refused client may go on sending before the connection is cut.
const lingerTime = 2 * time.Second

// tooMany answers a client whose address holds too many connections.
const tooMany = "HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nRetry-After: 1\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 20\r\n\r\ntoo many connections"

// listener accepts connections, at most perIP from one address if perIP is not zero. The HTTP library has such a limit,
// too, but for IPv4 only, and it hides the connections that linger.
type listener struct {
	net.Listener
	perIP int

	mu   sync.Mutex
	open map[netip.Addr]int
}

func newListener(ln net.Listener, perIP int) *listener {
	return &listener{Listener: ln, perIP: perIP, open: make(map[netip.Addr]int)}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := origin(c.RemoteAddr())
		if l.enter(from) {
			return &conn{Conn: c, listener: l, from: from}, nil
		}
		// The answer fits the empty send buffer; a client that is gone already does not matter.
		_, _ = io.WriteString(c, tooMany)
		_ = c.Close()
	}
}

func (l *listener) enter(from netip.Addr) bool {
	if l.perIP == 0 || !from.IsValid() {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from] >= l.perIP {
		return false
	}
	l.open[from]++
	return true
}

func (l *listener) leave(from netip.Addr) {
	if l.perIP == 0 || !from.IsValid() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

// origin is the address that connections are counted under: of IPv6 the network, which one client holds as a whole.
func origin(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	if ip.Is4() {
		return ip
	}
	network, err := ip.Prefix(64)
	if err != nil {
		return ip
	}
	return network.Addr()
}

// conn is a client's connection.
type conn struct {
	net.Conn
	listener  *listener
	from      netip.Addr
	lingering atomic.Bool
	closed    atomic.Bool
}

// linger makes Close wait until the client has stopped sending. A connection that is closed on unread bytes is reset, and
// the reset often overtakes the answer that says why.
func (c *conn) linger() { c.lingering.Store(true) }

// Close implements net.Conn.
func (c *conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	defer c.listener.leave(c.from)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok && c.lingering.Load() {
		drain := errors.Join(half.CloseWrite(), c.SetReadDeadline(time.Now().Add(lingerTime)))
		if drain == nil {
			_, _ = io.Copy(io.Discard, c.Conn)
		}
	}
	return c.Conn.Close()
}
