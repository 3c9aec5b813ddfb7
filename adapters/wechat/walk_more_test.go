package wechat_test

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/adapters/wechat/wechattest"
)

func (w *walk) articles() {
	w.file(35, "POST /v1/$I/news/image", "cover.jpg", jpeg, `{"id":"$IDC","url":"$URL/$IDC.jpg"}`)
	article := func(title string) string {
		return `{"title":"` + title + `","author":"作者","image_id":"$IDC","digest":"摘要","content":"<p>正文 \"x\"</p>","content_source_url":"http://s.example/a?b=1&c=2"}`
	}
	brief := func(title, digest string) string {
		return `{"update_time":$NOW,"title":"` + title + `","url":"$URL/$IDC.jpg","show_cover_pic":true,"digest":"` + digest + `"}`
	}
	full := func(title string) string {
		return `{"update_time":$NOW,"title":"` + title + `","author":"作者","image_id":"$IDC","url":"$URL/$IDC.jpg","show_cover_pic":true,` +
			`"digest":"摘要","content":"<p>正文 \"x\"</p>","content_source_url":"http://s.example/a?b=1&c=2"}`
	}
	w.step(36, "POST /v1/$I/news/single", article("one"), `"$IDN1"`)
	w.step(37, "POST /v1/$I/news/multiple", `[`+article("two")+`,{"title":"three","image_id":"$IDC","content":"c"}]`, `"$IDN2"`)
	w.step(38, "GET /v1/$I/news?index=1&size=10", "", `{"news":{"$IDN2":[`+brief("two", "摘要")+`,`+brief("three", "")+`],"$IDN1":[`+brief("one", "摘要")+`]},`+
		pages("1", "10", "2")+`}`)
	w.step(39, "GET /v1/$I/news/$IDN1", "", `[`+full("one")+`]`)
	w.step(39, "GET /v1/$I/news/$IDN2", "", `[`+full("two")+`,{"update_time":$NOW,"title":"three","author":"","image_id":"$IDC","url":"$URL/$IDC.jpg",`+
		`"show_cover_pic":true,"digest":"","content":"c","content_source_url":""}]`)
	w.step(40, "PUT /v1/$I/news/single/$IDN1", article("four"), `null`)
	w.see("GET /v1/$I/news/$IDN1", "", ok(`[`+full("four")+`]`))
	w.step(41, "PUT /v1/$I/news/multiple/$IDN2", `[`+article("five")+`,`+article("six")+`]`, `null`)
	w.see("GET /v1/$I/news/$IDN2", "", ok(`[`+full("five")+`,`+full("six")+`]`))
	w.step(42, "DELETE /v1/$I/news/$IDN1", "", `null`)
	w.see("GET /v1/$I/news", "", ok(`{"news":{"$IDN2":[`+brief("five", "摘要")+`,`+brief("six", "摘要")+`]},`+pages("1", "10", "1")+`}`))
}

func (w *walk) rules() {
	const path = "POST /v1/$I/keyword"
	w.step(43, path, `{"rule_name":"__subscribe","reply_id":"$IDT","reply_type":"text"}`, `"$IDS"`)
	w.step(43, path, `{"rule_name":"__default","reply_id":"$IDP2","reply_type":"image"}`, `"$IDD"`)
	w.step(43, path, `{"rule_name":"价格","keyword":[{"content":"多少钱","fuzzy":"0"},{"content":"price","fuzzy":"1"}],"reply_id":"$IDN2","reply_type":"news"}`, `"$IDR"`)
	w.step(44, "GET /v1/$I/keyword/subscribe", "", `{"id":"$IDS","reply_id":"$IDT","reply_type":"text"}`)
	w.step(45, "GET /v1/$I/keyword/default", "", `{"id":"$IDD","reply_id":"$IDP2","reply_type":"image"}`)
	w.step(46, "GET /v1/$I/keyword?index=1&size=10", "", `{"keyword":[{"id":"$IDR","name":"价格","keywords":"多少钱,price"}],`+pages("1", "10", "1")+`}`)
	w.step(47, "GET /v1/$I/keyword/$IDR", "", `{"name":"价格","reply_id":"$IDN2","reply_type":"news",`+
		`"keyword":[{"id":"$IDK1","content":"多少钱","fuzzy":false},{"id":"$IDK2","content":"price","fuzzy":true}]}`)
	w.step(48, "PUT /v1/$I/keyword/$IDR", `{"rule_name":"价格2","keyword":[{"content":"贵","fuzzy":"1"}],"reply_id":"$IDT","reply_type":"text"}`, `null`)
	w.see("GET /v1/$I/keyword/$IDR", "", ok(`{"name":"价格2","reply_id":"$IDT","reply_type":"text","keyword":[{"id":"$IDK3","content":"贵","fuzzy":true}]}`))
	w.step(49, "DELETE /v1/$I/keyword/$IDD", "", `null`)
	w.see("GET /v1/$I/keyword/default", "", ok(`null`))
}

