package openim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/adapters/openim"
)

func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		``:                       "",
		`{"secret":"openIM123"}`: "",
		`{"secret":"12345678","admin_users":["a_1","管理员"],"multi_login":0,"token_days":1}`: "",
		`{"secret":"12345678","multi_login":5,"token_days":3650}`:                          "",
		`{"secret":"12345678","admin_users":[]}`:                                           "",
		`{}`:                                                                               "at least 8 characters",
		`{"secret":"short"}`:                                                               "at least 8 characters",
		`{"secret":"12345678","multi_login":2}`:                                            "multi_login",
		`{"secret":"12345678","token_days":0}`:                                             "token_days",
		`{"secret":"12345678","token_days":99999}`:                                         "token_days",
		`{"secret":"12345678","admin_users":["a b"]}`:                                      "no user ID",
		`{"secret":"12345678","admin_users":[""]}`:                                         "no user ID",
		`{"secret":"12345678","admin_users":["a","a"]}`:                                    "twice",
		`{"secret":"12345678","secrte":"x"}`:                                               "secrte",
		`{"secret":12345678}`:                                                              "settings:",
		`[]`:                                                                               "settings:",
	} {
		err := openim.CheckSettings(json.RawMessage(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
		if err != nil && strings.Contains(err.Error(), "12345678") && !strings.Contains(text, `"secret":12345678`) {
			t.Errorf("%s: the error shows the secret: %v", text, err)
		}
	}
}

func TestDefaultSecretIsFound(t *testing.T) {
	for text, want := range map[string]bool{
		``: false, `{"secret":"openIM123"}`: true, `{"secret":"openIM124"}`: false, `{`: false,
	} {
		if got := openim.UsesDefaultSecret(json.RawMessage(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestNewChecksAllApps(t *testing.T) {
	for name, tt := range map[string]struct{ second, want string }{
		"same secret": {section, "another app has the same secret"},
		"unreadable":  {`{"secret":"x"}`, "app BBBB"},
		"no section":  {"", ""},
		"different":   {`{"secret":"the other secret"}`, ""},
	} {
		w := openWorld(t, section)
		w.put(t, strings.Repeat("B", 32), tt.second)
		_, err := openim.New(w.house())
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows the secret", name)
		}
	}
}
