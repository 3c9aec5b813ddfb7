package core

import (
	"parley/storage"
)

const (
	flagBanned = 1 << iota
	flagShadow
)

func appendUser(dst []byte, u *User) []byte {
	var flags byte
	if u.Banned {
		flags |= flagBanned
	}
	if u.Shadow {
		flags |= flagShadow
	}
	dst = append(dst, recordVersion, flags, byte(u.Role), byte(u.Reception))
	dst = appendBytes(dst, u.ID)
	dst = appendBytes(dst, u.UUID)
	dst = appendBytes(dst, u.Username)
	dst = appendBytes(dst, u.RegisteredIP)
	dst = appendBytes(dst, u.Nickname)
	dst = appendBytes(dst, u.Avatar)
	dst = appendBytes(dst, u.Extra)
	dst = appendBytes(dst, u.password)
	dst = appendBytes(dst, u.Ext)
	return appendUint(dst, u.Registered)
}

// parseUser reads a user record; nothing in the result refers to b.
func parseUser(number UserNumber, b []byte) (*User, error) {
	r := fieldReader{rest: append([]byte(nil), b...)}
	r.version()
	flags := r.byte()
	u := &User{Number: number, Banned: flags&flagBanned != 0, Shadow: flags&flagShadow != 0}
	u.Role = Role(r.byte())
	u.Reception = Reception(r.byte())
	u.ID, u.UUID, u.Username, u.RegisteredIP = r.text(), r.text(), r.text(), r.text()
	u.Nickname, u.Avatar, u.Extra = r.text(), r.text(), r.text()
	u.password = r.bytes()
	u.Ext = r.bytes()
	u.Registered = int64(r.uvarint())
	if r.bad {
		return nil, corrupt(b)
	}
	return u, nil
}

// size estimates the bytes that a user takes in memory and bounds those of its record.
func (u *User) size() int {
	return 256 + len(u.ID) + len(u.UUID) + len(u.Username) + len(u.RegisteredIP) + len(u.Nickname) + len(u.Avatar) +
		len(u.Extra) + len(u.password) + len(u.Ext)
}

// maxUserRecord bounds the record of any user.
const maxUserRecord = 1024 + 4*MaxUserID + 2*MaxProfileText + MaxUserExtra + MaxExt

// readUser reads a user by number; the fault is NotFound if there is none.
func readUser(r storage.Reader, key userKey) (*User, error) {
	value, err := r.Get(appendUserKey(nil, tableUsers, key.app, key.number))
	if err != nil {
		return nil, err
	}
	if value == nil {
		return nil, noUser()
	}
	return parseUser(key.number, value)
}

func noUser() error { return NewFault(NotFound, FieldUser, "the user does not exist") }

func writeUser(tx storage.Writer, app uint32, u *User) error {
	return tx.Set(appendUserKey(nil, tableUsers, app, u.Number), appendUser(nil, u))
}
