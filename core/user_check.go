package core

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// check refuses what no user may be.
func (u *User) check() error {
	switch {
	case !isUUID(u.UUID):
		return NewFault(Invalid, FieldUser, "a UUID has 32 letters and digits")
	case !isName(u.ID):
		return NewFault(Invalid, FieldUser, "an ID has 1 to 128 bytes of UTF-8 without control characters")
	case u.Username != "" && !isName(u.Username):
		return NewFault(Invalid, FieldUser, "a username has 1 to 128 bytes of UTF-8 without control characters")
	case u.Role > RoleRobot:
		return NewFault(Invalid, FieldUser, "there is no such role")
	case u.Reception > ReceiveQuietly:
		return NewFault(Invalid, FieldUser, "there is no such way of receiving")
	case len(u.Ext) > MaxExt:
		return NewFault(TooLarge, FieldUser, "the ext object is too large")
	case len(u.Nickname) > MaxProfileText || len(u.Avatar) > MaxProfileText:
		return NewFault(TooLarge, FieldUser, "the nickname or the avatar is too long")
	case len(u.Extra) > MaxUserExtra:
		return NewFault(TooLarge, FieldUser, "the extra text is too long")
	case !utf8.ValidString(u.Nickname) || !utf8.ValidString(u.Avatar) || !utf8.ValidString(u.Extra):
		return NewFault(Invalid, FieldUser, "the profile is not UTF-8")
	}
	return nil
}

func isUUID(s string) bool {
	if len(s) != UUIDLength {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func isName(s string) bool {
	return s != "" && len(s) <= MaxUserID && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
