package admin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	ready := func(context.Context) error { return nil }
	tests := map[string]struct {
		token   string
		change  func(*http.Request)
		status  int
		status2 int // of /healthz
	}{
		"local":                {"", func(*http.Request) {}, 200, 200},
		"localhost":            {"", func(r *http.Request) { r.Host = "localhost:8081" }, 200, 200},
		"own name":             {"", func(r *http.Request) { r.Host = "chat.example:8081" }, 200, 200},
		"IPv6":                 {"", func(r *http.Request) { r.Host, r.RemoteAddr = "[::1]:8081", "[::1]:5" }, 200, 200},
		"rebound name":         {"", func(r *http.Request) { r.Host = "evil.example:8081" }, 403, 403},
		"no host":              {"", func(r *http.Request) { r.Host = "" }, 403, 403},
		"other machine":        {"", func(r *http.Request) { r.RemoteAddr = "192.0.2.7:5" }, 403, 200},
		"mapped loopback":      {"", func(r *http.Request) { r.RemoteAddr = "[::ffff:127.0.0.1]:5" }, 200, 200},
		"page of another site": {"", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403, 200},
		"typed in":             {"", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "none") }, 200, 200},
		"no token":             {testToken, func(*http.Request) {}, 401, 200},
		"wrong token":          {testToken, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") }, 401, 200},
		"bare token":           {testToken, func(r *http.Request) { r.Header.Set("Authorization", testToken) }, 401, 200},
		"token":                {testToken, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+testToken) }, 200, 200},
		"token from far": {testToken, func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+testToken)
			r.RemoteAddr = "192.0.2.7:5"
		}, 200, 200},
		"token, another's name": {testToken, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+testToken); r.Host = "evil.example" }, 403, 403},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := NewServer(Config{
				Operations: newLocal(t), Ready: ready, Metrics: http.NotFoundHandler(), Token: tt.token, Host: "chat.example",
				Log: slog.New(slog.DiscardHandler),
			})
			for path, want := range map[string]int{"/api/v1/apps": tt.status, "/debug/pprof/cmdline": tt.status, "/healthz": tt.status2, "/readyz": tt.status2} {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.RemoteAddr, r.Host = "127.0.0.1:5", "127.0.0.1:8081"
				tt.change(r)
				w := httptest.NewRecorder()
				s.http.Handler.ServeHTTP(w, r)
				if w.Code != want {
					t.Errorf("%s is answered %d, want %d", path, w.Code, want)
				}
			}
		})
	}
}

func TestMutationsNeedJSON(t *testing.T) {
	address, _ := serve(t, newLocal(t), "", nil)
	for kind, want := range map[string]int{
		"": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415,
		"application/json": 200, "application/json; charset=utf-8": 200,
	} {
		answer, err := http.Post("http://"+address+"/api/v1/apps", kind, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%q is answered %d, want %d", kind, answer.StatusCode, want)
		}
	}
}

func TestMalformedBodies(t *testing.T) {
	address, _ := serve(t, newLocal(t), "", nil)
	for _, body := range []string{"", "[]", "{", `{"kee":"x"}`, `{"key":1}`, strings.Repeat(" ", maxBody+1) + "{}"} {
		answer, err := http.Post("http://"+address+"/api/v1/apps", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != 400 || !strings.Contains(string(text), `"code":"invalid"`) {
			t.Errorf("%.20q is answered %d %s", body, answer.StatusCode, text)
		}
	}
}

func TestReadiness(t *testing.T) {
	var failure error
	address, s := serve(t, newLocal(t), "", func(context.Context) error { return failure })
	ask := func(path string) (int, string) {
		answer, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		text, _ := io.ReadAll(answer.Body)
		return answer.StatusCode, string(text)
	}
	if status, text := ask("/readyz"); status != 200 || text != "ready\n" {
		t.Errorf("ready: %d %q", status, text)
	}
	failure = errors.New("secret cause")
	if status, text := ask("/readyz"); status != 503 || strings.Contains(text, "secret") {
		t.Errorf("not ready: %d %q", status, text)
	}
	failure = nil
	s.Stopping()
	if status, text := ask("/readyz"); status != 503 || text != "stopping\n" {
		t.Errorf("stopping: %d %q", status, text)
	}
	if status, _ := ask("/healthz"); status != 200 {
		t.Errorf("alive while stopping: %d", status)
	}
}
