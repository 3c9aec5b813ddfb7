package core

import (
	"context"
	"strconv"

	"parley/storage"
)

// Directory lists the accounts of a service for those who may see them all: an engine's program, or a remote's operator. A
// remote whose dialect has no such list answers with an Unsupported fault.
type Directory interface {
	// Accounts lists accounts in the order of the service, at most limit of them: 1 to MaxPage, or as many as the service
	// gives at once if that is less. The cursor is empty for the first page, and then the Next of the page before; it can
	// be kept, and used after a restart. An account that is there during the whole walk is listed. One that is registered
	// meanwhile may be left out, and some remotes list one twice.
	Accounts(ctx context.Context, cursor string, limit int) (AccountPage, error)
}

// AccountPage is one page of a directory.
type AccountPage struct {
	Users []*User
	// Next is the cursor of the next page, empty after the last.
	Next string
}

// Directory returns the accounts of an app: all of them, banned ones included, in the order in which they came to be.
func (e *Engine) Directory(app *App) Directory { return directory{e, app} }

// directory is an app's accounts.
type directory struct {
	engine *Engine
	app    *App
}

// Accounts implements Directory. Its cursor is the number of the last account that was looked at.
func (d directory) Accounts(ctx context.Context, cursor string, limit int) (page AccountPage, err error) {
	after := uint64(0)
	if cursor != "" {
		after, err = strconv.ParseUint(cursor, 10, 63)
	}
	if err != nil || limit < 1 || limit > MaxPage {
		return page, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	area := storage.Prefix(appendTable(nil, tableUsers, d.app.Number))
	area.Limit = limit
	for len(page.Users) == 0 { // a page of nothing but shadows is no page
		area.From = appendUserKey(nil, tableUsers, d.app.Number, UserNumber(after)+1)
		seen := 0
		err = d.engine.store.View(ctx, func(r storage.Reader) error {
			seen, page.Users = 0, nil
			return scanUsers(r, area, func(u *User) {
				if seen++; !u.Shadow {
					page.Users = append(page.Users, u)
				}
				after = uint64(u.Number)
			})
		})
		if err != nil {
			return AccountPage{}, d.engine.readFault(err)
		}
		if seen < limit {
			return page, nil
		}
	}
	page.Next = strconv.FormatUint(after, 10)
	return page, nil
}
