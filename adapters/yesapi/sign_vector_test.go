package yesapi_test

import (
	"net/url"
	"strings"
	"testing"
)

// vector is a request with the sign that it must have. Most signs came out of the platform's own client libraries too.
type vector struct {
	name    string
	target  string // path and query without app_key, uuid, token and sign
	body    string // form, or JSON if it begins with a brace; without sign
	session bool   // the query carries uuid and token
	sign    string
}

const (
	hello = "App.Hello.World"
	chat  = "App.Market_ChatMessage."
)

func vectors() []vector {
	const smile, text = `{"content":"😀"}`, `{"content":"你好"}`
	send := func(data string) string {
		return "/?s=" + chat + "Send&other_uuid=" + uuidC + "&chat_message_type=text&chat_message_data=" + url.QueryEscape(data)
	}
	return []vector{
		{name: "S1", target: "/?s=App.Hello.World&name=dogstar", sign: "4AF2698747EAB4F8A13487B9A701F9F2"},
		{name: "S1b", target: "/?s=App.Hello.World&name=HXH", sign: "20AF862D209F019AF5930E8B796E2F75"},
		{name: "S1c JSON", target: "/", body: `{"name":"Demo","s":"App.Hello.World"}`, sign: "CB33F83345D382F780DDC3EE74F410EB"},
		{name: "S1d two parts", target: "/?s=Hello.World&name=dogstar", sign: "CE29AF2F1DB6B33A1D0BE79A350EDC7D"},
		{name: "S2", target: "/?s=App.Hello.World&name=" + url.QueryEscape("小白君"), sign: "C3E44ADE174A61EFD65F31470A56BD23"},
		{name: "S3 service", target: "/?service=App.Hello.World&name=dogstar", sign: "4AF2698747EAB4F8A13487B9A701F9F2"},
		{name: "S4 callback signed", target: "/?s=App.Hello.World&name=dogstar&callback=onCallback", sign: "8CA0F092CD96CF309FA82B9095907405"},
		{name: "S5 escapes", target: send(`{"content":"\u4f60\u597d \u2764 \u26bd"}`), session: true, sign: "42504029200756F13817D5781AD8FFC1"},
		{name: "S6 UTF-8", target: send(`{"content":"你好 ❤ ⚽"}`), session: true, sign: "4B41E5B822F7EDD72B2059591EC05541"},
		{name: "S6b no session", target: send(text), sign: "9D95A6B09392F094F8A8CF8F7AFF3DA9"},
		{name: "S7 empty value", target: "/?s=" + chat + "TakeMessageList&other_uuid=" + uuidC + "&last_id=&direction=up&perpage=20", session: true, sign: "272742B7E02213D0486BFCD7593D3BD1"},
		{name: "S8 JSON numbers", target: "/", body: `{"s":"` + chat + `GetAllChatList","page":1,"perpage":20}`, session: true, sign: "FA461D6AAAEA61147AB2E158C932E04E"},
		{name: "S9 UTF-8", target: send(smile), sign: "4F0850D9C5C35B9113B5AF0B93D60F28"},
		{name: "S9 CESU-8", target: send(smile), sign: "C214857B5E6644010B64067D791563E2"},
		{name: "S10 path", target: "/api/App/Market_ChatMessage/MarkAsReaded?other_uuid=" + uuidC + "&chat_message_id=0", session: true, sign: "B37A1F136F340FC2BC4DB4FC38E378F8"},
		{name: "S11 login", target: "/?s=App.User.Login", body: "username=dogstar&password=" + digest, sign: "AD59359E390F3E174F98024DC2144161"},
	}
}

// deliver sends the vector with the given sign; an empty one is left out.
func (v *vector) deliver(t testing.TB, w *world, sign string) string {
	t.Helper()
	target := v.target + separator(v.target) + "app_key=" + appKey
	if v.session {
		target += "&uuid=" + uuidA + "&token=" + tokenB
	}
	if sign != "" {
		target += "&sign=" + sign
	}
	switch {
	case strings.HasPrefix(v.body, "{"):
		return w.post(t, target, jsonType, "", v.body).body
	case v.body != "":
		return w.post(t, target, formType, "", v.body).body
	}
	return w.get(t, target).body
}

func separator(target string) string {
	switch {
	case !strings.Contains(target, "?"):
		return "?"
	case strings.HasSuffix(target, "?"):
		return ""
	}
	return "&"
}

// passed tells whether an answer shows that the sign was not refused. A vector without a session ends at the login.
func passed(body string) bool {
	return strings.Contains(body, `"ret":200,`) || strings.Contains(body, `"ret":401,`)
}

func TestSignVectors(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	w.user(t, uuidC, "carol", "")
	wrong := refused(409, "签名错误")
	for _, mode := range []string{"optional", "required", "off"} {
		w.set(t, `{"auth":false,"sign":"`+mode+`"}`)
		for _, v := range vectors() {
			t.Run(mode+"/"+v.name, func(t *testing.T) {
				for _, sign := range []string{v.sign, strings.ToLower(v.sign)} {
					if body := v.deliver(t, w, sign); !passed(body) {
						t.Errorf("sign %s: %s", sign, body)
					}
				}
				flipped := "0" + v.sign[1:]
				if v.sign[0] == '0' {
					flipped = "1" + v.sign[1:]
				}
				for _, sign := range []string{flipped, v.sign[1:], v.sign + "0", "x"} {
					if body := v.deliver(t, w, sign); mode == "off" != passed(body) || mode != "off" && strings.TrimSuffix(strings.TrimPrefix(body, "onCallback("), ")") != wrong {
						t.Errorf("wrong sign %s: %s", sign, body)
					}
				}
				if body := v.deliver(t, w, ""); passed(body) == (mode == "required") {
					t.Errorf("no sign: %s", body)
				}
			})
		}
	}
}

// TestSignIsExact changes a signed request in ways that no client does: each must be refused.
func TestSignIsExact(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	const sign = "&app_key=" + appKey + "&sign=4AF2698747EAB4F8A13487B9A701F9F2"
	for _, target := range []string{
		"/?s=App.Hello.World&name=dogstaR", "/?s=Hello.World&name=dogstar", "/?s=App.Hello.World&name=dogstar&extra=1",
		"/?s=App.Hello.World&name=dogstar&a=1", "/?s=App.Hello.World&name=dogstar&name=other",
		"/?s=App.Hello.World&name=dogstar&s=App.Hello.world",
	} {
		check(t, w.get(t, target+sign).body, refused(409, "签名错误"))
	}
	w.put(t, w.appWithSecret("another"))
	check(t, w.get(t, "/?s=App.Hello.World&name=dogstar"+sign).body, refused(409, "签名错误"))
}
