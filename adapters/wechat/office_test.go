package wechat_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
	"parley/storage/memory"
	"parley/storage/storagetest"
)

// office is the whole dialect: its rows, the worker in the background, and a stand-in for the official platform. What a
// client of the platform and the platform itself send goes through one listener in memory.
type office struct {
	*desk

	store    storagetest.Store
	platform *wechattest.Server
	worker   *wechat.Worker
	pusher   *wechattest.Pusher
	moment   atomic.Int64 // of the clock, in ms
}

// officeMoment is where the clock stands at first.
const officeMoment = 1_700_000_000_000

type officeOptions struct {
	platform wechattest.Options
	dialect  func(*wechat.Options)
	mode     wechattest.Mode
	store    storagetest.Store // nil for one in memory
	unbound  bool              // there is no account yet
	bare     bool              // the account has no credentials
	ticking  bool              // the clock is the machine's
}

func (o *office) now() time.Time { return time.UnixMilli(o.moment.Load()) }

func newOffice(t testing.TB, with officeOptions) *office {
	t.Helper()
	o := &office{
		desk:  &desk{t: t, listener: fasthttputil.NewInmemoryListener(), log: &lines{}, account: &official.Account{ID: "nobody"}},
		store: with.store,
	}
	if o.store == nil {
		o.store = memory.New()
	}
	o.moment.Store(officeMoment)
	clock := o.now
	if with.ticking {
		clock = time.Now
	}
	log := slog.New(slog.NewTextHandler(o.log, nil))
	env := core.Environment{Now: clock, Random: rand.Reader}
	engine := must[*core.Engine](t)(core.Open(t.Context(), o.store, env, core.Options{CacheMiB: 16, Log: log}))
	must[*core.App](t)(engine.PutApp(t.Context(), core.App{Key: appKey, Zone: "Asia/Shanghai"}))
	o.service = must[*official.Service](t)(official.Open(t.Context(), o.store, env, official.Options{Key: make([]byte, 32), Log: log}))
	o.platform = must[*wechattest.Server](t)(wechattest.NewServer(with.platform))
	o.worker = wechat.NewWorker(wechat.WorkerOptions{
		Official: o.service, Engine: engine, App: appKey, Log: log, Now: clock, BaseURL: baseURL,
		API: func(*official.Account) string { return o.platform.URL() },
	})
	options := wechat.Options{Official: o.service, Background: o.worker, App: appKey, BaseURL: baseURL}
	if with.dialect != nil {
		with.dialect(&options)
	}
	meter := func(_, _ string) wire.Recorder { return func(time.Duration, core.Code) {} }
	o.dialect = must[*wechat.Dialect](t)(wechat.New(wire.House{Engine: engine, Log: log, Meter: meter, Now: clock}, options))
	t.Cleanup(func() { // after the listener, which is closed by what serve registers
		o.worker.Close()
		if err := errors.Join(o.platform.Close(), engine.Close(), o.store.Close()); err != nil {
			t.Error(err)
		}
	})
	o.serve()
	if err := o.worker.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !with.unbound {
		o.bind(clock, with)
	}
	return o
}

// bind makes the account, with the stand-in's credentials, and the pusher of its callbacks.
func (o *office) bind(clock func() time.Time, with officeOptions) {
	o.t.Helper()
	o.account = must[*official.Account](o.t)(o.service.Bind(o.t.Context(), originalID))
	if !with.bare {
		credentials := official.Credentials{AppID: o.platform.AppID(), Secret: o.platform.Secret()}
		if with.mode != wechattest.Plain {
			credentials.EncodingKey = encodingKey
		}
		if err := o.service.SetCredentials(o.t.Context(), o.account.ID, credentials); err != nil {
			o.t.Fatal(err)
		}
	}
	o.pusher = &wechattest.Pusher{
		URL: "http://localhost/wx/" + o.account.ID, Account: originalID, Token: o.account.Token, Now: clock, HTTP: o.client(),
		Mode: with.mode, AppID: o.platform.AppID(), EncodingKey: encodingKey,
	}
}

// client reaches the listener under every name.
func (o *office) client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return o.listener.Dial() },
	}}
}

// push delivers a callback and returns the reply, nil for "success".
func (o *office) push(m wechattest.Message) *wechattest.Reply {
	o.t.Helper()
	return must[*wechattest.Answer](o.t)(o.pusher.Push(o.t.Context(), m)).Reply
}

// idle waits until an account has no job of a kind and key.
func (o *office) idle(kind, key string) {
	o.t.Helper()
	b := &backstage{t: o.t, service: o.service, account: o.account}
	b.idleFor(kind, key, 5*time.Minute)
}

// upload sends a file and returns the answer.
func (o *office) upload(request, part, name, content string) string {
	o.t.Helper()
	t, ok := o.t.(*testing.T)
	if !ok {
		o.t.Fatal("uploads are for tests")
	}
	form, contentType := mediaForm(t, part, name, []byte(content))
	before := o.header
	o.header = map[string]string{"Content-Type": contentType}
	defer func() { o.header = before }()
	_, text := o.ask(request, string(bytes.Clone(form)))
	return text
}
