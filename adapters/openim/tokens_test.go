package openim_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/core"
)

// parse asks whose token it is.
func (w *world) parse(t testing.TB, token string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	return w.call(t, "/auth/parse_token", "", string(body))
}

var (
	malformed  = refused(1503, "TokenMalformedError", "1503 TokenMalformedError jwt parse error")
	expired    = refused(1501, "TokenExpiredError", "1501 TokenExpiredError jwt parse error")
	notYet     = refused(1504, "TokenNotValidYetError", "1504 TokenNotValidYetError jwt parse error")
	wrongSign  = refused(1505, "signature is invalid", "1505 signature is invalid jwt parse error")
	kicked     = refused(1506, "TokenKickedError", "TokenKickedError")
	unknownTok = refused(1507, "TokenNotExistError", "TokenNotExistError")
)

func TestForgedTokens(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	now := w.clock.now()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	admin := func(change func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{"UserID": "imAdmin", "PlatformID": 10, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix() - 5}
		if change != nil {
			change(c)
		}
		return c
	}
	hs := jwt.SigningMethodHS256
	good := forge(t, hs, []byte(secret), admin(nil))
	parts := strings.Split(good, ".")
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	for name, tt := range map[string]struct{ token, want string }{
		"genuine":          {good, `{"errCode":0,"errMsg":"","errDlt":"","data":{"userID":"imAdmin","platformID":10,"expireTimeSeconds":1795205411}}`},
		"not a token":      {"abc", malformed},
		"two parts":        {parts[0] + "." + parts[1], malformed},
		"four parts":       {good + ".x", malformed},
		"no JSON":          {header("x") + "." + parts[1] + "." + parts[2], malformed},
		"user is a number": {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { c["UserID"] = 1 })), malformed},
		"another secret":   {forge(t, hs, []byte("another secret"), admin(nil)), wrongSign},
		"empty secret":     {forge(t, hs, []byte{}, admin(nil)), wrongSign},
		"no signature":     {parts[0] + "." + parts[1] + ".", wrongSign},
		"changed claims":   {parts[0] + "." + header(`{"UserID":"imAdmin","PlatformID":1,"exp":1795205411}`) + "." + parts[2], wrongSign},
		"none":             {forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, admin(nil)), wrongSign},
		"none by header":   {header(`{"alg":"none","typ":"JWT"}`) + "." + parts[1] + ".", wrongSign},
		"none, signed":     {header(`{"alg":"none","typ":"JWT"}`) + "." + parts[1] + "." + parts[2], wrongSign},
		"unknown alg":      {header(`{"alg":"HS1","typ":"JWT"}`) + "." + parts[1] + "." + parts[2], wrongSign},
		"alg missing":      {header(`{"typ":"JWT"}`) + "." + parts[1] + "." + parts[2], wrongSign},
		"RS256":            {forge(t, jwt.SigningMethodRS256, key, admin(nil)), wrongSign},
		"RS256 by header":  {header(`{"alg":"RS256","typ":"JWT"}`) + "." + parts[1] + "." + parts[2], wrongSign},
		"HS512":            {forge(t, jwt.SigningMethodHS512, []byte(secret), admin(nil)), wrongSign},
		"without end":      {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { delete(c, "exp") })), wrongSign},
		"expired":          {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { c["exp"] = now.Unix() - 1 })), expired},
		"not yet":          {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { c["nbf"] = now.Unix() + 60 })), notYet},
		"no such user":     {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { c["UserID"] = "nobody" })), unknownTok},
		"no user":          {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { delete(c, "UserID") })), unknownTok},
		"never given":      {forge(t, hs, []byte(secret), admin(func(c jwt.MapClaims) { c["UserID"] = "u1" })), unknownTok},
	} {
		if got := w.parse(t, tt.token); got != tt.want {
			t.Errorf("%s as a parameter: %s\nwant %s", name, got, tt.want)
		}
		got := w.call(t, "/auth/force_logout", tt.token, `{"userID":"u1","platformID":1}`)
		if name == "genuine" {
			tt.want = done
		}
		if got != tt.want {
			t.Errorf("%s in the header: %s\nwant %s", name, got, tt.want)
		}
		if strings.Contains(got, parts[2]) || strings.Contains(w.log.String(), parts[2]) {
			t.Errorf("%s: the token is repeated", name)
		}
	}
}

