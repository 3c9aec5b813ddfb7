package wechattest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
)

// raw makes calls as they come, without the client, which makes no wrong ones.
type raw struct {
	*testing.T
	server *wechattest.Server
}

func (r raw) do(method, call, body string) (code int64, answer map[string]any) {
	r.Helper()
	request, err := http.NewRequestWithContext(r.Context(), method, r.server.URL()+"/cgi-bin/"+call, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		r.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		r.Fatal(err)
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		r.Fatalf("%s: %v", text, err)
	}
	number, ok := answer["errcode"].(float64)
	if !ok {
		number = 0
	}
	return int64(number), answer
}

func (r raw) token() string {
	r.Helper()
	_, answer := r.do("GET", "token?grant_type=client_credential&appid=wxappid&secret=secret", "")
	token, ok := answer["access_token"].(string)
	if !ok {
		r.Fatalf("%v", answer)
	}
	return token
}

func start(t *testing.T, o wechattest.Options) raw {
	t.Helper()
	s, err := wechattest.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return raw{t, s}
}

func TestServerIsStrict(t *testing.T) {
	r := start(t, wechattest.Options{Followers: 3})
	with := "?access_token=" + r.token()
	for name, test := range map[string]struct {
		method, call, body string
		want               int64
	}{
		"grant":      {"GET", "token?appid=wxappid&secret=secret", "", 40002},
		"app":        {"GET", "token?grant_type=client_credential&appid=x&secret=secret", "", 40013},
		"secret":     {"GET", "token?grant_type=client_credential&appid=wxappid&secret=x", "", 40125},
		"no token":   {"GET", "groups/get", "", 41001},
		"bad token":  {"GET", "groups/get?access_token=x", "", 40001},
		"get":        {"GET", "groups/getid" + with, "", 43002},
		"post":       {"POST", "groups/get" + with, "{}", 43001},
		"no body":    {"POST", "groups/getid" + with, "", 44002},
		"no JSON":    {"POST", "groups/getid" + with, "{", 47001},
		"escapes":    {"POST", "menu/create" + with, `{"button":[{"name":"\u4f60"}]}`, 40033},
		"no escape":  {"POST", "menu/create" + with, `{"button":[{"name":"\\u4f60"}]}`, 0},
		"stranger":   {"POST", "groups/getid" + with, `{"openid":"x"}`, 40003},
		"one":        {"POST", "message/mass/send" + with, `{"touser":["a"],"msgtype":"text","text":{"content":"a"}}`, 40130},
		"no message": {"POST", "message/mass/send" + with, `{"touser":["a","b"],"msgtype":"text"}`, 40008},
		"no media":   {"POST", "message/mass/send" + with, `{"touser":["a","b"],"msgtype":"image","image":{"media_id":"x"}}`, 40007},
		"no file":    {"POST", "media/upload" + with + "&type=image", "", 41005},
		"no kind":    {"POST", "media/upload" + with, "", 40004},
		"no cover":   {"POST", "media/uploadnews" + with, `{"articles":[{"title":"a","content":"b"}]}`, 40007},
		"no mass":    {"POST", "message/mass/get" + with, `{"msg_id":1}`, 40059},
	} {
		if got, answer := r.do(test.method, test.call, test.body); got != test.want {
			t.Errorf("%s: %v", name, answer)
		}
	}
	if calls := r.server.Calls("groups/getid"); len(calls) != 4 || r.server.Count("groups/getid") != 4 {
		t.Errorf("%d calls are recorded", len(calls))
	}
}

func TestTokensReplaceEachOther(t *testing.T) {
	var mutex sync.Mutex
	now := time.Unix(1403163520, 0)
	pass := func(d time.Duration) {
		mutex.Lock()
		defer mutex.Unlock()
		now = now.Add(d)
	}
	r := start(t, wechattest.Options{Overlap: 5 * time.Minute, Now: func() time.Time {
		mutex.Lock()
		defer mutex.Unlock()
		return now
	}})
	check := func(token string, want int64) {
		t.Helper()
		if got, answer := r.do("GET", "groups/get?access_token="+token, ""); got != want {
			t.Errorf("%s: %v", token, answer)
		}
	}
	first := r.token()
	second := r.token()
	check(first, 0)
	check(second, 0)
	pass(5 * time.Minute)
	check(first, 42001)
	check(second, 0)
	r.server.RevokeTokens()
	check(second, 40001)
}

func TestCloseTwiceAndWhileHanging(t *testing.T) {
	r := start(t, wechattest.Options{})
	r.server.Fail("groups/get", 1, wechattest.Hang())
	done := make(chan error)
	go func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL()+"/cgi-bin/groups/get", http.NoBody)
		if err == nil {
			var response *http.Response
			if response, err = (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request); err == nil {
				err = response.Body.Close()
			}
		}
		done <- err
	}()
	for end := time.After(10 * time.Second); r.server.Count("groups/get") == 0; {
		select {
		case <-end:
			t.Fatal("the call does not arrive")
		case <-time.After(time.Millisecond):
		}
	}
	if err := r.server.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("an answer")
	}
}
