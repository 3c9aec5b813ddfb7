package demo

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"parley/core"
	"parley/storage/memory"
)

func newEngine(t *testing.T) *core.Engine {
	t.Helper()
	store := memory.New()
	engine, err := core.Open(t.Context(), store, core.Environment{Now: time.Now, Random: rand.Reader}, core.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(engine.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	return engine
}

func TestPrepareTwiceChangesNothing(t *testing.T) {
	e := newEngine(t)
	app, err := Prepare(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if app.Key != Key || app.Secret != Secret || app.OpenUsers {
		t.Errorf("prepared %+v", app)
	}
	for _, username := range []string{"AB君", "dogstar"} {
		// This is md5("123456"), as the documents' clients send it.
		if _, _, err := e.Login(t.Context(), app, username, "e10adc3949ba59abbe56e057f20f883e", false); err != nil {
			t.Errorf("%s cannot log in: %v", username, err)
		}
	}
	changed := *app
	changed.Name = "changed by the operator"
	if _, err := e.PutApp(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	again, err := Prepare(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if again.Name != "changed by the operator" {
		t.Errorf("the second start changed the app: %+v", again)
	}
	page, err := e.Users(t.Context(), again, core.UserQuery{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if page.Total != 8 {
		t.Errorf("%d users after the second start", page.Total)
	}
	u, err := e.Find(t.Context(), again, "8AEA2AF1951C0376EC668A74B8CAA64A")
	if err != nil || string(u.Ext) != `{"yesapi_avatar":"","nickname":"","age":"18"}` {
		t.Errorf("AB君 is %+v, %v", u, err)
	}
}

func TestStoreInUseIsLeftAlone(t *testing.T) {
	e := newEngine(t)
	if _, err := e.PutApp(t.Context(), core.App{Name: "in use"}); err != nil {
		t.Fatal(err)
	}
	if _, err := Prepare(t.Context(), e); !errors.Is(err, ErrOtherApps) {
		t.Errorf("got %v", err)
	}
	if len(e.Apps()) != 1 {
		t.Error("an app was added")
	}
}

func TestPrint(t *testing.T) {
	var b bytes.Buffer
	if err := Print(&b, &core.App{Key: Key, Secret: Secret}, "127.0.0.1:8080", "127.0.0.1:10002"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		Key, Secret, Anonymous, "Platform.ChatMessage.Send", "Platform.ChatMessage.BulkSend",
		"Platform.ChatMessage.GetMessageList", "App.Auth.ApplyToken", "App.Hello.World", "App.User.LoginExt",
		"http://127.0.0.1:10002/msg/batch_send_msg", "get_admin_token", "openIM123", "MultiSend", "TakeMessageList", "GetAllChatList", "GetAllUnreadNum", "MarkAsReaded",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the guide lacks %s", want)
		}
	}
	if strings.Contains(b.String(), "%!") {
		t.Errorf("a verb is left over:\n%s", b.String())
	}
}
