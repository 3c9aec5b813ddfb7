package mirror

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"strings"

	"github.com/valyala/fasthttp"
)

// captured is a copy of a request, from which it can be made again on either server.
type captured struct {
	dialect string
	method  string
	target  string
	from    net.IP
	headers []byte // as they came, each line with its end
	body    []byte
}

// capture copies a request.
func capture(dialect string, ctx *fasthttp.RequestCtx) *captured {
	h := &ctx.Request.Header
	return &captured{
		dialect: dialect, method: string(h.Method()), target: string(h.RequestURI()), from: append(net.IP(nil), ctx.RemoteIP()...),
		headers: append([]byte(nil), h.RawHeaders()...), body: append([]byte(nil), ctx.Request.Body()...),
	}
}

// size is about how much memory the request takes.
func (c *captured) size() int { return len(c.target) + len(c.headers) + len(c.body) + 256 }

// request makes the request again as one that this server receives.
func (c *captured) request() (*fasthttp.RequestCtx, error) {
	head := c.method + " " + c.target + " HTTP/1.1\r\n" + strings.TrimRight(string(c.headers), "\r\n") + "\r\n\r\n"
	ctx := new(fasthttp.RequestCtx)
	var r fasthttp.Request
	if err := r.Header.Read(bufio.NewReaderSize(strings.NewReader(head), len(head)+1)); err != nil {
		return nil, errors.Join(errRecord, err)
	}
	r.SetBodyRaw(c.body)
	ctx.Init(&r, &net.TCPAddr{IP: c.from}, quiet{})
	return ctx, nil
}

// quiet is the logger of requests that belong to no connection.
type quiet struct{}

// Printf implements fasthttp.Logger.
func (quiet) Printf(string, ...any) {}

// listed gives the headers in order, without those that only a connection needs.
func (c *captured) listed() (all []Header) {
	for line := range bytes.Lines(c.headers) {
		name, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if name = strings.TrimSpace(name); ok && !isHop(canonical(name)) && canonical(name) != "Content-Length" && canonical(name) != "Host" {
			all = append(all, Header{name, strings.TrimSpace(value)})
		}
	}
	return all
}

var errRecord = errors.New("mirror: a stored request is damaged")

const recordVersion = 1

// encode gives the request as bytes: a version, and the fields with their lengths before them.
func (c *captured) encode() []byte {
	dst := []byte{recordVersion}
	for _, field := range [][]byte{[]byte(c.dialect), []byte(c.method), []byte(c.target), c.from, c.headers, c.body} {
		dst = binary.AppendUvarint(dst, uint64(len(field)))
		dst = append(dst, field...)
	}
	return dst
}

// decode is the inverse of encode. What it returns refers to raw.
func decode(raw []byte) (*captured, error) {
	if len(raw) == 0 || raw[0] != recordVersion {
		return nil, errRecord
	}
	raw = raw[1:]
	var fields [6][]byte
	for i := range fields {
		n, size := binary.Uvarint(raw)
		if size <= 0 || n > uint64(len(raw)-size) {
			return nil, errRecord
		}
		fields[i], raw = raw[size:size+int(n)], raw[size+int(n):]
	}
	if len(raw) > 0 {
		return nil, errRecord
	}
	return &captured{
		dialect: string(fields[0]), method: string(fields[1]), target: string(fields[2]), from: net.IP(fields[3]),
		headers: fields[4], body: fields[5],
	}, nil
}
