package weixin_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
)

func TestFollowerCalls(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 120, Page: 50})
	ctx := t.Context()
	page, err := w.Followers(ctx, wechattest.OpenID(99))
	if err != nil || page.Total != 120 || len(page.List) != 20 || page.List[0] != wechattest.OpenID(100) {
		t.Fatalf("%+v, %v", page, err)
	}
	var all []string
	if err := w.EachFollowers(ctx, func(list []string) error { all = append(all, list...); return nil }); err != nil || len(all) != 120 {
		t.Fatalf("%d, %v", len(all), err)
	}
	user, err := w.UserInfo(ctx, wechattest.OpenID(4))
	want := &weixin.User{
		Subscribed: true, OpenID: wechattest.OpenID(4), UnionID: "union-4", Nickname: wechattest.Nickname(4), Sex: 1, Language: "zh_CN",
		City: "浦东新区", Province: "上海", Country: "中国", Avatar: "https://thirdwx.qlogo.cn/mmopen/4/0", SubscribeTime: 1400000004,
		GroupID: 100, TagIDs: []int64{100},
	}
	if diff := cmp.Diff(want, user); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	w.server.Unsubscribe(all[5])
	users, err := w.UserInfos(ctx, all[:100])
	if err != nil || len(users) != 100 || users[5].Subscribed || !users[6].Subscribed || users[99].Nickname != wechattest.Nickname(99) {
		t.Errorf("%d, %v", len(users), err)
	}
	if _, err := w.UserInfos(ctx, all[:101]); err == nil || w.server.Count("user/info/batchget") != 1 {
		t.Errorf("101 users: %v", err)
	}
	if _, err := w.UserInfo(ctx, "nobody"); !weixin.IsCode(err, 40003) || weixin.MaybeDone(err) {
		t.Errorf("nobody: %v", err)
	}
}

