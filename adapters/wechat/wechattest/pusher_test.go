package wechattest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
)

const (
	token = "Tok3n"
	appID = "wxappid"
	key   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// callback is the other side: it reads what is pushed and says the text back, in the form in which it came.
func callback(t *testing.T, got func(*weixin.Inbound)) http.HandlerFunc {
	sealer, err := weixin.NewSealer(key, appID)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if !weixin.Signed(q.Get("signature"), token, q.Get("timestamp"), q.Get("nonce"), "") {
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, q.Get("echostr"))
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		m, err := weixin.ParseInbound(body)
		if err != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		sealed := q.Get("encrypt_type") == "aes"
		if sealed {
			if !weixin.Signed(q.Get("msg_signature"), token, q.Get("timestamp"), q.Get("nonce"), m.Encrypt) {
				t.Error("the signature of the sealed text is wrong")
			}
			text, err := sealer.Open(m.Encrypt)
			if err != nil {
				t.Error(err)
			}
			plain := m.MsgType
			if m, err = weixin.ParseInbound(text); err != nil {
				t.Error(err)
			}
			if plain != "" && plain != m.MsgType {
				t.Errorf("%s and %s", plain, m.MsgType)
			}
		}
		got(m)
		if m.Content == "" {
			_, _ = io.WriteString(w, weixin.Success)
			return
		}
		reply := weixin.Reply{To: m.FromUserName, From: m.ToUserName, Created: 1}.AppendText(nil, m.Content)
		if sealed {
			reply = weixin.AppendSealedReply(nil, sealer, token, 1, "n", reply)
		}
		_, _ = w.Write(reply)
	}
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestPusherModes(t *testing.T) {
	var last *weixin.Inbound
	url := serve(t, callback(t, func(m *weixin.Inbound) { last = m }))
	for _, mode := range []wechattest.Mode{wechattest.Plain, wechattest.Compatible, wechattest.Safe} {
		p := &wechattest.Pusher{URL: url, Account: "gh_1", Token: token, Mode: mode, AppID: appID, EncodingKey: key}
		if err := p.Handshake(t.Context()); err != nil {
			t.Fatal(err)
		}
		const content = "你好 ]]> <&> 😀"
		a, err := p.Push(t.Context(), p.Text("o1", 7, content))
		if err != nil || a.Attempts != 1 || a.Sealed != (mode != wechattest.Plain) || a.Reply == nil ||
			a.Reply.Content != content || a.Reply.To != "o1" || a.Reply.From != "gh_1" || a.Reply.Type != "text" {
			t.Errorf("mode %d: %+v, %v", mode, a, err)
		}
		if last.MsgID != "7" || last.CreateTime == "" {
			t.Errorf("mode %d: %+v", mode, last)
		}
		for name, m := range map[string]wechattest.Message{
			"image": p.Image("o1", 1, "http://p", "m"), "voice": p.Voice("o1", 1, "m", "amr", "a"), "video": p.Video("o1", 1, "m", "t"),
			"location": p.Location("o1", 1, "1.5", "2.5", "20", "l"), "link": p.Link("o1", 1, "t", "d", "u"), "event": p.Event("o1", "CLICK", "k", "T").At(time.Unix(5, 0)),
		} {
			a, err := p.Push(t.Context(), m)
			if err != nil || a.Reply != nil || last.MsgType != name {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
	}
	stranger := &wechattest.Pusher{URL: url, Token: "wrong"}
	if err := stranger.Handshake(t.Context()); !errors.Is(err, wechattest.ErrAnswer) {
		t.Errorf("a stranger: %v", err)
	}
	if _, err := stranger.Push(t.Context(), stranger.Text("o", 1, "a")); !errors.Is(err, wechattest.ErrAnswer) {
		t.Errorf("a stranger: %v", err)
	}
}

func TestPusherRetries(t *testing.T) {
	var count atomic.Int64
	release := make(chan struct{})
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch count.Add(1) {
		case 1:
			select {
			case <-release:
			case <-r.Context().Done():
			}
		case 2:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	p := &wechattest.Pusher{URL: url, Account: "gh_1", Token: token, Wait: 20 * time.Millisecond, Retries: 2}
	a, err := p.Push(t.Context(), p.Text("o", 1, "a"))
	close(release)
	if err != nil || a.Attempts != 3 || a.Reply != nil {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestPusherRefusesAnswers(t *testing.T) {
	v := weixin.Reply{To: "o", From: "gh", Created: 1}
	sealer, err := weixin.NewSealer(key, appID)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		mode   wechattest.Mode
		answer []byte
	}{
		"JSON": {wechattest.Plain, []byte(`{"code":500}`)}, "another word": {wechattest.Plain, []byte("ok")}, "no type": {wechattest.Plain, []byte("<xml></xml>")},
		"plain in safe mode":  {wechattest.Safe, v.AppendText(nil, "a")},
		"signed by a strange": {wechattest.Safe, weixin.AppendSealedReply(nil, sealer, "wrong", 1, "n", v.AppendText(nil, "a"))},
		"a wrong count":       {wechattest.Plain, []byte("<xml><MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles><item></item></Articles></xml>")},
	} {
		url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(test.answer) }))
		p := &wechattest.Pusher{URL: url, Account: "gh", Token: token, Mode: test.mode, AppID: appID, EncodingKey: key}
		if a, err := p.Push(t.Context(), p.Text("o", 1, "a")); !errors.Is(err, wechattest.ErrAnswer) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
