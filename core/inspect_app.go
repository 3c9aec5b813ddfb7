package core

import (
	"bytes"
	"encoding/json"

	"parley/storage"
)

// apps reads the apps and checks what each keeps one of: its key, its head, its feed and its cursor.
func (i *inspector) apps() error {
	var page []inspectedRow
	err := i.store.View(i.ctx, func(r storage.Reader) error {
		page = nil
		return r.Scan(storage.Prefix([]byte{tableApps}), func(key, value []byte) bool {
			page = append(page, inspectedRow{bytes.Clone(key), bytes.Clone(value)})
			return true
		})
	})
	if err != nil {
		return err
	}
	for _, row := range page {
		number, err := parseAppNumber(row.key)
		if err != nil {
			continue // rows reports it
		}
		i.found.Apps++
		i.heads[number] = appHead{}
		if err := i.app(number, row.value); err != nil {
			return err
		}
	}
	return nil
}

func (i *inspector) app(number uint32, record []byte) error {
	key := appendTable(nil, tableApps, number)
	var a App
	if err := json.Unmarshal(record, &a); err != nil {
		i.defect(number, key, "the app's settings cannot be read")
	} else {
		if a.Number != number {
			i.defect(number, key, "the app says that its number is %d", a.Number)
		}
		named, err := i.get(appendAppKeyKey(nil, a.Key))
		if err != nil {
			return err
		}
		if !bytes.Equal(named, key) {
			i.defect(number, key, "the app's key does not lead to it")
		}
	}
	return i.store.View(i.ctx, func(r storage.Reader) error { return i.feed(r, number) })
}

// feed checks the head, the feed and the cursor of an app, which belong to one moment.
func (i *inspector) feed(r storage.Reader, app uint32) error {
	headKey := appendTable(nil, tableHeads, app)
	value, err := r.Get(headKey)
	if err != nil {
		return err
	}
	head, err := parseHead(value)
	if err != nil {
		i.defect(app, headKey, "the app's head cannot be read")
		return nil
	}
	i.heads[app] = head
	cursorKey := appendTable(nil, tableCursors, app)
	if value, err = r.Get(cursorKey); err != nil {
		return err
	}
	cursor, err := parseCursor(value)
	if err != nil {
		i.defect(app, cursorKey, "the cursor of the chat lists cannot be read")
		return nil
	}
	if cursor.position > head.feedEnd {
		i.defect(app, cursorKey, "the chat lists are at %d of the feed, which ends at %d", cursor.position, head.feedEnd)
	}
	next, first := cursor.position, true
	err = r.Scan(storage.Prefix(appendTable(nil, tableFeed, app)), func(key, value []byte) bool {
		position, err := parseFeedPosition(key)
		if err != nil {
			return true // rows reports it
		}
		entries, err := parseFeed(app, value)
		if err != nil || len(entries) == 0 {
			i.defect(app, key, "the feed cannot be read at %d", position)
			next = position + 1
			return true
		}
		if position != next && (!first || position > next) {
			i.defect(app, key, "the feed lacks what is between %d and %d", next, position)
		}
		for n := range entries {
			if f := &entries[n]; f.previous >= f.newest || uint64(f.newest) > head.lastMessage {
				i.defect(app, key, "entry %d of the feed names messages that do not exist", position+uint64(n))
			}
		}
		next, first = position+uint64(len(entries)), false
		return true
	})
	if err == nil && next < head.feedEnd {
		i.defect(app, headKey, "the feed lacks what is between %d and %d", next, head.feedEnd)
	}
	return err
}
