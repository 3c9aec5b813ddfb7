package core

import (
	"context"

	"parley/storage"
)

// userStride is how many users EachUser holds at a time.
const userStride = 500

// EachUser calls visit for every account of the app, banned ones included, in the order of Users. Each page of a few
// hundred is a snapshot of its own, so accounts that are made meanwhile may or may not be visited; none is visited twice.
// visit runs outside of any transaction and may use the engine. An error of visit ends the walk and is returned as it is.
func (e *Engine) EachUser(ctx context.Context, app *App, visit func(*User) error) error {
	area := storage.Prefix(appendTable(nil, tableUsers, app.Number))
	area.Limit = userStride
	page := make([]*User, 0, userStride)
	for {
		page = page[:0]
		err := e.store.View(ctx, func(r storage.Reader) error {
			return scanUsers(r, area, func(u *User) { page = append(page, u) })
		})
		if err != nil {
			return e.readFault(err)
		}
		for _, u := range page {
			if u.Shadow {
				continue
			}
			if err := visit(u); err != nil {
				return err
			}
		}
		if len(page) < userStride {
			return nil
		}
		area.From = appendUserKey(nil, tableUsers, app.Number, page[len(page)-1].Number+1)
	}
}
