package yesapi_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/core"
)

// listed is the whole answer of GetAllChatList.
func listed(total string, items ...string) string {
	return messages("GetAllChatList", `{"err_code":0,"err_msg":"","list":[`+strings.Join(items, ",")+`],"total":`+total+`}`)
}

func TestChatList(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	w.user(t, uuidD, "", `{"nickname":"D/d"}`)
	check(t, w.as(t, uuidA, "GetAllChatList"), listed("0"))
	w.send(t, uuidC, uuidA, "text", `{"content":"1"}`)
	w.send(t, uuidC, uuidA, "custom", `{}`)
	w.send(t, uuidA, uuidD, "image", `{"url":"a/b"}`)
	const (
		carol = `{"chat_message_to_uuid":"` + uuidC + `","chat_message_data":{},"chat_message_type":"custom","chat_message_is_read":0,"chat_message_io":"out","add_time":"` + clock + `","user":{"username":"carol","ext_info":{}},"id":2,"unread_num":2}`
		dave  = `{"chat_message_to_uuid":"` + uuidD + `","chat_message_data":{"url":"a\/b"},"chat_message_type":"image","chat_message_is_read":1,"chat_message_io":"in","add_time":"` + clock + `","user":{"username":"","ext_info":{"nickname":"D\/d"}},"id":3,"unread_num":0}`
	)
	check(t, w.as(t, uuidA, "GetAllChatList"), listed("2", dave, carol))
	check(t, w.as(t, uuidA, "GetAllChatList", "perpage", "1"), listed("2", dave))
	check(t, w.as(t, uuidA, "GetAllChatList", "perpage", "1", "page", "2"), listed("2", carol))
	check(t, w.as(t, uuidA, "GetAllChatList", "perpage", "1", "page", "3"), listed("2"))
	check(t, w.as(t, uuidA, "GetAllChatList", "perpage", "100", "page", "100"), listed("2"))
	w.set(t, `{"auth":false,"io":"natural","list_order":"desc"}`)
	swap := strings.NewReplacer(`io":"in"`, `io":"out"`, `io":"out"`, `io":"in"`)
	check(t, w.as(t, uuidA, "GetAllChatList"), listed("2", swap.Replace(dave), swap.Replace(carol)))
	w.set(t, `{"auth":false}`)
	w.send(t, uuidA, uuidC, "text", `{"content":"3"}`)
	newest := strings.NewReplacer(`{},"chat_message_type":"custom","chat_message_is_read":0,"chat_message_io":"out"`, `{"content":"3"},"chat_message_type":"text","chat_message_is_read":1,"chat_message_io":"in"`, `"id":2`, `"id":4`)
	check(t, w.as(t, uuidA, "GetAllChatList"), listed("2", newest.Replace(carol), dave))
	if _, err := w.engine.SetBanned(context.Background(), w.app, uuidD, true); err != nil {
		t.Fatal(err)
	}
	check(t, w.as(t, uuidA, "GetAllChatList"), listed("2", newest.Replace(carol), dave))
}

