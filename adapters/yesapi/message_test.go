package yesapi_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"parley/core"
)

// item is an entry of TakeMessageList.
func item(id int, peer, data, kind string, read int, io string) string {
	return fmt.Sprintf(`{"id":%d,"chat_message_to_uuid":"%s","chat_message_data":%s,"chat_message_type":"%s","chat_message_is_read":%d,"chat_message_io":"%s","add_time":"%s"}`,
		id, peer, data, kind, read, io, clock)
}

// taken is the whole answer of TakeMessageList.
func taken(unread int, items ...string) string {
	return messages("TakeMessageList", `{"err_code":0,"err_msg":"","list":[`+strings.Join(items, ",")+`],"unread_num":`+strconv.Itoa(unread)+`}`)
}

// pair is a world in which A and C are logged in.
func pair(t testing.TB, settings string) *world {
	t.Helper()
	w := newWorld(t, settings)
	w.member(t, uuidA, "dogstar", "")
	w.member(t, uuidC, "carol", "")
	return w
}

func TestSendErrors(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	w.user(t, uuidD, "dave", "")
	if _, err := w.engine.SetBanned(context.Background(), w.app, uuidD, true); err != nil {
		t.Fatal(err)
	}
	const missing = "发送失败，chat_message_data缺少当前消息类型需要的字段"
	const unknown = "发送失败，接收会员不存在"
	for _, c := range []struct{ to, kind, data, code, text string }{
		{uuidA, "text", `{"content":"x"}`, "1", "不能发送给自己"},
		{strings.ToLower(uuidA), "text", `{"content":"x"}`, "1", "不能发送给自己"},
		{nobody, "text", `{"content":"x"}`, "2", unknown},
		{uuidD, "text", `{"content":"x"}`, "2", unknown},
		{uuidC, "text", `{}`, "2", missing},
		{uuidC, "text", `{"url":"x"}`, "2", missing},
		{uuidC, "text", `[]`, "2", missing},
		{uuidC, "text", `["content"]`, "2", missing},
		{uuidC, "text", `{"Content":"x"}`, "2", missing},
		{uuidC, "html", `{"url":"x"}`, "2", missing},
		{uuidC, "image", `{"content":"x"}`, "2", missing},
		{uuidC, "link", `{"content":"x"}`, "2", missing},
		{uuidC, "link", `{"a":{"url":"x"}}`, "2", missing},
		{uuidC, "text", `{"content":"` + strings.Repeat("x", core.DefaultMaxBody) + `"}`, "2", "发送失败，chat_message_data过大"},
	} {
		body := w.as(t, uuidA, "Send", "other_uuid", c.to, "chat_message_type", c.kind, "chat_message_data", c.data)
		check(t, body, messages("Send", `{"err_code":`+c.code+`,"err_msg":"`+c.text+`","chat_message_id":0}`))
	}
	w.assertEmpty(t)
}

// TestContent: an object comes back as it was sent, to both members.
func TestContent(t *testing.T) {
	w := pair(t, `{"auth":false,"json_style":"js"}`)
	for i, c := range []struct{ kind, data, want string }{
		{"text", `{"content":"I ❤ ⚽ 😀"}`, `{"content":"I ❤ ⚽ 😀"}`},
		{"text", `{"content":"\u4f60\u597d \u2764 \ud83d\ude00\/"}`, `{"content":"你好 ❤ 😀/"}`},
		{"text", ` { "content" : "a" , "at" : [ 1, "b" ] } `, `{"content":"a","at":[1,"b"]}`},
		{"text", `{"content":""}`, `{"content":""}`},
		{"text", `{"content":5}`, `{"content":5}`},
		{"text", `{"content":{"a":null}}`, `{"content":{"a":null}}`},
		{"html", `{"content":"<b onclick=\"x('&amp;')\">\n</b>"}`, `{"content":"<b onclick=\"x('&amp;')\">\n</b>"}`},
		{"image", `{"width":640,"url":"https://example.com/a.png?b=c&d=%20"}`, `{"width":640,"url":"https://example.com/a.png?b=c&d=%20"}`},
		{"link", `{"url":"https://example.com","title":"例子"}`, `{"url":"https://example.com","title":"例子"}`},
		{"custom", `{}`, `{}`},
		{"custom", `{"price":1.0,"big":12345678901234567890,"e":1e3,"empty":{},"none":[]}`, `{"price":1.0,"big":12345678901234567890,"e":1e3,"empty":{},"none":[]}`},
		{"custom", `{"content":"x","type":"text"}`, `{"content":"x","type":"text"}`},
	} {
		t.Run(c.kind+c.data, func(t *testing.T) {
			id := 2*i + 1
			w.send(t, uuidA, uuidC, c.kind, c.data)
			check(t, w.as(t, uuidC, "TakeMessageList", "other_uuid", uuidA, "perpage", "1"), taken(id, item(id, uuidA, c.want, c.kind, 0, "out")))
			check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidC, "perpage", "1"), taken(0, item(id, uuidC, c.want, c.kind, 1, "in")))
			native := w.post(t, "/?s="+chat+"Send&app_key="+appKey, jsonType, "", `{"uuid":"`+uuidA+`","token":"`+tokenB+`","other_uuid":"`+uuidC+`","chat_message_type":"`+c.kind+`","chat_message_data":`+c.data+`}`).body
			check(t, native, messages("Send", `{"err_code":0,"err_msg":"","chat_message_id":`+strconv.Itoa(id+1)+`}`))
			check(t, w.as(t, uuidC, "TakeMessageList", "other_uuid", uuidA, "perpage", "1"), taken(id+1, item(id+1, uuidA, c.want, c.kind, 0, "out")))
		})
	}
	body := w.as(t, uuidA, "Send", "other_uuid", uuidC, "chat_message_data", `{"content":"no type"}`)
	check(t, body, messages("Send", `{"err_code":0,"err_msg":"","chat_message_id":25}`))
	check(t, w.as(t, uuidC, "TakeMessageList", "other_uuid", uuidA, "perpage", "1"), taken(25, item(25, uuidA, `{"content":"no type"}`, "text", 0, "out")))
}

