package wechat_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core"
	"parley/core/official"
	"parley/storage/memory"
	"parley/storage/storagetest"
)

const (
	originalID  = "gh_0123456789ab"
	encodingKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	appKey      = "ABCDEFGHABCDEFGHABCDEFGHABCDEFGH"
	baseURL     = "https://parley.example"
)

// backstage is a worker with everything around it: a stand-in for the platform, a pusher of callbacks, and the services on
// one store, which can be closed and opened again.
type backstage struct {
	t        testing.TB
	store    storagetest.Store
	platform *wechattest.Server
	pusher   *wechattest.Pusher
	account  *official.Account
	options  wechat.WorkerOptions

	engine  *core.Engine
	service *official.Service
	worker  *wechat.Worker
	app     *core.App
	alone   bool
	ahead   time.Duration // of the clock
	callbacks
}

// callbacks is the listener of the callbacks.
type callbacks struct {
	listener net.Listener
	server   *fasthttp.Server
	served   chan error
}

type backstageOptions struct {
	platform wechattest.Options
	mode     wechattest.Mode
	worker   wechat.WorkerOptions
	bare     bool // the account has no credentials
	alone    bool // nothing is shown to an app
}

func newBackstage(t testing.TB, o backstageOptions) *backstage {
	t.Helper()
	b := &backstage{t: t, store: memory.New(), options: o.worker, alone: o.alone}
	platform, err := wechattest.NewServer(o.platform)
	if err != nil {
		t.Fatal(err)
	}
	b.platform = platform
	b.open(b.store)
	t.Cleanup(func() {
		b.close()
		if err := errors.Join(platform.Close(), b.store.Close()); err != nil {
			t.Error(err)
		}
	})
	if b.account, err = b.service.Bind(t.Context(), originalID); err != nil {
		t.Fatal(err)
	}
	if !o.bare {
		credentials := official.Credentials{AppID: platform.AppID(), Secret: platform.Secret()}
		if o.mode != wechattest.Plain {
			credentials.EncodingKey = encodingKey
		}
		if err := b.service.SetCredentials(t.Context(), b.account.ID, credentials); err != nil {
			t.Fatal(err)
		}
	}
	b.pusher = &wechattest.Pusher{
		URL: b.url(), Account: originalID, Token: b.account.Token, Mode: o.mode, AppID: platform.AppID(), EncodingKey: encodingKey,
	}
	return b
}

func (b *backstage) url() string {
	return "http://" + b.listener.Addr().String() + "/wx/" + b.account.ID
}

func (b *backstage) now() time.Time { return time.Now().Add(b.ahead) }

