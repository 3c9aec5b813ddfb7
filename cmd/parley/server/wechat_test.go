package server

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/cmd/parley/admin"
	"parley/core"
)

// openim calls OpenIM and reads the data of the answer.
func (d *officialDesk) openim(token, path, body string, data any) {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url(path), strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("operationID", "1646445464564")
	request.Header.Set("token", token)
	var envelope struct {
		Code int             `json:"errCode"`
		Data json.RawMessage `json:"data"`
	}
	d.send(request, &envelope)
	if envelope.Code != 0 || json.Unmarshal(envelope.Data, data) != nil {
		d.t.Fatalf("%s %s: %+v", path, body, envelope)
	}
}

// yesapi calls YesApi as somebody and reads the data of the answer.
func (d *officialDesk) yesapi(service string, form url.Values, data any) {
	d.t.Helper()
	form.Set("app_key", deskApp)
	request, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.url("/?s="+service), strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var envelope struct {
		Ret  int
		Data json.RawMessage
		Msg  string
	}
	d.send(request, &envelope)
	if envelope.Ret != 200 || json.Unmarshal(envelope.Data, data) != nil {
		d.t.Fatalf("%s %v: %d %s %s", service, form, envelope.Ret, envelope.Msg, envelope.Data)
	}
}

func (d *officialDesk) send(request *http.Request, envelope any) {
	d.t.Helper()
	answer, err := d.client.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(envelope); err != nil {
		d.t.Fatalf("%s: %s", request.URL, text)
	}
}

// TestFollowersAndOtherClients has a follower write to an account. A keyword answers; a client of OpenIM and one of YesApi
// read both; and what the one of YesApi answers comes to the follower as a message of the customer service.
func TestFollowersAndOtherClients(t *testing.T) {
	d := openOfficialDesk(t, 2)
	follower := wechattest.OpenID(0)
	app, _ := d.server.Engine().App(deskApp)
	if _, err := d.server.Engine().Register(t.Context(), app, core.NewUser{ID: deskAccount, Username: "shop", Password: admin.Digest("123456")}); err != nil {
		t.Fatal(err)
	}
	d.call("POST", "/v1/bind/fillin", `{"id":"`+d.account+`","app_id":"wxappid","app_secret":"secret"}`, nil)
	d.until(func() bool { return d.list("-1", 1, 1).Pagination.Count == 2 })
	var text string
	d.call("POST", "/v1/$I/text", `{"content":"it costs 1 ¥"}`, &text)
	d.call("POST", "/v1/$I/keyword", `{"rule_name":"price","keyword":[{"content":"price","fuzzy":"1"}],"reply_id":"`+text+`","reply_type":"text"}`, nil)
	answer, err := d.pusher.Push(t.Context(), d.pusher.Text(follower, 1, "the price? 😀"))
	if err != nil || answer.Reply == nil || answer.Reply.Content != "it costs 1 ¥" {
		t.Fatalf("answered %+v, %v", answer, err)
	}
	d.readsAsOpenIM(follower, "the price? 😀", "it costs 1 ¥")

	var me struct{ UUID, Token string }
	d.yesapi("App.User.LoginExt", url.Values{"username": {"shop"}, "password": {"123456"}}, &me)
	as := func(more ...string) url.Values {
		form := url.Values{"uuid": {me.UUID}, "token": {me.Token}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		return form
	}
	other := d.peerInYesAPI(as())
	if got := d.readAsYesAPI(as("other_uuid", other)); got != `the price? 😀|it costs 1 ¥` {
		t.Errorf("YesApi reads %s", got)
	}
	var sent any
	d.yesapi("App.Market_ChatMessage.Send", as("other_uuid", other, "chat_message_data", `{"content":"or 2 for 3 ¥"}`), &sent)
	d.until(func() bool { return len(d.platform.Services()) > 0 })
	if services := d.platform.Services(); len(services) != 1 || services[0].To != follower || services[0].Text != "or 2 for 3 ¥" {
		t.Errorf("the platform has %+v", services)
	}
	d.readsAsOpenIM(follower, "the price? 😀", "it costs 1 ¥", "or 2 for 3 ¥")
	var received struct {
		Message []struct {
			Content  string
			SenderID string `json:"sender_id"`
		}
	}
	d.call("GET", "/v1/$I/msg", "", &received)
	if len(received.Message) != 1 || received.Message[0].Content != "the price? 😀" || received.Message[0].SenderID != follower {
		t.Errorf("the account has received %+v", received)
	}
}

// readsAsOpenIM pulls the conversation of the account's user with a follower.
func (d *officialDesk) readsAsOpenIM(follower string, want ...string) {
	d.t.Helper()
	var admin struct{ Token string }
	d.openim("", "/auth/get_admin_token", `{"secret":"`+deskSecret+`","userID":"imAdmin"}`, &admin)
	id := "si_" + deskAccount + "_" + follower
	var pulled struct {
		Msgs map[string]struct {
			Msgs []struct {
				SendID, Content string
				ContentType     int
			}
		}
	}
	d.openim(admin.Token, "/msg/pull_msg_by_seq", `{"userID":"`+deskAccount+`","seqRanges":[{"conversationID":"`+id+`","begin":1,"end":9,"num":9}]}`, &pulled)
	var got []string
	for _, m := range pulled.Msgs[id].Msgs {
		content, err := base64.StdEncoding.DecodeString(m.Content)
		var text struct{ Content string }
		if err != nil || json.Unmarshal(content, &text) != nil || m.ContentType != 101 {
			d.t.Errorf("OpenIM reads %+v", m)
		}
		got = append(got, text.Content)
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		d.t.Errorf("OpenIM reads %q", got)
	}
}

// peerInYesAPI is the uuid of the only one whom the caller has a conversation with.
func (d *officialDesk) peerInYesAPI(form url.Values) string {
	d.t.Helper()
	var chats struct {
		List []struct {
			Peer string `json:"chat_message_to_uuid"`
		}
	}
	d.yesapi("App.Market_ChatMessage.GetAllChatList", form, &chats)
	if len(chats.List) != 1 {
		d.t.Fatalf("YesApi lists %+v", chats)
	}
	return chats.List[0].Peer
}

// readAsYesAPI is what the messages of a conversation say, the oldest first.
func (d *officialDesk) readAsYesAPI(form url.Values) string {
	d.t.Helper()
	var list struct {
		List []struct {
			Data struct{ Content string } `json:"chat_message_data"`
		}
	}
	d.yesapi("App.Market_ChatMessage.TakeMessageList", form, &list)
	var all []string
	for _, m := range list.List {
		all = append(all, m.Data.Content)
	}
	return strings.Join(all, "|")
}
