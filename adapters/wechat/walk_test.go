package wechat_test

import (
	"regexp"
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/core/official"
)

// walk goes through the document from its first endpoint to its last. What is written $NAME in a request stands for what
// an earlier answer had there; what is written so in an answer for the first time is noted, and compared from then on.
type walk struct {
	*office

	t     *testing.T
	bound map[string]string
	last  int // the number of the endpoint in the document
}

// placeholder is a name, which begins with what it stands for.
var placeholder = regexp.MustCompile(`\$[A-Z]+[0-9]*`)

// formOf is what a placeholder may stand for.
func formOf(name string) string {
	switch {
	case name == "$TOKEN":
		return `[0-9a-zA-Y]{8}`
	case strings.HasPrefix(name, "$KEYCODE"):
		return `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`
	case strings.HasPrefix(name, "$ID"):
		return `[0-9a-f]{32}`
	}
	return `no such placeholder`
}

// fill puts in what is known.
func (w *walk) fill(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if value, ok := w.bound[name]; ok {
			return value
		}
		return name
	})
}

// compare takes an answer apart by the one that is wanted.
func (w *walk) compare(request, got, want string) {
	w.t.Helper()
	want = w.fill(want)
	var names []string
	pattern, at := "^", 0
	for _, place := range placeholder.FindAllStringIndex(want, -1) {
		name := want[place[0]:place[1]]
		pattern += regexp.QuoteMeta(want[at:place[0]])
		at = place[1]
		if name == "$I" { // what ask makes of the account
			pattern += regexp.QuoteMeta(name)
			continue
		}
		names = append(names, name)
		pattern += "(" + formOf(name) + ")"
	}
	parts := regexp.MustCompile(pattern + regexp.QuoteMeta(want[at:]) + "$").FindStringSubmatch(got)
	if parts == nil {
		w.t.Fatalf("%d: %s\ngot  %s\nwant %s", w.last, w.fill(request), got, want)
	}
	for i, name := range names {
		if value, ok := w.bound[name]; ok && value != parts[i+1] {
			w.t.Fatalf("%d: %s\ngot  %s\nwant %s, where %s is one thing", w.last, w.fill(request), got, want, name)
		}
		w.bound[name] = parts[i+1]
	}
}

// step is one request of endpoint number n, with JSON if it has a body, and the data of the answer.
func (w *walk) step(n int, request, body, data string) {
	w.t.Helper()
	w.at(n)
	w.see(request, body, ok(data))
}

// see sends a request and compares the whole answer.
func (w *walk) see(request, body, want string) {
	w.t.Helper()
	response, got := w.ask(w.fill(request), w.fill(body))
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "application/json;charset=UTF-8" {
		w.t.Errorf("%d: %s: %s %v", w.last, request, response.Status, response.Header)
	}
	w.compare(request, got, want)
}

// file is a step that uploads.
func (w *walk) file(n int, request, name, content, data string) {
	w.t.Helper()
	w.at(n)
	w.compare(request, w.upload(w.fill(request), "file", name, content), ok(data))
}

// download is a step whose answer is a file.
func (w *walk) download(n int, request, contentType, disposition, content string) {
	w.t.Helper()
	w.at(n)
	response, got := w.ask(w.fill(request), "")
	h := response.Header
	if got != content || h.Get("Content-Type") != contentType || h.Get("Content-Disposition") != "attachment; filename="+disposition {
		w.t.Errorf("%d: %s: %s %v %q", n, request, response.Status, h, got)
	}
}

// at notes the endpoint: none is left out.
func (w *walk) at(n int) {
	w.t.Helper()
	if n != w.last && n != w.last+1 {
		w.t.Fatalf("the walk goes from endpoint %d to %d", w.last, n)
	}
	w.last = n
}

const walkMenu = `[{"type":"click","name":"Today","key":"TODAY"},{"name":"More","sub_button":[{"type":"view","name":"About","url":"http://m.example.com"},` +
	`{"type":"click","name":"POP","key":"V20131226171926_pop_199"}]}]`

// TestWalk is the document as a test: every endpoint in the document's order, with the parameters that it names.
func TestWalk(t *testing.T) {
	w := &walk{t: t, bound: map[string]string{
		"$A": wechattest.OpenID(0), "$B": wechattest.OpenID(3), "$C": wechattest.OpenID(4), "$D": wechattest.OpenID(11), "$E": wechattest.OpenID(10),
		"$NOW": "1700000000000", "$URL": "https://parley.example/media/$I",
	}}
	w.office = newOffice(t, officeOptions{unbound: true, platform: wechattest.Options{Followers: 12}})
	w.platform.SetMenu([]byte(walkMenu))
	w.bindings()
	w.groups()
	w.texts()
	w.images()
	w.voices()
	w.videos()
	w.articles()
	w.rules()
	w.menus()
	w.messages()
	w.masses()
	if w.last != 61 {
		t.Errorf("the walk ends at endpoint %d", w.last)
	}
}

