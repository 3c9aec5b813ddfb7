package settings

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func checks() AppChecks {
	return AppChecks{
		"phalapi": func(json.RawMessage) error { return nil },
		"yesapi": func(raw json.RawMessage) error {
			if string(raw) != `{"sign":"off"}` {
				return errors.New("no such setting")
			}
			return nil
		},
	}
}

func TestDefaultsAreSound(t *testing.T) {
	l, err := Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Check(checks()); err != nil {
		t.Error(err)
	}
	d := Default()
	for _, f := range Fields() {
		if l.Apps != nil || f.Text(&l.Settings) != f.Text(&d) {
			t.Errorf("%s is %q without any layer, %q by default", f.Key, f.Text(&l.Settings), f.Text(&d))
		}
	}
}

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		change func(*Settings)
		want   string
	}{
		"listen":            {func(s *Settings) { s.Listen = "8080" }, "listen: "},
		"demo":              {func(s *Settings) { s.Demo, s.Listen = true, "0.0.0.0:80" }, "listens on loopback only"},
		"demo everywhere":   {func(s *Settings) { s.Demo, s.Listen = true, ":80" }, "listens on loopback only"},
		"demo elsewhere":    {func(s *Settings) { s.Demo, s.OpenIM.Listen = true, ":10002" }, "listens on loopback only"},
		"openim":            {func(s *Settings) { s.OpenIM.Listen = "10002" }, "openim.listen: "},
		"openim shared":     {func(s *Settings) { s.OpenIM.Listen = s.Listen }, "taken by another listener"},
		"openim and admin":  {func(s *Settings) { s.OpenIM.Listen = s.Admin }, "taken by another listener"},
		"same address":      {func(s *Settings) { s.Admin = s.Listen }, "address of its own"},
		"open admin":        {func(s *Settings) { s.Admin = "10.0.0.1:8081" }, "set admin_token"},
		"short token":       {func(s *Settings) { s.AdminToken = "secret" }, "can be guessed"},
		"memory":            {func(s *Settings) { s.MemoryMiB = 1 }, "memory_mib: "},
		"disk":              {func(s *Settings) { s.MinFreeMiB = -1 }, "min_free_mib: "},
		"log":               {func(s *Settings) { s.Log = "jsn" }, "did you mean json?"},
		"level":             {func(s *Settings) { s.LogLevel = "loud" }, "log_level: "},
		"body":              {func(s *Settings) { s.Limits.Body = 1 }, "limits.body: "},
		"message":           {func(s *Settings) { s.Limits.MessageBytes = 65537 }, "limits.message_bytes: "},
		"timeout":           {func(s *Settings) { s.Limits.ReadTimeout = 0 }, "limits.read_timeout: "},
		"app without key":   {func(s *Settings) { s.Apps = []App{{}} }, "apps[0]: an app in the file needs a key"},
		"app twice":         {func(s *Settings) { s.Apps = []App{{Key: "a"}, {Key: "a"}} }, "apps[1].key: "},
		"app users":         {func(s *Settings) { s.Apps = []App{{Key: "a", Users: "opne"}} }, "did you mean open?"},
		"app zone":          {func(s *Settings) { s.Apps = []App{{Key: "a", Zone: "Nowhere"}} }, "apps[0].zone: "},
		"app dialect":       {func(s *Settings) { s.Apps = []App{{Key: "a", YesAPI: map[string]any{"x": 1}}} }, "apps[0].yesapi: no such setting"},
		"admin not address": {func(s *Settings) { s.Admin = "yes" }, "empty switches it off"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l := &Loaded{Settings: Default()}
			tt.change(&l.Settings)
			err := l.Check(checks())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v lacks %q", err, tt.want)
			}
		})
	}
}

func TestCheckAccepts(t *testing.T) {
	for name, change := range map[string]func(*Settings){
		"no admin":   func(s *Settings) { s.Admin = "" },
		"admin open": func(s *Settings) { s.Admin, s.AdminToken = "0.0.0.0:8081", "0123456789abcdef" },
		"demo":       func(s *Settings) { s.Demo, s.Listen = true, "[::1]:0" },
		"openim":     func(s *Settings) { s.OpenIM.Listen = "127.0.0.1:10002" },
		"free ports": func(s *Settings) { s.Listen, s.Admin = "127.0.0.1:0", "127.0.0.1:0" },
		"app":        func(s *Settings) { s.Apps = []App{{Key: "a", YesAPI: map[string]any{"sign": "off"}}} },
	} {
		l := &Loaded{Settings: Default()}
		change(&l.Settings)
		if err := l.Check(checks()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckShowsThePlace(t *testing.T) {
	name := write(t, "apps:\n  - key: a\n    yesapi:\n      sgin: off\n")
	l, err := Load(map[string]string{"config": name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = l.Check(checks())
	if err == nil || !strings.Contains(err.Error(), "parley.yaml:4: apps[0].yesapi: no such setting") ||
		!strings.Contains(err.Error(), "sgin: off") {
		t.Errorf("got %v", err)
	}
}
