package openim

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"

	"parley/adapters/wire"
)

// DefaultSecret is the secret that the platform is shipped with. It is published: whoever can reach a server that uses
// it is an administrator.
const DefaultSecret = "openIM123"

const (
	defaultAdmin = "imAdmin"
	defaultDays  = 90
	// minSecret is the shortest secret in bytes; the platform's own default has nine.
	minSecret = 8
	// maxAdmins bounds the accounts that are made at start.
	maxAdmins = 64
	maxDays   = 3650
)

// loginPolicy is which of a user's tokens end when a new one is made.
type loginPolicy int

// The policies that are built, under the platform's own numbers.
const (
	keepAll      loginPolicy = 0 // none, up to maxTokensPerPlatform
	onePlatform  loginPolicy = 1 // those of the same platform
	oneClass     loginPolicy = 4 // those of the same class of platforms
	pcAndAnother loginPolicy = 5 // one on a PC and one elsewhere stay
)

// appSettings is an app's section "openim".
type appSettings struct {
	spoken bool // the app has the section
	secret []byte
	digest [sha256.Size]byte // of the secret, for comparing in constant time
	admins []string
	policy loginPolicy
	age    time.Duration // of a token
}

// isAdmin tells whether a user is one of the app's administrators.
func (s *appSettings) isAdmin(userID string) bool { return slices.Contains(s.admins, userID) }

// section is the written form of an app's settings.
type section struct {
	Secret     string   `json:"secret"`
	AdminUsers []string `json:"admin_users"`
	MultiLogin *int     `json:"multi_login"`
	TokenDays  *int     `json:"token_days"`
}

// readSettings reads the section; an app without one does not speak the dialect.
func readSettings(raw json.RawMessage) (*appSettings, error) {
	if len(raw) == 0 {
		return &appSettings{}, nil
	}
	var s section
	if err := wire.DecodeSettings(raw, &s); err != nil {
		return nil, err
	}
	out := &appSettings{
		spoken: true, secret: []byte(s.Secret), digest: sha256.Sum256([]byte(s.Secret)),
		admins: s.AdminUsers, policy: onePlatform, age: defaultDays * 24 * time.Hour,
	}
	if len(out.admins) == 0 {
		out.admins = []string{defaultAdmin}
	}
	if s.MultiLogin != nil {
		out.policy = loginPolicy(*s.MultiLogin)
	}
	if s.TokenDays != nil {
		out.age = time.Duration(*s.TokenDays) * 24 * time.Hour
	}
	return out, errors.Join(checkSecret(s.Secret), checkAdmins(out.admins), checkPolicy(out.policy), checkAge(out.age))
}

func checkSecret(secret string) error {
	if len(secret) < minSecret {
		return fmt.Errorf("settings: secret signs all tokens and needs at least %d characters", minSecret)
	}
	return nil
}

func checkAdmins(admins []string) error {
	if len(admins) > maxAdmins {
		return fmt.Errorf("settings: admin_users has more than %d entries", maxAdmins)
	}
	for i, id := range admins {
		if !isUserID(id) {
			return fmt.Errorf("settings: admin_users: %q is no user ID of letters, digits and _", id)
		}
		if slices.Contains(admins[:i], id) {
			return fmt.Errorf("settings: admin_users names %s twice", id)
		}
	}
	return nil
}

func checkPolicy(policy loginPolicy) error {
	switch policy {
	case keepAll, onePlatform, oneClass, pcAndAnother:
		return nil
	}
	return fmt.Errorf("settings: multi_login is %d and must be one of 0, 1, 4, 5", policy)
}

func checkAge(age time.Duration) error {
	if age < 24*time.Hour || age > maxDays*24*time.Hour {
		return fmt.Errorf("settings: token_days must be between 1 and %d", maxDays)
	}
	return nil
}

// isUserID tells whether the platform allows a user ID: letters and digits of all scripts, and the underscore.
func isUserID(id string) bool {
	for _, r := range id {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return id != ""
}

// CheckSettings reports what is wrong with an app's section "openim". That two apps have different secrets is checked
// where both are known: by New, and at each call.
func CheckSettings(raw json.RawMessage) error {
	_, err := readSettings(raw)
	return err
}

// UsesDefaultSecret tells whether an app with the given section is open to everybody who has read the platform's
// documents. A section that can not be read is none of these.
func UsesDefaultSecret(raw json.RawMessage) bool {
	s, err := readSettings(raw)
	return err == nil && s.spoken && string(s.secret) == DefaultSecret
}
