package wechat_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
	"parley/core"
	"parley/core/official"
	"parley/storage/storagetest"
)

// follow makes so many followers of the platform's followers here.
func (b *backstage) follow(count int) {
	b.t.Helper()
	for begin := 0; begin < count; begin += 500 {
		var some []official.FollowerUpdate
		for i := begin; i < min(begin+500, count); i++ {
			some = append(some, official.FollowerUpdate{OpenID: follower(i), Subscribed: true, SubscribeTime: int64(1 + i)})
		}
		if err := b.service.UpsertFollowers(b.t.Context(), b.account.ID, some); err != nil {
			b.t.Fatal(err)
		}
	}
}

// massSend sends to all followers.
func (b *backstage) massSend(kind, material string) error {
	return b.worker.MassSend(b.t.Context(), b.account.ID, official.MassSendInput{
		Audience: official.Selection{Group: official.GroupAll}, Type: kind, Material: material,
	})
}

// mass returns the newest mass send.
func (b *backstage) mass() *official.MassSend {
	b.t.Helper()
	page := must[official.MassSendPage](b.t)(b.service.MassSends(b.t.Context(), b.account.ID, official.Page{Limit: 1}))
	if len(page.MassSends) == 0 {
		return nil
	}
	return page.MassSends[0]
}

func TestMassSendOfEveryType(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 3}})
	b.follow(3)
	image, voice := b.media(official.KindImage, "a.jpg", "image"), b.media(official.KindVoice, "a.amr", "voice")
	video, news := b.media(official.KindVideo, "a.mp4", "video"), b.news(2)
	for i, tt := range []struct{ kind, material, upstream, shown string }{
		{"text", b.text("hello all").ID, "text", "hello all"},
		{"image", image.ID, "image", `{"url":"` + baseURL + "/media/" + b.account.ID + "/" + image.ID + `"}`},
		{"voice", voice.ID, "voice", `{"url":"` + baseURL + "/media/" + b.account.ID + "/" + voice.ID + `"}`},
		{"mpvideo", video.ID, "mpvideo", `{"url":"` + baseURL + "/media/" + b.account.ID + "/" + video.ID + `"}`},
		{"video", video.ID, "mpvideo", ""},
		{"mpnews", news, "mpnews", ""},
		{"news", news, "mpnews", ""},
	} {
		if err := b.massSend(tt.kind, tt.material); err != nil {
			t.Errorf("%s: %v", tt.kind, err)
			continue
		}
		masses := b.platform.Masses()
		if len(masses) != i+1 || masses[i].Type != tt.upstream || len(masses[i].To) != 3 || masses[i].Preview {
			t.Errorf("%s: taken %+v", tt.kind, masses)
		}
		record := b.mass()
		if record.Status != official.MassSending || record.Type != tt.kind || record.Size != 3 || record.Chunks[0].MessageID != masses[i].ID {
			t.Errorf("%s: recorded %+v", tt.kind, record)
		}
		if want := record.ID + "-0"; masses[i].ClientID != want {
			t.Errorf("the client id is %s", masses[i].ClientID)
		}
		for f := range 3 {
			shown := b.heard(follower(f))
			if len(shown) != i+1 || !shown[i].Own || tt.shown != "" && string(shown[i].Content.Body) != tt.shown {
				t.Errorf("%s: shown %+v", tt.kind, shown)
			}
		}
		b.push(b.pusher.MassFinished(masses[i], 1))
		if record := b.mass(); record.Status != "send success" || record.Counts == nil || *record.Counts != (official.Counts{Total: 3, Filtered: 3, Sent: 2, Failed: 1}) {
			t.Errorf("%s: in the end %+v %+v", tt.kind, record, record.Counts)
		}
	}
	if uploads := b.platform.Count("media/upload"); uploads != 4 { // image, voice, video, cover
		t.Errorf("uploaded %d times", uploads)
	}
}

