package yesapi_test

import (
	"strings"
	"testing"

	"parley/core"
)

// refusalCase is a request with the answer to it. Parameters are written name=value and replace those of a live session.
type refusalCase struct {
	name, service string
	params        []string
	want          string
}

func refusalCases() []refusalCase {
	const send, multi, take, mark, chats = chat + "Send", chat + "MultiSend", chat + "TakeMessageList", chat + "MarkAsReaded", chat + "GetAllChatList"
	const l31, l33 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	const text, data = "chat_message_type=text", `chat_message_data={"content":"x"}`
	short := func(name string, n, min string) string {
		return refused(400, name+".len应该大于或等于"+min+", 但现在"+name+".len = "+n)
	}
	long := func(name string, n, max string) string {
		return refused(400, name+".len应该小于等于"+max+", 但现在"+name+".len = "+n)
	}
	low := func(name, n, min string) string {
		return refused(400, name+"应该大于或等于"+min+", 但现在"+name+" = "+n)
	}
	high := func(name, n, max string) string {
		return refused(400, name+"应该小于等于"+max+", 但现在"+name+" = "+n)
	}
	badJSON := refused(400, "参数chat_message_data的JSON数据格式错误")
	c := func(name, service, want string, params ...string) refusalCase {
		return refusalCase{name, service, params, want}
	}
	return []refusalCase{
		c("no recipient", send, refused(400, "缺少必要参数other_uuid"), text, data),
		c("recipient of 31 bytes", send, short("other_uuid", "31", "32"), "other_uuid="+l31, text, data),
		c("recipient of 33 bytes", send, long("other_uuid", "33", "32"), "other_uuid="+l33, text, data),
		c("empty recipient", send, short("other_uuid", "0", "32"), "other_uuid=", text, data),
		c("length in bytes", send, long("other_uuid", "33", "32"), "other_uuid=君君君君君君君君君君君", text, data),
		c("no data", send, refused(400, "缺少必要参数chat_message_data"), "other_uuid="+uuidC, text),
		c("empty data", send, badJSON, "other_uuid="+uuidC, "chat_message_data="),
		c("broken data", send, badJSON, "other_uuid="+uuidC, `chat_message_data={"content":"x"`),
		c("data with more behind it", send, badJSON, "other_uuid="+uuidC, `chat_message_data={"content":"x"}}`),
		c("plain text as data", send, badJSON, "other_uuid="+uuidC, "chat_message_data=hello"),
		c("a JSON string as data", send, badJSON, "other_uuid="+uuidC, `chat_message_data="hello"`),
		c("a JSON number as data", send, badJSON, "other_uuid="+uuidC, "chat_message_data=1"),
		c("null as data", send, badJSON, "other_uuid="+uuidC, "chat_message_data=null"),
		c("data that is not UTF-8", send, badJSON, "other_uuid="+uuidC, "chat_message_data={\"content\":\"\xff\"}"),
		c("half a surrogate pair", send, badJSON, "other_uuid="+uuidC, `chat_message_data={"content":"\ud83d"}`),
		c("unknown type", send, refused(400, "参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = voice"), "other_uuid="+uuidC, "chat_message_type=voice", data),
		c("type in upper case", send, refused(400, "参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = TEXT"), "other_uuid="+uuidC, "chat_message_type=TEXT", data),
		c("empty type", send, refused(400, "参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = "), "other_uuid="+uuidC, "chat_message_type=", data),
		c("the first of several mistakes", send, refused(400, "缺少必要参数other_uuid"), "chat_message_type=voice", "chat_message_data=1"),
		c("the second of several mistakes", send, refused(400, "参数chat_message_type应该为：text/html/image/link/custom，但现在chat_message_type = voice"), "other_uuid="+uuidC, "chat_message_type=voice", "chat_message_data=1"),
		c("uuid of 31 bytes", send, short("uuid", "31", "32"), "uuid="+l31, "other_uuid="+uuidC, data),
		c("uuid of 33 bytes", send, long("uuid", "33", "32"), "uuid="+l33, "other_uuid="+uuidC, data),
		c("empty uuid", send, short("uuid", "0", "32"), "uuid=", "other_uuid="+uuidC, data),
		c("token of 63 bytes", send, short("token", "63", "64"), "token="+tokenB[1:], "other_uuid="+uuidC, data),
		c("token of 65 bytes", send, long("token", "65", "64"), "token="+tokenB+"B", "other_uuid="+uuidC, data),
		c("short app_key", send, short("app_key", "31", "32"), "app_key="+appKey[1:], "other_uuid="+uuidC, data),
		c("long app_key", send, long("app_key", "33", "32"), "app_key="+appKey+"0", "other_uuid="+uuidC, data),
		c("empty app_key", send, short("app_key", "0", "32"), "app_key=", "other_uuid="+uuidC, data),
		c("common parameters before the endpoint's", send, short("app_key", "0", "32"), "app_key=", "uuid=x", "other_uuid=x"),
		c("uuid before token", send, short("uuid", "1", "32"), "uuid=x", "token=x"),
		c("token before the endpoint's", send, short("token", "1", "64"), "token=x", "other_uuid=x"),
		c("unknown app_key", send, refused(406, "非法app_key，请核对你所在的接口域名"), "app_key="+nobody, "other_uuid="+uuidC, data),
		c("app_key in lower case", send, refused(406, "非法app_key，请核对你所在的接口域名"), "app_key="+strings.ToLower(appKey), "other_uuid="+uuidC, data),
		c("wrong sign", send, refused(409, "签名错误"), "sign="+uuidA, "other_uuid="+uuidC, data),
		c("wrong token", send, refused(401, "用户未登录，或登录态已过期"), "token="+strings.Repeat("C", 64), "other_uuid="+uuidC, data),
		c("token in lower case", send, refused(401, "用户未登录，或登录态已过期"), "token="+strings.ToLower(tokenB), "other_uuid="+uuidC, data),
		c("another's token", send, refused(401, "用户未登录，或登录态已过期"), "uuid="+uuidC, "other_uuid="+uuidA, data),
		c("unknown uuid", send, refused(401, "用户未登录，或登录态已过期"), "uuid="+nobody, "other_uuid="+uuidC, data),
		c("no recipients", multi, low("other_uuid", "0", "1"), "other_uuid=", data),
		c("recipients missing", multi, refused(400, "缺少必要参数other_uuid"), data),
		c("201 recipients", multi, high("other_uuid", "201", "200"), "other_uuid="+strings.Repeat(uuidC+",", 200)+uuidC, data),
		c("many commas", multi, high("other_uuid", "301", "200"), "other_uuid="+strings.Repeat(",", 300), data),
		c("perpage 0", take, low("perpage", "0", "1"), "other_uuid="+uuidC, "perpage=0"),
		c("empty perpage", take, low("perpage", "0", "1"), "other_uuid="+uuidC, "perpage="),
		c("perpage in words", take, low("perpage", "0", "1"), "other_uuid="+uuidC, "perpage=twenty"),
		c("negative perpage", take, low("perpage", "-1", "1"), "other_uuid="+uuidC, "perpage=-1"),
		c("perpage 101", take, high("perpage", "101", "100"), "other_uuid="+uuidC, "perpage=101"),
		c("perpage 101 and letters", take, high("perpage", "101", "100"), "other_uuid="+uuidC, "perpage=101x"),
		c("unknown direction", take, refused(400, "参数direction应该为：up/down，但现在direction = left"), "other_uuid="+uuidC, "direction=left"),
		c("empty direction", take, refused(400, "参数direction应该为：up/down，但现在direction = "), "other_uuid="+uuidC, "direction="),
		c("short peer", take, short("other_uuid", "1", "32"), "other_uuid=x"),
		c("negative message id", mark, low("chat_message_id", "-5", "0"), "other_uuid="+uuidC, "chat_message_id=-5"),
		c("no peer", mark, refused(400, "缺少必要参数other_uuid")),
		c("page 0", chats, low("page", "0", "1"), "page=0"),
		c("page 101", chats, high("page", "101", "100"), "page=101"),
		c("page before perpage", chats, low("page", "0", "1"), "page=x", "perpage=0"),
		c("chats: perpage 101", chats, high("perpage", "101", "100"), "perpage=101"),
		c("unknown service", "App.Market_ChatMessage.Delete", refused(404, "接口服务App.Market_ChatMessage.Delete不存在")),
		c("unknown class", "App.Market.Send", refused(404, "接口服务App.Market.Send不存在")),
		c("unknown service of two parts", "Market.Send", refused(404, "接口服务App.Market.Send不存在")),
		c("one part", "Market", refused(404, "接口服务App.Market.Index不存在")),
		c("class in lower case is another class", "App.market_chatMessage.Send", refused(404, "接口服务App.market_chatMessage.Send不存在")),
		c("empty service", "", refused(400, "非法服务：")),
		c("empty part", "App..Send", refused(400, "非法服务：App..Send")),
		c("service before parameters", "No.Such", refused(404, "接口服务App.No.Such不存在"), "app_key=", "uuid=x"),
	}
}

