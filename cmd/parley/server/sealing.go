package server

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"parley/cmd/parley/settings"
	"parley/core"
)

// sealingKey returns the key that seals the credentials of official accounts: the one that is set; for an embedded store,
// the one in the file beside it, which is made if it is not there; and for a store in memory one that ends with it.
func sealingKey(s *settings.Settings, env core.Environment) ([]byte, error) {
	key, err := s.SealingKey()
	if err != nil || key != nil {
		return key, err
	}
	dir := StoreDir(s.Store)
	switch {
	case dir != "":
		return keyBeside(dir, env.Random)
	case strings.HasPrefix(s.Store, "memory:"):
		return newKey(env.Random)
	}
	return nil, errors.New("secret_key: set it, since several servers may share the store and each must have the same key; " +
		"`openssl rand -hex 32` prints one")
}

func newKey(random io.Reader) ([]byte, error) {
	key := make([]byte, 32)
	_, err := io.ReadFull(random, key)
	return key, err
}

// keyBeside returns the key in the file beside a store, not in it: whoever copies the store does not copy the key.
func keyBeside(dir string, random io.Reader) ([]byte, error) {
	name := filepath.Clean(dir) + ".key"
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(name, random)
	}
	if err != nil {
		return nil, fmt.Errorf("the key that seals credentials cannot be read: %w", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s seals credentials and others can read it; chmod 600 it", name)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s does not hold 64 hexadecimal digits; put it back from a backup, or set secret_key", name)
	}
	return key, nil
}

// makeKey writes a new key, complete or not at all, for the credentials that it seals can be read with it only.
func makeKey(name string, random io.Reader) (key []byte, err error) {
	if key, err = newKey(random); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return nil, fmt.Errorf("the key that seals credentials cannot be stored: %w", err)
	}
	_, err = file.WriteString(hex.EncodeToString(key) + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Link(file.Name(), name) // fails if another process was faster
	}
	if err = errors.Join(err, os.Remove(file.Name())); err != nil {
		return nil, fmt.Errorf("the key that seals credentials cannot be stored: %w", err)
	}
	return key, nil
}
