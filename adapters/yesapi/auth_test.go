package yesapi_test

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

// authOf is the reverse signature of the data in an answer, as a client computes it from the bytes that it received.
func authOf(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `"data":`)
	end := strings.LastIndex(rest, `,"msg":`)
	if !found || end < 0 {
		t.Fatal(body)
	}
	sum := md5.Sum([]byte(rest[:end] + strconv.Itoa(unixNow) + appSecret))
	return hex.EncodeToString(sum[:])
}

func TestAuthVectors(t *testing.T) {
	w := newWorld(t, "")
	w.member(t, uuidC, "carol", "")
	w.member(t, uuidA, "dogstar", "")
	for range 3 {
		w.send(t, uuidC, uuidA, "text", `{"content":"x"}`)
	}
	const tail = `,"_t":1657513450,"_auth":"`
	check(t, w.call(t, hello), `{"ret":400,"data":{},"msg":"客户端非法请求：缺少必要参数name"`+tail+`18badd5ebce57ffa7a300d8cb956b9bb"}`)
	check(t, w.call(t, hello, "name", "dogstar"),
		`{"ret":200,"data":{"err_code":0,"err_msg":"","title":"Hi dogstar，欢迎使用小白接口！"},"msg":"V3.3.0 YesApi App.Hello.World"`+tail+`eccab6d1f22c09bd9a495c09dbbfa30f"}`)
	check(t, w.as(t, uuidA, "MarkAsReaded", "other_uuid", uuidC),
		`{"ret":200,"data":{"err_code":0,"err_msg":"","readed_num":3},"msg":"V3.3.0 YesApi App.Market_ChatMessage.MarkAsReaded"`+tail+`c748b28f4b57065a42b938a1e67e650d"}`)
	w.set(t, `{"json_style":"php-default"}`)
	check(t, w.call(t, hello, "name", "dogstar"),
		`{"ret":200,"data":{"err_code":0,"err_msg":"","title":"Hi dogstar\uff0c\u6b22\u8fce\u4f7f\u7528\u5c0f\u767d\u63a5\u53e3\uff01"},"msg":"V3.3.0 YesApi App.Hello.World"`+tail+`a7f32af47c5eba71b0ec73b2bb15e205"}`)
}

func TestJSONStyles(t *testing.T) {
	w := newWorld(t, "")
	const name = "a/b<&>'\"😀\u2028é\n"
	for style, title := range map[string]string{
		"":            `Hi a\/b<&>'\"😀\u2028é\n，欢迎使用小白接口！`,
		"php-unicode": `Hi a\/b<&>'\"😀\u2028é\n，欢迎使用小白接口！`,
		"php-default": `Hi a\/b<&>'\"\ud83d\ude00\u2028\u00e9\n\uff0c\u6b22\u8fce\u4f7f\u7528\u5c0f\u767d\u63a5\u53e3\uff01`,
		"js":          `Hi a/b<&>'\"😀` + "\u2028" + `é\n，欢迎使用小白接口！`,
	} {
		w.set(t, `{"json_style":"`+style+`"}`)
		body := w.call(t, hello, "name", name)
		want := `{"ret":200,"data":{"err_code":0,"err_msg":"","title":"` + title + `"},"msg":"V3.3.0 YesApi App.Hello.World","_t":1657513450,"_auth":"` + authOf(t, body) + `"}`
		check(t, body, want)
	}
}

// TestAuthIsOnEveryAnswer of an app that wants it, and nowhere else.
func TestAuthIsOnEveryAnswer(t *testing.T) {
	w := newWorld(t, "")
	w.member(t, uuidA, "dogstar", "")
	session := "&uuid=" + uuidA + "&token=" + tokenB
	for _, query := range []string{
		"s=App.Hello.World&name=x", "s=App.Hello.World", "s=App.Hello.World&name=x&sign=wrong", "s=App.Nothing.Here",
		"s=" + chat + "GetAllChatList", "s=" + chat + "GetAllChatList&uuid=short", "s=" + chat + "GetAllChatList" + session,
		"s=" + chat + "TakeMessageList&other_uuid=" + uuidA + session, "s=a..b",
	} {
		body := w.get(t, "/?app_key="+appKey+"&"+query).body
		if want := `,"_t":1657513450,"_auth":"` + authOf(t, body) + `"}`; !strings.HasSuffix(body, want) {
			t.Errorf("%s: %s, want %s at the end", query, body, want)
		}
		if body := w.get(t, "/?return_data=1&app_key="+appKey+"&"+query).body; strings.Contains(body, "_auth") || strings.Contains(body, `"_t"`) {
			t.Errorf("%s: %s", query, body)
		}
	}
	if body := w.get(t, "/?s=App.Hello.World&name=x&app_key="+nobody).body; strings.Contains(body, "_auth") {
		t.Errorf("no app: %s", body)
	}
	w.set(t, `{"auth":false}`)
	for _, query := range []string{"s=App.Hello.World&name=x", "s=App.Hello.World"} {
		if body := w.get(t, "/?app_key="+appKey+"&"+query).body; strings.Contains(body, "_auth") || strings.Contains(body, `"_t"`) {
			t.Errorf("auth is off: %s", body)
		}
	}
}
