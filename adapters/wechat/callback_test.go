package wechat_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
)

var modes = map[string]wechattest.Mode{"plain": wechattest.Plain, "compatible": wechattest.Compatible, "safe": wechattest.Safe}

func TestHandshake(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	if err := b.pusher.Handshake(t.Context()); err != nil {
		t.Error(err)
	}
	b.pusher.Token = "another1"
	if err := b.pusher.Handshake(t.Context()); err == nil {
		t.Error("a wrong signature is answered with the echo")
	}
}

// TestMessagesOfEveryType pushes every type in every mode, and looks at what is stored, answered, and shown to the app.
func TestMessagesOfEveryType(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{mode: mode})
			b.rule(official.RuleDefault, b.text("default ]]> reply"))
			p, from := b.pusher, "oFollower"
			picture := b.platform.AddMedia("image", "a.jpg", "image/jpeg", []byte("picture"))
			sound := b.platform.AddMedia("voice", "a.amr", "audio/amr", []byte("sound"))
			film := b.platform.AddMedia("video", "a.mp4", "video/mp4", []byte("film"))
			for i, tt := range []struct {
				message wechattest.Message
				want    official.Inbound
				kind    core.Kind
				body    string
			}{
				{
					p.Text(from, 101, "hello & <你好> 😀"),
					official.Inbound{Kind: official.InboundText, Content: "hello & <你好> 😀"},
					core.KindText, "hello & <你好> 😀",
				},
				{
					p.Image(from, 102, "http://mmbiz.example/p", picture),
					official.Inbound{Kind: official.InboundImage, MediaID: picture, PictureURL: "http://mmbiz.example/p"},
					core.KindImage, `{"url":"MEDIA"}`,
				},
				{
					p.Voice(from, 103, sound, "amr", "said"),
					official.Inbound{Kind: official.InboundVoice, MediaID: sound, Format: "amr", Recognition: "said"},
					core.KindVoice, `{"url":"MEDIA","type":"amr","text":"said"}`,
				},
				{
					p.Video(from, 104, film, picture),
					official.Inbound{Kind: official.InboundVideo, MediaID: film, ThumbMediaID: picture},
					core.KindVideo, `{"url":"MEDIA","thumbnail":"THUMB"}`,
				},
				{
					p.Location(from, 105, "23.134521", "113.358803", "20", "here"),
					official.Inbound{Kind: official.InboundLocation, Latitude: "23.134521", Longitude: "113.358803", Scale: "20", Label: "here"},
					core.KindLocation, `{"description":"here","latitude":23.134521,"longitude":113.358803,"scale":20}`,
				},
				{
					p.Link(from, 106, "title", "about", "http://example.com/a?b=c&d=e"),
					official.Inbound{Kind: official.InboundLink, Title: "title", Description: "about", URL: "http://example.com/a?b=c&d=e"},
					core.KindLink, `{"url":"http://example.com/a?b=c&d=e","title":"title","description":"about"}`,
				},
			} {
				reply := b.push(tt.message)
				if reply == nil || reply.Type != "text" || reply.Content != "default ]]> reply" || reply.To != from || reply.From != originalID {
					t.Fatalf("message %d was answered with %+v", i, reply)
				}
				id := strconv.Itoa(101 + i)
				b.idle("media", id)
				got := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, id))
				body := strings.NewReplacer("MEDIA", baseURL+"/media/"+b.account.ID+"/"+got.Copy, "THUMB", baseURL+"/media/"+b.account.ID+"/"+got.ThumbCopy).Replace(tt.body)
				if tt.want.MediaID != "" && got.Copy == "" || tt.want.ThumbMediaID != "" && got.ThumbCopy == "" {
					t.Errorf("message %d has no copy: %+v", i, got)
				}
				tt.want.ID, tt.want.Sender, tt.want.Time, tt.want.Copy, tt.want.ThumbCopy = id, from, got.Time, got.Copy, got.ThumbCopy
				if *got != tt.want {
					t.Errorf("stored  %+v\nwant    %+v", got, tt.want)
				}
				var shown *core.Message
				for _, m := range b.heard(from) {
					if !m.Own && m.Content.Kind == tt.kind {
						shown = &m
					}
				}
				if shown == nil || string(shown.Content.Body) != body || shown.Time != got.Time || shown.Content.Origin != "wechat" {
					t.Errorf("shown %+v\nwant %s", shown, body)
				}
			}
			own := 0
			for _, m := range b.heard(from) {
				if m.Own && string(m.Content.Body) == "default ]]> reply" {
					own++
				}
			}
			if own != 6 {
				t.Errorf("%d replies are shown", own)
			}
		})
	}
}

