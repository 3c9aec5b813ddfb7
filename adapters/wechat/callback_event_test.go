package wechat_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core/official"
)

// TestEvents pushes every event in every mode.
func TestEvents(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{mode: mode, platform: wechattest.Options{Followers: 20}})
			b.rule(official.RuleSubscribe, b.text("welcome"))
			b.rule(official.RuleDefault, b.text("default"))
			bound, unbound := b.buttons()
			p, from := b.pusher, wechattest.OpenID(3)
			for _, tt := range []struct {
				event, key, ticket, want string
			}{
				{"subscribe", "", "", "welcome"},
				{"subscribe", "qrscene_12", "ticket", "welcome"},
				{"SCAN", "12", "ticket", ""},
				{"CLICK", bound, "", "pressed"},
				{"CLICK", unbound, "", "default"},
				{"CLICK", "gone", "", "default"},
				{"VIEW", "http://example.com", "", ""},
				{"LOCATION", "", "", ""},
				{"view_miniprogram", "", "", ""},
				{"unsubscribe", "", "", ""},
			} {
				reply := b.push(p.Event(from, tt.event, tt.key, tt.ticket))
				if got := saidBy(reply); got != tt.want {
					t.Errorf("%s %s is answered with %q, not %q", tt.event, tt.key, got, tt.want)
				}
				f, err := b.service.Follower(t.Context(), b.account.ID, from)
				if err != nil || f.Subscribed != (tt.event != "unsubscribe") {
					t.Errorf("after %s the follower is %+v, %v", tt.event, f, err)
				}
			}
			if page := must[official.InboundPage](t)(b.service.ListInbound(t.Context(), b.account.ID, official.InboundQuery{Page: official.Page{Limit: 10}})); page.Total != 0 {
				t.Errorf("%d events are listed", page.Total)
			}
			b.push(p.Event(from, "subscribe", "", "").At(time.Now().Add(time.Hour)))
			b.idle("profile", from)
			f := must[*official.Follower](t)(b.service.Follower(t.Context(), b.account.ID, from))
			if f.Nickname != wechattest.Nickname(3) || !f.Subscribed {
				t.Errorf("the follower is %+v", f)
			}
		})
	}
}

func saidBy(r *wechattest.Reply) string {
	if r == nil {
		return ""
	}
	return r.Content
}

// buttons makes a button with a reply and imports one without, and returns their keycodes.
func (b *backstage) buttons() (bound, unbound string) {
	b.t.Helper()
	ctx, account := b.t.Context(), b.account.ID
	err := b.service.ReplaceMenu(ctx, account, []official.ButtonInput{
		{Name: "a", Type: official.ButtonClick, Keycode: "first"}, {Name: "b", Type: official.ButtonClick, Keycode: "imported"},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	menu := must[[]*official.Button](b.t)(b.service.Menu(ctx, account))
	if err := b.service.BindButton(ctx, account, menu[0].ID, b.text("pressed")); err != nil {
		b.t.Fatal(err)
	}
	menu = must[[]*official.Button](b.t)(b.service.Menu(ctx, account))
	return menu[0].Keycode, menu[1].Keycode
}

func TestLeaversAreForgottenIfWanted(t *testing.T) {
	for _, forget := range []bool{false, true} {
		b := newBackstage(t, backstageOptions{worker: wechat.WorkerOptions{ForgetLeavers: forget}})
		if _, err := b.service.Subscribe(t.Context(), b.account.ID, "oA", 1000, &official.Profile{Nickname: "Ann"}); err != nil {
			t.Fatal(err)
		}
		b.push(b.pusher.Event("oA", "unsubscribe", "", ""))
		f := must[*official.Follower](t)(b.service.Follower(t.Context(), b.account.ID, "oA"))
		if f.Subscribed || (f.Nickname == "") != forget {
			t.Errorf("forget %v leaves %+v", forget, f)
		}
	}
}

// TestDuplicatesGetTheSameReply delivers messages again: nothing happens twice.
func TestDuplicatesGetTheSameReply(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.rule(official.RuleDefault, b.text("first"))
	for _, m := range []wechattest.Message{
		b.pusher.Text("oA", 7, "hello"), b.pusher.Event("oA", "CLICK", "gone", ""),
	} {
		first := must[*wechattest.Answer](t)(b.pusher.Push(t.Context(), m))
		b.rule(official.RuleDefault, b.text("changed meanwhile"))
		again := must[*wechattest.Answer](t)(b.pusher.Push(t.Context(), m))
		if string(first.Raw) != string(again.Raw) || first.Reply == nil {
			t.Errorf("first  %s\nagain  %s", first.Raw, again.Raw)
		}
		b.rule(official.RuleDefault, b.text("first"))
	}
	if shown := b.heard("oA"); len(shown) != 3 {
		t.Errorf("%d messages are shown", len(shown))
	}
	// A new process has forgotten the reply and gives it once more.
	b.reopen()
	if reply := b.push(b.pusher.Text("oA", 7, "hello")); saidBy(reply) != "first" {
		t.Errorf("answered %+v", reply)
	}
	if shown := b.heard("oA"); len(shown) != 3 {
		t.Errorf("%d messages are shown", len(shown))
	}
}

func TestManyAtOnce(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.rule(official.RuleDefault, b.text("reply"))
	done := make(chan string, 64)
	for i := range 64 {
		go func() {
			answer, err := b.pusher.Push(t.Context(), b.pusher.Text("oA", int64(1+i%8), "hello"))
			if err != nil {
				done <- err.Error()
				return
			}
			done <- saidBy(answer.Reply)
		}()
	}
	for range 64 {
		if got := <-done; got != "reply" {
			t.Errorf("answered %q", got)
		}
	}
	if shown := b.heard("oA"); len(shown) != 16 {
		t.Errorf("%d messages are shown", len(shown))
	}
}

func TestTextsLongerThanTheirBounds(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.push(b.pusher.Text("oA", 1, strings.Repeat("长", 3000)))
	in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, "1"))
	if in.Content != strings.Repeat("长", 2000) {
		t.Errorf("%d bytes are stored", len(in.Content))
	}
}

