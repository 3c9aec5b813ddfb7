package yesapi_test

import (
	"net/http"
	"strings"
	"testing"
)

const helloData = `{"err_code":0,"err_msg":"","title":"Hi x，欢迎使用小白接口！"}`

// TestFlatAnswers: return_data=1 gives data alone, and a refusal as an object of the same kind.
func TestFlatAnswers(t *testing.T) {
	w := newWorld(t, "")
	w.member(t, uuidA, "dogstar", "")
	flat := func(params ...string) []string { return append(params, "return_data", "1") }
	check(t, w.call(t, hello, flat("name", "x")...), helloData)
	check(t, w.as(t, uuidA, "TakeMessageList", flat("other_uuid", uuidA)...), `{"err_code":1,"err_msg":"不能和自己聊天","list":[],"unread_num":0}`)
	const prefix = `,"err_msg":"客户端非法请求：`
	for _, c := range []struct {
		service string
		params  []string
		want    string
	}{
		{hello, nil, `{"err_code":400` + prefix + `缺少必要参数name"}`},
		{hello, []string{"uuid", "short"}, `{"err_code":400` + prefix + `uuid.len应该大于或等于32, 但现在uuid.len = 5"}`},
		{hello, []string{"app_key", "x"}, `{"err_code":400` + prefix + `app_key.len应该大于或等于32, 但现在app_key.len = 1"}`},
		{hello, []string{"name", "x", "app_key", nobody}, `{"err_code":406` + prefix + `非法app_key，请核对你所在的接口域名"}`},
		{hello, []string{"name", "x", "sign", "wrong"}, `{"err_code":409` + prefix + `签名错误"}`},
		{chat + "GetAllUnreadNum", nil, `{"err_code":401` + prefix + `用户未登录，或登录态已过期"}`},
		{"App.No.Such", nil, `{"err_code":404` + prefix + `接口服务App.No.Such不存在"}`},
		{"a..b", nil, `{"err_code":400` + prefix + `非法服务：a..b"}`},
	} {
		check(t, w.call(t, c.service, flat(c.params...)...), c.want)
	}
	for _, other := range []string{"0", "2", "", "true"} {
		if body := w.call(t, hello, "name", "x", "return_data", other); !strings.HasPrefix(body, `{"ret":200,"data":`+helloData) {
			t.Errorf("return_data=%s: %s", other, body)
		}
	}
	if body := w.post(t, "/?s=App.Hello.World&app_key="+appKey, jsonType, "", `{"name":"x","return_data":1}`).body; body != helloData {
		t.Errorf("as a number: %s", body)
	}
	w.set(t, `{"return_data_fill_err_msg":true}`)
	check(t, w.call(t, hello, flat("name", "x")...), `{"err_code":0,"err_msg":"V3.3.0 YesApi App.Hello.World","title":"Hi x，欢迎使用小白接口！"}`)
	check(t, w.as(t, uuidA, "GetAllUnreadNum", flat()...), `{"err_code":0,"err_msg":"V3.3.0 YesApi App.Market_ChatMessage.GetAllUnreadNum","unread_num":0}`)
	check(t, w.as(t, uuidA, "TakeMessageList", flat("other_uuid", uuidA)...), `{"err_code":1,"err_msg":"不能和自己聊天","list":[],"unread_num":0}`)
}

func TestMessagePrefix(t *testing.T) {
	w := newWorld(t, `{"auth":false,"msg_prefix":"小白开放接口："}`)
	check(t, w.call(t, hello, "name", "x"), `{"ret":200,"data":`+helloData+`,"msg":"小白开放接口：App.Hello.World"}`)
	w.set(t, `{"auth":false,"msg_prefix":""}`)
	check(t, w.call(t, "hello.world", "name", "x"), `{"ret":200,"data":`+helloData+`,"msg":"App.Hello.World"}`)
}

func TestHeaders(t *testing.T) {
	w := newWorld(t, "")
	for _, target := range []string{"/?s=App.Hello.World&name=x&app_key=" + appKey, "/?s=App.Hello.World&app_key=" + appKey, "/?s=No.Such", "/"} {
		a := w.get(t, target)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json;charset=utf-8" || a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", target, a.status, a.header)
		}
	}
	w.set(t, `{"cors":false}`)
	for query, want := range map[string]string{"": "", "&yesapi_allow_origin=1": "*"} {
		a := w.get(t, "/?s=App.Hello.World&name=x&app_key="+appKey+query)
		if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("%q: origin %q", query, got)
		}
	}
	a := w.post(t, "/?s=App.Hello.World&app_key="+appKey, jsonType, "", `{"name":"x","yesapi_allow_origin":1}`)
	if got := a.header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("in the body: origin %q", got)
	}
}

func TestPreflight(t *testing.T) {
	w := newWorld(t, `{"cors":false}`)
	for _, path := range []string{"/", "//", "/api/App/Market_ChatMessage/Send?app_key=" + appKey} {
		a := w.raw(t, "OPTIONS "+path+" HTTP/1.1\r\nHost: a\r\nOrigin: https://page.example\r\nAccess-Control-Request-Method: POST\r\n\r\n")
		if a.status != http.StatusNoContent || a.body != "" {
			t.Errorf("%s: %d %q", path, a.status, a.body)
		}
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
			"Access-Control-Allow-Headers": "*, Content-Type, Accept, X-Requested-With", "Access-Control-Max-Age": "86400",
			"Access-Control-Allow-Credentials": "",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}

func TestJSONP(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	answer := succeeded(hello, helloData)
	for _, name := range []string{"cb", "jQuery32106_165", "a.b.c", "$", "_", "$cb$", "Z9", strings.Repeat("x", 128)} {
		a := w.get(t, "/?s=App.Hello.World&name=x&app_key="+appKey+"&callback="+name)
		check(t, a.body, name+"("+answer+")")
		if got := a.header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("%s: type %s", name, got)
		}
	}
	for _, name := range []string{"", "1a", ".a", "a(b", "a-b", "a%20b", "%3Cscript%3E", "a[0]", "%E5%90%8D", strings.Repeat("x", 129), "a%0Ab"} {
		a := w.get(t, "/?s=App.Hello.World&name=x&app_key="+appKey+"&callback="+name)
		check(t, a.body, answer)
		if got := a.header.Get("Content-Type"); got != "application/json;charset=utf-8" {
			t.Errorf("%s: type %s", name, got)
		}
	}
	check(t, w.get(t, "/?s=App.Hello.World&app_key="+appKey+"&callback=cb").body, "cb("+refused(400, "缺少必要参数name")+")")
	check(t, w.get(t, "/?s=No.Such&callback=cb").body, "cb("+refused(404, "接口服务App.No.Such不存在")+")")
	check(t, w.get(t, "/?s=App.Hello.World&name=x&app_key="+appKey+"&callback=cb&return_data=1").body, "cb("+helloData+")")
}
