package wechat_test

import (
	"cmp"
	"fmt"
	"iter"
	"net"
	"reflect"
	"slices"
	"testing"
	"time"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
	"parley/core"
	"parley/core/official"
)

// half returns the client half in front of a desk.
func (d *desk) half(options wechat.ClientOptions) *wechat.Client {
	d.t.Helper()
	options.Dial = func(string) (net.Conn, error) { return d.listener.Dial() }
	return must[*wechat.Client](d.t)(wechat.NewClient("http://localhost/", options))
}

// stored gives words to a test that stores things behind the dialect's back.
func (d *desk) stored() *backstage { return &backstage{t: d.t, service: d.service, account: d.account} }

// all goes through a list.
func all[T any](t *testing.T, walk iter.Seq2[T, error]) (items []T) {
	t.Helper()
	for item, err := range walk {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	return items
}

func TestClientBinds(t *testing.T) {
	d := newDesk(t)
	client := d.half(wechat.ClientOptions{})
	b, err := client.Bind(t.Context(), originalID)
	if err != nil || b.ID != d.account.ID || b.Token != d.account.Token || b.URL != baseURL+"/wx/"+b.ID {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := client.Bind(t.Context(), ""); core.CodeOf(err) != core.Invalid {
		t.Errorf("nothing was bound: %v", err)
	}
	if _, err := client.Account("nobody").Groups(t.Context()); core.CodeOf(err) != core.NotFound {
		t.Errorf("an unknown account: %v", err)
	}
	for _, err := range client.Account("nobody").News(t.Context()) {
		if core.CodeOf(err) != core.NotFound {
			t.Errorf("the news of an unknown account: %v", err)
		}
	}
}

func TestClientNeedsTheKey(t *testing.T) {
	d := newDesk(t, func(o *wechat.Options) { o.APIKey = "secret" })
	if _, err := d.half(wechat.ClientOptions{}).Bind(t.Context(), originalID); core.CodeOf(err) != core.Unauthenticated {
		t.Errorf("without the key: %v", err)
	}
	if _, err := d.half(wechat.ClientOptions{APIKey: "secret"}).Bind(t.Context(), originalID); err != nil {
		t.Errorf("with the key: %v", err)
	}
}

// TestFollowersAreCopied lists more followers than a page holds, with what is known of each.
func TestFollowersAreCopied(t *testing.T) {
	for name, original := range map[string]bool{"document": false, "original": true} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, officeOptions{
				platform: wechattest.Options{Followers: 230}, dialect: func(w *wechat.Options) { w.OriginalShapes = original },
			})
			o.done("GET /v1/$I/user/fetch?force=1", "")
			o.idle("followers", "all")
			account := o.half(wechat.ClientOptions{OriginalShapes: original}).Account(o.account.ID)
			groups := must[official.GroupList](t)(account.Groups(t.Context()))
			want := must[official.GroupList](t)(o.service.Groups(t.Context(), o.account.ID))
			for i := range want.Groups {
				want.Groups[i].Created = 0
			}
			if !reflect.DeepEqual(groups, want) {
				t.Errorf("groups %+v, want %+v", groups, want)
			}
			followers := append(all(t, account.Followers(t.Context(), official.GroupAll)), all(t, account.Followers(t.Context(), official.GroupBlocked))...)
			seen := make(map[string]bool)
			for i, listed := range followers {
				seen[listed.OpenID] = true
				if i%20 > 0 {
					continue
				}
				got := must[*official.Follower](t)(account.Follower(t.Context(), listed.OpenID))
				kept := must[*official.Follower](t)(o.service.Follower(t.Context(), o.account.ID, listed.OpenID))
				whole := *kept
				whole.Seen = 0
				whole.Groups = nil
				for _, g := range kept.Groups {
					whole.Groups = append(whole.Groups, official.Membership{Group: g.Group})
				}
				if !reflect.DeepEqual(*got, whole) || got.Nickname != listed.Nickname || got.Avatar != listed.Avatar {
					t.Errorf("follower %+v, want %+v", got, whole)
				}
			}
			if blocked := want.Groups[1].Followers; len(seen) != want.Total+blocked || len(followers) != len(seen) || len(seen) < 200 {
				t.Errorf("%d followers, %d different ones, want %d and %d that are blocked", len(followers), len(seen), want.Total, blocked)
			}
			var directory []string
			for cursor := ""; ; {
				page := must[core.AccountPage](t)(account.Accounts(t.Context(), cursor, 70))
				for _, u := range page.Users {
					directory = append(directory, u.ID)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			if len(directory) != want.Total || directory[0] != followers[0].OpenID {
				t.Errorf("the directory has %d followers, want %d", len(directory), want.Total)
			}
			if _, err := account.Follower(t.Context(), "nobody"); core.CodeOf(err) != core.NotFound {
				t.Errorf("nobody: %v", err)
			}
		})
	}
}

