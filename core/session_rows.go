package core

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"parley/storage"
)

// sessionKey names a session among all apps. The token itself is stored nowhere.
type sessionKey struct {
	user   userKey
	digest [sha256.Size]byte
}

func newSessionKey(app *App, u *User, token string) sessionKey {
	var text [512]byte // longer tokens are hashed outside of it
	return sessionKey{user: userKey{app.Number, u.Number}, digest: sha256.Sum256(append(text[:0], token...))}
}

func (k *sessionKey) bytes() []byte {
	return appendSessionKey(nil, k.user.app, k.user.number, k.digest[:])
}

// sessionEntry is a session as its record holds it.
type sessionEntry struct {
	place   uint64 // in the order in which the user's sessions began
	expires int64  // in milliseconds since the Unix epoch
	device  uint8
	ended   bool // before it expired
}

func appendSession(dst []byte, s *sessionEntry) []byte {
	var ended uint64
	if s.ended {
		ended = 1
	}
	return appendCounters(dst, s.place, uint64(s.expires), uint64(s.device), ended)
}

// parseSession reads a session record; that of no session has expired long ago.
func parseSession(b []byte) (s sessionEntry, err error) {
	var expires, device, ended uint64
	err = parseCounters(b, &s.place, &expires, &device, &ended)
	s.expires, s.device, s.ended = int64(expires), uint8(device), ended != 0
	return s, err
}

// sessionRow is a session inside a group and what happens to it there.
type sessionRow struct {
	key sessionKey
	sessionEntry
	changed, removed bool
}

// userSessions are all sessions of one user inside a group, in the order of their beginning. What is done to them is
// written at once by write.
type userSessions struct {
	group *commitGroup
	user  userKey
	rows  []sessionRow
}

// sessionsWeight bounds what write writes.
func sessionsWeight() (keys, bytes int) { return maxSessions + 1, (maxSessions + 1) * 128 }

// sessions reads a user's sessions. Those that have expired are removed.
func (g *commitGroup) sessions(user userKey) (*userSessions, error) {
	all := &userSessions{group: g, user: user}
	var failed error
	prefix := appendUserKey(nil, tableSessions, user.app, user.number)
	err := g.tx.Scan(storage.Prefix(prefix), func(key, value []byte) bool {
		row := sessionRow{key: sessionKey{user: user}}
		copy(row.key.digest[:], key[len(prefix):])
		if row.sessionEntry, failed = parseSession(value); failed != nil {
			return false
		}
		row.removed = row.expires <= g.now
		all.rows = append(all.rows, row)
		return true
	})
	if err == nil {
		err = failed
	}
	slices.SortFunc(all.rows, func(a, b sessionRow) int { return cmp.Compare(a.place, b.place) })
	return all, err
}

// end marks the live sessions that choose returns true for.
func (s *userSessions) end(choose func(*sessionEntry) bool) {
	for i := range s.rows {
		row := &s.rows[i]
		if !row.removed && !row.ended && choose(&row.sessionEntry) {
			row.ended, row.changed = true, true
		}
	}
}

// remove removes the sessions that choose returns true for.
func (s *userSessions) remove(choose func(*sessionRow) bool) {
	for i := range s.rows {
		if row := &s.rows[i]; !row.removed && choose(row) {
			row.removed = true
		}
	}
}

// keep ends the oldest live sessions on a device until at most n are left.
func (s *userSessions) keep(device uint8, n int) {
	live := 0
	for i := range s.rows {
		if row := &s.rows[i]; row.live() && row.device == device {
			live++
		}
	}
	s.end(func(entry *sessionEntry) bool {
		if entry.device != device || live <= n {
			return false
		}
		live--
		return true
	})
}

func (r *sessionRow) live() bool { return !r.removed && !r.ended }

// add begins a session, in the place of one with the same key, and removes the oldest while there are more than
// maxSessions, ended ones first.
func (s *userSessions) add(key sessionKey, entry sessionEntry) {
	for i := range s.rows {
		entry.place = max(entry.place, s.rows[i].place+1)
	}
	s.rows = slices.DeleteFunc(s.rows, func(row sessionRow) bool { return row.key == key })
	count := 1
	for i := range s.rows {
		if !s.rows[i].removed {
			count++
		}
	}
	for _, ended := range [...]bool{true, false} {
		s.remove(func(row *sessionRow) bool {
			if count <= maxSessions || row.ended != ended {
				return false
			}
			count--
			return true
		})
	}
	s.rows = append(s.rows, sessionRow{key: key, sessionEntry: entry, changed: true})
}

// write stages what has been done. Nobody takes a session that ended for a live one once the group has been committed.
func (s *userSessions) write() error {
	for i := range s.rows {
		row := &s.rows[i]
		if !row.removed && !row.changed {
			continue
		}
		key := row.key
		s.group.onCommit(func() { s.group.engine.dropSession(key) })
		var err error
		if row.removed {
			err = s.group.tx.Delete(key.bytes())
		} else {
			err = s.group.tx.Set(key.bytes(), appendSession(nil, &row.sessionEntry))
		}
		if err != nil {
			return err
		}
	}
	return nil
}
