package wechat_test

import (
	"fmt"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core/official"
)

// TestRepliesOfEveryType answers a message and an event with every type of reply.
func TestRepliesOfEveryType(t *testing.T) {
	for name, mode := range modes {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{mode: mode})
			image, voice := b.media(official.KindImage, "a.jpg", "image"), b.media(official.KindVoice, "a.amr", "voice")
			video := b.media(official.KindVideo, "a.mp4", "video")
			if err := b.service.DescribeMedia(t.Context(), b.account.ID, video.ID, "title", "about"); err != nil {
				t.Fatal(err)
			}
			news := b.news(3)
			var id int64
			for _, tt := range []struct {
				reply           official.Reply
				message, event  string
				uploads         int
				shownAs, newest string
			}{
				{b.text("hello"), "text hello", "text hello", 0, "hello", ""},
				{official.Reply{ID: image.ID, Type: official.ReplyImage}, "image", "image", 1, `{"url":"` + baseURL + "/media/" + b.account.ID + "/" + image.ID + `"}`, ""},
				{official.Reply{ID: voice.ID, Type: official.ReplyVoice}, "voice", "voice", 1, `{"url":"` + baseURL + "/media/" + b.account.ID + "/" + voice.ID + `"}`, ""},
				{
					official.Reply{ID: video.ID, Type: official.ReplyVideo},
					"video title about", "video title about", 1,
					`{"url":"` + baseURL + "/media/" + b.account.ID + "/" + video.ID + `","title":"title","description":"about"}`, "",
				},
				{official.Reply{ID: news, Type: official.ReplyNews}, "news title 0", "news title 0 title 1 title 2", 0, "", ""},
				{official.Reply{ID: "any", Type: official.ReplyMusic}, "none", "none", 0, "", ""},
			} {
				b.rule(official.RuleDefault, tt.reply)
				before := b.platform.Count("media/upload")
				id++
				from := fmt.Sprint("oF", id)
				if got := describe(b.push(b.pusher.Text(from, id, "hello"))); got != tt.message {
					t.Errorf("%s: a message is answered with %s", tt.reply.Type, got)
				}
				if got := describe(b.push(b.pusher.Event(from, "CLICK", "gone", ""))); got != tt.event {
					t.Errorf("%s: an event is answered with %s", tt.reply.Type, got)
				}
				if got := b.platform.Count("media/upload") - before; got != tt.uploads {
					t.Errorf("%s: uploaded %d times", tt.reply.Type, got)
				}
				if shown := b.heard(from); tt.shownAs != "" && (len(shown) != 3 || string(shown[1].Content.Body) != tt.shownAs) {
					t.Errorf("%s is shown as %s", tt.reply.Type, shown[1].Content.Body)
				}
			}
		})
	}
}

// describe is a reply in a few words.
func describe(r *wechattest.Reply) string {
	if r == nil {
		return "none"
	}
	text := r.Type
	switch r.Type {
	case "text":
		text += " " + r.Content
	case "image":
		if r.Image.MediaID == "" {
			text += " without media"
		}
	case "voice":
		if r.Voice.MediaID == "" {
			text += " without media"
		}
	case "video":
		text += " " + r.Video.Title + " " + r.Video.Description
		if r.Video.MediaID == "" {
			text += " without media"
		}
	}
	for _, a := range r.Articles {
		text += " " + a.Title
	}
	return text
}

func TestArticlesLinkHere(t *testing.T) {
	b := newBackstage(t, backstageOptions{bare: true})
	b.rule(official.RuleDefault, official.Reply{ID: b.news(1), Type: official.ReplyNews})
	reply := b.push(b.pusher.Text("oA", 1, "hello"))
	if reply == nil || len(reply.Articles) != 1 {
		t.Fatalf("answered %+v", reply)
	}
	a := reply.Articles[0]
	var page, cover string
	if _, err := fmt.Sscanf(a.URL, baseURL+"/page/"+b.account.ID+"/%s", &page); err != nil {
		t.Errorf("the page is at %s", a.URL)
	}
	if _, err := fmt.Sscanf(a.PicURL, baseURL+"/media/"+b.account.ID+"/%s", &cover); err != nil {
		t.Errorf("the cover is at %s", a.PicURL)
	}
	if article := must[*official.Article](t)(b.service.Article(t.Context(), b.account.ID, page)); article.ImageID != cover || a.Description != article.Digest {
		t.Errorf("%+v of %+v", a, article)
	}
}

