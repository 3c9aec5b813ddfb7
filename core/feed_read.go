package core

import "parley/storage"

// feedRecordAt returns the position of the record that holds the entry at position, or position if there is none.
func feedRecordAt(r storage.Reader, app uint32, position uint64) (start uint64, err error) {
	start = position
	area := storage.Range{
		From:    appendFeedKey(nil, app, 0),
		To:      appendFeedKey(nil, app, position+1),
		Reverse: true, Limit: 1, KeysOnly: true,
	}
	var failed error
	err = r.Scan(area, func(key, _ []byte) bool {
		start, failed = parseFeedPosition(key)
		return true
	})
	if err == nil {
		err = failed
	}
	return start, err
}

// readFeed adds to a what the store's feed holds beyond it, and calls visit for each entry.
func readFeed(r storage.Reader, app uint32, a *activity, visit func(*feedEntry)) error {
	from := a.end()
	if a.waiting() == 0 { // the chat lists may have come into the middle of a record
		start, err := feedRecordAt(r, app, from)
		if err != nil {
			return err
		}
		from = start
	}
	var failed error
	area := storage.Prefix(appendTable(nil, tableFeed, app))
	area.From = appendFeedKey(nil, app, from)
	err := r.Scan(area, func(key, value []byte) bool {
		var position uint64
		var entries []feedEntry
		if position, failed = parseFeedPosition(key); failed != nil {
			return false
		}
		if entries, failed = parseFeed(app, value); failed != nil {
			return false
		}
		a.add(position, entries)
		for i := range entries {
			visit(&entries[i])
		}
		return true
	})
	if err == nil {
		err = failed
	}
	return err
}

// loadActivity reads what the chat lists lack from the store's feed.
func loadActivity(r storage.Reader, app uint32, cursor uint64) (*activity, error) {
	a := newActivity(cursor)
	return a, readFeed(r, app, a, func(*feedEntry) {})
}
