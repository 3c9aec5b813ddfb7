package phalapi_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/core"
)

const (
	badToken    = "非法请求：access_token校验不通过"
	unknownApp  = "非法请求：app_key权限不足，或未知应用"
	notLoggedIn = "非法请求：当前用户禁止使用，或用户未登录"
)

// token applies for one as an app's client does.
func (s *station) token(key, secret, uid string) answer {
	s.t.Helper()
	return s.call(serviceApply, "", "app_key", key, "app_secret", secret, "uid", uid)
}

// sign makes a token of its own.
func sign(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestApplyToken(t *testing.T) {
	s := openStation(t, section(""))
	a := s.token(appKey, appSecret, memberID)
	expires := s.now().Add(30 * 24 * time.Hour)
	if a.Ret != 200 || a.Data.ExpireAt != expires.Unix() || a.Data.ExpireTime != "2020-08-02 11:51:14" {
		t.Errorf("%+v", a)
	}
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(a.Data.AccessToken, claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"iss": appKey[:8], "aud": "app", "sub": appKey, "uid": json.Number(memberID), "did": json.Number("0"),
		"iat": json.Number("1593748274"), "exp": json.Number("1596340274"),
	} {
		if claims[name] != want {
			t.Errorf("%s is %v, want %v", name, claims[name], want)
		}
	}
	sent := s.call(serviceSend, "", append(message(), "access_token", a.Data.AccessToken)...)
	if sent.Ret != 200 {
		t.Fatalf("%+v", sent)
	}
	if n := s.stored(); n != 0 {
		t.Errorf("the anonymous user has %d messages of another", n)
	}
	user, err := s.engine.Find(context.Background(), s.app, memberID)
	if err != nil {
		t.Fatal(err)
	}
	list := s.call(serviceList, "", "access_token", a.Data.AccessToken)
	if len(list.Data.Items) != 1 || list.Data.Items[0].UUID != user.UUID || list.Data.Items[0].IO != "in" {
		t.Errorf("%+v", list)
	}
}

func TestApplyTokenWithTheWrongSecret(t *testing.T) {
	s := openStation(t, section(""))
	got := s.raw("GET /api/app?s=App.Auth.ApplyToken&app_key=" + appKey + "&app_secret=wrong HTTP/1.1\r\nHost: a\r\n\r\n")
	if want := `{"ret":200,"data":{"access_token":"","expire_at":0,"expire_time":""},"msg":""}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRefreshAccessToken(t *testing.T) {
	s := openStation(t, section(""))
	first := s.token(appKey, appSecret, memberID)
	s.ahead.Store(60)
	second := s.call(serviceRenew, "", "access_token", first.Data.AccessToken)
	if second.Ret != 200 || second.Data.ExpireAt != first.Data.ExpireAt+60 {
		t.Fatalf("%+v", second)
	}
	s.ahead.Store(30 * 24 * 3600) // the first has just expired
	if a := s.call(serviceRenew, "", "access_token", first.Data.AccessToken); a.Ret != 406 || a.Msg != badToken {
		t.Errorf("an expired token is renewed: %+v", a)
	}
	if a := s.call(serviceSend, "", append(message(), "access_token", first.Data.AccessToken)...); a.Ret != 406 || a.Msg != badToken {
		t.Errorf("an expired token is accepted: %+v", a)
	}
	if a := s.call(serviceSend, "", append(message(), "access_token", second.Data.AccessToken)...); a.Ret != 200 {
		t.Errorf("the renewed token is refused: %+v", a)
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	s := openStation(t, section(""))
	other := s.putApp(core.App{Key: otherKey, Secret: "another secret of sufficient length"})
	s.register(other, core.NewUser{ID: memberID})
	closed := s.putApp(core.App{Secret: "the secret of an app that is closed", Disabled: true})
	s.register(s.app, core.NewUser{ID: "7"})
	if _, err := s.engine.SetBanned(context.Background(), s.app, "7", true); err != nil {
		t.Fatal(err)
	}
	claims := func(changes jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{
			"iss": appKey[:8], "aud": "app", "sub": appKey, "uid": json.Number(memberID), "did": 0,
			"iat": s.now().Unix(), "exp": s.now().Unix() + 60,
		}
		for name, value := range changes {
			if c[name] = value; value == nil {
				delete(c, name)
			}
		}
		return c
	}
	secret := []byte(appSecret)
	if a := s.call(serviceList, "", "access_token", sign(t, jwt.SigningMethodHS256, secret, claims(nil))); a.Ret != 200 {
		t.Fatalf("a genuine token is refused: %+v", a)
	}
	for _, test := range []struct {
		name, token string
		ret         int
		msg         string
	}{
		{"no token at all", "x", 406, badToken},
		{"no signature", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(nil)), 406, badToken},
		{"another method", sign(t, jwt.SigningMethodHS512, secret, claims(nil)), 406, badToken},
		{"another app's secret", sign(t, jwt.SigningMethodHS256, []byte(other.Secret), claims(nil)), 406, badToken},
		{"another app's name", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"sub": otherKey})), 406, badToken},
		{"expired", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"exp": s.now().Unix()})), 406, badToken},
		{"without end", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"exp": nil})), 406, badToken},
		{"an unknown app", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"sub": "nobody"})), 407, unknownApp},
		{"a disabled app", sign(t, jwt.SigningMethodHS256, []byte(closed.Secret), claims(jwt.MapClaims{"sub": closed.Key})), 407, unknownApp},
		{"a missing user", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"uid": 8})), 408, notLoggedIn},
		{"a banned user", sign(t, jwt.SigningMethodHS256, secret, claims(jwt.MapClaims{"uid": 7})), 408, notLoggedIn},
	} {
		if a := s.call(serviceSend, "", append(message(), "access_token", test.token)...); a.Ret != test.ret || a.Msg != test.msg {
			t.Errorf("%s: %d %q, want %d %q", test.name, a.Ret, a.Msg, test.ret, test.msg)
		}
	}
	if n := s.stored(); n != 0 {
		t.Errorf("%d messages are stored", n)
	}
	if a := s.token(closed.Key, closed.Secret, "0"); a.Ret != 407 || a.Msg != unknownApp {
		t.Errorf("a disabled app's secret: %+v", a)
	}
}

func TestTokensOfAnotherAppActInThatApp(t *testing.T) {
	s := openStation(t, section(""))
	other := s.putApp(core.App{Key: otherKey, Secret: "another secret of sufficient length"})
	s.register(other, core.NewUser{ID: "1"})
	token := s.token(otherKey, other.Secret, "1").Data.AccessToken
	if a := s.call(serviceSend, "", append(message(), "access_token", token)...); a.Ret != 400 || a.Msg != "非法请求：接收会员不存在" {
		t.Errorf("%+v", a)
	}
}

func TestCallsWithoutAUser(t *testing.T) {
	s := openStation(t, section(""))
	appOnly := s.token(appKey, appSecret, "0").Data.AccessToken
	if a := s.call(serviceSend, "", append(message(), "access_token", appOnly)...); a.Ret != 200 {
		t.Errorf("a token without a user: %+v", a)
	}
	if n := s.stored(); n != 1 {
		t.Errorf("the anonymous user has %d messages, want 1", n)
	}
	for name, settings := range map[string]string{"not configured": `{}`, "not there": `{"anonymous_user":"nobody"}`} {
		s := openStation(t, json.RawMessage(settings))
		for _, token := range []string{"", appOnly} {
			a := s.call(serviceSend, "", append(message(), "access_token", token)...)
			if a.Ret != 408 || a.Msg != notLoggedIn {
				t.Errorf("%s, token %q: %+v", name, token, a)
			}
		}
		if a := s.call(serviceSend, "en", message()...); a.Msg != "Bad Request: the user is disabled or not logged in" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestNoParameterButTheTokenIsAnIdentity(t *testing.T) {
	s := openStation(t, json.RawMessage(`{}`))
	a := s.call(serviceSend, "", append(message(), "uuid", anonymous, "uid", memberID, "app_key", appKey, "app_secret", appSecret, "__debug__", "1")...)
	if a.Ret != 408 || a.Msg != notLoggedIn {
		t.Errorf("%+v", a)
	}
}

func TestParametersAreCheckedBeforeTheToken(t *testing.T) {
	s := openStation(t, json.RawMessage(`{"simple_md5":true}`))
	if a := s.call(serviceSend, "", "access_token", "x"); a.Ret != 400 {
		t.Errorf("%+v", a)
	}
	if a := s.call("Platform.ChatMessage.Nope", "", "access_token", "x"); a.Ret != 404 {
		t.Errorf("%+v", a)
	}
	if a := s.call(serviceSend, "", message()...); a.Ret != 406 {
		t.Errorf("the signature is not checked before the user: %+v", a)
	}
}
