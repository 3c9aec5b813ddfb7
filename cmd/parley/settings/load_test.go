package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "parley.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPrecedence(t *testing.T) {
	name := write(t, "listen: file:1\nstore: 'memory:'\nlimits:\n  read_timeout: 3s\n  body: 2MiB\n  header: 8192\nmemory_mib: 64\n")
	l, err := Load(map[string]string{"config": name, "listen": "flag:1"},
		[]string{"PARLEY_LISTEN=env:1", "PARLEY_STORE=badger:/env", "PARLEY_LIMITS_RECIPIENTS=7", "PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Listen != "flag:1" || l.Store != "badger:/env" || l.Limits.Recipients != 7 {
		t.Errorf("flag over environment over file does not hold: %+v", l.Settings)
	}
	if l.Limits.ReadTimeout != 3*time.Second || l.Limits.Body != 2<<20 || l.Limits.Header != 8192 || l.MemoryMiB != 64 {
		t.Errorf("file values are lost: %+v", l.Limits)
	}
	if l.Limits.IdleTimeout != time.Minute || l.Admin != "127.0.0.1:8081" || l.Limits.MessageBytes != 65536 {
		t.Errorf("defaults are lost: %+v", l.Settings)
	}
	for key, want := range map[string]Layer{"listen": FromFlag, "store": FromEnv, "limits.body": FromFile, "admin": ""} {
		if got := l.Origin[key]; got != want {
			t.Errorf("origin of %s = %q, want %q", key, got, want)
		}
	}
	if len(l.Warnings) != 0 {
		t.Errorf("warnings: %q", l.Warnings)
	}
}

func TestConfigFromEnvironment(t *testing.T) {
	name := write(t, "demo: true\nadmin: ''\n")
	l, err := Load(nil, []string{"PARLEY_CONFIG=" + name})
	if err != nil {
		t.Fatal(err)
	}
	if !l.Demo || l.Admin != "" || l.Config != name {
		t.Errorf("got %+v", l.Settings)
	}
}

func TestFileErrors(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"unknown key":     {"listen: a:1\nmemroy_mib: 5\n", []string{"parley.yaml:2:", `unknown key "memroy_mib"`, "did you mean memory_mib?", ">  2 | memroy_mib: 5"}},
		"nested":          {"limits:\n  recipient: 5\n", []string{":2:", `unknown key "recipient"`, "did you mean recipients?"}},
		"app":             {"apps:\n  - key: k\n    sekret: x\n", []string{":3:", `unknown key "sekret"`, "did you mean secret?"}},
		"nothing alike":   {"qqqqqqqqqqqqqqqq: 1\n", []string{`unknown key "qqqqqqqqqqqqqqqq"` + "\n"}},
		"type":            {"memory_mib: lots\n", []string{":1:", "a whole number is expected here", ">  1 | memory_mib: lots"}},
		"size":            {"limits:\n  body: huge\n", []string{"parley.yaml:2:", `"huge" is not a size`}},
		"duration":        {"limits:\n  read_timeout: soon\n", []string{"parley.yaml:2:", `"soon" is not a duration`}},
		"broken":          {"listen: [a\n", []string{"parley.yaml:"}},
		"duplicate":       {"listen: a:1\nlisten: b:1\n", []string{":2:", "listen"}},
		"only elsewhere":  {"config: other.yaml\n", []string{":1:", "config cannot be set in the file"}},
		"list of nothing": {"apps: none\n", []string{":1:"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Load(map[string]string{"config": write(t, tt.text)}, nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := Load(map[string]string{"config": filepath.Join(t.TempDir(), "none.yaml")}, nil); err == nil {
		t.Error("a file that does not exist is accepted")
	}
}

func TestMalformedValues(t *testing.T) {
	for flag, want := range map[string]string{
		"memory_mib": "--memory-mib: ", "limits.body": "--limits-body: ", "limits.stop_timeout": "--limits-stop-timeout: ",
	} {
		_, err := Load(map[string]string{flag: "x"}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("flag %s: %v", flag, err)
		}
	}
	_, err := Load(nil, []string{"PARLEY_DEMO=perhaps"})
	if err == nil || !strings.Contains(err.Error(), `PARLEY_DEMO: "perhaps" is neither`) {
		t.Errorf("environment: %v", err)
	}
}

func TestUnknownEnvironmentIsWarned(t *testing.T) {
	l, err := Load(nil, []string{"PARLEY_MEMROY_MIB=5", "PARLEY_PASSWORD=x", "PARLEYX=1"}, "PARLEY_PASSWORD")
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Warnings) != 1 || l.Warnings[0] != "PARLEY_MEMROY_MIB is not a setting; did you mean PARLEY_MEMORY_MIB?" {
		t.Errorf("warnings: %q", l.Warnings)
	}
}

func TestReadableSecretsAreWarned(t *testing.T) {
	name := write(t, "apps:\n  - {key: k, secret: s}\n")
	if err := os.Chmod(name, 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Load(map[string]string{"config": name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Warnings) != 1 || !strings.Contains(l.Warnings[0], "chmod 600") {
		t.Errorf("warnings: %q", l.Warnings)
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "65536": 65536, "64KiB": 65536, "1 MiB": 1 << 20, "2GiB": 2 << 30} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q = %d, %v", text, s, err)
		}
		var again Size
		if err := again.UnmarshalText([]byte(s.String())); err != nil || again != s {
			t.Errorf("%d is written %q and read %d, %v", s, s.String(), again, err)
		}
	}
	for _, text := range []string{"", "-1", "1MB", "x", "9999999999GiB"} {
		if err := new(Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}
