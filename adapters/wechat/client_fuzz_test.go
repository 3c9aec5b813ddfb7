package wechat_test

import (
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wechat"
	"parley/adapters/wire/golden"
	"parley/core"
	"parley/core/official"
)

// FuzzClient has a server answer anything, which ends lists and is never worse than an error.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{
		`{"code":200,"message":"OK","data":null}`, `{"code":404,"message":"not found","data":null}`, `{"code":502,"message":"{\"errcode\":40003}"}`,
		`{"code":200,"message":"OK","data":{"news":{"a":[]},"keyword":[{"id":"1"}],"message":[{"id":"x"}],"user":[{}],"pagination":{"count":1}}}`,
		`{"code":200,"message":"OK","data":[{"id":"1","sub_button":[{}]}]}`, `{"code":200,"data":{"news":[1]}}`, `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	var answer atomic.Pointer[[]byte]
	server := golden.Serve(f, func(ctx *fasthttp.RequestCtx) { ctx.SetBody(*answer.Load()) })
	client, err := wechat.NewClient("http://wechat", wechat.ClientOptions{Dial: server.Dial})
	if err != nil {
		f.Fatal(err)
	}
	account := client.Account("a")
	f.Fuzz(func(t *testing.T, body []byte) {
		answer.Store(&body)
		ctx := t.Context()
		_, _ = client.Bind(ctx, "gh")
		_, _ = account.Groups(ctx)
		_, _ = account.Follower(ctx, "f")
		_, _ = account.Menu(ctx)
		_, _ = account.Download(ctx, &wechat.ListedMedia{Media: official.Media{Kind: official.KindImage}})
		_, _ = account.Messenger().History(ctx, core.HistoryQuery{Limit: 1})
		begin(account.News(ctx))
		begin(account.Rules(ctx))
		begin(account.Inbound(ctx, time.Time{}, time.Time{}))
		begin(account.MassSends(ctx))
	})
}

// begin takes the first item of a list.
func begin[T any](walk iter.Seq2[T, error]) {
	for _, err := range walk {
		_ = err
		return
	}
}