func TestCopiesHoldTheMedia(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	film := b.platform.AddMedia("video", "a.mp4", "video/mp4", []byte("film"))
	b.push(b.pusher.Video("oA", 1, film, "").With("x", ""))
	b.idle("media", "1")
	in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, "1"))
	m := must[*official.Media](t)(b.service.Media(t.Context(), b.account.ID, in.Copy, official.KindReceived))
	content := must[official.Content](t)(b.service.OpenMedia(t.Context(), b.account.ID, m))
	if text := must[[]byte](t)(io.ReadAll(content)); string(text) != "film" || m.Name != "1.mp4" {
		t.Errorf("the copy %s is %q", m.Name, text)
	}
}

func TestMediaThatAreGone(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.push(b.pusher.Voice("oA", 1, "gone", "amr", ""))
	b.idle("media", "1")
	in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, "1"))
	if in.Copy != "" {
		t.Errorf("there is a copy %s", in.Copy)
	}
	if shown := b.heard("oA"); len(shown) != 1 || string(shown[0].Content.Body) != `{"type":"amr"}` {
		t.Errorf("shown %+v", shown)
	}
}

func TestWrongSignatureLeavesNoTrace(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{mode: mode})
			b.pusher.Token = "another1"
			if _, err := b.pusher.Push(t.Context(), b.pusher.Text("oA", 1, "hello")); err == nil || !strings.Contains(err.Error(), "status 403") {
				t.Errorf("answered %v", err)
			}
			if _, err := b.service.Inbound(t.Context(), b.account.ID, "1"); core.CodeOf(err) != core.NotFound {
				t.Errorf("the message is there: %v", err)
			}
			if b.heard("oA") != nil {
				t.Error("the app has heard of it")
			}
		})
	}
}

func TestUnknownAccount(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.pusher.URL = strings.Replace(b.pusher.URL, b.account.ID, strings.Repeat("0", 32), 1)
	if _, err := b.pusher.Push(t.Context(), b.pusher.Text("oA", 1, "hello")); err == nil || !strings.Contains(err.Error(), "status 404") {
		t.Errorf("answered %v", err)
	}
}

// signed posts a body with a signature of its own.
func (b *backstage) signed(nonce string, at time.Time, body string) (int, string) {
	b.t.Helper()
	stamp := strconv.FormatInt(at.Unix(), 10)
	query := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {weixin.Signature(b.account.Token, stamp, nonce, "")}}
	answer, err := http.Post(b.pusher.URL+"?"+query.Encode(), "text/xml", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return answer.StatusCode, string(must[[]byte](b.t)(io.ReadAll(answer.Body)))
}

func TestSignaturesAreForOneBodyAndForNow(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	body := string(b.pusher.Text("oA", 1, "hello").XML())
	other := string(b.pusher.Text("oA", 2, "forged").XML())
	now := b.now()
	for _, tt := range []struct {
		nonce, body string
		age         time.Duration
		status      int
	}{
		{"n1", body, 0, 200},
		{"n1", body, 0, 200},
		{"n1", other, 0, 403},
		{"n2", body, 6 * time.Minute, 403},
		{"n3", body, -6 * time.Minute, 403},
		{"n4", body, 4 * time.Minute, 200},
	} {
		if status, text := b.signed(tt.nonce, now.Add(-tt.age), tt.body); status != tt.status {
			t.Errorf("%s aged %v: %d %s", tt.nonce, tt.age, status, text)
		}
	}
	if _, err := b.service.Inbound(t.Context(), b.account.ID, "2"); core.CodeOf(err) != core.NotFound {
		t.Errorf("the forged message is there: %v", err)
	}
}

// TestNonsenseIsAnsweredWithSuccess sends what is signed and can not be understood.
func TestNonsenseIsAnsweredWithSuccess(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.rule(official.RuleDefault, b.text("default"))
	for i, body := range []string{
		"", "hello", "<xml>", "<xml></xml>", `<!DOCTYPE a [<!ENTITY b "c">]><xml><MsgType>text</MsgType></xml>`,
		string(b.pusher.Text("oA", 0, "no number").XML()), string(b.pusher.Text("", 5, "no sender").XML()),
		string(wechattest.Message{{Name: "FromUserName", Value: "oA"}, {Name: "MsgType", Value: "unheard"}, {Name: "MsgId", Value: "7"}}.XML()),
		"<xml>" + strings.Repeat(" ", weixin.MaxInbound) + "</xml>",
	} {
		if status, text := b.signed("n"+strconv.Itoa(i), b.now(), body); status != 200 || text != "success" {
			t.Errorf("%.60q: %d %s", body, status, text)
		}
	}
}

// TestSealedWithoutKey receives sealed callbacks where the account has no key: compatible ones are readable all the same.
func TestSealedWithoutKey(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	b.rule(official.RuleDefault, b.text("default"))
	b.pusher.Mode = wechattest.Compatible
	if reply := b.push(b.pusher.Text("oA", 1, "hello")); reply == nil || reply.Content != "default" {
		t.Errorf("answered %+v", reply)
	}
	b.pusher.Mode = wechattest.Safe
	if reply := b.push(b.pusher.Text("oA", 2, "hello")); reply != nil {
		t.Errorf("answered %+v", reply)
	}
}
