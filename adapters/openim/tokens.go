package openim

import (
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/core"
)

// claims are what the platform's tokens carry; the two of its own are capitalised.
type claims struct {
	UserID     string `json:"UserID"`
	PlatformID int64  `json:"PlatformID"`
	jwt.RegisteredClaims
}

// issuedBefore is how far a token's iat lies in the past, so that a server whose clock is slow takes it, too.
const issuedBefore = 5 * time.Second

// sign makes a token of an app for a user on a platform. It ends when expires is reached.
func (t *tenant) sign(userID string, platform int64, now time.Time) (token string, expires time.Time, err error) {
	expires = now.Add(t.settings.age)
	c := &claims{UserID: userID, PlatformID: platform, RegisteredClaims: jwt.RegisteredClaims{
		ExpiresAt: jwt.NewNumericDate(expires), IssuedAt: jwt.NewNumericDate(now.Add(-issuedBefore)),
	}}
	token, err = jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.settings.secret)
	if err != nil {
		return "", time.Time{}, core.Wrap(core.Internal, "the token can not be signed", err)
	}
	return token, expires, nil
}

// verified is what a token says whose signature has been checked.
type verified struct {
	app      *core.App
	settings *appSettings
	userID   string
	platform int64
	expires  int64 // Unix seconds
}

// newParser returns the parser of tokens: no algorithm but HS256, no token without an end.
func newParser(now func() time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(now),
	)
}

// verify returns what a genuine token says. It does not know whether the token has been revoked.
func (d *Dialect) verify(token string) (verified, error) {
	now := d.house.Now()
	id := digestOf(token)
	if v, ok := d.known.get(id, d.house.Engine, now); ok {
		return v, nil
	}
	c := new(claims)
	var owner *tenant
	_, err := d.parser.ParseWithClaims(token, c, func(parsed *jwt.Token) (any, error) {
		var err error
		if owner, err = d.directory.signerOf(parsed); err != nil {
			return nil, err
		}
		return owner.settings.secret, nil
	})
	if err != nil {
		return verified{}, tokenFault(err)
	}
	v := verified{
		app: owner.app, settings: owner.settings,
		userID: c.UserID, platform: c.PlatformID, expires: c.ExpiresAt.Unix(),
	}
	d.known.put(id, v)
	return v, nil
}

// errNoSigner reports a token that no app has signed.
var errNoSigner = errors.New("openim: no app has signed the token")

// signerOf returns the app with whose secret the token was signed. The parser has made sure that it is an HS256 token.
func (d *directory) signerOf(token *jwt.Token) (*tenant, error) {
	text := token.Raw[:strings.LastIndexByte(token.Raw, '.')]
	all := d.tenants().all
	for i := range all {
		if jwt.SigningMethodHS256.Verify(text, token.Signature, all[i].settings.secret) != nil {
			continue
		}
		if all[i].shared {
			return nil, sharedSecret()
		}
		return &all[i], nil
	}
	return nil, errNoSigner
}

// The platform's numbers and names of what is wrong with a token.
const (
	codeTokenExpired     = 1501
	codeTokenMalformed   = 1503
	codeTokenNotValidYet = 1504
	codeTokenUnknown     = 1505
	codeTokenKicked      = 1506
	codeTokenNotExist    = 1507

	textNotExist = "TokenNotExistError"
)

// tokenFault puts an error of the parser into the platform's words. The platform repeats the token; it is left out here,
// for answers end up in logs.
func tokenFault(err error) error {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	refuse := func(number int64, name, numbered string) error {
		return newRefusal(number, name, numbered+" "+name+" jwt parse error", core.Unauthenticated)
	}
	switch {
	case errors.Is(err, jwt.ErrTokenMalformed):
		return refuse(codeTokenMalformed, "TokenMalformedError", "1503")
	case errors.Is(err, jwt.ErrTokenExpired):
		return refuse(codeTokenExpired, "TokenExpiredError", "1501")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return refuse(codeTokenNotValidYet, "TokenNotValidYetError", "1504")
	}
	return refuse(codeTokenUnknown, "signature is invalid", "1505")
}

func tokenKicked() error {
	return newRefusal(codeTokenKicked, "TokenKickedError", "TokenKickedError", core.Unauthenticated)
}

func tokenUnknown() error {
	return newRefusal(codeTokenNotExist, textNotExist, textNotExist, core.Unauthenticated)
}
