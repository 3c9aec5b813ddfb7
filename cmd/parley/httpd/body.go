package httpd

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// bodies reads requests' bodies into memory that it keeps for the next requests. The library has read no more than the
// beginning of a body, so that handlers of large ones can do without the rest in memory. The zero value is ready to use.
type bodies struct{ buffers sync.Pool }

// buffer holds a body.
type buffer struct{ b []byte }

// maxKeptBuffer bounds the memory that is kept for the next request.
const maxKeptBuffer = 64 << 10

// receive gives a request its whole body, at most limit bytes and else fasthttp.ErrBodyTooLarge. What it returns goes to
// release when the request has been answered. After an error the connection must be closed, for where the next request
// begins is not known.
func (p *bodies) receive(r *fasthttp.Request, stream io.Reader, limit int) (*buffer, error) {
	length := r.Header.ContentLength()
	if stream == nil || length == 0 {
		return nil, r.CloseBodyStream()
	}
	if length > limit {
		return nil, fasthttp.ErrBodyTooLarge
	}
	into, ok := p.buffers.Get().(*buffer)
	if !ok {
		into = new(buffer)
	}
	var err error
	if length > 0 {
		err = into.fill(stream, length)
	} else {
		err = into.collect(stream, limit)
	}
	if err != nil {
		p.put(into)
		return nil, err
	}
	r.SetBodyRaw(into.b)
	return into, nil
}

// release takes the memory of a body back.
func (p *bodies) release(r *fasthttp.Request, from *buffer) {
	if from == nil {
		return
	}
	r.ResetBody()
	p.put(from)
}

func (p *bodies) put(b *buffer) {
	if cap(b.b) > maxKeptBuffer {
		b.b = nil
	}
	p.buffers.Put(b)
}

// fill reads a body whose length is known.
func (b *buffer) fill(stream io.Reader, length int) error {
	if cap(b.b) < length {
		b.b = make([]byte, length)
	}
	b.b = b.b[:length]
	_, err := io.ReadFull(stream, b.b)
	return err
}

// collect reads a body that comes in chunks.
func (b *buffer) collect(stream io.Reader, limit int) error {
	b.b = b.b[:0]
	for {
		if len(b.b) == cap(b.b) {
			b.b = append(b.b, 0)[:len(b.b)]
		}
		n, err := stream.Read(b.b[len(b.b):cap(b.b)])
		b.b = b.b[:len(b.b)+n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(b.b) > limit:
			return fasthttp.ErrBodyTooLarge
		}
	}
}

// maxLeft is how much of a body is read that a handler has left unread, so that the connection can go on.
const maxLeft = 64 << 10

// finish reads what a handler has left of a body that it was to read itself. Where that is a lot, or the handler wants
// the connection closed, it is closed when the client has stopped sending, for the rest is no request.
func finish(ctx *fasthttp.RequestCtx) {
	stream := ctx.RequestBodyStream()
	if stream == nil {
		return
	}
	if !ctx.Response.ConnectionClose() && ctx.Conn().SetReadDeadline(time.Now().Add(lingerTime)) == nil {
		if _, err := io.CopyN(io.Discard, stream, maxLeft); errors.Is(err, io.EOF) {
			return
		}
	}
	hangUp(ctx)
}

// hangUp makes the answer the last one of its connection.
func hangUp(ctx *fasthttp.RequestCtx) {
	if c, ok := ctx.Conn().(*conn); ok {
		c.linger()
	}
	ctx.SetConnectionClose()
}