func (w *walk) menus() {
	button := func(id, name, kind, keycode, url, replyID, replyType string, sequence int) string {
		value := func(text string) string {
			if text == "" {
				return "null"
			}
			return `"` + text + `"`
		}
		return fmt.Sprintf(`{"id":"%s","name":"%s","type":%s,"keycode":%s,"url":%s,"reply_id":%s,"reply_type":%s,"sequence":%d`,
			id, name, value(kind), value(keycode), value(url), value(replyID), value(replyType), sequence)
	}
	today := button("$IDB1", "Today", "click", "TODAY", "", "", "", 1) + `}`
	more := button("$IDB2", "More", "", "", "", "", "", 2) + `,"sub_button":[` +
		button("$IDB3", "About", "view", "", "http://m.example.com", "", "", 1) + `},` +
		button("$IDB4", "POP", "click", "V20131226171926_pop_199", "", "", "", 2) + `}]}`
	w.at(50)
	w.see("GET /v1/$I/menu/fetch", "", `{"code":400,"message":"menu info has already been fetched","data":null}`)
	w.step(50, "GET /v1/$I/menu/fetch?force=1", "", `null`)
	w.step(51, "POST /v1/$I/menu/publish", "", `null`)
	w.step(52, "GET /v1/$I/menu", "", `[`+today+`,`+more+`]`)
	w.step(53, "POST /v1/$I/menu", `{"parent_id":"0","name":"案例","sequence":3}`, `"$IDB5"`)
	w.step(53, "POST /v1/$I/menu", `{"parent_id":"$IDB5","name":"果园","sequence":1}`, `"$IDB6"`)
	w.step(53, "POST /v1/$I/menu", `{"parent_id":"$IDB5","name":"社会","sequence":2}`, `"$IDB7"`)
	w.step(54, "PUT /v1/$I/menu/$IDB7", `{"name":"科技","sequence":1}`, `null`)
	w.step(55, "DELETE /v1/$I/menu/$IDB2", "", `null`)
	w.step(56, "POST /v1/$I/menu/bind", `{"menu_id":"$IDB7","reply_id":"$IDT","reply_type":"text"}`, `null`)
	w.step(56, "POST /v1/$I/menu/bind", `{"menu_id":"$IDB6","reply_id":"http://m.example.com/o","reply_type":"link"}`, `null`)
	cases := func(b7 string) string {
		return button("$IDB5", "案例", "", "", "", "", "", 2) + `,"sub_button":[` + b7 + `},` +
			button("$IDB6", "果园", "view", "", "http://m.example.com/o", "", "", 2) + `}]}`
	}
	w.see("GET /v1/$I/menu", "", ok(`[`+today+`,`+cases(button("$IDB7", "科技", "click", "$KEYCODE", "", "$IDT", "text", 1))+`]`))
	w.see("POST /v1/$I/menu/publish", "", ok(`null`))
	const published = `[{"name":"Today","type":"click","key":"TODAY"},{"name":"案例","sub_button":[` +
		`{"name":"科技","type":"click","key":"$KEYCODE"},{"name":"果园","type":"view","url":"http://m.example.com/o"}]}]`
	if got := string(w.platform.Menu()); got != w.fill(published) {
		w.t.Errorf("published\n%s\nwant\n%s", got, w.fill(published))
	}
	w.step(57, "POST /v1/$I/menu/unbind", `{"menu_id":"$IDB7"}`, `null`)
	w.see("GET /v1/$I/menu", "", ok(`[`+today+`,`+cases(button("$IDB7", "科技", "", "", "", "", "", 1))+`]`))
}

