package yesapi_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/valyala/fasthttp"
)

// TestExchangesDoNotMix answers requests of different kinds at once: nothing of one may show in another.
func TestExchangesDoNotMix(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	w.send(t, uuidC, uuidA, "text", `{"content":"kept"}`)
	take := "/?s=" + chat + "TakeMessageList&other_uuid=" + uuidC + "&uuid=" + uuidA + "&token=" + tokenB + "&app_key=" + appKey
	history := taken(1, item(1, uuidC, `{"content":"kept"}`, "text", 0, "out"))
	requests := []struct{ target, want string }{
		{"/?s=Hello.World&name=x&app_key=" + appKey, succeeded(hello, helloData)},
		{"/?s=Hello.World&name=x&return_data=1&app_key=" + appKey, helloData},
		{"/?s=Hello.World&name=x&callback=cb&app_key=" + appKey, "cb(" + succeeded(hello, helloData) + ")"},
		{"/?s=Hello.World&name=x&sign=1&app_key=" + appKey, refused(409, "签名错误")},
		{"/?s=Hello.World&name=x", refused(400, "缺少必要参数app_key")},
		{"/?s=Hello.World&name=x&app_key=" + nobody, refused(406, "非法app_key，请核对你所在的接口域名")},
		{"/?s=" + chat + "GetAllUnreadNum&app_key=" + appKey, refused(401, "用户未登录，或登录态已过期")},
		{"/?", refused(404, "接口服务App.Site.Index不存在")},
		{take, history},
		{take + "&return_data=1&last_id=1", `{"err_code":0,"err_msg":"","list":[],"unread_num":1}`},
		{take + "&callback=" + strings.Repeat("x", 100), strings.Repeat("x", 100) + "(" + history + ")"},
	}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 20 * len(requests) {
				r := requests[(i*(worker+1)+worker)%len(requests)]
				var request fasthttp.Request
				request.SetRequestURI("http://a" + r.target)
				var ctx fasthttp.RequestCtx
				ctx.Init(&request, nil, nil)
				w.dialect.Serve(&ctx)
				if got := string(ctx.Response.Body()); got != r.want {
					t.Errorf("%s: got %s\nwant %s", r.target, got, r.want)
				}
			}
		})
	}
	all.Wait()
}

// TestParameterSources: the query, overlaid by a form, overlaid by a JSON body, whatever its content type.
func TestParameterSources(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	query := "/?s=App.Hello.World&name=query&app_key=" + appKey
	multipart := "multipart/form-data; boundary=x"
	field := "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nbody\r\n--x--\r\n"
	file := "--x\r\nContent-Disposition: form-data; name=\"name\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nbody\r\n--x--\r\n"
	for i, c := range []struct{ contentType, body, name string }{
		{formType, "", "query"},
		{formType, "name=body", "body"},
		{formType + "; charset=utf-8", "name=body", "body"},
		{formType, "name=first&name=body", "body"},
		{formType, "other=1", "query"},
		{formType, "name", ""},
		{formType, "name=a%2Bb+c%zz%4", "a+b c%zz%4"},
		{multipart, field, "body"},
		{multipart, file, "query"},
		{jsonType, `{"name":"body"}`, "body"},
		{jsonType, ` {"name":"body"} `, "body"},
		{formType, `{"name":"body"}`, "body"},
		{"", `{"name":"body"}`, "body"},
		{"text/plain", `{"name":"body"}`, "body"},
		{jsonType, `{"name":null}`, ""},
		{jsonType, `{"name":12}`, "12"},
		{jsonType, `{"name":true}`, "1"},
		{jsonType, `{"name":`, "query"},
		{jsonType, `{"name":["a"]}`, "Array"},
		{jsonType, `{"n\u0061me":"\u5c0f\ud83d\ude00"}`, "小😀"},
	} {
		body := w.post(t, query, c.contentType, "", c.body).body
		want := succeeded(hello, `{"err_code":0,"err_msg":"","title":"Hi `+c.name+`，欢迎使用小白接口！"}`)
		if c.body == `{"name":null}` {
			want = refused(400, "缺少必要参数name")
		}
		if body != want {
			t.Errorf("%s: got %s\nwant %s", strconv.Itoa(i)+" "+c.body, body, want)
		}
	}
}
