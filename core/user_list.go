package core

import (
	"context"

	"parley/storage"
)

// Users lists an app's accounts.
func (e *Engine) Users(ctx context.Context, app *App, q UserQuery) (UserPage, error) {
	if q.Offset < 0 || q.Limit < 1 || q.Limit > MaxPage {
		return UserPage{}, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	var page UserPage
	err := e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendTable(nil, tableHeads, app.Number))
		if err != nil {
			return err
		}
		head, err := parseHead(value)
		if err != nil {
			return err
		}
		if q.Role == nil && q.Match == nil && head.shadows == 0 {
			page, err = pageOfAll(r, app.Number, int(head.lastUser), &q)
		} else {
			page, err = pageOfMatching(r, app.Number, &q)
		}
		return err
	})
	return page, e.readFault(err)
}

// pageOfAll uses that user numbers are dense where there are no shadows.
func pageOfAll(r storage.Reader, app uint32, total int, q *UserQuery) (page UserPage, err error) {
	page.Total = total
	area := storage.Prefix(appendTable(nil, tableUsers, app))
	area.From = appendUserKey(nil, tableUsers, app, UserNumber(q.Offset)+1)
	area.Limit = q.Limit
	return page, scanUsers(r, area, func(u *User) { page.Users = append(page.Users, u) })
}

func pageOfMatching(r storage.Reader, app uint32, q *UserQuery) (page UserPage, err error) {
	err = scanUsers(r, storage.Prefix(appendTable(nil, tableUsers, app)), func(u *User) {
		if u.Shadow || q.Role != nil && u.Role != *q.Role || q.Match != nil && !q.Match(u) {
			return
		}
		if page.Total >= q.Offset && len(page.Users) < q.Limit {
			page.Users = append(page.Users, u)
		}
		page.Total++
	})
	return page, err
}

func scanUsers(r storage.Reader, area storage.Range, visit func(*User)) error {
	var failed error
	err := r.Scan(area, func(key, value []byte) bool {
		var number UserNumber
		var u *User
		if number, failed = parseUserNumber(key); failed != nil {
			return false
		}
		if u, failed = parseUser(number, value); failed != nil {
			return false
		}
		visit(u)
		return true
	})
	if err == nil {
		err = failed
	}
	return err
}
