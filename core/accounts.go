package core

import "context"

// Accounts returns the accounts with the given IDs, banned or not: each in the place of its ID, and nil where there is
// none. UUIDs do not count as IDs, and no account is made, whatever the app's OpenUsers says.
func (e *Engine) Accounts(ctx context.Context, app *App, ids []string) ([]*User, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, err
	}
	accounts := make([]*User, len(ids))
	for i, id := range ids {
		u, err := e.withID(ctx, app, id)
		switch {
		case CodeOf(err) == NotFound || err == nil && u.Shadow:
			continue
		case err != nil:
			return nil, err
		}
		accounts[i] = u
	}
	return accounts, nil
}
