package openim_test

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"parley/core"
)

func TestAdminToken(t *testing.T) {
	w := newWorld(t, `{"secret":"`+secret+`","admin_users":["imAdmin","second"]}`)
	for body, want := range map[string]string{
		`{"secret":"x","userID":"imAdmin"}`:          noPermission("secret invalid"),
		`{"userID":"imAdmin"}`:                       noPermission("secret invalid"),
		`{"secret":"` + secret + `"}`:                badArgs("userID is empty"),
		`{"secret":"` + secret + `x","userID":"x"}`:  noPermission("secret invalid"),
		`{"secret":"` + secret + `","userID":"<x>"}`: badArgs("userID is error., userID=<x>, adminUserID=[imAdmin second]"),
		`{"secret":1}`:                               "",
	} {
		got := w.call(t, "/auth/get_admin_token", "", body)
		if want == "" {
			want = got
			if !strings.Contains(got, `"errCode":1001`) {
				t.Errorf("%s: %s", body, got)
			}
		}
		check(t, got, want)
	}
	body := w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"second"}`)
	check(t, body, `{"errCode":0,"errMsg":"","errDlt":"","data":{"token":"`+tokenIn(t, body)+`","expireTimeSeconds":7776000}}`)
	if a := w.send(t, "POST", "/auth/get_admin_token", "", "operationID", "op"); a.status != 200 || !strings.HasPrefix(a.body, `{"errCode":1001,`) {
		t.Errorf("an empty body: %d %s", a.status, a.body)
	}
}

func TestAdminsAreUsers(t *testing.T) {
	for name, open := range map[string]bool{"closed": false, "open": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, section)
			app := *w.app
			app.OpenUsers = open
			app.Dialects["openim"] = []byte(`{"secret":"` + secret + `","admin_users":["imAdmin","late"]}`)
			var err error
			if w.app, err = w.engine.PutApp(context.Background(), app); err != nil {
				t.Fatal(err)
			}
			tokenIn(t, w.call(t, "/auth/get_admin_token", "", `{"secret":"`+secret+`","userID":"late"}`))
			for _, id := range []string{"imAdmin", "late"} {
				u, err := w.engine.Find(context.Background(), w.app, id)
				if err != nil || u.Role != core.RoleAdmin || u.Nickname != id {
					t.Errorf("%s is %+v, %v", id, u, err)
				}
			}
		})
	}
}

func TestUserToken(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	for id, role := range map[string]core.Role{"bot": core.RoleRobot, "news": core.RoleNotifier, "chief": core.RoleAdmin} {
		if _, err := w.engine.Register(context.Background(), w.app, core.NewUser{ID: id, Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	admin := w.admin(t)
	for body, want := range map[string]string{
		`{"userID":"nouser","platformID":2}`:  refused(1101, "UserIDNotFoundError", "nouser"),
		`{}`:                                  refused(1101, "UserIDNotFoundError", ""),
		`{"userID":"u1","platformID":10}`:     noPermission("platformID invalid. platformID must not be adminPlatformID"),
		`{"userID":"imAdmin","platformID":1}`: noPermission("don't get Admin token"),
		`{"userID":"bot","platformID":1}`:     badArgs("app account can`t get token"),
		`{"userID":"news","platformID":1}`:    badArgs("app account can`t get token"),
		`{"userID":"u1","platformID":64}`:     badArgs("platformID is invalid"),
		`{"userID":"u1","platformID":-1}`:     badArgs("platformID is invalid"),
	} {
		check(t, w.call(t, "/auth/get_user_token", admin, body), want)
	}
	for _, body := range []string{`{"userID":"u1","platformID":11}`, `{"userID":"chief","platformID":1}`, `{"userID":"u1"}`} {
		got := w.call(t, "/auth/get_user_token", admin, body)
		check(t, got, `{"errCode":0,"errMsg":"","errDlt":"","data":{"token":"`+tokenIn(t, got)+`","expireTimeSeconds":7776000}}`)
	}
	check(t, w.call(t, "/auth/get_user_token", w.token(t, "u1", 1), `{"userID":"u1","platformID":1}`), noPermission("user u1 is not admin userID"))
}

