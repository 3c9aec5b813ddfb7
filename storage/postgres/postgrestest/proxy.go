package postgrestest

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between a client and one server and breaks their connections. It is safe for concurrent use.
type Proxy struct {
	location *url.URL
	target   string
	listener net.Listener

	mu     sync.Mutex
	cut    bool          // also after the end
	hole   chan struct{} // not nil while nothing passes; closed when it does again
	left   int64         // bytes from clients until a cut; below zero without one
	passed int64
	links  map[*link]bool
	failed error
	work   sync.WaitGroup
}

// NewProxy listens on a loopback port and forwards to the server of a database URL that names one host. It ends with tb.
func NewProxy(tb testing.TB, database string) *Proxy {
	tb.Helper()
	location, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // of which a black hole cannot be made
	listener, err := plain.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{target: location.Host, listener: listener, left: -1, links: map[*link]bool{}}
	location.Host = listener.Addr().String()
	p.location = location
	p.work.Go(p.accept)
	tb.Cleanup(func() {
		if err := p.end(); err != nil {
			tb.Error(err)
		}
	})
	return p
}

// URL is the database URL with the proxy in place of the server.
func (p *Proxy) URL() string { return p.location.String() }

// ClusterURL connects to the node that takes writes through the proxies, of which each stands before one node.
func ClusterURL(proxies ...*Proxy) string {
	location := *proxies[0].location
	hosts := make([]string, len(proxies))
	for i, p := range proxies {
		hosts[i] = p.location.Host
	}
	location.Host = strings.Join(hosts, ",")
	location.RawQuery += "&target_session_attrs=read-write"
	return location.String()
}

// Cut resets all connections, and every new one, until Heal.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = true
	for l := range p.links {
		l.reset()
	}
}

// Blackhole lets nothing pass, in neither direction, and closes nothing. Nothing is acknowledged either, so that both
// sides may notice it as they would in a network: by keepalive, by data that is never acknowledged, by connection attempts
// without an answer. At Heal, what was on its way arrives if its sender has not given up.
func (p *Proxy) Blackhole() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hole != nil {
		return
	}
	p.hole = make(chan struct{})
	p.note(deafen(p.listener))
	for l := range p.links {
		p.note(deafen(l.client), deafen(l.server))
	}
}

// CutAfter cuts once, as soon as clients have sent so many more bytes: the server receives all of them and then the end
// of the connection that brought the last; that connection's client is reset and receives nothing more. What the server
// was told and did, the client does not know. Later connections are not touched.
func (p *Proxy) CutAfter(bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = bytes
}

// Passed is how many bytes of clients have been sent to the server.
func (p *Proxy) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// Heal ends Cut and Blackhole, and forgets a CutAfter.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.left = false, -1
	if p.hole == nil {
		return
	}
	p.note(undeafen(p.listener))
	for l := range p.links {
		p.note(undeafen(l.client), undeafen(l.server))
	}
	close(p.hole)
	p.hole = nil
}

// note keeps what failed until the end of the test. A connection that was closed meanwhile is none of it.
func (p *Proxy) note(errs ...error) {
	for _, err := range errs {
		if err != nil && !errors.Is(err, net.ErrClosed) {
			p.failed = errors.Join(p.failed, err)
		}
	}
}

func (p *Proxy) end() error {
	p.Heal()
	err := p.listener.Close()
	p.Cut()
	p.work.Wait()
	return errors.Join(err, p.failed)
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.work.Go(func() { p.serve(c) })
	}
}
