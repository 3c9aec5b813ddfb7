package weixin_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/adapters/wechat/wechattest"
	"parley/adapters/wechat/weixin"
)

func TestOneTokenForMany(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 1})
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if _, err := w.UserInfo(t.Context(), wechattest.OpenID(0)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := w.server.Count("token"); n != 1 {
		t.Errorf("%d tokens", n)
	}
	w.clock.add(6899 * time.Second)
	if _, err := w.Token(t.Context()); err != nil || w.server.Count("token") != 1 {
		t.Errorf("too early: %v", err)
	}
	w.clock.add(time.Second)
	if _, err := w.Token(t.Context()); err != nil || w.server.Count("token") != 2 {
		t.Errorf("not renewed in time: %v", err)
	}
}

func TestTokenOutlivesWhoAskedFirst(t *testing.T) {
	w := newWorld(t, wechattest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Token(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("gave up: %v", err)
	}
	if _, err := w.Token(t.Context()); err != nil || w.server.Count("token") != 1 {
		t.Errorf("%d tokens, %v", w.server.Count("token"), err)
	}
}

func TestTokenIsRenewedOnce(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 2})
	to := []string{wechattest.OpenID(0), wechattest.OpenID(1)}
	opened := 0
	for name, spoil := range map[string]func(){
		"revoked": w.server.RevokeTokens, "expired": w.server.ExpireTokens,
		"malformed": func() { w.server.Fail("message/mass/send", 1, wechattest.Refuse(40014, "invalid access_token")) },
	} {
		if _, err := w.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		tokens := w.server.Count("token")
		spoil()
		if _, err := w.SendMass(t.Context(), to, text("a"), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := w.server.Count("token") - tokens; n != 1 {
			t.Errorf("%s: %d tokens", name, n)
		}
	}
	if n := len(w.server.Masses()); n != 3 {
		t.Errorf("%d mass sends", n)
	}
	w.server.RevokeTokens()
	if _, err := w.UploadMedia(t.Context(), weixin.MediaImage, file("a.jpg", []byte("abc"), &opened)); err != nil || opened != 2 {
		t.Errorf("an upload, opened %d times: %v", opened, err)
	}
	w.server.Fail("groups/get", 2, wechattest.Refuse(40001, "invalid credential"))
	if _, err := w.Groups(t.Context()); !weixin.IsCode(err, weixin.CodeBadToken) || w.server.Count("groups/get") != 2 {
		t.Errorf("refused twice: %v, %d calls", err, w.server.Count("groups/get"))
	}
}

func TestWrongSecretIsAskedOnce(t *testing.T) {
	w := newWorld(t, wechattest.Options{}, func(o *weixin.Options) { o.Secret = "wrong" })
	for range 20 {
		if _, err := w.Groups(t.Context()); !weixin.IsCode(err, weixin.CodeBadSecret) {
			t.Fatal(err)
		}
	}
	w.clock.add(11 * time.Second)
	if _, err := w.Groups(t.Context()); err == nil || w.server.Count("token") != 2 {
		t.Errorf("%d requests for a token, %v", w.server.Count("token"), err)
	}
}

func TestBusyIsRepeatedForReadsOnly(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 2})
	busy := wechattest.Refuse(-1, "system error")
	w.server.Fail("token", 1, busy)
	w.server.Fail("groups/get", 2, busy)
	if _, err := w.Groups(t.Context()); err != nil || w.server.Count("groups/get") != 3 {
		t.Errorf("%v, %d calls", err, w.server.Count("groups/get"))
	}
	w.server.Fail("groups/get", 3, busy)
	if _, err := w.Groups(t.Context()); !weixin.IsCode(err, -1) || w.server.Count("groups/get") != 6 {
		t.Errorf("%v, %d calls", err, w.server.Count("groups/get"))
	}
	to := []string{wechattest.OpenID(0), wechattest.OpenID(1)}
	w.server.Fail("message/mass/send", 1, busy)
	w.server.Fail("message/custom/send", 1, busy)
	w.server.Fail("menu/delete", 1, busy)
	_, err := w.SendMass(t.Context(), to, text("a"), "c")
	for name, err := range map[string]error{
		"message/mass/send": err, "message/custom/send": w.SendToFollower(t.Context(), to[0], text("a")), "menu/delete": w.DeleteMenu(t.Context()),
	} {
		if !weixin.IsCode(err, -1) || w.server.Count(name) != 1 || weixin.MaybeDone(err) {
			t.Errorf("%s: %v, %d calls", name, err, w.server.Count(name))
		}
	}
}

// TestMassSendIsNeverRepeated sends where no answer comes although the work was done.
func TestMassSendIsNeverRepeated(t *testing.T) {
	w := newWorld(t, wechattest.Options{Followers: 2})
	to := []string{wechattest.OpenID(0), wechattest.OpenID(1)}
	if _, err := w.Groups(t.Context()); err != nil {
		t.Fatal(err) // so that the connection is an old one, which HTTP clients like to try again
	}
	for name, f := range map[string]wechattest.Failure{
		"drop": wechattest.Drop(), "page": wechattest.HTML(), "gateway": wechattest.BadGateway(), "hang": wechattest.Hang(),
	} {
		before := w.server.Count("message/mass/send")
		w.server.Fail("message/mass/send", 1, f)
		ctx := t.Context()
		if name == "hang" {
			ctx = soon(t)
		}
		_, err := w.SendMass(ctx, to, text("a"), name)
		if !errors.Is(err, weixin.ErrUnavailable) || !weixin.MaybeDone(err) {
			t.Errorf("%s: %v", name, err)
		}
		if n := w.server.Count("message/mass/send") - before; n != 1 {
			t.Errorf("%s: sent %d times", name, n)
		}
	}
	receipt, err := w.SendMass(t.Context(), to, text("a"), "drop")
	if err != nil || !receipt.Repeated || len(w.server.Masses()) != 1 {
		t.Errorf("once more: %+v, %v", receipt, err)
	}
}

