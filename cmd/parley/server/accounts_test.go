package server

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"parley/cmd/parley/settings"
)

// accountSettings are the settings of a server with an app that has official accounts.
func accountSettings() settings.Settings {
	s := testSettings()
	s.Apps = []settings.App{{Key: strings.Repeat("A", 32)}}
	s.WeChat.App = s.Apps[0].Key
	return s
}

func TestOfficialAccounts(t *testing.T) {
	s, _ := start(t, Config{Settings: accountSettings()})
	base := "http://" + s.Addr().String()
	status, body := post(t, base+"/v1/bind", `{"weixin_id":"gh_1"}`)
	if status != 200 || !strings.HasPrefix(body, `{"code":200,"message":"OK","data":{"id":"`) || !strings.Contains(body, `"url":"`+base+`/wx/`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := post(t, base+"/v1/nobody/text/", `{"content":"a"}`); status != 200 || body != `{"code":404,"message":"not found","data":null}` {
		t.Errorf("%d %s", status, body)
	}
	if status, body := get(t, base+"/wx/nobody"); status != 404 {
		t.Errorf("%d %s", status, body)
	}
}

func TestOfficialAccountsAreOffWithoutApp(t *testing.T) {
	s, _ := start(t, Config{Settings: testSettings()})
	for _, path := range []string{"/v1/bind", "/wx/a", "/media/a/b", "/page/a/b"} {
		if status, body := get(t, "http://"+s.Addr().String()+path); status != http.StatusNotFound || strings.Contains(body, "code") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func TestOfficialAccountsNeedKeyBeyondLoopback(t *testing.T) {
	c := Config{Settings: accountSettings()}
	c.Settings.Listen = "0.0.0.0:0"
	if s, err := Start(context.Background(), c); err == nil || !strings.Contains(err.Error(), "wechat.api_key is not set") {
		t.Errorf("%v, %v", s, err)
	}
	c.Settings.WeChat.APIKey = "sixteen letters and more"
	s, _ := start(t, c)
	_, port, _ := strings.Cut(s.Addr().String(), "]:")
	if status, body := post(t, "http://127.0.0.1:"+port+"/v1/bind", `{"weixin_id":"gh_1"}`); status != 200 || body != `{"code":401,"message":"unauthorized","data":null}` {
		t.Errorf("%d %s", status, body)
	}
}

func TestOfficialAccountsOfNoApp(t *testing.T) {
	c := Config{Settings: accountSettings()}
	c.Settings.WeChat.App = strings.Repeat("B", 32)
	_, log := start(t, c)
	if !strings.Contains(log.String(), "wechat.app names an app that does not exist") {
		t.Error(log.String())
	}
}
