package yesapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"
)

// clientRequest is the request of one of the platform's client libraries, byte for byte as it puts it on the wire.
type clientRequest struct {
	name string
	// head is the request without Host and Content-Length; body follows it.
	head, body string
	want       string
}

// part is a field of a multipart body as PHP's curl writes it.
func part(name, value string) string {
	return "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

func clientRequests() []clientRequest {
	const send = chat + "Send"
	sent := func(id int) string {
		return messages("Send", `{"err_code":0,"err_msg":"","chat_message_id":`+strconv.Itoa(id)+`}`)
	}
	greeting := func(name string) string {
		return succeeded(hello, `{"err_code":0,"err_msg":"","title":"Hi `+name+`，欢迎使用小白接口！"}`)
	}
	noSession := refused(401, "用户未登录，或登录态已过期")
	const get, post, form = "GET ", "POST ", "Content-Type: application/x-www-form-urlencoded\r\n"
	return []clientRequest{
		{
			"PHP: multipart to a double slash",
			post + "//?s=" + send + " HTTP/1.1\r\nAccept: */*\r\nContent-Type: multipart/form-data; boundary=------------------------d74496d66958873e\r\n",
			part("uuid", uuidA) + part("token", tokenB) + part("other_uuid", uuidC) + part("chat_message_type", "text") +
				part("chat_message_data", `{"content":"\u4f60\u597d \u2764 \u26bd"}`) + part("s", send) + part("app_key", appKey) +
				part("sign", "42504029200756F13817D5781AD8FFC1") + "--------------------------d74496d66958873e--\r\n",
			sent(1),
		},
		{
			"Go: a query that is not encoded",
			get + "/?sign=9D95A6B09392F094F8A8CF8F7AFF3DA9&chat_message_data={\"content\":\"你好\"}&other_uuid=" + uuidC + "&app_key=" + appKey +
				"&chat_message_type=text&s=" + send + " HTTP/1.1\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n",
			"", noSession,
		},
		{
			"Go: with a session",
			get + "/?s=" + send + "&chat_message_data={\"content\":\"你好呀\"}&other_uuid=" + uuidC + "&app_key=" + appKey +
				"&uuid=" + uuidA + "&token=" + tokenB + "&sign=" + signOf(appKey, `{"content":"你好呀"}`, uuidC, send, tokenB, uuidA) + " HTTP/1.1\r\nUser-Agent: Go-http-client/1.1\r\n",
			"", sent(2),
		},
		{
			"Go: an address that is not encoded",
			get + "/?name=https://a/b?c={d}&s=App.Hello.World&app_key=" + appKey + " HTTP/1.1\r\n", "", greeting(`https:\/\/a\/b?c={d}`),
		},
		{
			"path style with an address",
			get + "/api/App/Hello/World?app_key=" + appKey + "&name=https://a/b HTTP/1.1\r\n", "", greeting(`https:\/\/a\/b`),
		},
		{
			"Python: service of two parts",
			get + "/?s=Hello.World&name=dogstar&app_key=" + appKey + "&sign=CE29AF2F1DB6B33A1D0BE79A350EDC7D HTTP/1.1\r\nUser-Agent: python-requests/2.28.1\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n",
			"", greeting("dogstar"),
		},
		{
			"Python: empty POST with everything in the query",
			post + "/?service=App.Hello.World&name=dogstar&app_key=" + appKey + "&sign=4AF2698747EAB4F8A13487B9A701F9F2 HTTP/1.1\r\nUser-Agent: python-requests/2.28.1\r\n",
			"", greeting("dogstar"),
		},
		{
			"mini program: JSON",
			post + "/?s=App.Hello.World&app_key=" + appKey + " HTTP/1.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n",
			`{"name":"Demo","s":"App.Hello.World","app_key":"` + appKey + `","sign":"CB33F83345D382F780DDC3EE74F410EB"}`, greeting("Demo"),
		},
		{
			"mini program: JSON numbers",
			post + "/?s=" + chat + "GetAllChatList&app_key=" + appKey + " HTTP/1.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n",
			`{"page":1,"perpage":20,"uuid":"` + uuidA + `","token":"` + tokenB + `","s":"` + chat + `GetAllChatList","app_key":"` + appKey + `","sign":"FA461D6AAAEA61147AB2E158C932E04E"}`,
			messages("GetAllChatList", `{"err_code":0,"err_msg":"","list":[{"chat_message_to_uuid":"`+uuidC+`","chat_message_data":{"content":"你好呀"},"chat_message_type":"text","chat_message_is_read":1,"chat_message_io":"in","add_time":"`+clock+`","user":{"username":"carol","ext_info":{}},"id":2,"unread_num":0}],"total":1}`),
		},
		{
			"mini program: emoji signed as CESU-8",
			post + "/?s=" + send + "&app_key=" + appKey + " HTTP/1.1\r\nContent-Type: application/json\r\n",
			`{"other_uuid":"` + uuidC + `","chat_message_type":"text","chat_message_data":"{\"content\":\"😀\"}","s":"` + send + `","app_key":"` + appKey + `","sign":"C214857B5E6644010B64067D791563E2"}`,
			noSession,
		},
		{
			"admin page: JSON as a form, the sign in the query",
			post + "/?s=App.User.Login&app_key=" + appKey + "&sign=AD59359E390F3E174F98024DC2144161 HTTP/1.1\r\n" + form,
			`{"username":"dogstar","password":"` + digest + `","s":"App.User.Login","app_key":"` + appKey + `","sign":""}`,
			succeeded("App.User.Login", `{"err_code":0,"err_msg":"","uuid":"`+uuidA+`","token":"`+tokenB+`","role":"user"}`),
		},
		{
			"C#: a body that begins with an ampersand",
			post + "/ HTTP/1.1\r\n" + form,
			"&service=App.Hello.World&name=a;b/c?d:e@f&app_key=" + appKey + "&sign=" + signOf(appKey, "a;b/c?d:e@f", hello), greeting(`a;b\/c?d:e@f`),
		},
		{
			"Lua: a body that is not encoded",
			post + "/ HTTP/1.1\r\n" + form,
			"name=小白君 100%&s=App.Hello.World&app_key=" + appKey + "&sign=" + signOf(appKey, "小白君 100%", hello), greeting("小白君 100%"),
		},
		{
			"Android: everything in the query of a POST",
			post + "/?s=App.Hello.World&name=%E5%B0%8F%E7%99%BD%E5%90%9B&app_key=" + appKey + "&sign=C3E44ADE174A61EFD65F31470A56BD23 HTTP/1.1\r\nUser-Agent: okhttp/3.12.0\r\n",
			"", greeting("小白君"),
		},
		{
			"Kotlin: JSON with a charset header",
			post + "/ HTTP/1.1\r\nContent-Type: application/json; charset=utf-8\r\ncharset: utf-8\r\n",
			`{"name":"dogstar","s":"App.Hello.World","app_key":"` + appKey + `","sign":"4AF2698747EAB4F8A13487B9A701F9F2"}`, greeting("dogstar"),
		},
		{
			"Python skill: static sign and a time, JSON type on GET",
			get + "/?s=App.Hello.World&app_key=" + appKey + "&_timestamp=1657513450&sign=static-sign-of-the-app&name=dogstar HTTP/1.1\r\nContent-Type: application/json\r\n",
			"", greeting("dogstar"),
		},
		{
			"Python skill: static sign, JSON body",
			post + "/?s=App.Hello.World&app_key=" + appKey + "&_timestamp=1657513450&sign=static-sign-of-the-app HTTP/1.1\r\nContent-Type: application/json\r\n",
			`{"name": "dogstar"}`, greeting("dogstar"),
		},
		{
			"jQuery: JSONP with its callback twice",
			get + "/?callback=onCallback&s=App.Hello.World&name=dogstar&callback=onCallback&app_key=" + appKey + "&sign=8CA0F092CD96CF309FA82B9095907405&_=1657513450123 HTTP/1.1\r\n",
			"", "onCallback(" + greeting("dogstar") + ")",
		},
		{
			"no path, separators in excess",
			get + "/?&s=App.Hello.World&&name=dogstar&app_key=" + appKey + "& HTTP/1.1\r\n",
			"", greeting("dogstar"),
		},
		{
			"index.php",
			get + "/index.php?s=app.Hello.world&name=dogstar&app_key=" + appKey + " HTTP/1.1\r\n",
			"", refused(404, "接口服务app.Hello.world不存在"),
		},
		{
			"another host and a path of another service",
			post + "/api/SVIP/Swxh_My/Do HTTP/1.1\r\n" + form,
			"service=App.Hello.World&name=dogstar&app_key=" + appKey, greeting("dogstar"),
		},
		{
			"path style with a form",
			post + "/api/App/Market_ChatMessage/MarkAsReaded HTTP/1.1\r\n" + form,
			"other_uuid=" + uuidC + "&chat_message_id=0&uuid=" + uuidA + "&token=" + tokenB + "&app_key=" + appKey + "&sign=B37A1F136F340FC2BC4DB4FC38E378F8",
			messages("MarkAsReaded", `{"err_code":0,"err_msg":"","readed_num":0}`),
		},
	}
}

func TestClientLibraries(t *testing.T) {
	w := newWorld(t, `{"auth":false,"static_signs":["static-sign-of-the-app"]}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	w.random.set(0xbb) // a login gives the same token again
	for _, c := range clientRequests() {
		t.Run(c.name, func(t *testing.T) {
			head := c.head + "Host: hn216.api.yesapi.cn\r\n"
			if strings.HasPrefix(head, "POST") {
				head += "Content-Length: " + strconv.Itoa(len(c.body)) + "\r\n"
			}
			a := w.raw(t, head+"\r\n"+c.body)
			check(t, a.body, c.want)
			if a.status != http.StatusOK {
				t.Errorf("status %d", a.status)
			}
		})
	}
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidC), messages("TakeMessageList", `{"err_code":0,"err_msg":"","list":[`+
		`{"id":1,"chat_message_to_uuid":"`+uuidC+`","chat_message_data":{"content":"你好 ❤ ⚽"},"chat_message_type":"text","chat_message_is_read":1,"chat_message_io":"in","add_time":"`+clock+`"},`+
		`{"id":2,"chat_message_to_uuid":"`+uuidC+`","chat_message_data":{"content":"你好呀"},"chat_message_type":"text","chat_message_is_read":1,"chat_message_io":"in","add_time":"`+clock+`"}`+
		`],"unread_num":0}`))
}

// TestRoutes: every documented form of the address has a route to the same handler.
func TestRoutes(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	handlers := make(map[string]fasthttp.RequestHandler)
	for _, r := range w.dialect.Routes() {
		handlers[r.Path] = r.Handle
	}
	for path, target := range map[string]string{
		"/": "/?s=App.Hello.World", "//": "//?s=App.Hello.World", "/index.php": "/index.php?service=Hello.World",
		"/api/App/{service:*}": "/api/App/Hello/World?a=b",
	} {
		handle := handlers[path]
		if handle == nil {
			t.Errorf("no route %s", path)
			continue
		}
		var ctx fasthttp.RequestCtx
		ctx.Request.SetRequestURI("http://a" + target + "&name=x&app_key=" + appKey)
		handle(&ctx)
		check(t, string(ctx.Response.Body()), succeeded(hello, helloData))
	}
	if len(handlers) != 4 {
		t.Errorf("%d routes", len(handlers))
	}
}