func TestMultiSend(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	w.user(t, uuidD, "dave", "")
	const data = `{"content":"x"}`
	multi := func(to, want string) {
		t.Helper()
		check(t, w.as(t, uuidA, "MultiSend", "other_uuid", to, "chat_message_data", data), messages("MultiSend", want))
	}
	entry := func(to string, id int) string {
		return `{"other_uuid":"` + to + `","chat_message_id":` + strconv.Itoa(id) + `}`
	}
	ok := func(detail ...string) string {
		return `{"err_code":0,"err_msg":"","detail":[` + strings.Join(detail, ",") + `]}`
	}
	const self = `{"err_code":1,"err_msg":"不能发送给自己","detail":[]}`
	const failed = `{"err_code":2,"err_msg":"发送失败，接收会员不存在","detail":[]}`
	multi(uuidD+","+uuidC, ok(entry(uuidD, 1), entry(uuidC, 2)))
	multi(uuidC, ok(entry(uuidC, 3)))
	multi(uuidA, self)
	multi(uuidA+","+uuidA, self)
	multi(nobody, failed)
	multi("x,,"+nobody, failed)
	multi(uuidC+","+uuidA+","+nobody+",short,"+strings.ToLower(uuidC)+","+uuidD+","+uuidC, ok(entry(uuidC, 4), entry(uuidD, 5)))
	check(t, w.as(t, uuidA, "MultiSend", "other_uuid", uuidC, "chat_message_data", `{}`),
		messages("MultiSend", `{"err_code":2,"err_msg":"发送失败，chat_message_data缺少当前消息类型需要的字段","detail":[]}`))
	body := w.post(t, "/?s="+chat+"MultiSend&app_key="+appKey+"&uuid="+uuidA+"&token="+tokenB, jsonType, "", `{"other_uuid":["`+uuidC+`","`+uuidD+`"],"chat_message_data":`+data+`}`).body
	check(t, body, messages("MultiSend", ok(entry(uuidC, 6), entry(uuidD, 7))))
	form := "other_uuid[]=" + uuidD + "&other_uuid[]=" + uuidC + "&chat_message_data=" + data
	check(t, w.post(t, "/?s="+chat+"MultiSend&app_key="+appKey+"&uuid="+uuidA+"&token="+tokenB, formType, "", form).body, messages("MultiSend", ok(entry(uuidD, 8), entry(uuidC, 9))))
	multi(strings.Repeat(uuidC+",", 199)+uuidD, ok(entry(uuidC, 10), entry(uuidD, 11)))

	w.put(t, func() core.App { app := *w.app; app.OpenUsers = true; return app }())
	fresh := strings.Repeat("E", 32)
	multi(fresh+","+uuidC, ok(entry(fresh, 12), entry(uuidC, 13)))
}

