package wechat_test

import (
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core"
	"parley/core/official"
)

// TestMessagesRightAfterConnecting: what an account's user writes from the moment on at which the account was connected
// goes out, even if nobody has looked before it was written; what it has written earlier does not.
func TestMessagesRightAfterConnecting(t *testing.T) {
	for name, known := range map[string]bool{"the user exists": true, "the user does not exist": false} {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{
				platform: wechattest.Options{Followers: 1}, bare: true, worker: wechat.WorkerOptions{Tick: time.Hour},
			})
			b.follow(1)
			write := func(text string) {
				user := must[*core.User](t)(b.engine.Find(t.Context(), b.app, originalID))
				must[[]core.Delivery](t)(b.engine.As(core.Caller{App: b.app, User: user}).Send(t.Context(), core.Outgoing{
					To: []string{must[*core.User](t)(b.engine.Find(t.Context(), b.app, follower(0))).UUID}, Content: core.Content{Kind: core.KindText, Body: []byte(text)},
				}))
			}
			register := func(id string) { must[*core.User](t)(b.engine.Register(t.Context(), b.app, core.NewUser{ID: id})) }
			register(follower(0))
			if known {
				register(originalID)
				write("before")
			}
			credentials := official.Credentials{AppID: b.platform.AppID(), Secret: b.platform.Secret()}
			if err := b.service.SetCredentials(t.Context(), b.account.ID, credentials); err != nil {
				t.Fatal(err)
			}
			if err := b.worker.CredentialsChanged(t.Context(), b.account.ID); err != nil {
				t.Fatal(err)
			}
			if !known {
				register(originalID)
			}
			write("after")
			b.reopen() // looks at once
			b.until("the message", func() bool { return len(b.platform.Services()) > 0 })
			if sent := b.platform.Services(); len(sent) != 1 || sent[0].Text != "after" {
				t.Errorf("sent %+v", sent)
			}
		})
	}
}
