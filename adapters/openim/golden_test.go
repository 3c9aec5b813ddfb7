package openim_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/valyala/fasthttp"

	"parley/adapters/wire/golden"
)

// differences are the captured exchanges whose answer differs from the original's by decision, with the reason. Their
// files say it, too.
var differences = map[string]string{
	"03_bad_token_malformed":    "the token is not echoed",
	"04_bad_sig":                "the token is not echoed",
	"05_expired":                "the token is not echoed",
	"08_admin_token_empty_body": "no stack trace",
	"09_admin_token_bad_json":   "no stack trace",
	"54_time_empty_body":        "no stack trace",
	"21_all_uid":                "the administrator is a user, too; the captured answer was canned",
	"55_pull":                   "what the captured answer, which was canned, leaves empty is filled",
	"56_search":                 "nothing is found; the captured answer, which was canned, counts one and lists none",
	"58_sorted":                 "what the captured answer, which was canned, leaves empty is filled",
}

// TestCaptures replays the exchanges that were captured from the original, each in a world of its own. In the answers
// only what is new in every run is bound, and what a canned answer cannot know.
func TestCaptures(t *testing.T) {
	golden.Run(t, "testdata/wire", func(t *testing.T, name string) fasthttp.RequestHandler {
		s := newStage(t)
		s.prepare(name[3:])
		tokens := map[string]string{"ADMIN": s.op, "USER": s.userToken(name), "BADSIGNATURE": s.forged(), "EXPIRED": s.expired()}
		return func(ctx *fasthttp.RequestCtx) {
			if token, ok := tokens[string(ctx.Request.Header.Peek("token"))]; ok {
				ctx.Request.Header.Set("token", token)
			}
			s.handle(ctx)
		}
	})
}

// prepare makes the state that an exchange was captured in.
func (s *stage) prepare(name string) {
	s.t.Helper()
	plain := func(ids ...string) {
		for _, id := range ids {
			s.done("/user/user_register", `{"users":[{"userID":"`+id+`","nickname":"nick","faceURL":""}]}`)
		}
	}
	switch name {
	case "get_users_empty":
	case "get_users_info", "account_check":
		plain("a", "b")
	case "register_dup":
		plain("dup")
	case "all_uid":
		plain("u1", "u2")
	case "pull":
		plain("a", "b")
		s.deliver(text("a", "b", "hi"))
	case "hasread":
		plain("a", "b")
		s.talk("a", "b", "1")
		s.talk("b", "a", "2", "3")
	case "sorted":
		plain("a", "b")
		s.deliver(text("b", "a", "hi"))
	case "send_1400_nouser":
		plain("r1")
	case "status":
		plain("u1", "u2")
		s.deliver(text("u1", "u2", "under the operationID op1"))
	default:
		plain("u1", "s1", "r1", "r2", "adm")
		dataOf[any](s.t, s.do("/user/add_notification_account", `{"userID":"notify1","nickName":"n","faceURL":"","appMangerLevel":3}`))
		s.group("g1", "u1", "s1")
	}
}

// userToken is the token of an ordinary user, where there is one.
func (s *stage) userToken(name string) string {
	s.t.Helper()
	if name == "22_send_as_user" {
		return s.as("s1")
	}
	return ""
}

// forged is a token whose signature is another's.
func (s *stage) forged() string {
	now := s.clock.now()
	return forge(s.t, jwt.SigningMethodHS256, []byte("another secret"), jwt.MapClaims{
		"UserID": "imAdmin", "PlatformID": 10, "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(),
	})
}

// expired is a token that has ended.
func (s *stage) expired() string {
	now := s.clock.now()
	return forge(s.t, jwt.SigningMethodHS256, []byte(secret), jwt.MapClaims{
		"UserID": "u1", "PlatformID": 2, "exp": now.Add(-24 * time.Hour).Unix(), "iat": now.Add(-48 * time.Hour).Unix(),
	})
}

// TestDifferencesAreListed holds the files and the list of differences together.
func TestDifferencesAreListed(t *testing.T) {
	paths, err := filepath.Glob("testdata/wire/*.txt")
	if err != nil || len(paths) != 62 {
		t.Fatalf("%d exchanges, %v", len(paths), err)
	}
	found := make(map[string]string)
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, rest, ours := strings.Cut(string(file), "\n# ours: "); ours {
			reason, _, _ := strings.Cut(rest, "\n")
			found[strings.TrimSuffix(filepath.Base(path), ".txt")] = reason
		}
	}
	if !maps.Equal(found, differences) {
		t.Errorf("the files differ in %q, the list in %q", found, differences)
	}
}
