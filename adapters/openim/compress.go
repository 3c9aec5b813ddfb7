package openim

import (
	"bytes"

	"github.com/valyala/fasthttp"
)

// minCompressed is the size of an answer from which on it is compressed. The platform compresses every answer when asked,
// and Go's client always asks; below a kibibyte that saves no packet and costs more than the rest of the transport.
const minCompressed = 1 << 10

// acceptsGzip tells whether a list of codings names gzip and does not weigh it with zero.
func acceptsGzip(codings []byte) bool {
	for len(codings) > 0 {
		var one []byte
		one, codings, _ = bytes.Cut(codings, []byte(","))
		name, weight, _ := bytes.Cut(one, []byte(";"))
		if !bytes.EqualFold(bytes.TrimSpace(name), []byte("gzip")) {
			continue
		}
		weight = bytes.TrimSpace(weight)
		return !bytes.HasPrefix(weight, []byte("q=0")) || len(bytes.Trim(weight[len("q=0"):], ".0")) > 0
	}
	return false
}

// setBody gives the answer its body, compressed if that is worth it and the client can read it. buffer is used for
// compressing. Both are returned for the next time; what was the body is other memory then.
func setBody(ctx *fasthttp.RequestCtx, body, buffer []byte) (_, _ []byte) {
	if len(body) < minCompressed || !acceptsGzip(ctx.Request.Header.Peek(fasthttp.HeaderAcceptEncoding)) {
		return ctx.Response.SwapBody(body), buffer
	}
	buffer = fasthttp.AppendGzipBytesLevel(buffer[:0], body, fasthttp.CompressDefaultCompression)
	ctx.Response.Header.SetContentEncoding("gzip")
	ctx.Response.Header.Set(fasthttp.HeaderVary, fasthttp.HeaderAcceptEncoding)
	ctx.Response.SetBody(buffer)
	return body, buffer
}
