package httpd

import (
	"bufio"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	"parley/cmd/parley/metrics"
)

// BenchmarkListener measures what a request costs beside its handler, on a connection in memory that is kept alive.
func BenchmarkListener(b *testing.B) {
	for name, size := range map[string]int{"none": 0, "small": 300, "large": 64 << 10} {
		b.Run(name, func(b *testing.B) {
			server, err := New(Site{Fallback: func(ctx *fasthttp.RequestCtx) {
				if len(ctx.PostBody()) != size {
					ctx.Error("the body is incomplete", fasthttp.StatusTeapot)
				}
			}}, limits(), slog.New(slog.DiscardHandler), metrics.New("test"))
			if err != nil {
				b.Fatal(err)
			}
			ln := fasthttputil.NewInmemoryListener()
			ended := make(chan error, 1)
			go func() { ended <- server.Serve(ln) }()
			c, err := ln.Dial()
			if err != nil {
				b.Fatal(err)
			}
			request := []byte(fmt.Sprintf("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", size) + strings.Repeat("a", size))
			r := bufio.NewReader(c)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(request); err != nil {
					b.Fatal(err)
				}
				answer, err := r.ReadSlice('\n')
				if err != nil || string(answer) != "HTTP/1.1 200 OK\r\n" {
					b.Fatal(string(answer), err)
				}
				for len(answer) > len("\r\n") {
					if answer, err = r.ReadSlice('\n'); err != nil {
						b.Fatal(err)
					}
				}
			}
			_ = c.Close()
			if err := server.Stop(b.Context()); err != nil {
				b.Fatal(err)
			}
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}