// TestOtherDialects shows messages that another dialect has stored as bare strings.
func TestOtherDialects(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	sender := w.engine.As(core.Caller{App: w.app, User: w.user(t, uuidC, "carol", "")})
	var items []string
	for i, c := range []struct {
		kind             core.Kind
		body, data, wire string
	}{
		{core.KindText, `say "hi"`, `{"content":"say \"hi\""}`, "text"},
		{core.KindText, `{"content":"x"}`, `{"content":"{\"content\":\"x\"}"}`, "text"},
		{core.KindHTML, `<b>`, `{"content":"<b>"}`, "html"},
		{core.KindImage, `https://a/b`, `{"url":"https:\/\/a\/b"}`, "image"},
		{core.KindImage, `{"url": "https://a/b", "w": 1}`, `{"url":"https:\/\/a\/b","w":1}`, "image"},
		{core.KindImage, `{"src":"a"}`, `{"url":"{\"src\":\"a\"}"}`, "image"},
		{core.KindLink, `{broken`, `{"url":"{broken"}`, "link"},
		{core.KindVoice, `a.amr`, `{"url":"a.amr"}`, "custom"},
		{core.KindCustom, `{"a": 1}`, `{"a":1}`, "custom"},
		{core.KindCustom, `plain`, `{"content":"plain"}`, "custom"},
		{core.KindNotification, ``, `{"content":""}`, "custom"},
	} {
		if _, err := sender.Send(context.Background(), core.Outgoing{To: []string{uuidA}, Content: core.Content{Kind: c.kind, Body: []byte(c.body)}}); err != nil {
			t.Fatal(err)
		}
		items = append(items, item(i+1, uuidC, c.data, c.wire, 0, "out"))
	}
	check(t, w.as(t, uuidA, "TakeMessageList", "other_uuid", uuidC), taken(len(items), items...))
	if body := w.as(t, uuidA, "GetAllChatList"); !strings.Contains(body, `"chat_message_data":{"content":""},"chat_message_type":"custom"`) {
		t.Error(body)
	}
}

// TestDocumentSample makes the request of the document's example. The answer has the document's members in its order,
// and id and unread_num behind them.
func TestDocumentSample(t *testing.T) {
	w := newWorld(t, `{"auth":false,"io":"natural","msg_prefix":"小白开放接口：","sign":"required"}`)
	const ab, dogstar = "8AEA2AF1951C0376EC668A74B8CAA64A", "5B1CA086F3E9E86F83354191AFB41E9E"
	const ext = `{"yesapi_avatar":"","nickname":"","age":"18"}`
	w.user(t, ab, "AB君", ext)
	w.user(t, dogstar, "dogstar", ext)
	w.member(t, uuidA, "me", ext)
	me, err := w.engine.Session(context.Background(), w.app, uuidA, tokenB)
	if err != nil {
		t.Fatal(err)
	}
	const sent = 1565514722000 // 2019-08-11 17:12:02 in Shanghai
	for _, m := range []struct{ to, data string }{{dogstar, `{"content":"I love 小白接口!"}`}, {ab, `{"content":"I ❤ ⚽ "}`}} {
		out := core.Outgoing{To: []string{m.to}, Time: sent, Content: core.Content{Kind: core.KindText, Object: true, Body: []byte(m.data)}}
		if _, err := w.engine.Send(context.Background(), me, out); err != nil {
			t.Fatal(err)
		}
	}
	service := chat + "GetAllChatList"
	a := w.get(t, "/?s="+service+"&app_key="+appKey+"&uuid="+uuidA+"&token="+tokenB+"&sign="+signOf(appKey, service, tokenB, uuidA))
	want, err := os.ReadFile(filepath.Join("testdata", "chat_list.json"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, a.body, strings.TrimSuffix(string(want), "\n"))
}

// TestDocumentAddresses calls each service of the plug-in in both of the document's forms of its address.
func TestDocumentAddresses(t *testing.T) {
	w := pair(t, `{"auth":false}`)
	query := "app_key=" + appKey + "&uuid=" + uuidA + "&token=" + tokenB + "&other_uuid=" + uuidC + "&chat_message_type=text&chat_message_data=%7B%22content%22%3A%22x%22%7D"
	for _, service := range []string{"Send", "MultiSend", "TakeMessageList", "MarkAsReaded", "GetAllChatList", "GetAllUnreadNum"} {
		for _, target := range []string{"/api/App/Market_ChatMessage/" + service + "?", "/?s=App.Market_ChatMessage." + service + "&"} {
			for method, body := range map[string]string{"GET": w.get(t, target+query).body, "POST": w.post(t, strings.TrimRight(target, "?&"), formType, "", query).body} {
				if !strings.HasPrefix(body, `{"ret":200,"data":{"err_code":0,"err_msg":"",`) || !strings.HasSuffix(body, `"msg":"V3.3.0 YesApi App.Market_ChatMessage.`+service+`"}`) {
					t.Errorf("%s %s: %s", method, target, body)
				}
			}
		}
	}
}
