package admin

import (
	"context"
	"crypto/md5" //nolint:gosec // the platforms' clients send MD5 digests
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"parley/cmd/parley/settings"
	"parley/core"
)

// Local performs the operations on an engine of this process.
type Local struct {
	Engine *core.Engine
	// Checks finds the faults in apps' dialect settings.
	Checks settings.AppChecks
	// Hidden names the members of dialect settings that are secrets: like an app's own, they are listed only if asked.
	Hidden []string
}

var _ Operations = (*Local)(nil)

// Digest is the form in which clients of these platforms send a password: its MD5 in lower-case hex. The engine hashes
// it again, with salt, for the store.
func Digest(clear string) string {
	sum := md5.Sum([]byte(clear)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// Apps implements Operations.
func (l *Local) Apps(_ context.Context, secrets bool) ([]App, error) {
	all := []App{}
	for _, a := range l.Engine.Apps() {
		shown := showApp(a, secrets)
		if !secrets {
			var err error
			if shown.Dialects, err = l.withoutHidden(a.Dialects); err != nil {
				return nil, core.Wrap(core.Internal, "the settings of app "+a.Key+" are damaged", err)
			}
		}
		all = append(all, shown)
	}
	return all, nil
}

// withoutHidden copies dialect settings without their secret members.
func (l *Local) withoutHidden(dialects map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	remove := make(map[string]json.RawMessage)
	for _, name := range l.Hidden {
		remove[name] = json.RawMessage("null")
	}
	shown := make(map[string]json.RawMessage)
	for dialect, section := range dialects {
		var err error
		if shown[dialect], err = merge(section, remove); err != nil {
			return nil, err
		}
	}
	return shown, nil
}

// AddApp implements Operations.
func (l *Local) AddApp(ctx context.Context, a App) (App, error) {
	if _, taken := l.Engine.App(a.Key); taken && a.Key != "" {
		return App{}, core.NewFault(core.Exists, core.FieldApp, "there is an app with this key")
	}
	return l.put(ctx, core.App{Key: a.Key, Secret: a.Secret, Name: a.Name, Zone: a.Zone, Dialects: a.Dialects}, a.Users)
}

// ChangeApp implements Operations.
func (l *Local) ChangeApp(ctx context.Context, key string, c AppChange) (App, error) {
	old, err := l.app(key)
	if err != nil {
		return App{}, err
	}
	a, users := *old, openness(old)
	if c.Name != nil {
		a.Name = *c.Name
	}
	if c.Zone != nil {
		a.Zone = *c.Zone
	}
	if c.Users != nil {
		users = *c.Users
	}
	a.Dialects = make(map[string]json.RawMessage)
	maps.Copy(a.Dialects, old.Dialects)
	for dialect, members := range c.Dialects {
		if a.Dialects[dialect], err = merge(a.Dialects[dialect], members); err != nil {
			return App{}, core.Wrap(core.Invalid, "the settings of "+dialect+" are not a JSON object", err)
		}
	}
	return l.put(ctx, a, users)
}

// put checks and writes an app and shows it with its secret.
func (l *Local) put(ctx context.Context, a core.App, users string) (App, error) {
	switch users {
	case "", "closed":
		a.OpenUsers = false
	case "open":
		a.OpenUsers = true
	default:
		return App{}, core.NewFault(core.Invalid, core.FieldApp, "users is closed or open")
	}
	for _, dialect := range slices.Sorted(maps.Keys(a.Dialects)) {
		check, ok := l.Checks[dialect]
		if !ok {
			return App{}, core.NewFault(core.Invalid, core.FieldApp, "there is no dialect "+dialect)
		}
		if err := check(a.Dialects[dialect]); err != nil {
			return App{}, core.NewFault(core.Invalid, core.FieldApp, dialect+": "+err.Error())
		}
	}
	stored, err := l.Engine.PutApp(ctx, a)
	if err != nil {
		return App{}, err
	}
	return showApp(stored, true), nil
}

// RotateSecret implements Operations.
func (l *Local) RotateSecret(ctx context.Context, key string) (App, error) {
	a, err := l.Engine.RotateSecret(ctx, key)
	if err != nil {
		return App{}, err
	}
	return showApp(a, true), nil
}

// AddUser implements Operations.
func (l *Local) AddUser(ctx context.Context, app string, u NewUser) (User, error) {
	a, err := l.app(app)
	if err != nil {
		return User{}, err
	}
	n := core.NewUser{ID: u.ID, UUID: u.UUID, Username: u.Username, Password: u.Password}
	switch u.Role {
	case "", "user":
	case "admin":
		n.Role = core.RoleAdmin
	default:
		return User{}, core.NewFault(core.Invalid, core.FieldUser, "role is user or admin")
	}
	if n.ID == "" && n.UUID == "" && n.Username == "" {
		return User{}, core.NewFault(core.Invalid, core.FieldUser, "a user needs an ID, a UUID or a username")
	}
	if n.Username != "" && n.Password == "" {
		return User{}, core.NewFault(core.Invalid, core.FieldPassword, "a user with a username needs a password")
	}
	stored, err := l.Engine.Register(ctx, a, n)
	if err != nil {
		return User{}, err
	}
	return showUser(stored), nil
}

// Users implements Operations.
func (l *Local) Users(ctx context.Context, app string, offset, limit int) (UserPage, error) {
	a, err := l.app(app)
	if err != nil {
		return UserPage{}, err
	}
	page, err := l.Engine.Users(ctx, a, core.UserQuery{Offset: offset, Limit: limit})
	if err != nil {
		return UserPage{}, err
	}
	shown := UserPage{Users: []User{}, Total: page.Total}
	for _, u := range page.Users {
		shown.Users = append(shown.Users, showUser(u))
	}
	return shown, nil
}

// SetBanned implements Operations.
func (l *Local) SetBanned(ctx context.Context, app, address string, banned bool) (User, error) {
	a, err := l.app(app)
	if err != nil {
		return User{}, err
	}
	u, err := l.Engine.SetBanned(ctx, a, address, banned)
	if err != nil {
		return User{}, err
	}
	return showUser(u), nil
}

func (l *Local) app(key string) (*core.App, error) {
	a, ok := l.Engine.App(key)
	if !ok {
		return nil, core.NewFault(core.NotFound, core.FieldApp, "there is no app with this key")
	}
	return a, nil
}

// merge sets members in a JSON object; null removes one.
func merge(object json.RawMessage, members map[string]json.RawMessage) (json.RawMessage, error) {
	merged := make(map[string]json.RawMessage)
	if len(object) > 0 {
		if err := json.Unmarshal(object, &merged); err != nil {
			return nil, err
		}
	}
	for name, value := range members {
		if string(value) == "null" {
			delete(merged, name)
			continue
		}
		merged[name] = value
	}
	return json.Marshal(merged)
}

func openness(a *core.App) string {
	if a.OpenUsers {
		return "open"
	}
	return "closed"
}

func showApp(a *core.App, secret bool) App {
	shown := App{Key: a.Key, Name: a.Name, Zone: a.Zone, Users: openness(a), Dialects: a.Dialects}
	if shown.Zone == "" {
		shown.Zone = core.DefaultZone
	}
	if secret {
		shown.Secret = a.Secret
	}
	return shown
}

func showUser(u *core.User) User {
	role := "user"
	if u.Role == core.RoleAdmin {
		role = "admin"
	}
	return User{
		ID: u.ID, UUID: u.UUID, Username: u.Username, Role: role, Banned: u.Banned,
		Registered: time.UnixMilli(u.Registered).UTC(),
	}
}