// open starts the services on a store, as a new process does.
func (b *backstage) open(store storagetest.Store) {
	b.t.Helper()
	ctx := context.Background()
	env := core.Environment{Now: b.now, Random: rand.Reader}
	var err error
	if b.engine, err = core.Open(ctx, store, env, core.Options{CacheMiB: 16}); err != nil {
		b.t.Fatal(err)
	}
	if b.app != nil {
		b.app, _ = b.engine.App(appKey)
	} else if b.app, err = b.engine.PutApp(ctx, core.App{Key: appKey, Name: "wechat"}); err != nil {
		b.t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if b.service, err = official.Open(ctx, store, env, official.Options{Key: []byte(strings.Repeat("k", 32)), Log: log}); err != nil {
		b.t.Fatal(err)
	}
	o := b.options
	o.Official, o.Engine, o.App, o.Log, o.Now, o.BaseURL = b.service, b.engine, appKey, log, b.now, baseURL
	if b.alone {
		o.App = ""
	}
	o.API = func(*official.Account) string { return b.platform.URL() }
	if o.Tick == 0 {
		o.Tick = 2 * time.Millisecond
	}
	b.worker = wechat.NewWorker(o)
	if err := b.worker.Start(ctx); err != nil {
		b.t.Fatal(err)
	}
	if b.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		b.t.Fatal(err)
	}
	b.served = make(chan error, 1)
	b.server = &fasthttp.Server{Handler: b.handle, Logger: quiet{}}
	served, server, listener := b.served, b.server, b.listener
	go func() {
		served <- server.Serve(listener)
		close(served)
	}()
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

func (b *backstage) handle(ctx *fasthttp.RequestCtx) {
	id, _ := strings.CutPrefix(string(ctx.Path()), "/wx/")
	b.worker.Callback(ctx, id)
}

// close ends the services as the end of a process does.
func (b *backstage) close() {
	b.t.Helper()
	if err := b.kill(); err != nil {
		b.t.Error(err)
	}
}

// kill is close where the store may be dead.
func (b *backstage) kill() error {
	err := b.server.Shutdown()
	_ = b.listener.Close() // the server does not know it before it has begun to serve
	b.worker.Close()
	return errors.Join(err, <-b.served, b.engine.Close())
}

// reopen is the end of a process and the beginning of the next.
func (b *backstage) reopen() {
	b.t.Helper()
	b.close()
	b.open(b.store)
	b.pusher.URL = b.url()
}

// push delivers a callback and returns the reply, nil for "success".
func (b *backstage) push(m wechattest.Message) *wechattest.Reply {
	b.t.Helper()
	answer, err := b.pusher.Push(b.t.Context(), m)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.Reply
}

// until waits for something that happens in the background.
func (b *backstage) until(what string, happened func() bool) {
	b.t.Helper()
	b.untilLate(what, 20*time.Second, happened)
}

func (b *backstage) untilLate(what string, patience time.Duration, happened func() bool) {
	b.t.Helper()
	ticker := time.NewTicker(2 * time.Millisecond)
	defer ticker.Stop()
	late := time.NewTimer(patience)
	defer late.Stop()
	for !happened() {
		select {
		case <-ticker.C:
		case <-late.C:
			b.t.Fatalf("in vain: %s", what)
		}
	}
}

// idle waits until there is no job of a kind and key.
func (b *backstage) idle(kind, key string) {
	b.t.Helper()
	b.idleFor(kind, key, 20*time.Second)
}

func (b *backstage) idleFor(kind, key string, patience time.Duration) {
	b.t.Helper()
	b.untilLate("the end of the job "+kind, patience, func() bool {
		_, err := b.service.FindJob(b.t.Context(), b.account.ID, kind, key)
		return core.CodeOf(err) == core.NotFound
	})
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// text stores a text and returns a reply with it.
func (b *backstage) text(content string) official.Reply {
	b.t.Helper()
	return official.Reply{ID: must[string](b.t)(b.service.CreateText(b.t.Context(), b.account.ID, content)), Type: official.ReplyText}
}

// media stores a medium.
func (b *backstage) media(kind official.MediaKind, name, content string) *official.Media {
	b.t.Helper()
	return must[*official.Media](b.t)(b.service.CreateMedia(b.t.Context(), b.account.ID, kind, name, strings.NewReader(content), 1<<20))
}

// news stores a news with so many articles.
func (b *backstage) news(articles int) string {
	b.t.Helper()
	cover := b.media(official.KindNewsImage, "cover.jpg", "cover")
	var all []official.ArticleInput
	for i := range articles {
		all = append(all, official.ArticleInput{
			Title: fmt.Sprint("title ", i), Digest: fmt.Sprint("digest ", i), ImageID: cover.ID, Content: "<p>content</p>", Author: "me",
		})
	}
	return must[string](b.t)(b.service.CreateNews(b.t.Context(), b.account.ID, all))
}

// rule stores a rule; without keywords it is one with a special name.
func (b *backstage) rule(name string, reply official.Reply, keywords ...official.KeywordInput) {
	b.t.Helper()
	must[string](b.t)(b.service.CreateRule(b.t.Context(), b.account.ID, official.RuleInput{Name: name, Reply: reply, Keywords: keywords}))
}

// heard returns what stands in the conversation of the account with a follower, as the account sees it.
func (b *backstage) heard(openID string) []core.Message {
	b.t.Helper()
	users := must[[]*core.User](b.t)(b.engine.Accounts(b.t.Context(), b.app, []string{originalID, openID}))
	if users[0] == nil || users[1] == nil {
		return nil
	}
	h := must[core.History](b.t)(b.engine.As(core.Caller{App: b.app, User: users[0]}).History(b.t.Context(), core.HistoryQuery{Peer: users[1].UUID, Limit: 100}))
	return h.Messages
}
