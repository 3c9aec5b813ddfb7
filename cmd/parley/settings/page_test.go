package settings

import (
	"strings"
	"testing"
)

func TestEverySettingIsDocumented(t *testing.T) {
	for _, f := range Fields() {
		if f.EN == "" || f.ZH == "" {
			t.Errorf("%s has no meaning in both languages", f.Key)
		}
		for _, lang := range []Language{English, Chinese} {
			row := "| " + code(f.Env()) + " | " + code(f.Default) + " | " + f.text(lang) + " |"
			if !strings.Contains(Page(lang), row) {
				t.Errorf("the %s page lacks %s", lang, row)
			}
		}
	}
}

func TestExampleIsAcceptedAndChangesNothing(t *testing.T) {
	for _, lang := range []Language{English, Chinese} {
		text := Example(lang)
		_, live, _ := strings.Cut(text, "\n")
		live = strings.ReplaceAll(live, "\n# ", "\n")
		l, err := Load(map[string]string{"config": write(t, live)}, nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, live)
		}
		d := Default()
		for _, f := range Fields() {
			if f.Key == "config" {
				continue
			}
			if f.Text(&l.Settings) != f.Text(&d) {
				t.Errorf("the example sets %s to %q", f.Key, f.Text(&l.Settings))
			}
			if f.Allows(FromFile) && l.Origin[f.Key] != FromFile {
				t.Errorf("the example lacks %s", f.Key)
			}
		}
		if len(l.Apps) != 1 || l.Apps[0].YesAPI["sign"] != "required" {
			t.Errorf("the example's app is read as %+v", l.Apps)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	name := write(t, "admin_token: canary-0123456789\napps:\n  - {key: k, secret: canary}\n")
	l, err := Load(map[string]string{"config": name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]string)
	for _, v := range l.Values() {
		shown[v.Key] = v.Value
		if strings.Contains(v.Value, "canary") {
			t.Errorf("%s shows a secret", v.Key)
		}
	}
	if shown["admin_token"] != Redacted || shown["apps[0].key"] != "k" {
		t.Errorf("shown: %v", shown)
	}
	for _, f := range Fields() {
		if _, ok := shown[f.Key]; !ok {
			t.Errorf("%s is not shown", f.Key)
		}
		if f.Secret && f.Flag() != "" {
			t.Errorf("%s can be given on the command line, where others see it", f.Key)
		}
	}
}
