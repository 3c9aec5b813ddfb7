package core

import (
	"context"

	"parley/storage"
)

// GroupPage is a page of groups.
type GroupPage struct {
	Groups []*Group
	// Total counts all groups that the query selects.
	Total int
}

// rowsPerRead bounds the keys that one round trip to the store asks for.
const rowsPerRead = 1000

// Group returns a group; one that does not exist is the fault NotFound and FieldGroup.
func (e *Engine) Group(ctx context.Context, app *App, id string) (*Group, error) {
	var group *Group
	err := e.store.View(ctx, func(r storage.Reader) error {
		number, err := groupNumber(r, app.Number, id)
		if err == nil && number != 0 {
			group, err = readGroup(r, app.Number, number)
		}
		if err == nil && group == nil {
			err = noGroup()
		}
		return err
	})
	return group, e.readFault(err)
}

// GroupsOf returns the groups with the given IDs, in their order; those that do not exist are left out.
func (e *Engine) GroupsOf(ctx context.Context, app *App, ids []string) ([]*Group, error) {
	var groups []*Group
	err := e.store.View(ctx, func(r storage.Reader) error {
		numbers := make([]GroupNumber, 0, len(ids))
		for _, id := range ids {
			number, err := groupNumber(r, app.Number, id)
			if err != nil {
				return err
			}
			if number != 0 {
				numbers = append(numbers, number)
			}
		}
		return readGroups(r, app.Number, numbers, func(g *Group) { groups = append(groups, g) })
	})
	return groups, e.readFault(err)
}

// JoinedGroups lists the groups that a user is a member of, oldest group first, without those that are dismissed.
func (e *Engine) JoinedGroups(ctx context.Context, app *App, user string, offset, limit int) (GroupPage, error) {
	if err := checkPage(offset, limit); err != nil {
		return GroupPage{}, err
	}
	u, err := groupUser(ctx, app, user, e.lookup)
	if err != nil {
		return GroupPage{}, err
	}
	var page GroupPage
	err = e.store.View(ctx, func(r storage.Reader) error {
		var numbers []GroupNumber
		err := scanJoined(r, app.Number, u.Number, func(number GroupNumber, joined *joinedRecord) error {
			if !joined.left {
				numbers = append(numbers, number)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return readGroups(r, app.Number, numbers, func(g *Group) {
			if g.Dismissed {
				return
			}
			if page.Total >= offset && len(page.Groups) < limit {
				page.Groups = append(page.Groups, g)
			}
			page.Total++
		})
	})
	return page, e.readFault(err)
}

// readGroups calls visit for each group in order.
func readGroups(r storage.Reader, app uint32, numbers []GroupNumber, visit func(*Group)) error {
	for start := 0; start < len(numbers); start += rowsPerRead {
		part := numbers[start:min(start+rowsPerRead, len(numbers))]
		keys := make([][]byte, len(part))
		for i, number := range part {
			keys[i] = appendGroupKey(nil, app, number)
		}
		values, err := r.GetMulti(keys)
		if err != nil {
			return err
		}
		for i, value := range values {
			record, err := parseGroup(part[i], append([]byte(nil), value...))
			if err != nil {
				return err
			}
			visit(&record.Group)
		}
	}
	return nil
}

func checkPage(offset, limit int) error {
	if offset < 0 || limit < 1 || limit > MaxPage {
		return NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	return nil
}
