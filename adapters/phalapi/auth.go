package phalapi

import (
	"context"
	"crypto/subtle"
	"errors"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// tokenAge is how long an access token lives: the platform's sample token lives exactly as long.
const tokenAge = 30 * 24 * time.Hour

// claims are what the platform's access tokens carry.
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Subject  string `json:"sub"` // the app's key
	UID      int64  `json:"uid"` // the user's ID, zero for none
	DID      int64  `json:"did"` // the developer's; always zero here
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// The methods of jwt.Claims.

func (c *claims) GetExpirationTime() (*jwt.NumericDate, error) { return numericDate(c.Expires), nil }
func (c *claims) GetIssuedAt() (*jwt.NumericDate, error)       { return numericDate(c.Issued), nil }
func (c *claims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c *claims) GetIssuer() (string, error)                   { return c.Issuer, nil }
func (c *claims) GetSubject() (string, error)                  { return c.Subject, nil }
func (c *claims) GetAudience() (jwt.ClaimStrings, error)       { return jwt.ClaimStrings{c.Audience}, nil }

func numericDate(seconds int64) *jwt.NumericDate { return jwt.NewNumericDate(time.Unix(seconds, 0)) }

// errUnknownApp reports a token that is well-formed and names an app that does not exist.
var errUnknownApp = errors.New("phalapi: the token's app does not exist")

// issue makes a token for the user with the given ID, or for the app alone.
func issue(app *core.App, uid int64, now time.Time) (tokenAnswer, error) {
	c := &claims{
		Issuer: app.Key[:8], Audience: "app", Subject: app.Key, UID: uid,
		Issued: now.Unix(), Expires: now.Add(tokenAge).Unix(),
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte(app.Secret))
	if err != nil {
		return tokenAnswer{}, core.Wrap(core.Internal, "the token can not be signed", err)
	}
	expire := wire.Moment{Milli: c.Expires * 1000, Zone: app.Location()}
	return tokenAnswer{token: token, at: c.Expires, expire: expire}, nil
}

// verify returns what a token that is genuine and has not expired says. The error is errUnknownApp or the framework's
// refusal.
func (d *Dialect) verify(token string) (verified, error) {
	if v, ok := d.tokens.get(token, d.house.Engine, d.house.Now()); ok {
		return v, nil
	}
	var app *core.App
	c := new(claims)
	_, err := d.parser.ParseWithClaims(token, c, func(*jwt.Token) (any, error) {
		found, ok := d.house.Engine.App(c.Subject)
		if !ok || found.Disabled {
			return nil, errUnknownApp
		}
		app = found
		return []byte(found.Secret), nil
	})
	if errors.Is(err, errUnknownApp) {
		return verified{}, errUnknownApp
	}
	if err != nil {
		return verified{}, &php.Violation{Reason: php.BadToken}
	}
	v := verified{app: app, uid: c.UID, expires: c.Expires}
	d.tokens.put(token, v)
	return v, nil
}

// userOf returns the user whom a token names: the one with its uid as ID, or the app's anonymous user.
func (d *Dialect) userOf(ctx context.Context, app *core.App, uid int64) (*core.User, error) {
	if uid != 0 {
		return d.house.Engine.Find(ctx, app, strconv.FormatInt(uid, 10))
	}
	settings, err := d.settings.Of(app)
	if err != nil {
		return nil, err
	}
	if settings.anonymous == "" {
		return nil, core.NewFault(core.Unauthenticated, core.FieldUser, "the app has no anonymous user")
	}
	return d.house.Engine.Find(ctx, app, settings.anonymous)
}

// applyToken answers a wrong secret with an empty token, as the platform's document of the service says.
func applyToken(c *wire.Call, q *applyQuery, a *tokenAnswer) error {
	app, ok := c.Engine.App(q.key)
	if !ok || app.Disabled {
		return errUnknownApp
	}
	if subtle.ConstantTimeCompare([]byte(app.Secret), []byte(q.secret)) != 1 {
		a.expire.Zone = app.Location()
		return nil
	}
	answer, err := issue(app, q.uid, dialectOf(c).house.Now())
	*a = answer
	return err
}

func refreshToken(c *wire.Call, q *refreshQuery, a *tokenAnswer) error {
	d := dialectOf(c)
	old, err := d.verify(q.token)
	if err != nil {
		return err
	}
	answer, err := issue(old.app, old.uid, d.house.Now())
	*a = answer
	return err
}
