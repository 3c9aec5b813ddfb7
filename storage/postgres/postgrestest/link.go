package postgrestest

import (
	"net"
	"sync"
)

// link is one connection through a proxy.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	gone           chan struct{} // closed when the connection has been reset
	once           sync.Once
}

// serve connects client to the server until either ends.
func (p *Proxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		reset(client)
		return
	}
	l := &link{proxy: p, client: client, server: server, gone: make(chan struct{})}
	if !p.admit(l) {
		l.reset()
		return
	}
	defer p.dismiss(l)
	var both sync.WaitGroup
	both.Go(l.toServer)
	both.Go(l.toClient)
	both.Wait()
	l.reset()
}

func (p *Proxy) admit(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut {
		return false
	}
	p.links[l] = true
	if p.hole != nil {
		p.note(deafen(l.client), deafen(l.server))
	}
	return true
}

func (p *Proxy) dismiss(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
}

// spend takes the bytes that a client has sent off what may pass before a cut, and returns how many of them pass and
// whether the cut is now.
func (p *Proxy) spend(bytes int) (pass int, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pass = bytes
	if p.left >= 0 && int64(bytes) >= p.left {
		pass, cut = int(p.left), true
		p.left = -1
	} else if p.left >= 0 {
		p.left -= int64(bytes)
	}
	p.passed += int64(pass)
	return pass, cut
}

// wait returns when nothing hinders the bytes of a link, or false if it was reset.
func (l *link) wait() bool {
	for {
		l.proxy.mu.Lock()
		hole := l.proxy.hole
		l.proxy.mu.Unlock()
		if hole == nil {
			return true
		}
		select {
		case <-hole:
		case <-l.gone:
			return false
		}
	}
}

func (l *link) toServer() {
	buffer := make([]byte, 32<<10)
	for {
		n, err := l.client.Read(buffer)
		if !l.wait() {
			return
		}
		pass, cut := l.proxy.spend(n)
		if cut {
			reset(l.client) // before the server can answer
		}
		if _, failed := l.server.Write(buffer[:pass]); failed != nil || err != nil || cut {
			finish(l.server)
			return
		}
	}
}

// toClient forwards what the server says. It goes on reading when the client has gone, so that the server meets an
// ordinary end of its input first.
func (l *link) toClient() {
	buffer := make([]byte, 32<<10)
	there := true
	for {
		n, err := l.server.Read(buffer)
		if !l.wait() {
			return
		}
		if there && n > 0 {
			_, failed := l.client.Write(buffer[:n])
			there = failed == nil
		}
		if err != nil {
			finish(l.client)
			return
		}
	}
}

func (l *link) reset() {
	l.once.Do(func() {
		close(l.gone)
		reset(l.client)
		reset(l.server)
	})
}

// reset breaks a connection. What has broken by itself cannot be broken again, so there is nothing to report.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// finish tells the other side that nothing follows, if it is still there to be told.
func finish(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}
