package bench

import (
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
)

// BenchmarkPiece measures what a request is made of.
func BenchmarkPiece(b *testing.B) {
	send := prepared(b, phalSend("", uuidOf(1)))
	signed := prepared(b, yesSend(uuidOf(0), "0123", uuidOf(1)))
	var values php.Values
	piece := func(name string, do func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				do()
			}
		})
	}
	piece("decode send", func() {
		values.Reset()
		values.Read(send, false)
	})
	piece("decode and sort signed send", func() {
		values.Reset()
		values.Read(signed, true)
		values.Sorted(func(string, php.Value) {})
	})
	var out []byte
	for name, style := range map[string]wire.Style{"PHPDefault": wire.PHPDefault, "PHPUnicode": wire.PHPUnicode} {
		piece("encode string "+name, func() { out = wire.AppendString(out[:0], messageText, style) })
	}
}

// prepared is prepare for benchmarks.
func prepared(b *testing.B, raw []byte) *fasthttp.RequestCtx {
	b.Helper()
	ctx, err := prepare(raw)
	if err != nil {
		b.Fatal(err)
	}
	return ctx
}