func TestUploadsAreRenewed(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	image := b.media(official.KindImage, "a.jpg", "image")
	b.rule(official.RuleDefault, official.Reply{ID: image.ID, Type: official.ReplyImage})
	ask := func(id int64, uploads int) {
		t.Helper()
		if got := describe(b.push(b.pusher.Text("oA", id, "hello"))); got != "image" {
			t.Errorf("answered %s", got)
		}
		if got := b.platform.Count("media/upload"); got != uploads {
			t.Errorf("uploaded %d times, not %d", got, uploads)
		}
	}
	ask(1, 1)
	ask(2, 1)
	b.close()
	b.ahead = 73 * time.Hour
	b.pusher.Now = b.now
	b.open(b.store)
	b.pusher.URL = b.url()
	ask(3, 2)
}

func follower(i int) string { return wechattest.OpenID(i) }

// TestSlowPlatform answers in time whatever happens behind, and sends the reply by the customer service's call.
func TestSlowPlatform(t *testing.T) {
	for name, failure := range map[string]wechattest.Failure{
		"hangs": wechattest.Hang(), "breaks down": wechattest.BadGateway(), "is busy": wechattest.Refuse(-1, "system busy"),
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 2}, worker: wechat.WorkerOptions{ReplyWait: 200 * time.Millisecond}})
			image := b.media(official.KindImage, "a.jpg", "image")
			b.rule("image", official.Reply{ID: image.ID, Type: official.ReplyImage}, official.KeywordInput{Content: "picture"})
			b.platform.Fail("media/upload", 1, failure)
			m := b.pusher.Text(follower(0), 1, "picture")
			if reply := b.push(m); reply != nil {
				t.Errorf("answered %+v", reply)
			}
			if reply := b.push(m); reply != nil { // delivered again
				t.Errorf("answered %+v", reply)
			}
			b.idle("reply", "1")
			sent := b.platform.Services()
			if len(sent) != 1 || sent[0].To != follower(0) || sent[0].Type != "image" {
				t.Errorf("sent %+v", sent)
			}
			in := must[*official.Inbound](t)(b.service.Inbound(t.Context(), b.account.ID, "1"))
			if shown := b.heard(follower(0)); len(shown) != 2 || !shown[1].Own || !in.Answered {
				t.Errorf("shown %+v of %+v", shown, in)
			}
		})
	}
}

// TestLateReplyIsSentOnceAtMost ends the process where nobody knows whether the platform has got the call.
func TestLateReplyIsSentOnceAtMost(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 2}, worker: wechat.WorkerOptions{ReplyWait: 200 * time.Millisecond}})
	image := b.media(official.KindImage, "a.jpg", "image")
	b.rule(official.RuleDefault, official.Reply{ID: image.ID, Type: official.ReplyImage})
	b.platform.Fail("media/upload", 1, wechattest.Hang())
	b.platform.Fail("message/custom/send", 1, wechattest.Drop())
	b.push(b.pusher.Text(follower(0), 1, "hello"))
	b.idle("reply", "1")
	b.reopen()
	b.push(b.pusher.Text(follower(1), 2, "hello")) // another one, by which time the first would have been sent again
	if sent := b.platform.Services(); len(sent) != 1 {
		t.Errorf("sent %d times", len(sent))
	}
}

func TestRefusedUploadGivesTheDefault(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	image := b.media(official.KindImage, "a.jpg", "image")
	b.rule("image", official.Reply{ID: image.ID, Type: official.ReplyImage}, official.KeywordInput{Content: "picture"})
	b.rule(official.RuleDefault, b.text("default"))
	b.platform.Fail("media/upload", 1, wechattest.Refuse(45009, "reach max api daily quota limit"))
	if got := describe(b.push(b.pusher.Text("oA", 1, "picture"))); got != "text default" {
		t.Errorf("answered %s", got)
	}
}