func (w *walk) bindings() {
	const bind = `{"weixin_id":"gh_0123456789ab"}`
	w.step(1, "POST /v1/bind", bind, `{"id":"$IDACCOUNT","url":"https://parley.example/wx/$IDACCOUNT","token":"$TOKEN"}`)
	w.account = must[*official.Account](w.t)(w.service.Account(w.t.Context(), w.bound["$IDACCOUNT"]))
	w.step(1, "POST /v1/bind", bind, `{"id":"$I","url":"https://parley.example/wx/$I","token":"$TOKEN"}`)
	w.step(2, "POST /v1/bind/fillin", `{"id":"$IDACCOUNT","app_id":"wxappid","app_secret":"secret"}`, `null`)
	w.idle("followers", "all")
	w.idle("menu", "all")
	w.bind(w.now, officeOptions{})
}

func (w *walk) groups() {
	w.at(3)
	w.see("GET /v1/$I/user/fetch", "", `{"code":400,"message":"follower info has already been fetched","data":null}`)
	w.step(3, "GET /v1/$I/user/fetch?force=1", "", `null`)
	w.idle("followers", "all")
	w.step(4, "POST /v1/$I/group", `{"name":"测试组"}`, `"$IDG"`)
	w.step(4, "POST /v1/$I/group", `{"name":"more"}`, `"$IDH"`)
	const imported = `{"id":"0","name":"未分组","num":9},{"id":"1","name":"黑名单","num":1},{"id":"2","name":"星标组","num":1},{"id":"100","name":"上海 🏙","num":1}`
	w.step(5, "GET /v1/$I/group", "", `{"total":11,"groups":[`+imported+`,{"id":"$IDG","name":"测试组","num":0},{"id":"$IDH","name":"more","num":0}]}`)
	w.step(6, "PUT /v1/$I/group/$IDG", `{"name":"新名称"}`, `null`)
	w.step(7, "PUT /v1/$I/group/$IDH", "", `null`)
	w.see("GET /v1/$I/group", "", ok(`{"total":11,"groups":[`+imported+`,{"id":"$IDG","name":"新名称","num":0}]}`))
	w.step(8, "GET /v1/$I/user?group=-1&index=1&size=2", "", `{"user":[`+
		`{"openid":"$D","nickname":"\"Q\" \\o/ 11","avatar":"https://thirdwx.qlogo.cn/mmopen/11/0"},`+
		`{"openid":"$E","nickname":"李雷 👨‍👩‍👧 10","avatar":"https://thirdwx.qlogo.cn/mmopen/10/0"}],`+pages("1", "2", "11")+`}`)
	w.step(8, "GET /v1/$I/user?group=2", "", `{"user":[{"openid":"$B","nickname":"Ann & Bob <3 3","avatar":"https://thirdwx.qlogo.cn/mmopen/3/0"}],`+
		pages("1", "10", "1")+`}`)
	w.step(9, "GET /v1/$I/user/$A", "", `{"openid":"$A","nickname":"小明 😀 0","country":"中国","province":"上海","city":"浦东新区","gender":0,`+
		`"avatar":"https://thirdwx.qlogo.cn/mmopen/0/0","language":"zh_CN","subscribed":true,"subscribe_time":1400000000000,`+
		`"unionid":"union-0","remark":"","unsubscribe_time":null,"ungrouped":true,"blocked":false}`)
	groups := func(openID, want string) {
		w.t.Helper()
		w.see("GET /v1/$I/user/groups/"+openID, "", ok(want))
	}
	w.step(10, "GET /v1/$I/user/groups/$B", "", `["2"]`)
	w.step(11, "POST /v1/$I/user/add", `{"openid":"$A","group_id":"$IDG"}`, `null`)
	groups("$A", `["$IDG"]`)
	w.step(12, "POST /v1/$I/user/add/batch", `{"openid":["$A","$B","$C"],"group_id":"$IDG"}`, `null`)
	groups("$C", `["100","$IDG"]`)
	w.step(13, "POST /v1/$I/user/rm", `{"openid":"$C","group_id":"100"}`, `null`)
	groups("$C", `["$IDG"]`)
	w.step(14, "POST /v1/$I/user/rm/batch", `{"openid":["$A","$B"],"group_id":"$IDG"}`, `null`)
	groups("$A", `["0"]`)
	groups("$B", `["2"]`)
}

func (w *walk) texts() {
	w.step(15, "POST /v1/$I/text", `{"content":"你好 😀 <&> \"q\""}`, `"$IDT"`)
	w.step(16, "GET /v1/$I/text/$IDT", "", `{"id":"$IDT","content":"你好 😀 <&> \"q\""}`)
}