func TestTokenForTheSecret(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	check(t, w.call(t, "/auth/user_token", "", `{"secret":"x","userID":"u1","platformID":1}`), noPermission("secret invalid"))
	check(t, w.call(t, "/auth/user_token", "", `{"secret":"`+secret+`","userID":"nouser","platformID":1}`), refused(1101, "UserIDNotFoundError", "nouser"))
	user := tokenIn(t, w.call(t, "/auth/user_token", "", `{"secret":"`+secret+`","userID":"u1","platformID":1}`))
	check(t, w.call(t, "/auth/force_logout", user, `{"userID":"u1","platformID":1}`), noPermission("user u1 is not admin userID"))
	admin := tokenIn(t, w.call(t, "/auth/user_token", "", `{"secret":"`+secret+`","userID":"imAdmin","platformID":1}`))
	check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":1}`), done)
	check(t, w.parse(t, user), kicked)
}

func TestForceLogout(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	admin := w.admin(t)
	for body, want := range map[string]string{
		`{"platformID":1}`:                   badArgs("userID is empty"),
		`{"userID":"u1"}`:                    badArgs("platformID is invalidate"),
		`{"userID":"u1","platformID":11}`:    badArgs("platformID is invalidate"),
		`{"userID":"u1","platformID":12}`:    badArgs("platformID is invalidate"),
		`{"userID":"u1","platformID":-1}`:    badArgs("platformID is invalidate"),
		`{"userID":"nobody","platformID":1}`: done,
		`{"userID":"u1","platformID":10}`:    done,
	} {
		check(t, w.call(t, "/auth/force_logout", admin, body), want)
	}
	for platform := 1; platform <= 9; platform++ {
		user := w.token(t, "u1", platform)
		check(t, w.call(t, "/auth/force_logout", admin, `{"userID":"u1","platformID":`+strconv.Itoa(platform)+`}`), done)
		check(t, w.parse(t, user), kicked)
	}
}

// TestKickPolicies logs in on each platform while there is a token on every other, and looks at which are left.
func TestKickPolicies(t *testing.T) {
	platforms := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 11}
	class := map[int]string{1: "mobile", 2: "mobile", 8: "mobile", 9: "mobile", 11: "mobile", 3: "pc", 4: "pc", 7: "pc", 5: "web", 6: "web"}
	for policy, stays := range map[int]func(old, login int) bool{
		0: func(_, _ int) bool { return true },
		1: func(old, login int) bool { return old != login },
		4: func(old, login int) bool { return class[old] != class[login] },
		5: func(old, login int) bool { return (class[old] == "pc") != (class[login] == "pc") },
	} {
		t.Run(strconv.Itoa(policy), func(t *testing.T) {
			for _, login := range platforms {
				for _, old := range platforms {
					w := newWorld(t, `{"secret":"`+secret+`","multi_login":`+strconv.Itoa(policy)+`}`)
					w.user(t, "u1")
					before := w.token(t, "u1", old)
					w.clock.pass(1e9)
					after := w.token(t, "u1", login)
					if got := w.parse(t, before); (got != kicked) != stays(old, login) {
						t.Errorf("%d and then %d: %s", old, login, got)
					}
					if got := w.parse(t, after); !strings.HasPrefix(got, `{"errCode":0,`) {
						t.Errorf("the new token on %d: %s", login, got)
					}
				}
			}
		})
	}
}

func TestKeepsThirtyTokensPerPlatform(t *testing.T) {
	w := newWorld(t, `{"secret":"`+secret+`","multi_login":0}`)
	w.user(t, "u1")
	var tokens []string
	for range 31 {
		w.clock.pass(1e9)
		tokens = append(tokens, w.token(t, "u1", 1))
	}
	for i, token := range tokens {
		if got := w.parse(t, token); (got == kicked) != (i == 0) {
			t.Errorf("token %d: %s", i, got)
		}
	}
}
