package server

import (
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/cmd/parley/settings"
)

const (
	deskApp     = "ABABABABABABABABABABABABABABABAB"
	deskAccount = "gh_0123456789ab"
	deskSecret  = "a secret of the test"
)

// officialDesk is a client of a server with one official account, whose platform is a stand-in.
type officialDesk struct {
	t        *testing.T
	server   *Server
	platform *wechattest.Server
	pusher   *wechattest.Pusher
	account  string // INFO_ID
	client   *http.Client
}

// openOfficialDesk starts a server on a store on disk. The account has no followers yet.
func openOfficialDesk(t *testing.T, followers int) *officialDesk {
	t.Helper()
	platform, err := wechattest.NewServer(wechattest.Options{Followers: followers})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := platform.Close(); err != nil {
			t.Error(err)
		}
	})
	c := Config{Settings: testSettings()}
	c.Settings.Store = "badger://" + filepath.Join(t.TempDir(), "store")
	app := deskApp
	c.Settings.WeChat.App, c.Settings.WeChat.Upstream = app, platform.URL()
	c.Settings.Apps = []settings.App{{
		Key: app, Secret: "a secret of some length", YesAPI: map[string]any{"sign": "optional"}, OpenIM: map[string]any{"secret": deskSecret},
	}}
	s, _ := start(t, c)
	d := &officialDesk{t: t, server: s, platform: platform, client: &http.Client{Transport: &http.Transport{}}}
	t.Cleanup(d.client.CloseIdleConnections)
	var bound struct{ ID, Token string }
	d.call("POST", "/v1/bind", `{"weixin_id":"`+deskAccount+`"}`, &bound)
	d.account = bound.ID
	d.pusher = &wechattest.Pusher{
		URL: d.url("/wx/" + bound.ID), Account: deskAccount, Token: bound.Token, HTTP: d.client,
	}
	return d
}

func (d *officialDesk) url(path string) string { return "http://" + d.server.Addr().String() + path }

// call calls an endpoint, in whose path $I is the account, and reads the data of the answer into data.
func (d *officialDesk) call(method, path, body string, data any) {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), method, d.url(strings.ReplaceAll(path, "$I", d.account)), strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := d.client.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	envelope := struct {
		Code int
		Data any
	}{Data: data}
	if err := json.Unmarshal(text, &envelope); err != nil || envelope.Code != 200 {
		d.t.Fatalf("%s %s: %v, %.200s", method, path, err, text)
	}
}

// until waits for something that happens in the background.
func (d *officialDesk) until(happened func() bool) {
	d.t.Helper()
	ticker, late := time.NewTicker(20*time.Millisecond), time.NewTimer(time.Minute)
	defer ticker.Stop()
	defer late.Stop()
	for !happened() {
		select {
		case <-ticker.C:
		case <-late.C:
			d.t.Fatal("in vain")
		}
	}
}
