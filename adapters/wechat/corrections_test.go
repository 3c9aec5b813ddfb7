package wechat_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"parley/adapters/wechat"
	"parley/adapters/wechat/wechattest"
)

// correction is a place where the document is mistaken, silent or ambiguous, by its number, and what is done there.
type correction struct {
	number int
	what   string
	check  func(w *walk)
}

// newWalk is an office whose answers are compared with placeholders. shapes are those of the original if original is set.
func newWalk(t *testing.T, original bool) *walk {
	w := &walk{t: t, bound: map[string]string{"$URL": "https://parley.example/media/$I", "$NOW": "1700000000000"}}
	w.office = newOffice(t, officeOptions{
		platform: wechattest.Options{Followers: 3}, dialect: func(o *wechat.Options) { o.OriginalShapes = original },
	})
	return w
}

func TestCorrections(t *testing.T) {
	all := append(firstCorrections(), laterCorrections()...)
	for i, c := range all {
		if c.number != i+1 {
			t.Fatalf("correction %d stands at %d", c.number, i+1)
		}
		t.Run(fmt.Sprintf("%d %s", c.number, c.what), func(t *testing.T) { c.check(newWalk(t, false)) })
	}
	if len(all) != 30 {
		t.Errorf("there are %d corrections", len(all))
	}
}

// gives compares the data of an answer.
func (w *walk) gives(request, body, data string) {
	w.t.Helper()
	w.see(request, body, ok(data))
}

// original is the same place with the shapes of the original server.
func (w *walk) original() *walk { return newWalk(w.t, true) }