// TestRefusals checks each text, and that nothing was done.
func TestRefusals(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	for _, c := range refusalCases() {
		t.Run(c.name, func(t *testing.T) {
			params := []string{"uuid", uuidA, "token", tokenB}
			for _, p := range c.params {
				name, value, _ := strings.Cut(p, "=")
				params = append(params, name, value)
			}
			check(t, w.call(t, c.service, params...), c.want)
		})
	}
	w.assertEmpty(t)
}

// assertEmpty checks that the member A has no conversations and none with C.
func (w *world) assertEmpty(t *testing.T) {
	t.Helper()
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidC), messages("TakeMessageList", `{"err_code":0,"err_msg":"","list":[],"unread_num":0}`))
	check(t, w.as(t, uuidA, "GetAllChatList"), messages("GetAllChatList", `{"err_code":0,"err_msg":"","list":[],"total":0}`))
	check(t, w.as(t, uuidA, "GetAllUnreadNum"), messages("GetAllUnreadNum", `{"err_code":0,"err_msg":"","unread_num":0}`))
}

// TestMissing leaves the common parameters out, each alone.
func TestMissing(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	rest := `&other_uuid=` + uuidC + `&chat_message_data={"content":"x"}`
	session := "&uuid=" + uuidA + "&token=" + tokenB
	const send = "/?s=" + chat + "Send"
	notLoggedIn := refused(401, "用户未登录，或登录态已过期")
	check(t, w.get(t, send+session+rest).body, refused(400, "缺少必要参数app_key"))
	check(t, w.get(t, "/?app_key="+appKey).body, refused(404, "接口服务App.Site.Index不存在"))
	check(t, w.get(t, "/").body, refused(404, "接口服务App.Site.Index不存在"))
	for _, partial := range []string{"", "&uuid=" + uuidA, "&token=" + tokenB} {
		check(t, w.get(t, send+"&app_key="+appKey+partial+rest).body, notLoggedIn)
	}
	for _, service := range []string{"MultiSend", "TakeMessageList", "MarkAsReaded", "GetAllChatList", "GetAllUnreadNum"} {
		check(t, w.get(t, "/api/App/Market_ChatMessage/"+service+"?app_key="+appKey+rest).body, notLoggedIn)
	}
	check(t, w.post(t, send, jsonType, "", `{"app_key":null}`).body, refused(400, "缺少必要参数app_key"))
	check(t, w.get(t, "/api/App/Market_ChatMessage/Nothing?app_key="+appKey).body, refused(404, "接口服务App.Market_ChatMessage.Nothing不存在"))
	check(t, w.get(t, "/?s[]=App.Hello.World&app_key="+appKey).body, refused(400, "非法服务：Array"))
	w.assertEmpty(t)
}

