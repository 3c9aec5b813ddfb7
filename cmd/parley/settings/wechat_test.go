package settings

import (
	"strings"
	"testing"
	"time"
)

func TestCheckWeChat(t *testing.T) {
	for want, change := range map[string]func(*Settings){
		"wechat.shapes: ":                  func(s *Settings) { s.WeChat.Shapes = "documents" },
		"wechat.http_status: ":             func(s *Settings) { s.WeChat.HTTPStatus = "200" },
		"wechat.upstream: ":                func(s *Settings) { s.WeChat.Upstream = "api.weixin.qq.com" },
		"wechat.base_url: ":                func(s *Settings) { s.WeChat.BaseURL = "ftp://a" },
		"can be guessed":                   func(s *Settings) { s.WeChat.APIKey = "short" },
		"can be reached from other":        func(s *Settings) { s.WeChat.App, s.Listen = "A", ":8080" },
		"wechat.reply_wait: ":              func(s *Settings) { s.WeChat.ReplyWait = 5 * time.Second },
		"secret_key: it must be 64 hexade": func(s *Settings) { s.SecretKey = "secret" },
	} {
		l := &Loaded{Settings: Default()}
		change(&l.Settings)
		if err := l.Check(checks()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	l := &Loaded{Settings: Default()}
	l.WeChat = WeChat{
		App: "A", APIKey: strings.Repeat("k", 16), BaseURL: "https://a/b", Upstream: "http://127.0.0.1:1", Shapes: "original", HTTPStatus: "mirror",
		ReplyWait: time.Second,
	}
	l.SecretKey, l.Listen = strings.Repeat("0f", 32), ":8080"
	if err := l.Check(checks()); err != nil {
		t.Error(err)
	}
	if key, err := l.SealingKey(); err != nil || len(key) != 32 || key[31] != 15 {
		t.Errorf("%x, %v", key, err)
	}
}
