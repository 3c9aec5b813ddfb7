package server

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/cmd/parley/settings"
)

func TestSealingKey(t *testing.T) {
	env := SystemEnvironment()
	dir := filepath.Join(t.TempDir(), "data")
	beside := &settings.Settings{Store: "badger://" + filepath.ToSlash(dir)}
	first, err := sealingKey(beside, env)
	if err != nil || len(first) != 32 {
		t.Fatalf("%x, %v", first, err)
	}
	again, err := sealingKey(beside, env)
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("%x, %v", again, err)
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 || entries[0].Name() != "data.key" {
		t.Errorf("%v, %v", entries, err)
	}
	if info, err := os.Stat(dir + ".key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}

	set := *beside
	set.SecretKey = strings.Repeat("ab", 32)
	if key, err := sealingKey(&set, env); err != nil || hex.EncodeToString(key) != set.SecretKey {
		t.Errorf("%x, %v", key, err)
	}
	if err := os.Chmod(dir+".key", 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := sealingKey(beside, env); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Error(err)
	}
	if err := os.WriteFile(dir+".key", []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir+".key", 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sealingKey(beside, env); err == nil || !strings.Contains(err.Error(), "64 hexadecimal digits") {
		t.Error(err)
	}
	if key, err := sealingKey(&settings.Settings{Store: "memory:"}, env); err != nil || len(key) != 32 {
		t.Errorf("%x, %v", key, err)
	}
	if _, err := sealingKey(&settings.Settings{Store: "postgres://localhost/parley"}, env); err == nil || !strings.Contains(err.Error(), "secret_key") {
		t.Error(err)
	}
	if _, err := sealingKey(&settings.Settings{SecretKey: "short"}, env); err == nil {
		t.Error("a short key is taken")
	}
	missing := &settings.Settings{Store: "badger://" + filepath.ToSlash(filepath.Join(dir, "no", "directory"))}
	if _, err := sealingKey(missing, env); err == nil {
		t.Error("a key is made where there is no directory")
	}
}