func (w *walk) messages() {
	p, from := w.pusher, w.bound["$A"]
	w.bound["$MEDIA"] = w.platform.AddMedia("image", "a.jpg", "image/jpeg", []byte("picture"))
	w.bound["$SOUND"] = w.platform.AddMedia("voice", "a.amr", "audio/amr", []byte("sound"))
	w.bound["$FILM"] = w.platform.AddMedia("video", "a.mp4", "video/mp4", []byte("film"))
	for i, m := range []wechattest.Message{
		p.Link(from, 6, "题", "about", "http://example.com/a?b=c&d=e"), p.Location(from, 5, "23.134521", "113.358803", "20", "这里"),
		p.Video(from, 4, w.bound["$FILM"], w.bound["$MEDIA"]), p.Voice(from, 3, w.bound["$SOUND"], "amr", "said"),
		p.Image(from, 2, "http://mmbiz.example/p", w.bound["$MEDIA"]), p.Text(from, 1, "这里是内容1"),
	} {
		at := w.now().Add(time.Duration(i) * time.Second)
		w.push(m.At(at))
		w.idle("media", strconv.Itoa(6-i))
		w.bound["$TIME"+strconv.Itoa(6-i)] = strconv.FormatInt(at.UnixMilli(), 10)
	}
	message := func(id, kind, members string) string {
		return `{"id":"` + id + `","type":"` + kind + `",` + members +
			`,"sender_id":"$A","nickname":"小明 😀 0","avatar":"https://thirdwx.qlogo.cn/mmopen/0/0","create_time":$TIME` + id + `}`
	}
	w.step(58, "GET /v1/$I/msg?start_date=2023-11-15&end_date=2023-11-16&filterivrmsg=0&index=1&size=10", "", `{`+pages("1", "10", "6")+`,"message":[`+strings.Join([]string{
		message("1", "text", `"content":"这里是内容1"`),
		message("2", "image", `"media_id":"$MEDIA","pic_url":"http://mmbiz.example/p","url":"$URL/$IDCOPY2"`),
		message("3", "voice", `"media_id":"$SOUND","url":"$URL/$IDCOPY3","format":"amr","recognition":"said"`),
		message("4", "video", `"media_id":"$FILM","url":"$URL/$IDCOPY4","thumb_media_id":"$MEDIA","thumb_url":"$URL/$IDCOPY5","title":"","description":""`),
		message("5", "location", `"latitude":"23.134521","longitude":"113.358803","scale":"20","label":"这里"`),
		message("6", "link", `"url":"http://example.com/a?b=c&d=e","title":"题","description":"about"`),
	}, ",")+`]}`)
	w.step(58, "GET /v1/$I/msg?filter=%E5%86%85%E5%AE%B9&size=1", "", `{`+pages("1", "1", "1")+`,"message":[`+message("1", "text", `"content":"这里是内容1"`)+`]}`)
	w.step(58, "GET /v1/$I/msg?end_date=2023-11-15", "", `{`+pages("1", "10", "0")+`,"message":[]}`)
}

func (w *walk) masses() {
	for _, send := range []string{
		`{"group_id":"-1","msg_type":"text","msg_id":"$IDT"}`,
		`{"group_id":"-1","gender":"0","msg_type":"voice","msg_id":"$IDV1"}`,
		`{"group_id":"0","gender":"1","msg_type":"mpvideo","msg_id":"$IDF1"}`,
		`{"group_id":"0","msg_type":"mpnews","msg_id":"$IDN2"}`,
		`{"group_id":"0","msg_type":"image","msg_id":"$IDP2"}`,
	} {
		w.step(59, "POST /v1/$I/masssend/send", send, `null`)
	}
	article := func(title string) string {
		return `{"update_time":$NOW,"title":"` + title + `","author":"作者","image_id":"$IDC","url":"$URL/$IDC.jpg","digest":"摘要",` +
			`"content":"<p>正文 \"x\"</p>","content_source_url":"http://s.example/a?b=1&c=2"}`
	}
	send := func(id, kind, material, members string) string {
		return `{"id":"` + id + `","msg_type":"` + kind + `","msg_id":"` + material + `","create_time":$NOW,` + members + `}`
	}
	w.step(60, "GET /v1/$I/masssend?index=1&size=10", "", `{"message":[`+strings.Join([]string{
		send("$IDM1", "image", "$IDP2", `"name":"B.JPG","url":"$URL/$IDP2.jpg"`),
		send("$IDM2", "mpnews", "$IDN2", `"news":[`+article("five")+`,`+article("six")+`]`),
		send("$IDM3", "mpvideo", "$IDF1", `"title":"标题","description":"描述","url":"$URL/$IDF1.mp4"`),
		send("$IDM4", "voice", "$IDV1", `"name":"a.mp3","url":"$URL/$IDV1.mp3"`),
		send("$IDM5", "text", "$IDT", `"content":"你好 😀 <&> \"q\""`),
	}, ",")+`],`+pages("1", "10", "5")+`}`)
	w.step(61, "GET /v1/$I/masssend/$IDM5", "", `{"status":"sending","total_count":null,"filter_count":null,"sent_count":null,"error_count":null}`)
	taken := w.platform.Masses()
	if len(taken) != 5 || taken[0].Text != "你好 😀 <&> \"q\"" || len(taken[0].To) != 11 || taken[0].ClientID != w.fill("$IDM5-0") {
		w.t.Fatalf("the platform has taken %+v", taken)
	}
	w.push(w.pusher.MassFinished(taken[0], 2))
	w.step(61, "GET /v1/$I/masssend/$IDM5", "", `{"status":"send success","total_count":11,"filter_count":11,"sent_count":9,"error_count":2}`)
}