func firstCorrections() []correction {
	return []correction{
		{1, "a group is deleted by DELETE and by PUT without a body", func(w *walk) {
			w.gives("POST /v1/$I/group", `{"name":"a"}`, `"$IDA"`)
			w.gives("POST /v1/$I/group", `{"name":"b"}`, `"$IDB"`)
			w.refuses(w.fill("PUT /v1/$I/group/$IDA"), `{}`, 400, "missing parameter: name")
			w.gives("GET /v1/$I/group", "", `{"total":0,"groups":[{"id":"$IDA","name":"a","num":0},{"id":"$IDB","name":"b","num":0}]}`)
			w.gives("DELETE /v1/$I/group/$IDA", "", `null`)
			w.gives("PUT /v1/$I/group/$IDB", " \r\n", `null`)
			w.gives("GET /v1/$I/group", "", `{"total":0,"groups":[]}`)
		}},
		{2, "a list of voices has three names", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/voice", "file", "a.mp3", mp3), ok(`{"id":"$IDV","name":"a.mp3","url":"$URL/$IDV.mp3"}`))
			const list = `[{"id":"$IDV","name":"a.mp3","url":"$URL/$IDV.mp3"}]`
			w.gives("GET /v1/$I/voice", "", `{"image":`+list+`,"music":`+list+`,"voice":`+list+`,`+pages("1", "10", "1")+`}`)
		}},
		{3, "groups of a follower are strings, at the original objects", func(w *walk) {
			w.follow(follower1("a"))
			w.gives("GET /v1/$I/user/groups/a", "", `["0"]`)
			w = w.original()
			w.follow(follower1("a"))
			w.gives("GET /v1/$I/user/groups/a", "", `[{"group_id":"0"}]`)
		}},
		{4, "the new file of a video is answered with null, at the original with its URL", func(w *walk) {
			replace := func(w *walk, data string) {
				w.compare("", w.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4), ok(`{"id":"$IDV","url":"$URL/$IDV.mp4"}`))
				w.compare("", w.upload(w.fill("POST /v1/$I/video/upload/$IDV"), "file", "b.mp4", mp4), ok(data))
			}
			replace(w, `null`)
			replace(w.original(), `{"url":"$URL/$IDV.mp4"}`)
		}},
		{5, "the examples that lack a quote are JSON", func(w *walk) {
			w.gives("POST /v1/$I/keyword", `{"rule_name":"__subscribe","reply_id":"x","reply_type":"text"}`, `"$IDR"`)
			w.gives("GET /v1/$I/keyword/subscribe", "", `{"id":"$IDR","reply_id":"x","reply_type":"text"}`)
			w.compare("", w.upload("POST /v1/$I/news/image", "file", "a.jpg", jpeg), ok(`{"id":"$IDC","url":"$URL/$IDC.jpg"}`))
			w.gives("POST /v1/$I/news/single", `{"title":"\"","image_id":"$IDC","content":"\\"}`, `"$IDN"`)
			if _, text := w.ask(w.fill("GET /v1/$I/news/$IDN"), ""); !json.Valid([]byte(text)) || !strings.Contains(text, `"image_id":"`) {
				w.t.Error(text)
			}
		}},
		{6, "mass sends are JSON, their times numbers in milliseconds", func(w *walk) {
			w.sendsOne()
			_, list := w.ask("GET /v1/$I/masssend", "")
			if !json.Valid([]byte(list)) || !strings.Contains(list, `"create_time":1700000000000,`) || strings.Contains(list, `{}`) {
				w.t.Error(list)
			}
			id := regexp.MustCompile(`"id":"([0-9a-f]{32})"`).FindStringSubmatch(list)[1]
			w.gives("GET /v1/$I/masssend/"+id, "", `{"status":"send success","total_count":1,"filter_count":1,"sent_count":1,"error_count":0}`)
		}},
		{7, "fillin has data, too", func(w *walk) {
			_, text := w.ask("POST /v1/bind/fillin", `{"id":"`+w.account.ID+`","app_id":"wxappid","app_secret":"secret"}`)
			if text != `{"code":200,"message":"OK","data":null}` {
				w.t.Error(text)
			}
			w.idle("followers", "all")
			w.idle("menu", "all")
		}},
		{8, "POST/FROM is a multipart form", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4), ok(`{"id":"$IDV","url":"$URL/$IDV.mp4"}`))
			w.compare("", w.upload(w.fill("POST /v1/$I/video/upload/$IDV"), "file", "b.mp4", mp4), ok(`null`))
			w.refuses(w.fill("POST /v1/$I/video/upload/$IDV"), `{"file":"b.mp4"}`, 400, "missing parameter: file")
		}},
		{9, "the description of a video is JSON or a form, whatever the header says", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4), ok(`{"id":"$IDV","url":"$URL/$IDV.mp4"}`))
			described := func(contentType, body, title, description string) {
				w.header = map[string]string{"Content-Type": contentType}
				w.gives("POST /v1/$I/video/$IDV", body, `null`)
				w.gives("GET /v1/$I/video/$IDV", "", `{"title":"`+title+`","description":"`+description+`","url":"$URL/$IDV.mp4","create_time":$NOW}`)
			}
			described("application/json", `{"title":"a","description":"b"}`, "a", "b")
			described("", `{"title":"c","description":"d"}`, "c", "d")
			described("application/x-www-form-urlencoded", `title=%E6%A0%87+e&description=f`, "标 e", "f")
			described("", `{"title":"g"}`, "g", "")
		}},
		{10, "the menu is made without a header", func(w *walk) {
			for _, contentType := range []string{"", "text/plain", "application/json"} {
				w.header = map[string]string{"Content-Type": contentType}
				w.gives("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":1}`, `"$IDA"`)
				w.gives("PUT /v1/$I/menu/$IDA", `{"name":"b","sequence":2}`, `null`)
				w.gives("DELETE /v1/$I/menu/$IDA", "", `null`)
				delete(w.bound, "$IDA")
			}
		}},
		{11, "IDs have 32 digits, and others are unknown and not wrong", func(w *walk) {
			w.gives("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":1}`, `"$IDA"`)
			w.refuses("PUT /v1/$I/menu/7fbd286b-d4eb-46de-9a80-9e601f76c861", `{"name":"b","sequence":2}`, 404, "not found")
		}},
		{12, "a mass send is listed with the type that it was given", func(w *walk) {
			w.follow(follower1(follower(0)), follower1(follower(1)))
			w.compare("", w.upload("POST /v1/$I/video/upload", "file", "a.mp4", mp4), ok(`{"id":"$IDV","url":"$URL/$IDV.mp4"}`))
			w.compare("", w.upload("POST /v1/$I/image", "file", "a.jpg", jpeg), ok(`{"id":"$IDC","name":"a.jpg","url":"$URL/$IDC.jpg"}`))
			w.gives("POST /v1/$I/news/single", `{"title":"t","image_id":"$IDC","content":"c"}`, `"$IDN"`)
			for i, send := range [][3]string{{"news", "$IDN", "mpnews"}, {"mpnews", "$IDN", "mpnews"}, {"video", "$IDV", "mpvideo"}, {"mpvideo", "$IDV", "mpvideo"}} {
				w.gives("POST /v1/$I/masssend/send", `{"group_id":"-1","msg_type":"`+send[0]+`","msg_id":"`+send[1]+`"}`, `null`)
				if _, text := w.ask("GET /v1/$I/masssend?size=1", ""); !strings.Contains(text, `"msg_type":"`+send[0]+`","msg_id":"`+w.fill(send[1])+`"`) {
					w.t.Error(text)
				}
				if taken := w.platform.Masses(); len(taken) != i+1 || taken[i].Type != send[2] {
					w.t.Errorf("taken %+v", taken)
				}
			}
		}},
		{13, "voices are replies", func(w *walk) {
			w.gives("POST /v1/$I/keyword", `{"rule_name":"__default","reply_id":"v","reply_type":"voice"}`, `"$IDR"`)
			w.gives("GET /v1/$I/keyword/default", "", `{"id":"$IDR","reply_id":"v","reply_type":"voice"}`)
			w.gives("POST /v1/$I/menu", `{"parent_id":"0","name":"a","sequence":1}`, `"$IDA"`)
			w.gives("POST /v1/$I/menu/bind", `{"menu_id":"$IDA","reply_id":"v","reply_type":"voice"}`, `null`)
		}},
		{14, "digest and show_cover_pic are optional", func(w *walk) {
			w.compare("", w.upload("POST /v1/$I/news/image", "file", "a.jpg", jpeg), ok(`{"id":"$IDC","url":"$URL/$IDC.jpg"}`))
			for i, tt := range [][2]string{
				{`"digest":"d","show_cover_pic":0`, `"show_cover_pic":false,"digest":"d"`},
				{`"show_cover_pic":"1"`, `"show_cover_pic":true,"digest":""`},
				{`"show_cover_pic":false`, `"show_cover_pic":false,"digest":""`},
				{`"author":null`, `"show_cover_pic":true,"digest":""`},
			} {
				id := fmt.Sprint("$IDN", i)
				w.gives("POST /v1/$I/news/single", `{"title":"t","image_id":"$IDC","content":"c",`+tt[0]+`}`, `"`+id+`"`)
				w.gives("GET /v1/$I/news/"+id, "", `[{"update_time":$NOW,"title":"t","author":"","image_id":"$IDC","url":"$URL/$IDC.jpg",`+tt[1]+
					`,"content":"c","content_source_url":""}]`)
			}
		}},
		{15, "the first day is part of a range, from its midnight in the app's zone", func(w *walk) {
			for i, at := range []int64{1_699_977_599_000, 1_699_977_600_000, 1_700_063_999_000, 1_700_064_000_000} { // around 2023-11-15 in Shanghai
				w.wrote(int64(i+1), at, "a")
			}
			ids := func(query string) string {
				_, text := w.ask("GET /v1/$I/msg?"+query, "")
				return strings.Join(regexp.MustCompile(`"id":"\d"`).FindAllString(text, -1), "")
			}
			for query, want := range map[string]string{
				"start_date=2023-11-15&end_date=2023-11-16": `"id":"3""id":"2"`, "start_date=2023-11-15": `"id":"4""id":"3""id":"2"`, "end_date=2023-11-15": `"id":"1"`,
			} {
				if got := ids(query); got != want {
					w.t.Errorf("%s: %s", query, got)
				}
			}
		}},
	}
}