// TestOrderOfChecks repairs one request step by step: each answer is the next check's.
func TestOrderOfChecks(t *testing.T) {
	w := newWorld(t, `{"auth":false,"plugin":false}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	params := map[string]string{
		"app_key": nobody, "sign": "wrong", "uuid": uuidA, "token": strings.Repeat("C", 64), "other_uuid": "short",
		"chat_message_data": `{"other":1}`,
	}
	service := "App.Market_ChatMessage.Sent"
	step := func(want string) {
		t.Helper()
		var list []string
		for name, value := range params {
			list = append(list, name, value)
		}
		check(t, w.call(t, service, list...), want)
	}
	step(refused(404, "接口服务App.Market_ChatMessage.Sent不存在"))
	service = chat + "Send"
	step(refused(400, "other_uuid.len应该大于或等于32, 但现在other_uuid.len = 5"))
	params["other_uuid"] = uuidA
	step(refused(406, "非法app_key，请核对你所在的接口域名"))
	params["app_key"] = appKey
	app := *w.app
	app.Disabled = true
	w.put(t, app)
	step(refused(407, "app_key已过期"))
	app.Disabled = false
	w.put(t, app)
	step(refused(409, "签名错误"))
	delete(params, "sign")
	step(refused(401, "用户未登录，或登录态已过期"))
	params["token"] = tokenB
	step(messages("Send", `{"err_code":9,"err_msg":"插件未安装","chat_message_id":0}`))
	w.set(t, `{"auth":false}`)
	step(messages("Send", `{"err_code":2,"err_msg":"发送失败，chat_message_data缺少当前消息类型需要的字段","chat_message_id":0}`))
	params["chat_message_data"] = `{"content":"x"}`
	step(messages("Send", `{"err_code":1,"err_msg":"不能发送给自己","chat_message_id":0}`))
	params["other_uuid"] = uuidC
	step(messages("Send", `{"err_code":0,"err_msg":"","chat_message_id":1}`))
}

func TestPluginNotInstalled(t *testing.T) {
	w := newWorld(t, `{"auth":false,"plugin":false}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	const head = `{"err_code":9,"err_msg":"插件未安装",`
	for service, rest := range map[string]string{
		"Send": `"chat_message_id":0}`, "MultiSend": `"detail":[]}`, "TakeMessageList": `"list":[],"unread_num":0}`,
		"MarkAsReaded": `"readed_num":0}`, "GetAllChatList": `"list":[],"total":0}`, "GetAllUnreadNum": `"unread_num":0}`,
	} {
		check(t, w.as(t, uuidA, service, "other_uuid", uuidC, "chat_message_data", `{"content":"x"}`), messages(service, head+rest))
	}
	check(t, w.call(t, hello, "name", "x"), succeeded(hello, helloData))
	w.set(t, `{"auth":false}`)
	w.assertEmpty(t)
}

// TestBannedMember: a ban ends the session.
func TestBannedMember(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	if _, err := w.engine.SetBanned(t.Context(), w.app, uuidA, true); err != nil {
		t.Fatal(err)
	}
	check(t, w.as(t, uuidA, "GetAllUnreadNum"), refused(401, "用户未登录，或登录态已过期"))
	if _, err := w.engine.Session(t.Context(), w.app, uuidA, tokenB); core.CodeOf(err) != core.Unauthenticated {
		t.Error(err)
	}
}
