package wechat_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/core/official"
	"parley/storage/storagetest"
)

// TestTooLarge gives each text one character more than it may have, and bodies more bytes.
func TestTooLarge(t *testing.T) {
	o := newOffice(t, officeOptions{})
	image := mediaData[struct{ ID string }](t, o.upload("POST /v1/$I/image", "file", "a.jpg", jpeg)).ID
	voice := mediaData[struct{ ID string }](t, o.upload("POST /v1/$I/voice", "file", "a.mp3", mp3)).ID
	video := mediaData[struct{ ID string }](t, o.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4)).ID
	button := o.makes("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":1}`)
	group := o.makes("POST /v1/$I/group", `{"name":"a"}`)
	article := func(member string) string {
		defaults := []string{`"title":"t"`, `"image_id":"` + image + `"`, `"content":"c"`}
		for i, d := range defaults {
			if name, _, _ := strings.Cut(d, ":"); strings.HasPrefix(member, name) {
				defaults[i] = member
				member = `"author":""`
			}
		}
		return `{` + strings.Join(defaults, ",") + `,` + member + `}`
	}
	for _, tt := range []struct {
		request, body, name string // § is the text
		most                int
	}{
		{"POST /v1/bind", `{"weixin_id":"§"}`, "weixin_id", 100},
		{"POST /v1/$I/group", `{"name":"§"}`, "name", 100},
		{"PUT /v1/$I/group/" + group, `{"name":"§"}`, "name", 100},
		{"POST /v1/$I/text", `{"content":"§"}`, "content", 1000},
		{"PUT /v1/$I/image/" + image, `{"name":"§"}`, "name", 100},
		{"PUT /v1/$I/voice/" + voice, `{"name":"§"}`, "name", 100},
		{"POST /v1/$I/video/" + video, `{"title":"§"}`, "title", 100},
		{"POST /v1/$I/video/" + video, `{"title":"t","description":"§"}`, "description", 1000},
		{"POST /v1/$I/news/single", article(`"title":"§"`), "title", 100},
		{"POST /v1/$I/news/single", article(`"author":"§"`), "author", 100},
		{"POST /v1/$I/news/single", article(`"digest":"§"`), "digest", 500},
		{"POST /v1/$I/news/single", article(`"content_source_url":"§"`), "content_source_url", 2000},
		{"POST /v1/$I/keyword", `{"rule_name":"§","keyword":[],"reply_id":"x","reply_type":"text"}`, "rule_name", 100},
		{"POST /v1/$I/keyword", `{"rule_name":"r","keyword":[{"content":"§","fuzzy":0}],"reply_id":"x","reply_type":"text"}`, "keyword", 500},
		{"POST /v1/$I/menu", `{"parent_id":"0","name":"§","sequence":1}`, "name", 100},
		{"PUT /v1/$I/menu/" + button, `{"name":"§","sequence":1}`, "name", 100},
		{"POST /v1/$I/menu/bind", `{"menu_id":"` + button + `","reply_id":"§","reply_type":"link"}`, "reply_id", 2000},
	} {
		sized := func(n int) string { return strings.ReplaceAll(tt.body, "§", strings.Repeat("长", n)) }
		o.refuses(tt.request, sized(tt.most+1), 400, "invalid parameter: "+tt.name)
		if _, text := o.ask(tt.request, sized(tt.most)); !strings.HasPrefix(text, `{"code":200,`) {
			t.Errorf("%s with %d characters of %s: %s", tt.request, tt.most, tt.name, text)
		}
	}
	const tooLarge = "the request is too large"
	o.refuses("POST /v1/$I/text", `{"content":"`+strings.Repeat("a", 1<<20)+`"}`, 413, tooLarge)
	o.refuses("POST /v1/$I/user/add/batch", `{"openid":["`+strings.Repeat("a", 1<<20)+`"],"group_id":"0"}`, 413, tooLarge)
	o.refuses("POST /v1/$I/news/multiple", `[`+strings.TrimSuffix(strings.Repeat(article(`"author":""`)+",", 9), ",")+`]`, 400, "invalid parameter: articles")
	o.refuses("POST /v1/$I/news/multiple", `[]`, 400, "invalid parameter: articles")
	for path, limit := range map[string]int{"image a.jpg": 1 << 20, "news/image a.jpg": 1 << 20, "voice a.mp3": 2 << 20, "video/upload a.mp4": 10 << 20} {
		path, name, _ := strings.Cut(path, " ")
		if text := o.upload("POST /v1/$I/"+path, "file", name, strings.Repeat("a", limit+1)); text != mediaRefusal(413, "file size exceeded limit") {
			t.Errorf("%s: %s", path, text)
		}
	}
}

// TestBadDates asks for messages of days that there are none of.
func TestBadDates(t *testing.T) {
	o := newOffice(t, officeOptions{})
	for _, date := range []string{
		"x", "2014-13-01", "2014-02-30", "2014-2-3", "20140203", "2014/02/03", "2014-02-03T00:00:00", "+2014-02-03", "1403163520000", "%00", "0", "-",
		"2014-02-03%20", "99999-01-01",
	} {
		for _, name := range []string{"start_date", "end_date"} {
			o.refuses("GET /v1/$I/msg?"+name+"="+date, "", 400, "invalid parameter: "+name)
		}
	}
	const none = `{"pagination":{"index":1,"size":10,"count":0},"message":[]}`
	for _, query := range []string{
		"start_date=0001-01-01", "end_date=9999-12-31", "start_date=2014-08-28&end_date=2014-08-27", "start_date=1969-12-31&end_date=1970-01-01", "start_date=&end_date=",
	} {
		o.gives("GET /v1/$I/msg?"+query, "", ok(none))
	}
}

// TestForeignAccount asks one account for everything that another has, and finds nothing of it, and changes nothing.
func TestForeignAccount(t *testing.T) {
	o := newOffice(t, officeOptions{})
	o.follow(follower1("a"))
	id := func(answer string) string { return mediaData[struct{ ID string }](t, answer).ID }
	image := id(o.upload("POST /v1/$I/image", "file", "a.jpg", jpeg))
	voice := id(o.upload("POST /v1/$I/voice", "file", "a.mp3", mp3))
	video := id(o.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4))
	text := o.makes("POST /v1/$I/text", `{"content":"a"}`)
	group := o.makes("POST /v1/$I/group", `{"name":"a"}`)
	news := o.makes("POST /v1/$I/news/single", `{"title":"t","image_id":"`+image+`","content":"c"}`)
	const rule = `{"rule_name":"r","keyword":[{"content":"a","fuzzy":0}],"reply_id":"x","reply_type":"text"}`
	keyword := o.makes("POST /v1/$I/keyword", rule)
	button := o.makes("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":1}`)
	mass := must[*official.MassSend](t)(o.service.CreateMassSend(t.Context(), o.account.ID, official.MassSendInput{
		Audience: official.Selection{Group: official.GroupAll}, Type: "text", Material: text,
	}))
	own := o.account
	other := must[*official.Account](t)(o.service.Bind(t.Context(), "gh_another"))
	if err := o.service.UpsertFollowers(t.Context(), other.ID, []official.FollowerUpdate{{OpenID: "b", Subscribed: true, SubscribeTime: 1}}); err != nil {
		t.Fatal(err)
	}
	before := storagetest.Contents(t, o.store)
	o.account = other
	for _, tt := range [][2]string{
		{"PUT /v1/$I/group/" + group, `{"name":"b"}`},
		{"PUT /v1/$I/group/" + group, ""},
		{"DELETE /v1/$I/group/" + group, ""},
		{"GET /v1/$I/user/a", ""},
		{"GET /v1/$I/user/groups/a", ""},
		{"POST /v1/$I/user/add", `{"openid":"a","group_id":"1"}`},
		{"POST /v1/$I/user/add", `{"openid":"b","group_id":"` + group + `"}`},
		{"POST /v1/$I/user/add/batch", `{"openid":["b","a"],"group_id":"1"}`},
		{"POST /v1/$I/user/rm", `{"openid":"a","group_id":"1"}`},
		{"POST /v1/$I/user/rm/batch", `{"openid":["a"],"group_id":"1"}`},
		{"GET /v1/$I/text/" + text, ""},
		{"GET /v1/$I/image/" + image, ""},
		{"GET /v1/$I/image/url/" + image, ""},
		{"PUT /v1/$I/image/" + image, `{"name":"b"}`},
		{"DELETE /v1/$I/image/" + image, ""},
		{"GET /v1/$I/voice/" + voice, ""},
		{"GET /v1/$I/voice/url/" + voice, ""},
		{"PUT /v1/$I/voice/" + voice, `{"name":"b"}`},
		{"DELETE /v1/$I/voice/" + voice, ""},
		{"POST /v1/$I/video/" + video, `{"title":"b"}`},
		{"POST /v1/$I/video/upload/" + video, ""},
		{"GET /v1/$I/video/" + video, ""},
		{"DELETE /v1/$I/video/" + video, ""},
		{"POST /v1/$I/news/single", `{"title":"t","image_id":"` + image + `","content":"c"}`},
		{"PUT /v1/$I/news/single/" + news, `{"title":"t","image_id":"` + image + `","content":"c"}`},
		{"PUT /v1/$I/news/multiple/" + news, `[{"title":"t","image_id":"` + image + `","content":"c"}]`},
		{"DELETE /v1/$I/news/" + news, ""},
		{"GET /v1/$I/keyword/" + keyword, ""},
		{"PUT /v1/$I/keyword/" + keyword, rule},
		{"DELETE /v1/$I/keyword/" + keyword, ""},
		{"POST /v1/$I/menu", `{"parent_id":"` + button + `","name":"a","sequence":1}`},
		{"PUT /v1/$I/menu/" + button, `{"name":"b","sequence":1}`},
		{"DELETE /v1/$I/menu/" + button, ""},
		{"POST /v1/$I/menu/bind", `{"menu_id":"` + button + `","reply_id":"x","reply_type":"text"}`},
		{"POST /v1/$I/menu/unbind", `{"menu_id":"` + button + `"}`},
		{"GET /v1/$I/masssend/" + mass.ID, ""},
		// A medium of one kind is none of another either.
		{"GET /v1/" + own.ID + "/voice/" + image, ""},
		{"DELETE /v1/" + own.ID + "/image/" + voice, ""},
		{"POST /v1/" + own.ID + "/video/" + image, `{"title":"b"}`},
	} {
		o.refuses(tt[0], tt[1], 404, "not found")
	}
	o.gives("GET /v1/$I/news/"+news, "", ok(`[]`))
	for request, data := range map[string]string{
		"user?group=" + group: `{"user":[],` + pages("1", "10", "0") + `}`, "image": `{"image":[],` + pages("1", "10", "0") + `}`,
		"news": `{"news":{},` + pages("1", "10", "0") + `}`, "keyword": `{"keyword":[],` + pages("1", "10", "0") + `}`, "menu": `[]`,
		"masssend": `{"message":[],` + pages("1", "10", "0") + `}`, "group": `{"total":1,"groups":[]}`,
	} {
		o.gives("GET /v1/$I/"+request, "", ok(data))
	}
	for _, path := range []string{"/media/%s/" + image + ".jpg", "/page/%s/" + must[*official.News](t)(o.service.News(t.Context(), own.ID, news)).Articles[0].ID} {
		if response, _ := o.ask("GET "+fmt.Sprintf(path, own.ID), ""); response.StatusCode != 200 {
			t.Errorf("%s: %s", path, response.Status)
		}
		if response, _ := o.ask("GET "+fmt.Sprintf(path, other.ID), ""); response.StatusCode != 404 {
			t.Errorf("%s of the other: %s", path, response.Status)
		}
	}
	if storagetest.Contents(t, o.store) != before {
		t.Error("the store has changed")
	}
}