// TestMassSendOfTwoParts has the platform report different ends of the parts: that of one is not that of the whole.
func TestMassSendOfTwoParts(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: official.MaxChunk + 1}})
	b.follow(official.MaxChunk + 1)
	if err := b.massSend("text", b.text("hello").ID); err != nil {
		t.Fatal(err)
	}
	b.idle("mass", b.mass().ID)
	parts := b.platform.Masses()
	if len(parts) != 2 {
		t.Fatalf("%d parts", len(parts))
	}
	b.push(b.pusher.MassFinished(parts[0], 0))
	if record := b.mass(); record.Status != official.MassSending {
		t.Errorf("after the first part %s", record.Status)
	}
	b.push(b.pusher.MassFinished(parts[1], len(parts[1].To)))
	want := official.Counts{Total: official.MaxChunk + 1, Filtered: official.MaxChunk + 1, Sent: int64(len(parts[0].To)), Failed: int64(len(parts[1].To))}
	if record := b.mass(); record.Status != "send fail" || record.Counts == nil || *record.Counts != want {
		t.Errorf("in the end %s %+v", record.Status, record.Counts)
	}
}

func TestMassSendToOneIsAPreview(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 1}})
	b.follow(1)
	if err := b.massSend("text", b.text("hello you").ID); err != nil {
		t.Fatal(err)
	}
	if masses := b.platform.Masses(); len(masses) != 1 || !masses[0].Preview || masses[0].Text != "hello you" {
		t.Errorf("taken %+v", masses)
	}
	if record := b.mass(); record.Status != "send success" || record.Counts == nil || record.Counts.Sent != 1 {
		t.Errorf("recorded %+v", record)
	}
}

func TestPreview(t *testing.T) {
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 1}})
	text := b.text("look").ID
	if err := b.worker.Preview(t.Context(), b.account.ID, follower(0), "text", text); err != nil {
		t.Error(err)
	}
	if err := b.worker.Preview(t.Context(), b.account.ID, "nobody", "text", text); !weixin.IsCode(err, 40003) {
		t.Errorf("to nobody: %v", err)
	}
	if b.mass() != nil {
		t.Error("there is a record")
	}
}

func TestMassSendThatFails(t *testing.T) {
	refusal := func(err error) bool { return weixin.IsCode(err, 45028) }
	fault := func(code core.Code) func(error) bool {
		return func(err error) bool { return core.CodeOf(err) == code }
	}
	for name, tt := range map[string]struct {
		failure wechattest.Failure
		is      func(error) bool
		states  string
		status  string
		taken   int
	}{
		"refused":          {wechattest.Refuse(45028, "has no masssend quota"), refusal, "refused refused", official.MassFailed, 0},
		"answer lost":      {wechattest.Drop(), fault(core.Timeout), "unknown refused", official.MassUnknown, 1},
		"not a word":       {wechattest.BadGateway(), fault(core.Timeout), "unknown refused", official.MassUnknown, 0},
		"busy":             {wechattest.Refuse(-1, "system busy"), func(err error) bool { return weixin.IsCode(err, -1) }, "refused refused", official.MassFailed, 0},
		"taken before":     {wechattest.Refuse(45065, "clientmsgid exist"), func(err error) bool { return weixin.IsCode(err, 45065) }, "unknown refused", official.MassUnknown, 0},
		"token is too old": {wechattest.Refuse(42001, "access_token expired"), func(err error) bool { return err == nil }, "sent sent", official.MassSending, 2},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 10_001}})
			b.follow(10_001)
			b.platform.Fail("message/mass/send", 1, tt.failure)
			if err := b.massSend("text", b.text("hello").ID); !tt.is(err) {
				t.Errorf("ended with %v", err)
			}
			b.idle("mass", b.mass().ID)
			record, states := b.mass(), ""
			for _, c := range record.Chunks {
				states += " " + string(c.State)
			}
			if strings.TrimSpace(states) != tt.states || record.Status != tt.status {
				t.Errorf("recorded%s, %s", states, record.Status)
			}
			if taken := len(b.platform.Masses()); taken != tt.taken {
				t.Errorf("taken %d times", taken)
			}
		})
	}
}

