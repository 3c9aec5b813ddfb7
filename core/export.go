package core

import (
	"context"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"

	"parley/storage"
)

// Export is for one goroutine and reads everything that an app holds, in the form in which Import and its kin take it. Its messages are exactly
// those that had been committed when it began; what members have read of them, and users, groups and settings, are read
// page by page, each page being a snapshot of its own, so that changes made meanwhile may or may not be in it. Nothing
// refers to a message or to a place that is not exported; a user who has come meanwhile may be missing from the users.
type Export struct {
	engine   *Engine
	app      *App
	newest   int64 // the greatest id that is exported
	talks    []exportTalk
	messages int64
	groups   map[GroupNumber]string // IDs, which never change
}

// exportTalk is a conversation that is exported, with its newest message without the body.
type exportTalk struct {
	key   conversationKey
	first int64
	head  messageRecord
}

// exportPage is how many rows a snapshot of an export reads.
const exportPage = 500

// BeginExport begins an export. Its cost is one look at every conversation.
func (e *Engine) BeginExport(ctx context.Context, app *App) (*Export, error) {
	if err := e.observe(ctx, app.Number); err != nil {
		return nil, err
	}
	x := &Export{engine: e, app: app, groups: make(map[GroupNumber]string)}
	err := e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendTable(nil, tableHeads, app.Number))
		if err != nil {
			return err
		}
		head, err := parseHead(value)
		x.newest = int64(head.lastMessage)
		return err
	})
	for from := appendTable(nil, tableMessages, app.Number); err == nil && from != nil; {
		err = e.store.View(ctx, func(r storage.Reader) (err error) {
			for range exportPage {
				if from, err = x.addTalk(r, from); err != nil || from == nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return x, e.readFault(err)
}

// addTalk adds the first conversation from a key of the table on and returns the key behind it, nil if there is none.
func (x *Export) addTalk(r storage.Reader, from []byte) (next []byte, err error) {
	talk := exportTalk{}
	area := storage.Range{From: from, To: storage.After(appendTable(nil, tableMessages, x.app.Number)), Limit: 1, KeysOnly: true}
	var failed error
	err = r.Scan(area, func(key, _ []byte) bool {
		if talk.first, failed = parseMessageID(key); failed == nil {
			talk.key, _, failed = parseTail(key)
		}
		return false
	})
	if err = errors.Join(err, failed); err != nil || talk.first == 0 {
		return nil, err
	}
	next = storage.After(appendConversationKey(nil, tableMessages, talk.key))
	if talk.first > x.newest {
		return next, nil
	}
	newest, err := scanMessages(r, talk.key, x.newest+1, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(newest) == 0 {
		return nil, corrupt(from)
	}
	if talk.head, err = parseMessageRecord(newest[0].id, newest[0].record); err != nil {
		return nil, err
	}
	talk.head.body = nil
	x.talks = append(x.talks, talk)
	x.messages += talk.head.seq
	return next, nil
}

// Count returns how many messages there are to export.
func (x *Export) Count() int64 { return x.messages }

// talk returns the conversation with a key, or nil if none of its messages is exported.
func (x *Export) talk(k conversationKey) *exportTalk {
	wanted := string(appendConversation(nil, k))
	i := sort.Search(len(x.talks), func(i int) bool { return string(appendConversation(nil, x.talks[i].key)) >= wanted })
	if i < len(x.talks) && x.talks[i].key == k {
		return &x.talks[i]
	}
	return nil
}

// id returns a user's ID.
func (x *Export) id(ctx context.Context, number UserNumber) (string, error) {
	u, err := x.engine.user(ctx, userKey{x.app.Number, number})
	if err != nil {
		return "", err
	}
	return u.ID, nil
}

// group returns a group's ID.
func (x *Export) group(ctx context.Context, number GroupNumber) (id string, err error) {
	if id, ok := x.groups[number]; ok {
		return id, nil
	}
	err = x.engine.store.View(ctx, func(r storage.Reader) error {
		g, err := readGroup(r, x.app.Number, number)
		if err == nil && g == nil {
			err = noGroup()
		}
		if err == nil {
			id = strings.Clone(g.ID)
			x.groups[number] = id
		}
		return err
	})
	return id, err
}

// exportRow is a row of a table.
type exportRow struct{ key, value []byte }

// rows calls visit for every row that begins with prefix, a page at a time and outside of any transaction.
func (x *Export) rows(ctx context.Context, prefix []byte, visit func(exportRow) error) error {
	area := storage.Prefix(prefix)
	area.Limit = exportPage
	var page []exportRow
	for {
		page = page[:0]
		err := x.engine.store.View(ctx, func(r storage.Reader) error {
			return r.Scan(area, func(key, value []byte) bool {
				page = append(page, exportRow{append([]byte(nil), key...), append([]byte(nil), value...)})
				return true
			})
		})
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := visit(row); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
		area.From = slices.Concat(page[len(page)-1].key, []byte{0})
	}
}

// Users calls visit for every account and shadow, in the order of registration.
func (x *Export) Users(ctx context.Context, visit func(*ImportedUser) error) error {
	err := x.rows(ctx, appendTable(nil, tableUsers, x.app.Number), func(row exportRow) error {
		number, err := parseUserNumber(row.key)
		if err != nil {
			return err
		}
		u, err := parseUser(number, row.value)
		if err != nil {
			return err
		}
		return visit(&ImportedUser{User: *u, Password: u.password})
	})
	return x.engine.readFault(err)
}

// Friends calls visit for every friendship, once for the two.
func (x *Export) Friends(ctx context.Context, visit func(ImportedFriend) error) error {
	err := x.rows(ctx, appendTable(nil, tableFriends, x.app.Number), func(row exportRow) error {
		number, err := parseUserNumber(row.key[:min(len(row.key), appPrefixWidth+8)])
		if err != nil {
			return err
		}
		second, err := parseSecond(row.key)
		if err != nil || second < uint64(number) {
			return err
		}
		var since uint64
		if err := parseCounters(row.value, &since); err != nil {
			return err
		}
		f := ImportedFriend{Since: int64(since)}
		if f.User, err = x.id(ctx, number); err != nil {
			return err
		}
		if f.Friend, err = x.id(ctx, UserNumber(second)); err != nil {
			return err
		}
		return visit(f)
	})
	return x.engine.readFault(err)
}

// Imports calls visit for every source from which the app has taken over messages.
func (x *Export) Imports(ctx context.Context, visit func(source string, cursor []byte, stored uint64) error) error {
	err := x.rows(ctx, appendTable(nil, tableImports, x.app.Number), func(row exportRow) error {
		l, err := parseLedger(row.value)
		if err != nil {
			return err
		}
		return visit(string(row.key[appPrefixWidth:]), l.cursor, l.stored)
	})
	return x.engine.readFault(err)
}

// exportedOrigin is the origin of a message that is exported: its id.
func exportedOrigin(id int64) string { return strconv.FormatInt(id, 10) }
