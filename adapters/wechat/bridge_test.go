package wechat_test

import (
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/core"
	"parley/core/official"
)

// connected is a backstage with a follower who has written, and the account's user.
func connected(t *testing.T) (*backstage, core.Messenger) {
	t.Helper()
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 5}})
	b.follow(4)
	b.push(b.pusher.Text(follower(0), 1, "hello"))
	users := must[[]*core.User](t)(b.engine.Accounts(t.Context(), b.app, []string{originalID}))
	if users[0] == nil || users[0].Role != core.RoleRobot {
		t.Fatalf("the account is %+v", users[0])
	}
	b.until("the beginning", func() bool {
		at, err := b.service.Cursor(t.Context(), b.account.ID, "outbox")
		return err == nil && at != ""
	})
	return b, b.engine.As(core.Caller{App: b.app, User: users[0]})
}

// TestMessagesGoOut sends every kind from another dialect to a follower.
func TestMessagesGoOut(t *testing.T) {
	b, account := connected(t)
	picture := b.media(official.KindImage, "a.jpg", "image")
	own := baseURL + "/media/" + b.account.ID + "/" + picture.ID
	film := b.platform.AddMedia("video", "a.mp4", "video/mp4", []byte("film"))
	for i, tt := range []struct {
		content core.Content
		kind    string
		holds   string
	}{
		{core.Content{Kind: core.KindText, Body: []byte("plain <b>")}, "text", "plain <b>"},
		{core.Content{Kind: core.KindText, Object: true, Body: []byte(`{"content":"object"}`)}, "text", "object"},
		{core.Content{Kind: core.KindHTML, Body: []byte("<p>a &amp; b</p>")}, "text", "a & b"},
		{core.Content{Kind: core.KindImage, Body: []byte(own)}, "image", "media_id"},
		{core.Content{Kind: core.KindVideo, Object: true, Body: []byte(`{"url":"` + b.platform.URL() + "/video/" + film + `"}`)}, "video", "media_id"},
		{core.Content{Kind: core.KindImage, Body: []byte("http://127.0.0.1:1/secret.jpg")}, "text", "http://127.0.0.1:1/secret.jpg"},
		{core.Content{Kind: core.KindLink, Object: true, Body: []byte(`{"url":"http://l","title":"t","description":"d"}`)}, "news", `"url":"http://l"`},
		{core.Content{Kind: core.KindLocation, Object: true, Body: []byte(`{"description":"here","latitude":1.5,"longitude":2}`)}, "text", `1.5, 2`},
		{core.Content{Kind: core.KindFile, Object: true, Body: []byte(`{"url":"http://f","name":"a.zip"}`)}, "text", `a.zip`},
		{core.Content{Kind: core.KindCustom, Body: []byte("custom")}, "text", "custom"},
	} {
		must[[]core.Delivery](t)(account.Send(t.Context(), core.Outgoing{To: []string{follower(0)}, Content: tt.content}))
		b.until("message "+tt.holds, func() bool { return len(b.platform.Services()) > i })
		sent := b.platform.Services()[i]
		if sent.To != follower(0) || sent.Type != tt.kind || !strings.Contains(string(sent.Body), tt.holds) {
			t.Errorf("%s went out as %s %s", tt.content.Body, sent.Type, sent.Body)
		}
	}
	if n := len(b.platform.Services()); n != 10 {
		t.Errorf("%d messages went out", n)
	}
}

// TestMessagesGoOutOnce keeps their order and sends none twice, whatever ends in between.
func TestMessagesGoOutOnce(t *testing.T) {
	b, account := connected(t)
	stranger := must[*core.User](t)(b.engine.Register(t.Context(), b.app, core.NewUser{ID: "stranger"}))
	send := func(to, text string) {
		must[[]core.Delivery](t)(account.Send(t.Context(), core.Outgoing{To: []string{to}, Content: core.Content{Kind: core.KindText, Body: []byte(text)}}))
	}
	send(stranger.ID, "not for a follower")
	b.platform.Fail("message/custom/send", 1, wechattest.Drop())
	send(follower(0), "dropped")
	b.until("the dropped one", func() bool { return len(b.platform.Services()) == 1 })
	b.platform.Fail("message/custom/send", 1, wechattest.Refuse(45015, "response out of time limit"))
	send(follower(0), "refused")
	send(follower(0), "last")
	b.until("the last one", func() bool { return len(b.platform.Services()) == 2 })
	b.close()
	b.open(b.store)
	b.pusher.URL = b.url()
	users := must[[]*core.User](t)(b.engine.Accounts(t.Context(), b.app, []string{originalID}))
	account = b.engine.As(core.Caller{App: b.app, User: users[0]})
	send(follower(0), "after")
	b.until("the one after", func() bool { return len(b.platform.Services()) == 3 })
	var texts []string
	for _, s := range b.platform.Services() {
		texts = append(texts, s.Text)
	}
	if got := strings.Join(texts, ", "); got != "dropped, last, after" {
		t.Errorf("went out: %s", got)
	}
	failure := must[string](t)(b.service.Cursor(t.Context(), b.account.ID, "undelivered"))
	if !strings.Contains(failure, "45015") || !strings.Contains(failure, follower(0)) {
		t.Errorf("noted %q", failure)
	}
}

// TestMessagesWaitForThePlatform sends while nobody is there.
func TestMessagesWaitForThePlatform(t *testing.T) {
	b, account := connected(t)
	url := b.platform.URL()
	if err := b.platform.Close(); err != nil {
		t.Fatal(err)
	}
	must[[]core.Delivery](t)(account.Send(t.Context(), core.Outgoing{To: []string{follower(0)}, Content: core.Content{Kind: core.KindText, Body: []byte("hello")}}))
	b.close()
	platform, err := wechattest.NewServer(wechattest.Options{Followers: 5, Address: strings.TrimPrefix(url, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = platform.Close() })
	b.platform = platform
	b.open(b.store)
	b.until("the message", func() bool { return len(platform.Services()) == 1 })
}
