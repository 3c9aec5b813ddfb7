package core

import (
	"bytes"

	"parley/storage"
)

// chatLists checks the chat list of every user, each in a snapshot of its own.
func (i *inspector) chatLists() error {
	const width = appPrefixWidth + 8
	from := []byte{tableChats}
	for {
		var owner []byte
		err := i.store.View(i.ctx, func(r storage.Reader) error {
			owner = nil
			area := storage.Range{From: from, To: storage.After([]byte{tableChats}), Limit: 1, KeysOnly: true}
			err := r.Scan(area, func(key, _ []byte) bool {
				owner = bytes.Clone(key[:min(len(key), width)])
				return false
			})
			if err != nil || len(owner) != width {
				return err
			}
			return i.chatList(r, owner)
		})
		if err != nil || owner == nil {
			return err
		}
		if from = storage.After(owner); from == nil {
			return nil
		}
	}
}

// chatList checks the runs of one user: that they can be read, are in order, name messages that exist, and that the newest
// counts the chats.
func (i *inspector) chatList(r storage.Reader, prefix []byte) error {
	app, err := parseAppNumber(prefix[:appPrefixWidth])
	if err != nil {
		return err
	}
	user, err := parseUserNumber(prefix)
	if err != nil {
		return err
	}
	runs, err := inspectedRuns(r, prefix)
	if err != nil || runs == nil {
		return err
	}
	var head runHead
	var seen chatSet
	chats, last := uint64(0), int64(maxMessageID)+1
	for n, run := range runs {
		key := appendRunKey(nil, app, user, run)
		value, err := r.Get(key)
		if err != nil {
			return err
		}
		h, rows, err := readRows(app, user, run, value)
		if err != nil {
			i.defect(app, key, "a run of the chat list of user %d cannot be read", user)
			return nil
		}
		if n == 0 {
			head = h
		}
		for _, row := range rows {
			if row.newest >= last {
				i.defect(app, key, "the chat list of user %d is not in order", user)
				return nil
			}
			last = row.newest
			if seen.add(row.conversation) {
				chats++
			}
		}
		if err := i.chatMessages(r, app, user, key, rows); err != nil {
			return err
		}
	}
	if chats != head.chats {
		i.defect(app, prefix, "the chat list of user %d holds %d chats and counts %d", user, chats, head.chats)
	}
	known, err := i.reaches(app, func(h *appHead) bool { return head.upTo <= h.feedEnd })
	if err == nil && !known {
		i.defect(app, prefix, "the chat list of user %d is ahead of the feed", user)
	}
	return err
}

// inspectedRuns reads which runs a user has, the newest first; none if a key cannot be read, which has been reported.
func inspectedRuns(r storage.Reader, prefix []byte) (runs []runRef, err error) {
	area := storage.Prefix(prefix)
	area.KeysOnly = true
	whole := true
	err = r.Scan(area, func(key, _ []byte) bool {
		run, err := parseRunKey(key)
		runs = append(runs, run)
		whole = err == nil
		return whole
	})
	if !whole {
		runs = nil
	}
	return runs, err
}

// readRows reads a whole run.
func readRows(app uint32, user UserNumber, run runRef, value []byte) (h runHead, rows []chatRow, err error) {
	reader, h, err := newRunReader(app, user, run, value)
	for err == nil {
		var row chatRow
		var ok bool
		if row, ok, err = reader.next(); !ok {
			break
		}
		rows = append(rows, row)
	}
	return h, rows, err
}

// chatMessages checks that the messages of a run exist.
func (i *inspector) chatMessages(r storage.Reader, app uint32, user UserNumber, key []byte, rows []chatRow) error {
	keys := make([][]byte, len(rows))
	for n, row := range rows {
		keys[n] = appendMessageKey(nil, row.conversation, row.newest)
	}
	values, err := r.GetMulti(keys)
	if err != nil {
		return err
	}
	for _, value := range values {
		if value == nil {
			i.defect(app, key, "the chat list of user %d names a message that does not exist", user)
			return nil
		}
	}
	return nil
}
