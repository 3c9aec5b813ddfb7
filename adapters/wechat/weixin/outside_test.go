package weixin_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
	"parley/adapters/wire/outside"
)

// site is a server on this machine, which is nothing public.
func site(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// api is a server that answers every call with a token or with what the test wants.
func api(t *testing.T, h http.HandlerFunc) *weixin.Client {
	t.Helper()
	s := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cgi-bin/token" {
			_, _ = io.WriteString(w, `{"access_token":"t","expires_in":7200}`)
			return
		}
		h(w, r)
	})
	c, err := weixin.New(weixin.Options{BaseURL: s.URL + "/", AppID: "a", Secret: "s", Pause: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestVideoURLStaysOutside(t *testing.T) {
	inside := site(t, func(http.ResponseWriter, *http.Request) { t.Error("inside was asked") })
	for _, url := range []string{inside.URL, "file:///etc/passwd", "http://a:b@8.8.8.8/", "http://169.254.169.254/", "gopher://x", "//", "%"} {
		c := api(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, `{"video_url":"`+url+`"}`)
		})
		var got bytes.Buffer
		if _, err := c.DownloadMedia(t.Context(), "m", &got); !errors.Is(err, outside.ErrAddress) || got.Len() > 0 {
			t.Errorf("%s: %q, %v", url, got.String(), err)
		}
	}
}

func TestAnswersAreBounded(t *testing.T) {
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		call   func(*weixin.Client) error
		want   error
	}{
		"JSON": {
			func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"a":"`+strings.Repeat("a", 1<<20)+`"}`)
			},
			func(c *weixin.Client) error { return c.CreateMenu(t.Context(), nil) }, weixin.ErrTooLarge,
		},
		"media of a known length": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/jpeg")
				w.Header().Set("Content-Length", "20971521")
			},
			func(c *weixin.Client) error { _, err := c.DownloadMedia(t.Context(), "m", io.Discard); return err }, weixin.ErrTooLarge,
		},
		"media of any length": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "image/jpeg")
				for chunk := make([]byte, 1<<20); ; {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
			},
			func(c *weixin.Client) error { _, err := c.DownloadMedia(t.Context(), "m", io.Discard); return err }, weixin.ErrTooLarge,
		},
		"a redirect": {
			func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://8.8.8.8/", http.StatusFound) },
			func(c *weixin.Client) error { return c.CreateMenu(t.Context(), nil) }, weixin.ErrUnavailable,
		},
		"a list": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `[]`) },
			func(c *weixin.Client) error { return c.CreateMenu(t.Context(), nil) }, weixin.ErrUnavailable,
		},
		"another form": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"groups":1}`) },
			func(c *weixin.Client) error { _, err := c.Groups(t.Context()); return err }, weixin.ErrUnavailable,
		},
	} {
		if err := test.call(api(t, test.answer)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnswersAreReadKindly(t *testing.T) {
	c := api(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "{\"subscribe\":1,\"openid\":\"o\",\"nickname\":\"a\x01b\",\"subscribe_time\":\"12\",\"groupid\":\"\",\"new\":{\"x\":[1]}}")
	})
	u, err := c.UserInfo(t.Context(), "o")
	if err != nil || u.Nickname != "a b" || u.SubscribeTime != 12 || !u.Subscribed {
		t.Errorf("%+v, %v", u, err)
	}
}

// TestDownloadNames looks at what the platform's file names become.
func TestDownloadNames(t *testing.T) {
	for header, want := range map[string]string{
		`attachment; filename="a.jpg"`: "a.jpg", `attachment; filename="../../a.jpg"`: "a.jpg", `attachment; filename="c:\\x\\a.jpg"`: "a.jpg",
		`attachment; filename=".."`: "", `attachment`: "", ``: "", `attachment; filename="a` + "\t" + `b.jpg"`: "ab.jpg",
	} {
		c := api(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			w.Header().Set("Content-Disposition", header)
		})
		if got, err := c.DownloadMedia(t.Context(), "m", io.Discard); err != nil || got.Name != want {
			t.Errorf("%s: %+v, %v", header, got, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Close() error              { return nil }

// TestCallersFaultsAreTheirOwn sees that the caller's files and writers do not count as the platform's failures.
func TestCallersFaultsAreTheirOwn(t *testing.T) {
	w := newWorld(t, wechattest.Options{}, func(o *weixin.Options) { o.Trip = 1 })
	own := errors.New("own")
	id := w.server.AddMedia("image", "a.jpg", "image/jpeg", []byte("abc"))
	broken := weixin.File{Name: "a.jpg", Size: 3, Open: func() (io.ReadCloser, error) { return failing{own}, nil }}
	closed := weixin.File{Name: "a.jpg", Size: 3, Open: func() (io.ReadCloser, error) { return nil, own }}
	short := file("a.jpg", []byte("abc"), nil)
	short.Size = 4
	for name, call := range map[string]func(context.Context) error{
		"writer": func(ctx context.Context) error { _, err := w.DownloadMedia(ctx, id, failing{own}); return err },
		"reader": func(ctx context.Context) error { _, err := w.UploadImage(ctx, broken); return err },
		"closed": func(ctx context.Context) error { _, err := w.UploadImage(ctx, closed); return err },
		"short":  func(ctx context.Context) error { _, err := w.UploadImage(ctx, short); return err },
		"none":   func(ctx context.Context) error { _, err := w.UploadImage(ctx, weixin.File{}); return err },
	} {
		err := call(t.Context())
		if err == nil || errors.Is(err, own) != (name != "short" && name != "none") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := w.Groups(t.Context()); err != nil {
			t.Errorf("after %s: %v", name, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]weixin.Options{
		"no account": {}, "no secret": {AppID: "a"}, "a file": {AppID: "a", Secret: "b", BaseURL: "file:///x"}, "no host": {AppID: "a", Secret: "b", BaseURL: "http://"},
		"a query": {AppID: "a", Secret: "b", BaseURL: "http://x/?y=z"}, "nonsense": {AppID: "a", Secret: "b", BaseURL: "http://%"},
	} {
		if _, err := weixin.New(o); !errors.Is(err, weixin.ErrArgument) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
