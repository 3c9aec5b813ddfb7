package core

import (
	"encoding/binary"

	"parley/storage"
)

// A chat list is stored as runs: the chats that have got messages since the run before, newest first. All chats of a run
// are newer than those of the next, so that the runs in the order of their keys are the list; where a conversation stands
// in it more than once, the first place counts. A send to a thousand chats so becomes one row, and not a thousand.

// runRef names a run: the newest message in it, and how many chats it holds.
type runRef struct {
	newest int64
	count  int
}

// runHead is what a run knows of its user. That of the newest run counts.
type runHead struct {
	// upTo is the position in the feed up to which the user's runs are complete, where that lies beyond the cursor.
	upTo uint64
	tally
}

// tally counts the chats of a user and the messages that it has received in them.
type tally struct {
	chats, received uint64
}

// maxRun is how many chats a run holds at the most.
const maxRun = 512

func appendRunHead(dst []byte, h *runHead) []byte {
	return appendCounters(dst, h.upTo, h.chats, h.received)
}

// appendRunRow appends a chat to the run of a user; previous is the message of the row before, or the run's newest.
func appendRunRow(dst []byte, user UserNumber, row chatRow, previous int64) []byte {
	dst = binary.AppendUvarint(dst, uint64(previous-row.newest))
	peer := uint64(row.conversation.peer(user)) << 1
	if row.conversation.kind == kindNotices {
		peer |= 1
	}
	return binary.AppendUvarint(dst, peer)
}

// runReader takes the rows of a run one after the other.
type runReader struct {
	fields   fieldReader
	app      uint32
	user     UserNumber
	previous int64
	left     int
}

// newRunReader begins to read a run. Nothing that it returns refers to value.
func newRunReader(app uint32, user UserNumber, run runRef, value []byte) (rr runReader, h runHead, err error) {
	rr = runReader{fields: fieldReader{rest: value}, app: app, user: user, previous: run.newest, left: run.count}
	rr.fields.version()
	h.upTo, h.chats, h.received = rr.fields.uvarint(), rr.fields.uvarint(), rr.fields.uvarint()
	if rr.fields.bad {
		return rr, h, corrupt(value)
	}
	return rr, h, nil
}

// next returns the next row; ok is false at the end.
func (rr *runReader) next() (row chatRow, ok bool, err error) {
	if rr.left == 0 {
		return row, false, nil
	}
	rr.left--
	older := rr.fields.uvarint()
	rr.previous -= int64(older)
	row.newest = rr.previous
	peer := rr.fields.uvarint()
	if peer&1 != 0 {
		row.conversation = noticesConversation(rr.app, UserNumber(peer>>1), rr.user)
	} else {
		row.conversation = directConversation(rr.app, rr.user, UserNumber(peer>>1))
	}
	if rr.fields.bad || older > maxMessageID || row.newest <= 0 {
		return row, false, corrupt(rr.fields.rest)
	}
	return row, true, nil
}

// chatIndex is what the follower remembers of a user's runs. It never changes.
type chatIndex struct {
	runHead
	runs []runRef // the newest first
	// value is the newest run as the store holds it, if it is small: the next step usually merges it. Nil if not known.
	value []byte
}

// maxKeptRun is how many bytes of the newest run are kept.
const maxKeptRun = 768

// rows counts the rows of all runs, those included that a newer one outdates.
func (x *chatIndex) rows() (n int) {
	for _, run := range x.runs {
		n += run.count
	}
	return n
}

func (x *chatIndex) size() int64 { return int64(160 + 16*len(x.runs) + len(x.value)) }

// loadChatIndex reads which runs a user has.
func loadChatIndex(r storage.Reader, app uint32, user UserNumber) (*chatIndex, error) {
	x := new(chatIndex)
	var failed error
	area := storage.Prefix(appendUserKey(nil, tableChats, app, user))
	area.KeysOnly = true
	err := r.Scan(area, func(key, _ []byte) bool {
		var run runRef
		if run, failed = parseRunKey(key); failed != nil {
			return false
		}
		x.runs = append(x.runs, run)
		return true
	})
	if err == nil {
		err = failed
	}
	if err != nil || len(x.runs) == 0 {
		return x, err
	}
	value, err := r.Get(appendRunKey(nil, app, user, x.runs[0]))
	if err != nil {
		return nil, err
	}
	_, x.runHead, err = newRunReader(app, user, x.runs[0], value)
	return x, err
}
