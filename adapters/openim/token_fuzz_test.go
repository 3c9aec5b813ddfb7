package openim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// FuzzToken sends tokens that nobody has signed: none may be taken for one of the app's, and every answer is one of the
// platform's.
func FuzzToken(f *testing.F) {
	w := newWorld(f, section)
	now := w.clock.now()
	good := forge(f, jwt.SigningMethodHS256, []byte(secret), jwt.MapClaims{
		"UserID": "imAdmin", "PlatformID": 10, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(),
	})
	parts := strings.Split(good, ".")
	for _, seed := range []string{
		good, good + ".", parts[0] + "." + parts[1] + ".", "a.b.c", "..", "eyJhbGciOiJub25lIn0." + parts[1] + ".",
		"eyJhbGciOiJSUzI1NiJ9." + parts[1] + "." + parts[2], "e30.eyJleHAiOjFlOTl9." + parts[2], "bnVsbA.bnVsbA.",
	} {
		f.Add(seed)
	}
	answers := map[string]bool{malformed: true, wrongSign: true, badArgs("header must have token"): true}
	f.Fuzz(func(t *testing.T, token string) {
		got := w.prepare("/auth/force_logout", token, `{"userID":"u1","platformID":1}`)()
		// Base64 leaves bits unused at the end, so that the signature has several spellings.
		genuine := strings.HasPrefix(token, parts[0]+"."+parts[1]+".")
		if !answers[got] && (!genuine || got != done) {
			t.Errorf("%q is answered %s", token, got)
		}
	})
}