func (w *walk) images() {
	w.file(17, "POST /v1/$I/image", "图 1.jpg", jpeg, `{"id":"$IDP1","name":"图 1.jpg","url":"$URL/$IDP1.jpg"}`)
	w.file(17, "POST /v1/$I/image", "B.JPG", jpeg+"2", `{"id":"$IDP2","name":"B.JPG","url":"$URL/$IDP2.jpg"}`)
	const second = `{"id":"$IDP2","name":"B.JPG","url":"$URL/$IDP2.jpg"}`
	w.step(18, "GET /v1/$I/image?index=1&size=10", "", `{"image":[`+second+`,{"id":"$IDP1","name":"图 1.jpg","url":"$URL/$IDP1.jpg"}],`+pages("1", "10", "2")+`}`)
	w.step(19, "GET /v1/$I/image/url/$IDP1", "", `{"name":"图 1.jpg","url":"$URL/$IDP1.jpg"}`)
	w.download(20, "GET /v1/$I/image/$IDP1", "application/jpg", "%E5%9B%BE+1.jpg", jpeg)
	w.download(20, "GET /v1/$I/image/$IDP2", "application/jpg", "B.JPG.jpg", jpeg+"2")
	w.step(21, "PUT /v1/$I/image/$IDP1", `{"name":"new"}`, `null`)
	w.see("GET /v1/$I/image/url/$IDP1", "", ok(`{"name":"new","url":"$URL/$IDP1.jpg"}`))
	w.step(22, "DELETE /v1/$I/image/$IDP1", "", `null`)
	w.see("GET /v1/$I/image", "", ok(`{"image":[`+second+`],`+pages("1", "10", "1")+`}`))
}

func (w *walk) voices() {
	w.file(23, "POST /v1/$I/voice", "a.mp3", mp3, `{"id":"$IDV1","name":"a.mp3","url":"$URL/$IDV1.mp3"}`)
	w.file(23, "POST /v1/$I/voice", "b.amr", amr, `{"id":"$IDV2","name":"b.amr","url":"$URL/$IDV2.amr"}`)
	const first, second = `{"id":"$IDV1","name":"a.mp3","url":"$URL/$IDV1.mp3"}`, `{"id":"$IDV2","name":"b.amr","url":"$URL/$IDV2.amr"}`
	all := func(items string) string {
		return `{"image":[` + items + `],"music":[` + items + `],"voice":[` + items + `],`
	}
	w.step(24, "GET /v1/$I/voice?index=1&size=1", "", all(second)+pages("1", "1", "2")+`}`)
	w.step(24, "GET /v1/$I/voice?index=2&size=1", "", all(first)+pages("2", "1", "2")+`}`)
	w.step(25, "GET /v1/$I/voice/url/$IDV2", "", `{"name":"b.amr","url":"$URL/$IDV2.amr"}`)
	w.download(26, "GET /v1/$I/voice/$IDV2", "application/mp3", "b.amr", amr)
	w.step(27, "PUT /v1/$I/voice/$IDV2", `{"name":"new"}`, `null`)
	w.download(27, "GET /v1/$I/voice/$IDV2", "application/mp3", "new.amr", amr)
	w.step(28, "DELETE /v1/$I/voice/$IDV2", "", `null`)
	w.see("GET /v1/$I/voice", "", ok(all(first)+pages("1", "10", "1")+`}`))
}

func (w *walk) videos() {
	w.file(29, "POST /v1/$I/video/upload", "a.mp4", mp4, `{"id":"$IDF1","url":"$URL/$IDF1.mp4"}`)
	w.file(29, "POST /v1/$I/video/upload", "b.mp4", mp4, `{"id":"$IDF2","url":"$URL/$IDF2.mp4"}`)
	w.step(30, "POST /v1/$I/video/$IDF1", `{"title":"标题","description":"描述"}`, `null`)
	w.file(31, "POST /v1/$I/video/upload/$IDF1", "c.mp4", mp4+"2", `null`)
	const first = `"title":"标题","description":"描述","url":"$URL/$IDF1.mp4","create_time":$NOW}`
	w.step(32, "GET /v1/$I/video?index=1&size=10", "", `{"video":[`+
		`{"id":"$IDF2","title":"","description":"","url":"$URL/$IDF2.mp4","create_time":$NOW},{"id":"$IDF1",`+first+`],`+pages("1", "10", "2")+`}`)
	w.step(33, "GET /v1/$I/video/$IDF1", "", `{`+first)
	w.step(34, "DELETE /v1/$I/video/$IDF2", "", `null`)
	w.see("GET /v1/$I/video", "", ok(`{"video":[{"id":"$IDF1",`+first+`],`+pages("1", "10", "1")+`}`))
	if _, file := w.ask(w.fill("GET /media/$I/$IDF1.mp4"), ""); file != mp4+"2" {
		w.t.Errorf("the video is %q", file)
	}
}
