package wechat

import (
	"testing"
	"time"

	"github.com/valyala/fasthttp"
)

// FuzzRange asks for parts of contents in all kinds of ways: what is sent lies within the content.
func FuzzRange(f *testing.F) {
	for _, ask := range []string{"bytes=0-0", "bytes=-5", "bytes=5-", "bytes=1-2,3-4", "bytes=9223372036854775807-", "bytes=-9223372036854775807", "bytes= 1-2", "bytes=--1"} {
		f.Add(ask, "", int64(10))
	}
	f.Add("bytes=0-1", `"a-1"`, int64(0))
	f.Fuzz(func(t *testing.T, ask, condition string, size int64) {
		if size < 0 {
			return
		}
		var h fasthttp.RequestHeader
		h.Set(fasthttp.HeaderRange, ask)
		h.Set(fasthttp.HeaderIfRange, condition)
		part, asked := askedRange(&h, version{tag: `"a-1"`, modified: time.Unix(1, 0)}, size)
		if asked && part.length > 0 && (part.start < 0 || part.start > size-part.length) {
			t.Fatalf("%q of %d bytes is %+v", ask, size, part)
		}
	})
}
