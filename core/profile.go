package core

import "context"

// ProfileChange says what to change about a user; nil leaves a field as it is.
type ProfileChange struct {
	Nickname, Avatar, Extra *string
	Reception               *Reception
	Role                    *Role
}

// ChangeProfile changes the account with the given UUID or ID and returns it as it is then. The bounds are those of User.
func (e *Engine) ChangeProfile(ctx context.Context, app *App, address string, change ProfileChange) (*User, error) {
	u, err := e.lookup(ctx, app, address)
	if err != nil {
		return nil, err
	}
	op := &changeUserOperation{app: app.Number, number: u.Number, change: func(u *User) error {
		replace(&u.Nickname, change.Nickname)
		replace(&u.Avatar, change.Avatar)
		replace(&u.Extra, change.Extra)
		replace(&u.Reception, change.Reception)
		replace(&u.Role, change.Role)
		return u.check()
	}}
	err = e.committer.commit(op)
	return op.changed, err
}

// replace sets a field unless there is no new value for it.
func replace[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