func TestEmptyAudience(t *testing.T) {
	b := newBackstage(t, backstageOptions{})
	err := b.massSend("text", b.text("hello").ID)
	if f := core.AsFault(err); f == nil || f.Code != core.Invalid || f.Field != official.FieldAudience {
		t.Errorf("ended with %v", err)
	}
	if b.mass() != nil {
		t.Error("there is a record")
	}
}

// TestFinishBeforeTheRecord has the platform report the end before it has answered.
func TestFinishBeforeTheRecord(t *testing.T) {
	var b *backstage
	reported := make(chan struct{})
	b = newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: 2, AfterMass: func(m wechattest.Mass) {
		defer close(reported)
		if _, err := b.pusher.Push(context.Background(), b.pusher.MassFinished(m, 0)); err != nil {
			t.Error(err)
		}
	}}})
	b.follow(2)
	if err := b.massSend("text", b.text("hello").ID); err != nil {
		t.Fatal(err)
	}
	<-reported
	if record := b.mass(); record.Status != "send success" {
		t.Errorf("recorded %+v", record)
	}
}

// TestMassSendAcrossDeath ends the process before each of the changes that a mass send makes, and lets the next one go on.
func TestMassSendAcrossDeath(t *testing.T) {
	steps, dead := int64(0), true
	for ; dead; steps++ {
		t.Run(fmt.Sprint("step ", steps), func(t *testing.T) { dead = dieAt(t, steps) })
	}
	if steps < 10 {
		t.Errorf("the process has died at %d steps only", steps)
	}
}

// dieAt sends to three chunks of followers, or two, and dies after so many changes, or tells that it did not.
func dieAt(t *testing.T, steps int64) (dead bool) {
	followers := 20_001
	if testing.Short() {
		followers = 10_001
	}
	b := newBackstage(t, backstageOptions{platform: wechattest.Options{Followers: followers}, alone: true})
	b.follow(followers)
	text := b.text("hello").ID
	b.close()
	life := storagetest.NewMortal(b.store)
	b.open(life)
	life.DieAfter(steps)
	if err := b.massSend("text", text); err == nil {
		b.until("the end of the first process", func() bool { return life.Dead() || b.settled() })
	}
	dead = life.Dead()
	if err := b.kill(); (err != nil) && !dead {
		t.Error(err)
	}
	b.open(b.store)
	b.until("the end of the mass send", b.settled)
	record := b.mass()
	times := map[string]int{}
	for _, m := range b.platform.Masses() {
		for _, openID := range m.To {
			times[openID]++
		}
	}
	for openID, n := range times {
		if n != 1 {
			t.Fatalf("%s got it %d times", openID, n)
		}
	}
	if record == nil || record.Status == official.MassFailed {
		if len(times) != 0 {
			t.Errorf("%d got it, and the record is %+v", len(times), record)
		}
		return dead
	}
	least, most := 0, 0
	for _, c := range record.Chunks {
		switch c.State {
		case official.ChunkSent:
			least, most = least+c.Size, most+c.Size
		case official.ChunkUnknown:
			most += c.Size
		case official.ChunkRefused, official.ChunkPending, official.ChunkSending:
			t.Errorf("a chunk is %+v", c)
		}
	}
	if len(times) < least || len(times) > most || most != followers {
		t.Errorf("%d got it, and the record says %d to %d", len(times), least, most)
	}
	if !dead && least != followers {
		t.Errorf("without a death %d got it", least)
	}
	return dead
}

// settled tells that there is no mass send, or none of whose chunks is left to send.
func (b *backstage) settled() bool {
	record := b.mass()
	if record == nil {
		return true
	}
	if record.Status == official.MassPreparing {
		return false
	}
	for _, c := range record.Chunks {
		if c.State == official.ChunkPending || c.State == official.ChunkSending {
			return false
		}
	}
	return true
}
