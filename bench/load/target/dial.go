package target

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// isLoopback reports whether a host is this machine for sure. Names are not looked up: what they mean can change.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// dialTimeout bounds the opening of a connection, and the waiting for a free one.
const dialTimeout = 5 * time.Second

var (
	errTooMany = errors.New("target: all connections are in use")
	errRemote  = errors.New("target: the address is not this machine's")
)

// dial opens connections within the options' bounds.
func (o *Options) dial() fasthttp.DialFunc { return o.dialWithin(dialTimeout) }

// dialWithin waits for a free connection no longer than patience.
func (o *Options) dialWithin(patience time.Duration) fasthttp.DialFunc {
	free := make(chan struct{}, o.Connections)
	open := o.Dial
	if open == nil {
		open = o.dialTCP
	}
	return func(address string) (net.Conn, error) {
		select {
		case free <- struct{}{}:
		default:
			timer := time.NewTimer(patience)
			defer timer.Stop()
			select {
			case free <- struct{}{}:
			case <-timer.C:
				return nil, errTooMany
			}
		}
		c, err := open(address)
		if err != nil {
			<-free
			return nil, err
		}
		return &counted{Conn: c, release: sync.OnceFunc(func() { <-free })}, nil
	}
}

// dialTCP connects, and hangs up if "localhost" turns out to be elsewhere.
func (o *Options) dialTCP(address string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialTimeout}).Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); !o.AllowRemote && (!ok || !a.IP.IsLoopback()) {
		return nil, errors.Join(errRemote, c.Close())
	}
	return c, nil
}

// counted is a connection that gives its place free when it is closed.
type counted struct {
	net.Conn
	release func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	defer c.release()
	return c.Conn.Close()
}