func TestGroupCalls(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 100, Page: 5})
	ctx := t.Context()
	groups, err := w.Groups(ctx)
	if err != nil || len(groups) != 4 || groups[1] != (weixin.Group{ID: 1, Name: "黑名单", Count: 2}) || groups[3].Count != 10 {
		t.Errorf("%+v, %v", groups, err)
	}
	tags, err := w.Tags(ctx)
	if err != nil || len(tags) != 2 || tags[1] != (weixin.Group{ID: 100, Name: "上海 🏙", Count: 10}) {
		t.Errorf("%+v, %v", tags, err)
	}
	if id, err := w.GroupOf(ctx, wechattest.OpenID(3)); err != nil || id != 2 {
		t.Errorf("%d, %v", id, err)
	}
	if ids, err := w.TagsOf(ctx, wechattest.OpenID(4)); err != nil || !slices.Equal(ids, []int64{100}) {
		t.Errorf("%v, %v", ids, err)
	}
	page, err := w.TagMembers(ctx, 100, "")
	if err != nil || len(page.List) != 5 || page.Next != wechattest.OpenID(44) {
		t.Errorf("%+v, %v", page, err)
	}
	if page, err = w.TagMembers(ctx, 100, wechattest.OpenID(94)); err != nil || len(page.List) != 0 || page.Next != "" {
		t.Errorf("past the end: %+v, %v", page, err)
	}
	page, err = w.Blacklist(ctx, "")
	if err != nil || !slices.Equal(page.List, []string{wechattest.OpenID(7), wechattest.OpenID(57)}) {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestMenuCalls(t *testing.T) {
	w := newWorld(t, wechattest.Options{})
	ctx := t.Context()
	if _, err := w.Menu(ctx); !weixin.IsCode(err, weixin.CodeNoMenu) {
		t.Errorf("no menu: %v", err)
	}
	menu := []weixin.Button{
		{Type: "click", Name: "今日歌曲", Key: "K<&>\u2028\""},
		{Name: "more", Below: []weixin.Button{{Type: "view", Name: "a", URL: "http://a/?b=1&c=2"}, {Type: "click", Name: "b", Key: "k"}}},
	}
	if err := w.CreateMenu(ctx, menu); err != nil {
		t.Fatal(err)
	}
	if got := string(w.server.Menu()); !strings.Contains(got, "K<&>\u2028\\\"") {
		t.Errorf("sent as %s", got)
	}
	got, err := w.Menu(ctx)
	if diff := cmp.Diff(menu, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if err := w.DeleteMenu(ctx); err != nil || len(w.server.Menu()) > 0 {
		t.Error(err)
	}
	if err := w.CreateMenu(ctx, nil); !weixin.IsCode(err, 40016) {
		t.Errorf("an empty menu: %v", err)
	}
}

func TestMassCalls(t *testing.T) {
	taken := make(chan wechattest.Mass, 1)
	w := newWorld(t, wechattest.Options{Followers: 10, AfterMass: func(m wechattest.Mass) { taken <- m }})
	ctx, to := t.Context(), []string{wechattest.OpenID(0), wechattest.OpenID(1)}
	content := "你好 <b>&</b> \u2028 \x01😀 \\u0041"
	receipt, err := w.SendMass(ctx, to, text(content), "c1")
	if err != nil || receipt.ID == 0 || receipt.DataID == 0 || receipt.Repeated {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if m := <-taken; m.ID != receipt.ID || m.ClientID != "c1" || m.Text != strings.ReplaceAll(content, "\x01", "") || !slices.Equal(m.To, to) {
		t.Errorf("%+v", m)
	}
	again, err := w.SendMass(ctx, to, text(content), "c1")
	if err != nil || again.ID != receipt.ID || !again.Repeated || len(w.server.Masses()) != 1 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if status, err := w.MassStatus(ctx, receipt.ID); err != nil || status != "SEND_SUCCESS" {
		t.Errorf("%s, %v", status, err)
	}
	id, err := w.PreviewMass(ctx, to[0], text("p"))
	if err != nil || id == 0 || id == receipt.ID {
		t.Errorf("preview: %d, %v", id, err)
	}
	for name, send := range map[string]func() error{
		"one":       func() error { _, err := w.SendMass(ctx, to[:1], text("a"), "c2"); return err },
		"no id":     func() error { _, err := w.SendMass(ctx, to, text("a"), ""); return err },
		"long id":   func() error { _, err := w.SendMass(ctx, to, text("a"), strings.Repeat("a", 65)); return err },
		"type":      func() error { _, err := w.SendMass(ctx, to, weixin.Message{Type: "x"}, "c2"); return err },
		"follower":  func() error { return w.SendToFollower(ctx, to[0], weixin.Message{}) },
		"previewed": func() error { _, err := w.PreviewMass(ctx, to[0], weixin.Message{}); return err },
	} {
		if err := send(); err == nil || weixin.MaybeDone(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := w.server.Count("message/mass/send"); n != 2 {
		t.Errorf("%d sends", n)
	}
}

func TestServiceMessages(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 2})
	ctx, to := t.Context(), wechattest.OpenID(1)
	image := w.server.AddMedia("image", "a.jpg", "image/jpeg", []byte("a"))
	for _, test := range []struct {
		message weixin.Message
		body    string
	}{
		{text("a\nb"), `{"content":"a\nb"}`},
		{weixin.Message{Type: weixin.MediaImage, MediaID: image}, fmt.Sprintf(`{"media_id":%q}`, image)},
		{weixin.Message{Type: weixin.MediaVoice, MediaID: image}, fmt.Sprintf(`{"media_id":%q}`, image)},
		{
			weixin.Message{Type: weixin.MediaVideo, MediaID: image, ThumbMediaID: "t", Title: "T", Description: "D"},
			fmt.Sprintf(`{"media_id":%q,"thumb_media_id":"t","title":"T","description":"D"}`, image),
		},
		{
			weixin.Message{Type: weixin.MediaNews, Articles: []weixin.Article{{"T", "D", "P", "U"}}},
			`{"articles":[{"title":"T","description":"D","url":"U","picurl":"P"}]}`,
		},
	} {
		if err := w.SendToFollower(ctx, to, test.message); err != nil {
			t.Errorf("%s: %v", test.message.Type, err)
			continue
		}
		sent := w.server.Services()
		if last := sent[len(sent)-1]; last.To != to || last.Type != test.message.Type || string(last.Body) != test.body {
			t.Errorf("%s: %s", last.Type, last.Body)
		}
	}
	w.server.Unsubscribe(to)
	if err := w.SendToFollower(ctx, to, text("a")); !weixin.IsCode(err, 43004) {
		t.Errorf("who left: %v", err)
	}
}

// TestManyFollowers imports the largest account, as page after page, and looks at how much of it stays in memory.
func TestManyFollowers(t *testing.T) {
	const many, most = 100_000, 48 << 20
	w := newWorld(t, wechattest.Options{Followers: many})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, heap := 0, uint64(0)
	err := w.EachFollowers(t.Context(), func(list []string) error {
		for chunk := range slices.Chunk(list, weixin.MaxUserInfos) {
			users, err := w.UserInfos(t.Context(), chunk)
			if err != nil {
				return err
			}
			for i, u := range users {
				if u.OpenID != chunk[i] || u.Nickname != wechattest.Nickname(seen) {
					return fmt.Errorf("follower %d is %+v", seen, u)
				}
				seen++
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		heap = max(heap, after.HeapAlloc)
		return nil
	})
	if err != nil || seen != many {
		t.Fatalf("%d, %v", seen, err)
	}
	if heap > before.HeapAlloc+most {
		t.Errorf("the heap grew by %d MiB", (heap-before.HeapAlloc)>>20)
	}
}

func TestMediaCalls(t *testing.T) {
	w := newWorld(t, wechattest.Options{})
	ctx, content := t.Context(), bytes.Repeat([]byte("media\x00"), 100_000)
	image, err := w.UploadMedia(ctx, weixin.MediaImage, file("图 \"1\".jpg", content, nil))
	if err != nil || image.Type != "image" || image.ID == "" || image.Created != w.clock.Now().Unix() {
		t.Fatalf("%+v, %v", image, err)
	}
	sent := w.server.Calls("media/upload")[0]
	if f := sent.File; f == nil || f.Part != "media" || f.Size != int64(len(content)) || !f.HadLength || f.Name != "图 \"1\".jpg" || f.ContentType != "image/jpeg" {
		t.Errorf("%+v", sent.File)
	}
	var back bytes.Buffer
	got, err := w.DownloadMedia(ctx, image.ID, &back)
	if err != nil || !bytes.Equal(back.Bytes(), content) || got.ContentType != "image/jpeg" || got.Size != int64(len(content)) || got.Name != "图 \"1\".jpg" {
		t.Errorf("%+v, %v", got, err)
	}
	thumb, err := w.UploadMedia(ctx, weixin.MediaThumb, file("t.jpg", content[:1000], nil))
	if err != nil || thumb.ID == "" {
		t.Errorf("%+v, %v", thumb, err)
	}
	material, err := w.AddMaterial(ctx, weixin.MediaImage, file("m.jpg", content, nil), "", "")
	if err != nil || material.ID == "" || material.URL == "" {
		t.Errorf("%+v, %v", material, err)
	}
	if material, err = w.AddMaterial(ctx, weixin.MediaVideo, file("m.mp4", content, nil), "T<", "D"); err != nil || material.ID == "" {
		t.Errorf("%+v, %v", material, err)
	}
	if body := w.server.Calls("material/add_material")[1].Body; string(body) != `{"title":"T<","introduction":"D"}` {
		t.Errorf("%s", body)
	}
	if url, err := w.UploadImage(ctx, file("c.jpg", content, nil)); err != nil || url == "" {
		t.Errorf("%s, %v", url, err)
	}
	news, err := w.UploadNews(ctx, []weixin.NewsItem{{ThumbMediaID: thumb.ID, Title: "T", Content: "<p>\"汉\"</p>", ShowCover: true}})
	if err != nil || news.Type != "news" || news.ID == "" {
		t.Errorf("%+v, %v", news, err)
	}
	video, err := w.UploadMedia(ctx, weixin.MediaVideo, file("v.mp4", content, nil))
	if err != nil {
		t.Fatal(err)
	}
	mass, err := w.UploadVideo(ctx, video.ID, "T", "D")
	if err != nil || mass.Type != "video" || mass.ID == video.ID {
		t.Errorf("%+v, %v", mass, err)
	}
	for kind, id := range map[string]string{weixin.TypeMPNews: news.ID, weixin.TypeMPVideo: mass.ID} {
		if _, err := w.SendMass(ctx, []string{"a", "b"}, weixin.Message{Type: kind, MediaID: id}, kind); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	back.Reset()
	if got, err = w.DownloadMedia(ctx, video.ID, &back); err != nil || !bytes.Equal(back.Bytes(), content) || got.Name != "v.mp4" {
		t.Errorf("video: %+v, %v", got, err)
	}
	if _, err := w.DownloadMedia(ctx, "none", &back); !weixin.IsCode(err, 40007) {
		t.Errorf("no media: %v", err)
	}
}
