package yesapi_test

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"

	"parley/core"
)

// signOf signs values that are already in the order of their names.
func signOf(values ...string) string {
	sum := md5.Sum([]byte(strings.Join(values, "") + appSecret))
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func (w *world) appWithSecret(secret string) core.App {
	app := *w.app
	app.Secret = secret
	return app
}

// TestSignVariants signs requests as particular client libraries do.
func TestSignVariants(t *testing.T) {
	w := newWorld(t, `{"auth":false,"sign":"required","static_signs":["5ffc1e5ec0de5ffc1e5ec0de5ffc1e5e"]}`)
	w.member(t, uuidA, "dogstar", "")
	const dogstar = "4AF2698747EAB4F8A13487B9A701F9F2"
	session := "&uuid=" + uuidA + "&token=" + tokenB
	path := "/api/App/Market_ChatMessage/GetAllUnreadNum?app_key=" + appKey + session
	send := func(data string) string {
		return `{"app_key":"` + appKey + `","s":"` + chat + `Send","other_uuid":"` + uuidC + `","uuid":"` + uuidA + `","token":"` + tokenB + `",` + data
	}
	for _, c := range []struct{ name, target, body, sign string }{
		{"cache buster and origin added afterwards", "/?s=App.Hello.World&name=dogstar&_=1657513450123&yesapi_allow_origin=1&app_key=" + appKey, "", dogstar},
		{"all transport parameters added afterwards", "/?s=App.Hello.World&name=dogstar&callback=cb&_=1&_timestamp=1657513450&return_data=0&yesapi_allow_origin=1&app_key=" + appKey, "", dogstar},
		{"only the cache buster unsigned", "/?s=App.Hello.World&name=dogstar&callback=onCallback&_=1657513450123&app_key=" + appKey, "", "8CA0F092CD96CF309FA82B9095907405"},
		{"timestamp signed", "/?s=App.Hello.World&name=dogstar&_timestamp=1657513450&app_key=" + appKey, "", signOf("1657513450", appKey, "dogstar", hello)},
		{"return_data signed", "/?s=App.Hello.World&name=dogstar&return_data=0&app_key=" + appKey, "", signOf(appKey, "dogstar", "0", hello)},
		{"session added afterwards", "/?s=" + chat + "GetAllUnreadNum&app_key=" + appKey + session, "", signOf(appKey, chat+"GetAllUnreadNum")},
		{"path without s", path, "", signOf(appKey, tokenB, uuidA)},
		{"path as s", path, "", signOf(appKey, chat+"GetAllUnreadNum", tokenB, uuidA)},
		{"path overruled by service", "/api/App/User/Login?service=App.Hello.World&name=dogstar&app_key=" + appKey, "", dogstar},
		{"s and service both signed", "/?s=x&service=App.Hello.World&name=dogstar&app_key=" + appKey, "", signOf(appKey, "dogstar", "x", hello)},
		{"static", "/?s=App.Hello.World&name=anything&_timestamp=1&app_key=" + appKey, "", "5FFC1E5EC0DE5FFC1E5EC0DE5FFC1E5E"},
		{"static in its own case", "/?s=App.Hello.World&name=other&app_key=" + appKey, "", "5ffc1e5ec0de5ffc1e5ec0de5ffc1e5e"},
		{"JavaScript true", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"x","is_allow_many":true,`, signOf(appKey, "true", "x", hello)},
		{"PHP true", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"x","is_allow_many":true,`, signOf(appKey, "1", "x", hello)},
		{"JavaScript null", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"x","z":null,`, signOf(appKey, "x", hello, "null")},
		{"PHP null", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"x","z":null,`, signOf(appKey, "x", hello)},
		{"JavaScript float", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"x","z":1.50,`, signOf(appKey, "x", hello, "1.5")},
		{"JavaScript object", "/", send(`"chat_message_data":{"content":"x"},`), signOf(appKey, "[object Object]", uuidC, chat+"Send", tokenB, uuidA)},
		{"PHP array", "/", send(`"chat_message_data":{"content":"x"},`), signOf(appKey, "Array", uuidC, chat+"Send", tokenB, uuidA)},
		{"CESU-8 of several characters", "/", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"a😀❤🀄b",`, signOf(appKey, "a\xed\xa0\xbd\xed\xb8\x80❤\xed\xa0\xbc\xed\xb0\x84b", hello)},
		{"CESU-8 and additions", "/?_=5", `{"app_key":"` + appKey + `","s":"App.Hello.World","name":"😀",`, signOf(appKey, "\xed\xa0\xbd\xed\xb8\x80", hello)},
		{"semicolon and broken escape", "/?s=App.Hello.World&name=a;b=100%&app_key=" + appKey, "", signOf(appKey, "a;b=100%", hello)},
		{"last duplicate", "/?s=App.Hello.World&name=first&name=dogstar&app_key=" + appKey, "", dogstar},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := ""
			if c.body == "" {
				body = w.get(t, c.target+"&sign="+c.sign).body
			} else {
				body = w.post(t, c.target, jsonType, "", c.body+`"sign":"`+c.sign+`"}`).body
			}
			if !strings.Contains(body, `"ret":200,`) {
				t.Error(body)
			}
		})
	}
}

// TestSignPlace: the first sign that is not empty counts, the body's before the query's.
func TestSignPlace(t *testing.T) {
	w := newWorld(t, `{"auth":false,"sign":"required"}`)
	const right, wrong = "4AF2698747EAB4F8A13487B9A701F9F2", "4AF2698747EAB4F8A13487B9A701F9F3"
	for _, c := range []struct {
		query, contentType, body string
		passes                   bool
	}{
		{"&sign=" + right, jsonType, `{"name":"dogstar","sign":""}`, true},
		{"&sign=" + right, formType, `{"name":"dogstar","sign":""}`, true},
		{"&sign=" + right, formType, `name=dogstar&sign=`, true},
		{"&sign=", formType, `name=dogstar&sign=` + right, true},
		{"&sign=" + wrong, jsonType, `{"name":"dogstar","sign":"` + right + `"}`, true},
		{"&sign=" + right, jsonType, `{"name":"dogstar","sign":"` + wrong + `"}`, false},
		{"&sign=" + wrong, formType, `name=dogstar&sign=`, false},
		{"&sign=", formType, `name=dogstar&sign=`, false},
		{"", jsonType, `{"name":"dogstar","sign":null}`, false},
	} {
		body := w.post(t, "/?s=App.Hello.World&app_key="+appKey+c.query, c.contentType, "", c.body).body
		if strings.Contains(body, `"ret":200,`) != c.passes {
			t.Errorf("%s %s: %s", c.query, c.body, body)
		}
	}
}