func TestReadsAreRepeated(t *testing.T) {
	w := newWorld(t, wechattest.Options{})
	for _, f := range []wechattest.Failure{wechattest.Drop(), wechattest.HTML(), wechattest.BadGateway()} {
		w.server.Fail("tags/get", 1, f)
		if _, err := w.Tags(t.Context()); err != nil {
			t.Error(err)
		}
	}
	w.server.Fail("tags/get", 1, wechattest.Hang())
	if _, err := w.Tags(soon(t)); !errors.Is(err, context.DeadlineExceeded) || weixin.MaybeDone(err) {
		t.Errorf("gave up: %v", err)
	}
}

func TestBreaker(t *testing.T) {
	w := newWorld(t, wechattest.Options{}, func(o *weixin.Options) { o.Trip, o.Rest = 3, 20*time.Millisecond })
	if _, err := w.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.server.Fail("menu/delete", 3, wechattest.BadGateway())
	for range 3 {
		if err := w.DeleteMenu(t.Context()); !errors.Is(err, weixin.ErrUnavailable) {
			t.Fatal(err)
		}
	}
	err := w.DeleteMenu(t.Context())
	if !errors.Is(err, weixin.ErrUnavailable) || weixin.MaybeDone(err) || w.server.Count("menu/delete") != 3 {
		t.Errorf("open: %v, %d calls", err, w.server.Count("menu/delete"))
	}
	for end := time.After(10 * time.Second); err != nil; err = w.DeleteMenu(t.Context()) {
		select {
		case <-end:
			t.Fatalf("never closed again: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	if n := w.server.Count("menu/delete"); n != 4 {
		t.Errorf("%d calls", n)
	}
	for range 10 {
		if err := w.CreateMenu(t.Context(), nil); !weixin.IsCode(err, 40016) {
			t.Fatalf("refusals open it: %v", err)
		}
	}
}

func TestQuotaIsRemembered(t *testing.T) {
	w := newWorld(t, wechattest.Options{}) // it is 07:30 in China
	w.server.Fail("groups/get", 1, wechattest.Refuse(45009, "reach max api daily quota limit"))
	for range 3 {
		if _, err := w.Groups(t.Context()); !weixin.IsCode(err, weixin.CodeQuota) || !strings.Contains(err.Error(), "reach max") {
			t.Fatal(err)
		}
	}
	if _, err := w.Tags(t.Context()); err != nil {
		t.Errorf("another call: %v", err)
	}
	w.clock.add(16*time.Hour + 29*time.Minute)
	if _, err := w.Groups(t.Context()); !weixin.IsCode(err, weixin.CodeQuota) || w.server.Count("groups/get") != 1 {
		t.Errorf("the same day: %v", err)
	}
	w.clock.add(time.Minute)
	if _, err := w.Groups(t.Context()); err != nil {
		t.Errorf("the next day: %v", err)
	}
	w.server.Fail("groups/get", 1, wechattest.Refuse(45009, "again"))
	if _, err := w.Groups(t.Context()); err == nil {
		t.Error("no refusal")
	}
	w.ForgetQuota()
	if _, err := w.Groups(t.Context()); err != nil {
		t.Errorf("cleared: %v", err)
	}
}

// TestSecretsStayInside looks for the secret and the token in everything that is said about failures.
func TestSecretsStayInside(t *testing.T) {
	var mutex sync.Mutex
	var log bytes.Buffer
	const canary = "canary-secret"
	w := newWorld(t, wechattest.Options{Secret: canary}, func(o *weixin.Options) {
		o.Log, o.Trip = slog.New(slog.NewJSONHandler(&locked{&mutex, &log}, nil)), 1000
	})
	token, err := w.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for _, f := range []wechattest.Failure{wechattest.Drop(), wechattest.HTML(), wechattest.Hang(), wechattest.Refuse(40003, "x")} {
		w.server.Fail("menu/create", 1, f)
		err := w.CreateMenu(soon(t), []weixin.Button{{Name: "a"}})
		if err == nil {
			t.Fatal("no failure")
		}
		said.WriteString(err.Error())
	}
	w.server.ExpireTokens()
	w.server.Fail("token", 9, wechattest.Drop())
	if _, err = w.Groups(t.Context()); err == nil {
		t.Fatal("no failure")
	}
	if err := w.server.Close(); err != nil {
		t.Fatal(err)
	}
	said.WriteString(err.Error())
	said.WriteString(w.DeleteMenu(t.Context()).Error())
	mutex.Lock()
	defer mutex.Unlock()
	for _, text := range []string{said.String(), log.String()} {
		if text == "" || strings.Contains(text, canary) || strings.Contains(text, token) || strings.Contains(text, "access_token=") {
			t.Errorf("said: %s", text)
		}
	}
}

type locked struct {
	mutex *sync.Mutex
	to    io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.to.Write(p)
}
