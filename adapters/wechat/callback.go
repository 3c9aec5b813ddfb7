package wechat

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/valyala/fasthttp"

	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

// answerMargin is how much longer than for a reply the platform waits for an answer: it gives up after 5 s.
const answerMargin = 500 * time.Millisecond

// Callback answers what the platform sends to the URL of the account with an id. An unknown
// account is 404 and a wrong signature 403, in plain words; everything else is answered with a reply or with "success",
// in time, since the platform tells the follower that the account is out of order otherwise.
func (w *Worker) Callback(ctx *fasthttp.RequestCtx, id string) {
	account, err := w.service.Account(ctx, id)
	if err != nil {
		plain(ctx, fasthttp.StatusNotFound, "there is no such account")
		return
	}
	switch {
	case ctx.IsGet():
		w.shakeHands(ctx, account)
	case ctx.IsPost():
		w.receive(ctx, account)
	default:
		ctx.Response.Header.Set(fasthttp.HeaderAllow, "GET, POST")
		plain(ctx, fasthttp.StatusMethodNotAllowed, "the method is GET or POST")
	}
}

func plain(ctx *fasthttp.RequestCtx, status int, text string) {
	ctx.SetStatusCode(status)
	ctx.SetContentType("text/plain; charset=utf-8")
	ctx.SetBodyString(text)
}

// shakeHands proves to the platform's console that the token is known here.
func (w *Worker) shakeHands(ctx *fasthttp.RequestCtx, account *official.Account) {
	q := readCallbackQuery(ctx)
	if !w.options.Unchecked && !q.signed(account.Token, "") {
		w.refuseCallback(ctx, account, errSignature)
		return
	}
	plain(ctx, fasthttp.StatusOK, string(ctx.QueryArgs().Peek("echostr")))
}

func (w *Worker) refuseCallback(ctx *fasthttp.RequestCtx, account *official.Account, why error) {
	w.log.Warn("a callback was refused", "account", account.ID, "ip", ctx.RemoteIP().String(), "error", why.Error())
	plain(ctx, fasthttp.StatusForbidden, "the signature is not right")
}

// receive takes a message or an event.
func (w *Worker) receive(ctx *fasthttp.RequestCtx, account *official.Account) {
	until, cancel := context.WithTimeout(w.life, w.options.ReplyWait)
	open, err := w.openCallback(until, account, readCallbackQuery(ctx), ctx.PostBody())
	if err != nil {
		cancel()
		if errors.Is(err, errSignature) {
			w.refuseCallback(ctx, account, err)
			return
		}
		w.log.Warn("a callback can not be read", "account", account.ID, "error", err.Error())
		plain(ctx, fasthttp.StatusOK, weixin.Success)
		return
	}
	in := open.inbound // which is made of the request's memory nowhere: the goroutine may outlive the request
	done := make(chan []byte, 1)
	w.running.Go(func() {
		defer cancel()
		var reply []byte
		defer func() {
			if cause := recover(); cause != nil { // the listener's own protection does not reach here
				w.log.Error("the handling of a callback has broken down", "account", account.ID, "cause", cause, "stack", string(debug.Stack()))
			}
			done <- reply
		}()
		var err error
		if reply, err = w.handle(until, account, in); err != nil {
			w.log.Error("a callback is not handled", "account", account.ID, "type", in.MsgType,
				"event", in.Event, "message", in.MsgID, "error", err)
		}
	})
	late := time.NewTimer(w.options.ReplyWait + answerMargin)
	defer late.Stop()
	select {
	case reply := <-done:
		w.answer(ctx, account, open.sealer, reply)
	case <-late.C:
		w.log.Warn("a callback is answered before it is handled", "account", account.ID, "message", in.MsgID)
		plain(ctx, fasthttp.StatusOK, weixin.Success)
	}
}

// answer writes a reply, sealed if the message was, or "success" if there is none.
func (w *Worker) answer(ctx *fasthttp.RequestCtx, account *official.Account, sealer *weixin.Sealer, reply []byte) {
	if len(reply) == 0 {
		plain(ctx, fasthttp.StatusOK, weixin.Success)
		return
	}
	if sealer != nil {
		nonce := string(ctx.QueryArgs().Peek("nonce"))
		reply = weixin.AppendSealedReply(nil, sealer, account.Token, w.now().Unix(), nonce, reply)
	}
	ctx.SetContentType(weixin.ReplyContentType)
	ctx.SetBody(reply)
}

// handle does what a message or an event asks for, and returns the reply, or nothing.
func (w *Worker) handle(ctx context.Context, account *official.Account, in *weixin.Inbound) ([]byte, error) {
	switch {
	case in.FromUserName == "":
		return nil, core.NewFault(core.Invalid, official.FieldFollower, "the callback names no sender")
	case in.MsgType == "event":
		return w.handleEvent(ctx, account, in)
	}
	return w.handleMessage(ctx, account, in)
}
