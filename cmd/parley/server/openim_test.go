package server

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/valyala/fasthttp/fasthttputil"

	"parley/adapters/openim"
	"parley/cmd/parley/settings"
)

// post sends a body and returns status and answer.
func post(t *testing.T, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("operationID", "op")
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// openimApp is an app of the settings file that speaks OpenIM.
func openimApp(secret string) settings.App {
	return settings.App{Key: strings.Repeat("A", 32), OpenIM: map[string]any{"secret": secret}}
}

const (
	adminToken = "/auth/get_admin_token"
	noToken    = `{"errCode":1001,"errMsg":"ArgsError","errDlt":"header must have token"}`
)

func TestOpenIMBesideTheOthers(t *testing.T) {
	c := Config{Settings: testSettings()}
	c.Settings.Apps = []settings.App{openimApp("a secret of ours")}
	s, _ := start(t, c)
	base := "http://" + s.Addr().String()
	if s.OpenIMAddr() != s.Addr() {
		t.Errorf("OpenIM is at %s", s.OpenIMAddr())
	}
	status, body := post(t, base+adminToken, `{"secret":"a secret of ours","userID":"imAdmin"}`)
	if status != 200 || !strings.HasPrefix(body, `{"errCode":0,"errMsg":"","errDlt":"","data":{"token":"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := post(t, base+"/msg/no_such", "{}"); status != 200 || body != noToken {
		t.Errorf("an unknown path: %d %s", status, body)
	}
	if status, body := get(t, base+"/zzz"); status != 404 || body != "404 page not found" {
		t.Errorf("an unknown page: %d %s", status, body)
	}
	if status, body := get(t, base+"/?s=App.Hello.World"); status != 200 || !strings.HasPrefix(body, `{"ret":`) {
		t.Errorf("another dialect: %d %s", status, body)
	}
}

func TestOpenIMAlone(t *testing.T) {
	c := Config{Settings: testSettings()}
	c.Settings.OpenIM.Listen = "127.0.0.1:0"
	c.Settings.Apps = []settings.App{openimApp("a secret of ours")}
	s, _ := start(t, c)
	own, shared := "http://"+s.OpenIMAddr().String(), "http://"+s.Addr().String()
	if own == shared {
		t.Fatal("there is one listener")
	}
	if _, body := post(t, own+adminToken, `{"secret":"a secret of ours","userID":"imAdmin"}`); !strings.HasPrefix(body, `{"errCode":0,`) {
		t.Error(body)
	}
	if _, body := post(t, own+"/msg/no_such", "{}"); body != noToken {
		t.Errorf("an unknown path: %s", body)
	}
	if status, _ := get(t, own+"/?s=App.Hello.World"); status != 404 {
		t.Errorf("another dialect is answered %d", status)
	}
	if status, _ := post(t, shared+adminToken, "{}"); status != 404 {
		t.Errorf("beside the others it is answered %d", status)
	}
	if status, body := get(t, "http://"+s.AdminAddr().String()+"/readyz"); status != 200 {
		t.Errorf("not ready: %s", body)
	}
}

// everywhere is a listener in memory that says it can be reached from other machines.
type everywhere struct{ *fasthttputil.InmemoryListener }

func (everywhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 80} }

func TestDefaultSecretStaysAtHome(t *testing.T) {
	for name, tt := range map[string]struct {
		secret        string
		outside, home bool
		refused       bool
	}{
		"default secret":             {openim.DefaultSecret, true, false, true},
		"own secret":                 {"a secret of ours", true, false, false},
		"default secret, loopback":   {openim.DefaultSecret, false, false, false},
		"default secret, OpenIM not": {openim.DefaultSecret, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := Config{Settings: testSettings(), Log: slog.New(slog.DiscardHandler)}
			c.Settings.Apps = []settings.App{openimApp(tt.secret)}
			if tt.outside {
				c.Listener = everywhere{fasthttputil.NewInmemoryListener()}
			}
			if tt.home {
				c.Settings.OpenIM.Listen = "127.0.0.1:0"
			}
			s, err := Start(t.Context(), c)
			if tt.refused {
				if err == nil || !strings.Contains(err.Error(), "which everybody knows") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			stored := s.checkOpenIM([]byte(`{"secret":"` + openim.DefaultSecret + `"}`))
			if (stored != nil) != (tt.outside && !tt.home) {
				t.Errorf("while it runs: %v", stored)
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSameSecretTwice(t *testing.T) {
	c := Config{Settings: testSettings(), Log: slog.New(slog.DiscardHandler)}
	other := openimApp("a secret of ours")
	other.Key = strings.Repeat("B", 32)
	c.Settings.Apps = []settings.App{openimApp("a secret of ours"), other}
	if _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "another app has the same secret") {
		t.Errorf("got %v", err)
	}
}
