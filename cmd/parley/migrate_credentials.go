package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// credentialsVariable holds the credentials of a live platform, as JSON, for those who have them in no file.
const credentialsVariable = "PARLEY_MIGRATE_CREDENTIALS" //nolint:gosec // G101: the name of a variable, not a credential

// credentials are those of a live platform.
type credentials struct {
	// AppKey and AppSecret are those of an app of YesApi or PhalApi.
	AppKey    string `json:"app_key"`
	AppSecret string `json:"app_secret"`
	// Secret and AdminUser are those of an OpenIM server.
	Secret    string `json:"secret"`
	AdminUser string `json:"admin_user"`
	// Users are the members whose conversations YesApi shows to nobody but themselves: with a session, or with a name and
	// the MD5 of a password.
	Users []memberCredentials `json:"users"`
	// UserIDs are the users of PhalApi.
	UserIDs []int64 `json:"user_ids"`
}

type memberCredentials struct {
	UUID     string `json:"uuid"`
	Token    string `json:"token"`
	Username string `json:"username"`
	Password string `json:"password"`
}

const maxCredentials = 64 << 20

// readCredentials reads the credentials from a file that nobody but its owner may read, or from the environment.
func (p *program) readCredentials(name string) (c credentials, err error) {
	var text []byte
	if name == "" {
		for _, v := range p.environ {
			if value, ok := strings.CutPrefix(v, credentialsVariable+"="); ok {
				text = []byte(value)
			}
		}
		if len(text) == 0 {
			return c, usagef("a live platform needs --credentials FILE or %s", credentialsVariable)
		}
	} else if text, err = readPrivate(name); err != nil {
		return c, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, usagef("the credentials are not the JSON object that is expected: %w", err)
	}
	return c, nil
}

func readPrivate(name string) (text []byte, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 %s", name, name)
	}
	return io.ReadAll(io.LimitReader(file, maxCredentials))
}