func TestFinishOfUnknownMassSend(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	for _, m := range []wechattest.Message{
		b.pusher.MassFinished(wechattest.Mass{ID: 99, To: []string{"oA", "oB"}}, 0),
		b.pusher.Event("oA", "MASSSENDJOBFINISH", "", ""),
	} {
		if reply := b.push(m); reply != nil {
			t.Errorf("answered %+v", reply)
		}
	}
}

func TestKeywords(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.rule("exact", b.text("exactly"), official.KeywordInput{Content: "Price"})
	b.rule("fuzzy", b.text("about"), official.KeywordInput{Content: "weather", Fuzzy: true})
	b.rule("music", official.Reply{ID: "m", Type: official.ReplyMusic}, official.KeywordInput{Content: "play"})
	b.rule("gone", official.Reply{ID: "gone", Type: official.ReplyText}, official.KeywordInput{Content: "gone"})
	p := b.pusher
	for i, tt := range []struct {
		said, want string
		answered   bool
	}{
		{"price", "exactly", true},
		{" PRICE ", "exactly", true},
		{"how is the Weather?", "about", true},
		{"nothing", "", false},
		{"play", "", false},
		{"gone", "", false},
	} {
		id := int64(10 + i)
		if got := saidBy(b.push(p.Text("oA", id, tt.said))); got != tt.want {
			t.Errorf("%q is answered with %q", tt.said, got)
		}
		in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, strconv.FormatInt(id, 10)))
		if in.Answered != tt.answered {
			t.Errorf("%q: answered is %v", tt.said, in.Answered)
		}
	}
	b.rule(official.RuleDefault, b.text("default"))
	for i, tt := range []struct {
		message wechattest.Message
		want    string
	}{
		{p.Text("oA", 20, "play"), "default"},
		{p.Text("oA", 21, "gone"), "default"},
		{p.Voice("oA", 22, "m", "amr", "price"), "exactly"},
		{p.Voice("oA", 23, "m", "amr", "else"), "default"},
		{p.Voice("oA", 24, "m", "amr", ""), "default"},
	} {
		if got := saidBy(b.push(tt.message)); got != tt.want {
			t.Errorf("message %d is answered with %q", i, got)
		}
	}
	if in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, "22")); in.Answered {
		t.Error("a voice is marked as answered by a keyword")
	}
}
