package wechat

import (
	"io"
	"net"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/core/official"
)

// downloadEndpoint answers with a medium as a file to be saved. One that has been deleted can still be had.
type downloadEndpoint struct {
	*wire.Row[mediaQuery, nothing]

	form *mediaForm
}

// serve implements direct.
func (d *downloadEndpoint) serve(x *exchange) error {
	id, _ := x.in.variable("ID")
	m, err := x.service().Media(x.ctx, x.account.ID, id, d.form.kind)
	if err != nil {
		return err
	}
	content, err := x.service().OpenMedia(x.ctx, x.account.ID, m)
	if err != nil {
		return err
	}
	amr := false
	if m.Kind == official.KindVoice && !hasEnding(m.Name, d.form.endings) {
		if amr, err = startsAsAMR(content); err != nil {
			return err
		}
	}
	h := &x.ctx.Response.Header
	h.SetContentType(d.form.download)
	h.Set(fasthttp.HeaderContentDisposition, disposition(downloadName(m, amr)))
	h.Set(fasthttp.HeaderXContentTypeOptions, "nosniff")
	sendStream(x.ctx, content, content.Size())
	return nil
}

// startsAsAMR looks at the first bytes of a voice whose name does not tell its format any more, and goes back to them.
func startsAsAMR(content official.Content) (bool, error) {
	head := make([]byte, headLength)
	n, err := io.ReadFull(content, head)
	if err != nil && int64(n) != content.Size() {
		return false, err
	}
	_, err = content.Seek(0, io.SeekStart)
	return isAMR(head[:n]), err
}

const (
	// slowest is the speed, in bytes a second, at which a client must take a file.
	slowest = 32 << 10
	// patience is the time that a client has beside.
	patience = 30 * time.Second
)

// sendStream makes size bytes of a stream the answer's body. They are read as the client takes them.
func sendStream(ctx *fasthttp.RequestCtx, stream io.Reader, size int64) {
	allowed := patience + time.Duration(size/slowest)*time.Second
	ctx.SetBodyStream(&paced{stream: stream, conn: ctx.Conn(), allowed: allowed}, int(size))
}

// paced gives a client more time for a large file than it has for other answers.
type paced struct {
	stream  io.Reader
	conn    net.Conn
	allowed time.Duration
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	if p.allowed > 0 {
		if err := p.conn.SetWriteDeadline(time.Now().Add(p.allowed)); err != nil {
			return 0, err
		}
		p.allowed = 0
	}
	return p.stream.Read(b)
}