func TestMediaAreCopied(t *testing.T) {
	d := newDesk(t)
	b := d.stored()
	var images []*official.Media
	for i := range 103 {
		d.clock = d.clock.Add(time.Second)
		images = append(images, b.media(official.KindImage, fmt.Sprintf("图 %d.jpg", i), fmt.Sprint(jpeg, i)))
	}
	voice, video := b.media(official.KindVoice, "a.amr", amr), b.media(official.KindVideo, "a.mp4", mp4)
	if err := d.service.DescribeMedia(t.Context(), d.account.ID, video.ID, "标题", "about"); err != nil {
		t.Fatal(err)
	}
	account := d.half(wechat.ClientOptions{}).Account(d.account.ID)
	listed := all(t, account.Images(t.Context()))
	slices.Reverse(images)
	if !slices.EqualFunc(listed, images, func(l wechat.ListedMedia, m *official.Media) bool {
		return l.ID == m.ID && l.Name == m.Name && l.Kind == official.KindImage && l.URL == baseURL+"/media/"+d.account.ID+"/"+m.ID+".jpg"
	}) {
		t.Errorf("%d images: %+v", len(listed), listed[:3])
	}
	voices, videos := all(t, account.Voices(t.Context())), all(t, account.Videos(t.Context()))
	if len(voices) != 1 || voices[0].ID != voice.ID || len(videos) != 1 || videos[0].Title != "标题" || videos[0].Description != "about" ||
		videos[0].Created != d.clock.UnixMilli() {
		t.Fatalf("%+v, %+v", voices, videos)
	}
	for _, tt := range []struct {
		m                   wechat.ListedMedia
		name, kind, content string
	}{
		{listed[0], "图 102.jpg", "application/jpg", jpeg + "102"},
		{voices[0], "a.amr", "application/mp3", amr},
		{videos[0], "", "video/mp4", mp4},
	} {
		f, err := account.Download(t.Context(), &tt.m)
		if err != nil || f.Name != tt.name || f.ContentType != tt.kind || string(f.Content) != tt.content {
			t.Errorf("%s: %+v, %v", tt.m.ID, f, err)
		}
	}
	for _, m := range []wechat.ListedMedia{
		{Media: official.Media{ID: "nothing", Kind: official.KindImage}},
		{Media: official.Media{Kind: official.KindVideo}},
		{Media: official.Media{Kind: official.KindVideo}, URL: baseURL + "/media/" + d.account.ID + "/nothing.mp4"},
	} {
		if _, err := account.Download(t.Context(), &m); core.CodeOf(err) != core.NotFound {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

// TestMaterialsAreCopied lists texts, news, rules and the menu.
func TestMaterialsAreCopied(t *testing.T) {
	d := newDesk(t)
	b := d.stored()
	ctx := t.Context()
	texts := map[string]string{}
	reply := func(content string) official.Reply {
		r := b.text(content)
		texts[r.ID] = content
		return r
	}
	b.rule(official.RuleSubscribe, reply("welcome"))
	for i := range 105 {
		d.clock = d.clock.Add(time.Second)
		b.rule(fmt.Sprint("rule ", i), reply(fmt.Sprint("answer ", i)), official.KeywordInput{Content: fmt.Sprint("word ", i), Fuzzy: i%2 == 0})
	}
	b.rule("picture", official.Reply{ID: b.media(official.KindImage, "a.jpg", jpeg).ID, Type: official.ReplyImage}, official.KeywordInput{Content: "p"})
	top := must[string](t)(d.service.CreateButton(ctx, d.account.ID, official.TopButton, "more", 1))
	below := must[string](t)(d.service.CreateButton(ctx, d.account.ID, top, "answer", 1))
	if err := d.service.BindButton(ctx, d.account.ID, below, reply("from the menu")); err != nil {
		t.Fatal(err)
	}
	d.follow(follower1("a"))
	sent := reply("to all")
	mass := d.sent("text", sent.ID, 7, &official.Finish{Status: "send success", Succeeded: true, Counts: official.Counts{Total: 1, Filtered: 1, Sent: 1}})
	news := []string{b.news(1), b.news(3)}

	account := d.half(wechat.ClientOptions{}).Account(d.account.ID)
	found := map[string]string{}
	for _, text := range all(t, account.Texts(ctx)) {
		found[text.ID] = text.Content
	}
	if !reflect.DeepEqual(found, texts) {
		t.Errorf("%d texts, want %d: %v", len(found), len(texts), found)
	}
	rules := all(t, account.Rules(ctx))
	if len(rules) != 107 || rules[0].Name != official.RuleSubscribe || rules[0].ID == "" {
		t.Fatalf("%d rules, the first is %+v", len(rules), rules[0])
	}
	for _, got := range rules {
		want := *must[*official.Rule](t)(d.service.Rule(ctx, d.account.ID, got.ID))
		want.Created, want.Updated = 0, 0
		if got.Name != want.Name || got.Reply != want.Reply || !slices.Equal(got.Keywords, want.Keywords) {
			t.Errorf("rule %+v, want %+v", got, want)
		}
	}
	menu := must[[]*official.Button](t)(account.Menu(ctx))
	if kept := must[[]*official.Button](t)(d.service.Menu(ctx, d.account.ID)); !reflect.DeepEqual(menu, kept) {
		t.Errorf("menu %+v, want %+v", menu[0], kept[0])
	}
	listed := all(t, account.News(ctx))
	slices.SortFunc(listed, func(a, b *official.News) int { return cmp.Compare(len(a.Articles), len(b.Articles)) })
	if len(listed) != 2 || listed[0].ID != news[0] || listed[1].ID != news[1] || len(listed[1].Articles) != 3 {
		t.Fatalf("news %+v", listed)
	}
	for _, got := range listed {
		for i, article := range must[*official.News](t)(d.service.News(ctx, d.account.ID, got.ID)).Articles {
			if got.Articles[i].ArticleInput != article.ArticleInput || got.Articles[i].Updated != article.Updated {
				t.Errorf("article %+v, want %+v", got.Articles[i], article)
			}
		}
	}
	masses := all(t, account.MassSends(ctx))
	want := official.Counts{Total: 1, Filtered: 1, Sent: 1}
	if len(masses) != 1 || masses[0].ID != mass || masses[0].Type != "text" || masses[0].Material != sent.ID || masses[0].Counts == nil ||
		*masses[0].Counts != want || masses[0].Status != "send success" {
		t.Errorf("mass sends %+v", masses)
	}
}
