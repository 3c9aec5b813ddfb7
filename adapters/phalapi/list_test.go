package phalapi_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"parley/adapters/phalapi"
	"parley/adapters/wire"
	"parley/core"
)

func ids(a answer) (all []int64) {
	for _, item := range a.Data.Items {
		all = append(all, item.ID)
	}
	return all
}

func TestPages(t *testing.T) {
	s := openStation(t, section(""))
	member := s.register(s.app, core.NewUser{ID: "2"})
	s.fill("1", "2", "3", "4", "5")
	s.call(serviceSend, "", message("chat_message_to_uuid", member.UUID)...)
	for _, test := range []struct {
		fields []string
		want   []int64
	}{
		{nil, []int64{1, 2, 3, 4, 5, 6}},
		{[]string{"perpage", "2"}, []int64{5, 6}},
		{[]string{"perpage", "2", "direction", "up"}, []int64{5, 6}},
		{[]string{"perpage", "2", "direction", "down", "last_id", "3"}, []int64{4, 5}},
		{[]string{"perpage", "2", "last_id", "3"}, []int64{4, 5}},
		{[]string{"perpage", "2", "direction", "up", "last_id", "3"}, []int64{1, 2}},
		{[]string{"direction", "up", "last_id", "1"}, nil},
		{[]string{"last_id", "6"}, nil},
		{[]string{"last_id", "99999999999999999999"}, nil},
		{[]string{"perpage", "2", "direction", "up", "last_id", "99999999999999999999"}, []int64{5, 6}},
		{[]string{"chat_message_to_uuid", peer, "perpage", "2"}, []int64{4, 5}},
		{[]string{"chat_message_to_uuid", peer, "last_id", "4"}, []int64{5}},
		{[]string{"chat_message_to_uuid", member.UUID}, []int64{6}},
		{[]string{"chat_message_to_uuid", member.UUID, "direction", "up", "last_id", "6"}, nil},
	} {
		a := s.call(serviceList, "", test.fields...)
		if got := ids(a); a.Ret != 200 || !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, want %v (%d %s)", test.fields, got, test.want, a.Ret, a.Msg)
		}
	}
}

func TestListingDoesNotMarkAsRead(t *testing.T) {
	s := openStation(t, section(""))
	s.call(serviceSend, "", message("chat_message_to_uuid", memberUUID(t, s))...)
	token := s.token(appKey, appSecret, memberID).Data.AccessToken
	request := "GET /api/platform?s=" + serviceList + "&access_token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n"
	for range 2 {
		if got := s.raw(request); !strings.Contains(got, `"chat_message_is_read":0,"chat_message_io":"out"`) {
			t.Error(got)
		}
	}
}

func memberUUID(t *testing.T, s *station) string {
	t.Helper()
	user, err := s.engine.Find(t.Context(), s.app, memberID)
	if err != nil {
		t.Fatal(err)
	}
	return user.UUID
}

func TestDirectionOfMessages(t *testing.T) {
	for setting, want := range map[string][2]string{"": {"in", "out"}, `,"io":"documented"`: {"in", "out"}, `,"io":"natural"`: {"out", "in"}} {
		s := openStation(t, section(setting))
		s.call(serviceSend, "", message("chat_message_to_uuid", memberUUID(t, s))...)
		token := s.token(appKey, appSecret, memberID).Data.AccessToken
		own, received := s.call(serviceList, ""), s.call(serviceList, "", "access_token", token)
		if len(own.Data.Items) != 1 || len(received.Data.Items) != 1 {
			t.Fatalf("%+v, %+v", own, received)
		}
		if got := [2]string{own.Data.Items[0].IO, received.Data.Items[0].IO}; got != want {
			t.Errorf("%s: %q, want %q", setting, got, want)
		}
	}
}

func TestEveryTypeComesBackAsItWasSent(t *testing.T) {
	s := openStation(t, section(""))
	data := []string{`hello`, `<p>a & "b"</p>`, `{"url": "http://a/b.png"}`, `http://a/b`, `{ "a" : [1, 2.50, "\u4f60"] }`}
	types := []string{"text", "html", "image", "link", "custom"}
	for i := range types {
		if a := s.call(serviceSend, "", message("chat_message_type", types[i], "chat_message_data", data[i])...); a.Ret != 200 {
			t.Fatalf("%+v", a)
		}
	}
	a := s.call(serviceList, "")
	if len(a.Data.Items) != len(types) {
		t.Fatalf("%+v", a)
	}
	for i, item := range a.Data.Items {
		if item.Type != types[i] || item.Data != data[i] {
			t.Errorf("%s %s, want %s %s", item.Type, item.Data, types[i], data[i])
		}
	}
}

func TestNothingIsRedirected(t *testing.T) {
	s := openStation(t, section(""))
	const body = "service=" + serviceSend + "&chat_message_to_uuid=" + peer + "&chat_message_data=hi&chat_message_type=text"
	for _, entry := range []string{"/api/platform", "/api/app"} {
		for _, ending := range []string{"", "/", ".php", ".php/", "/a/b"} {
			response := s.server.Send(t, []byte("POST "+entry+ending+" HTTP/1.1\r\nHost: a\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"+
				"Content-Type: application/x-www-form-urlencoded\r\n\r\n"+body))
			if response.StatusCode() != fasthttp.StatusOK || len(response.Header.Peek("Location")) > 0 ||
				!strings.HasPrefix(string(response.Body()), `{"ret":200,`) {
				t.Errorf("%s%s: %d %s", entry, ending, response.StatusCode(), response.Body())
			}
		}
	}
	if n := s.stored(); n != 10 {
		t.Errorf("%d messages are stored, want 10", n)
	}
}

func TestHeaders(t *testing.T) {
	for settings, want := range map[string]string{"": "", `,"cors":true`: "*"} {
		s := openStation(t, section(settings))
		response := s.server.Send(t, []byte("GET /api/platform HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\n\r\n"))
		if got := string(response.Header.Peek(fasthttp.HeaderAccessControlAllowOrigin)); got != want {
			t.Errorf("%s: %q, want %q", settings, got, want)
		}
	}
}

func TestDebugIsOffUnlessTheAppAllowsIt(t *testing.T) {
	s := openStation(t, section(""))
	if got := s.raw("GET /api/platform?username=x&__debug__=1 HTTP/1.1\r\nHost: a\r\n\r\n"); !strings.HasSuffix(got, `"msg":""}`) {
		t.Error(got)
	}
}

func TestSettings(t *testing.T) {
	for _, good := range []string{
		``, `{}`, `{"anonymous_user":"x","io":"natural","jsonp":true,"cors":true,"debug":true,"simple_md5":true,"uri_match":true,"json_style":"js"}`,
		`{"io":"documented","json_style":"php-default"}`,
	} {
		if err := phalapi.CheckSettings(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for bad, names := range map[string]string{
		`{"anonymous":"x"}`: "anonymous", `{"io":"both"}`: "io", `{"json_style":"xml"}`: "json_style",
		`{"jsonp":"yes"}`: "jsonp", `{"debug":1}`: "debug", `[]`: "settings", `{`: "settings",
	} {
		if err := phalapi.CheckSettings(json.RawMessage(bad)); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	s := openStation(t, section(""))
	s.putApp(core.App{Dialects: map[string]json.RawMessage{phalapi.Name: json.RawMessage(`{"io":"both"}`)}})
	if _, err := phalapi.New(wire.House{Engine: s.engine, Meter: discard, Now: s.now}, phalapi.Options{}); err == nil {
		t.Error("an app with settings that can not be read is accepted")
	}
}