func TestTakeMessageList(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	w.user(t, uuidD, "dave", "")
	// The messages 1 to 8: those with odd numbers come from A, those with even numbers from C; 9 and 10 are elsewhere.
	for i := 1; i <= 8; i++ {
		from, to := uuidA, uuidC
		if i%2 == 0 {
			from, to = uuidC, uuidA
		}
		w.send(t, from, to, "text", `{"content":"`+strconv.Itoa(i)+`"}`)
	}
	w.send(t, uuidA, uuidD, "text", `{"content":"9"}`)
	w.send(t, uuidC, uuidD, "text", `{"content":"10"}`)
	for _, c := range []struct {
		params []string
		want   []int
	}{
		{nil, []int{1, 2, 3, 4, 5, 6, 7, 8}},
		{[]string{"perpage", "3"}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "direction", "up"}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "last_id", "0"}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "last_id", ""}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "last_id", "-4"}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "last_id", "x"}, []int{6, 7, 8}},
		{[]string{"perpage", "3", "last_id", "2", "direction", "down"}, []int{3, 4, 5}},
		{[]string{"perpage", "3", "last_id", "2"}, []int{3, 4, 5}},
		{[]string{"perpage", "3", "last_id", "2x"}, []int{3, 4, 5}},
		{[]string{"perpage", "3", "last_id", "6"}, []int{7, 8}},
		{[]string{"last_id", "8"}, nil},
		{[]string{"last_id", "99999"}, nil},
		{[]string{"last_id", "99999999999999999999999"}, nil},
		{[]string{"perpage", "3", "last_id", "7", "direction", "up"}, []int{4, 5, 6}},
		{[]string{"perpage", "3", "last_id", "3", "direction", "up"}, []int{1, 2}},
		{[]string{"last_id", "1", "direction", "up"}, nil},
		{[]string{"perpage", "2", "last_id", "9", "direction", "up"}, []int{7, 8}},
		{[]string{"perpage", "2", "last_id", "99999999999999999999999", "direction", "up"}, []int{7, 8}},
	} {
		var natural, documented, backwards []string
		for _, id := range c.want {
			data, read, in, out := `{"content":"`+strconv.Itoa(id)+`"}`, 1, "in", "out"
			if id%2 == 0 {
				read, in, out = 0, out, in
			}
			documented = append(documented, item(id, uuidC, data, "text", read, in))
			natural = append(natural, item(id, uuidC, data, "text", read, out))
			backwards = append([]string{documented[len(documented)-1]}, backwards...)
		}
		for settings, want := range map[string][]string{
			"": documented, `,"io":"documented","list_order":"asc"`: documented, `,"io":"natural"`: natural, `,"list_order":"desc"`: backwards,
		} {
			w.set(t, `{"auth":false`+settings+`}`)
			got := w.as(t, uuidA, "TakeMessageList", append([]string{"other_uuid", uuidC}, c.params...)...)
			if got != taken(4, want...) {
				t.Errorf("%s %s: got %s\nwant %s", settings, c.params, got, taken(4, want...))
			}
		}
	}
	w.set(t, `{"auth":false}`)
	const self = `{"err_code":1,"err_msg":"不能和自己聊天","list":[],"unread_num":0}`
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidA), messages("TakeMessageList", self))
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", nobody), taken(0))
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", strings.ToLower(uuidC), "last_id", "7"), taken(4, item(8, uuidC, `{"content":"8"}`, "text", 0, "out")))
}

func TestMarkAsReaded(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	for i := range 4 {
		w.send(t, uuidC, uuidA, "text", `{"content":"`+strconv.Itoa(i)+`"}`)
	}
	w.send(t, uuidA, uuidC, "text", `{"content":"own"}`)
	mark := func(want string, params ...string) {
		t.Helper()
		check(t, w.as(t, uuidA, "MarkAsReaded", params...), messages("MarkAsReaded", `{"err_code":0,"err_msg":"","readed_num":`+want+`}`))
	}
	unread := func(uuid, want string) {
		t.Helper()
		check(t, w.as(t, uuid, "GetAllUnreadNum"), messages("GetAllUnreadNum", `{"err_code":0,"err_msg":"","unread_num":`+want+`}`))
	}
	unread(uuidA, "4")
	unread(uuidC, "1")
	mark("1", "other_uuid", uuidC, "chat_message_id", "2")
	mark("0", "other_uuid", uuidC, "chat_message_id", "2")
	mark("0", "other_uuid", uuidC, "chat_message_id", "5")
	mark("0", "other_uuid", uuidC, "chat_message_id", "99")
	mark("0", "other_uuid", uuidC, "chat_message_id", "9223372036854775807")
	mark("0", "other_uuid", nobody)
	mark("0", "other_uuid", uuidA)
	unread(uuidA, "3")
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidC, "perpage", "4"), taken(3,
		item(2, uuidC, `{"content":"1"}`, "text", 1, "out"), item(3, uuidC, `{"content":"2"}`, "text", 0, "out"),
		item(4, uuidC, `{"content":"3"}`, "text", 0, "out"), item(5, uuidC, `{"content":"own"}`, "text", 1, "in")))
	mark("3", "other_uuid", uuidC)
	mark("0", "other_uuid", uuidC, "chat_message_id", "0")
	unread(uuidA, "0")
	unread(uuidC, "1")
	check(t, w.as(t, uuidC, "TakeMessageList", "other_uuid", uuidA, "perpage", "1"), taken(1, item(5, uuidA, `{"content":"own"}`, "text", 0, "out")))
}
