package openim

import (
	"context"
	"fmt"
	"strings"
	"time"

	"parley/adapters/wire"
	"parley/core"
)

func userIDGiven(id string) error {
	if id == "" {
		return badArgs("userID is empty")
	}
	return nil
}

func giveAdminToken(c *wire.Call, q *adminTokenQuery, a *tokenAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	t, err := x.dialect.directory.bySecret(q.secret)
	if err != nil {
		return err
	}
	if !t.settings.isAdmin(q.userID) {
		return badArgs(fmt.Sprintf("userID is error., userID=%s, adminUserID=[%s]", q.userID, strings.Join(t.settings.admins, " ")))
	}
	if err := x.dialect.registerAdmin(c.Context, t.app, q.userID); err != nil {
		return err
	}
	return x.dialect.signInto(a, t, q.userID, platformAdmin)
}

func giveUserToken(c *wire.Call, q *userPlatformQuery, a *tokenAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	t := &tenant{app: x.identity.app, settings: x.identity.settings}
	switch {
	case q.platform == platformAdmin:
		return noPermission("platformID invalid. platformID must not be adminPlatformID")
	case t.settings.isAdmin(q.userID):
		return noPermission("don't get Admin token")
	}
	return x.dialect.giveToken(c.Context, t, q.userID, q.platform, a)
}

func giveTokenForSecret(c *wire.Call, q *secretTokenQuery, a *tokenAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	t, err := x.dialect.directory.bySecret(q.secret)
	if err != nil {
		return err
	}
	if !t.settings.isAdmin(q.userID) {
		return x.dialect.giveToken(c.Context, t, q.userID, q.platform, a)
	}
	if err := x.dialect.registerAdmin(c.Context, t.app, q.userID); err != nil {
		return err
	}
	return x.dialect.signInto(a, t, q.userID, q.platform)
}

// giveToken gives an ordinary user a token and ends those that the app's policy does not allow beside it.
func (d *Dialect) giveToken(ctx context.Context, t *tenant, userID string, platform int64, a *tokenAnswer) error {
	if platform < 0 || platform > maxPlatform {
		return badArgs("platformID is invalid")
	}
	user, err := d.house.Engine.Find(ctx, t.app, userID)
	if core.CodeOf(err) == core.NotFound || err == nil && user.ID != userID {
		return unknownUser(userID)
	}
	if err != nil {
		return err
	}
	if user.Role >= core.RoleNotifier {
		return badArgs("app account can`t get token")
	}
	token, expires, err := t.sign(user.ID, platform, d.house.Now())
	if err != nil {
		return err
	}
	err = d.house.Engine.StartSession(ctx, t.app, user, core.NewSession{
		Token: token, Device: uint8(platform), Expires: expires.UnixMilli(),
		Ends: t.settings.policy.ends(platform), Keep: maxTokensPerPlatform,
	})
	if err != nil {
		return err
	}
	a.token, a.seconds = token, int64(t.settings.age/time.Second)
	return nil
}

// signInto answers with an administrator's token. It is remembered nowhere: the secret and its end are all that counts.
func (d *Dialect) signInto(a *tokenAnswer, t *tenant, userID string, platform int64) (err error) {
	a.token, _, err = t.sign(userID, platform, d.house.Now())
	a.seconds = int64(t.settings.age / time.Second)
	return err
}

func parseToken(c *wire.Call, q *parseTokenQuery, a *parseTokenAnswer) error {
	x, err := exchangeOf(c)
	if err != nil {
		return err
	}
	var who identity
	if err := x.dialect.identify(c.Context, q.token, &who); err != nil {
		return err
	}
	*a = parseTokenAnswer{userID: who.user.ID, platform: who.platform, expires: who.expires}
	return nil
}

// checkForceLogout allows the platforms that the original's release allows: not the newest, for which there are tokens
// all the same. Its own caller tries that one, too, and ignores the answer.
func checkForceLogout(q *userPlatformQuery) error {
	if err := userIDGiven(q.userID); err != nil {
		return err
	}
	if q.platform < platformIOS || q.platform > platformAdmin {
		return badArgs("platformID is invalidate")
	}
	return nil
}

// forceLogout succeeds also if there is nothing to end.
func forceLogout(c *wire.Call, q *userPlatformQuery, _ *nothing) error {
	user, err := c.Engine.Find(c.Context, c.Caller.App, q.userID)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return c.Engine.EndSessions(c.Context, c.Caller.App, user, platformBit(q.platform))
}

// registerAdmins makes the administrators of all apps users.
func (d *Dialect) registerAdmins() error {
	for _, t := range d.directory.tenants().all {
		for _, id := range t.settings.admins {
			if err := d.registerAdmin(context.Background(), t.app, id); err != nil {
				return fmt.Errorf("app %s: administrator %s: %w", t.app.Key, id, err)
			}
		}
	}
	return nil
}

// registerAdmin makes an administrator a user, for whom it is not yet. An app with open users must not be asked for it
// first, for that would make it an ordinary one.
func (d *Dialect) registerAdmin(ctx context.Context, app *core.App, id string) error {
	if !app.OpenUsers {
		if _, err := d.house.Engine.Find(ctx, app, id); core.CodeOf(err) != core.NotFound {
			return err
		}
	}
	_, err := d.house.Engine.Register(ctx, app, core.NewUser{ID: strings.Clone(id), Role: core.RoleAdmin, Nickname: strings.Clone(id)})
	if core.CodeOf(err) == core.Exists {
		return nil
	}
	return err
}