func TestTokenForm(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	for _, tt := range []struct{ token, claims string }{
		{w.admin(t), `{"UserID":"imAdmin","PlatformID":10,"exp":1802977811,"iat":1795201806}`},
		{w.token(t, "u1", 2), `{"UserID":"u1","PlatformID":2,"exp":1802977811,"iat":1795201806}`},
	} {
		parts := strings.Split(tt.token, ".")
		header, err := base64.RawURLEncoding.DecodeString(parts[0])
		if err != nil || string(header) != `{"alg":"HS256","typ":"JWT"}` {
			t.Errorf("the header is %s, %v", header, err)
		}
		claims, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil || string(claims) != tt.claims {
			t.Errorf("the claims are %s, %v", claims, err)
		}
	}
}

func TestTokenEnds(t *testing.T) {
	w := newWorld(t, `{"secret":"`+secret+`","token_days":1}`)
	w.user(t, "u1")
	admin, user := w.admin(t), w.token(t, "u1", 2)
	for range 2 { // the second time from memory
		check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), done)
		if got := w.parse(t, user); !strings.Contains(got, `"userID":"u1"`) {
			t.Error(got)
		}
	}
	w.clock.pass(24*time.Hour - time.Second)
	check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), done)
	w.clock.pass(time.Second)
	check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), expired)
	check(t, w.parse(t, user), expired)
}

// TestKickedTokenDiesAtOnce ends tokens that the dialect remembers.
func TestKickedTokenDiesAtOnce(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	user := w.token(t, "u1", 2)
	live := `{"errCode":0,"errMsg":"","errDlt":"","data":{"userID":"u1","platformID":2,"expireTimeSeconds":1802977811}}`
	check(t, w.parse(t, user), live)
	check(t, w.call(t, "/auth/force_logout", w.admin(t), `{"userID":"u1","platformID":1}`), done)
	check(t, w.parse(t, user), live)
	check(t, w.call(t, "/auth/force_logout", w.admin(t), `{"userID":"u1","platformID":2}`), done)
	check(t, w.parse(t, user), kicked)
	check(t, w.call(t, "/auth/force_logout", user, `{}`), kicked)
}

func TestBannedUserIsKicked(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	user := w.token(t, "u1", 2)
	if _, err := w.engine.SetBanned(context.Background(), w.app, "u1", true); err != nil {
		t.Fatal(err)
	}
	check(t, w.parse(t, user), kicked)
}

func TestSettingsChangeEndsTokens(t *testing.T) {
	w := newWorld(t, section)
	admin := w.admin(t)
	check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), done)

	w.put(t, appKey, `{"secret":"`+secret+`","admin_users":["boss"]}`)
	check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), unknownTok)
	check(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"imAdmin"}`),
		badArgs("userID is error., userID=imAdmin, adminUserID=[boss]"))
	boss := tokenIn(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"boss"}`))

	w.put(t, appKey, `{"secret":"another secret","admin_users":["boss"]}`)
	check(t, w.call(t, "/auth/force_logout", boss, `{"userID":"u1","platformID":1}`), wrongSign)
	w.put(t, appKey, "")
	check(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"another secret","userID":"boss"}`), noPermission("secret invalid"))
}

func TestAppsAreToldApartByTheirSecrets(t *testing.T) {
	w := newWorld(t, section)
	other := w.put(t, strings.Repeat("B", 32), `{"secret":"the other secret"}`)
	if _, err := w.engine.Register(context.Background(), other, core.NewUser{ID: "u2"}); err != nil {
		t.Fatal(err)
	}
	admin := w.admin(t)
	foreign := tokenIn(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"the other secret","userID":"imAdmin"}`))
	const body = `{"userID":"u2","platformID":2}`
	check(t, w.call(t, "/auth/get_user_token", admin, body), refused(1101, "UserIDNotFoundError", "u2"))
	tokenIn(t, w.call(t, "/auth/get_user_token", foreign, body))

	// Two apps with one secret are refused, whoever calls.
	w.put(t, strings.Repeat("C", 32), section)
	shared := refused(500, "ServerInternalError", "several apps have this secret; give each its own")
	check(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"imAdmin"}`), shared)
	check(t, w.call(t, "/auth/get_user_token", forge(t, jwt.SigningMethodHS256, []byte(secret), jwt.MapClaims{
		"UserID": "imAdmin", "PlatformID": 10, "exp": w.clock.now().Unix() + 9,
	}), body), shared)
	tokenIn(t, w.call(t, "/auth/get_user_token", foreign, body))
}
