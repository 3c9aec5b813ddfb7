package core

import (
	"slices"
	"strings"

	"parley/storage"
)

// checkDistinct refuses a list in which two users share a name. IDs and UUIDs are addresses alike.
func checkDistinct(users []*User) error {
	addresses := make(map[string]*User, 2*len(users))
	usernames := make(map[string]*User)
	for _, u := range users {
		for _, address := range [...]string{u.ID, u.UUID} {
			if other := addresses[address]; other != nil && other != u {
				return NewFault(Invalid, FieldUser, u.ID)
			}
			addresses[address] = u
		}
		if u.Username == "" {
			continue
		}
		if usernames[u.Username] != nil {
			return NewFault(Invalid, FieldUser, u.ID)
		}
		usernames[u.Username] = u
	}
	return nil
}

// names returns the keys of a user's names; the ID is the first.
func (u *User) names(app uint32) [][]byte {
	names := [][]byte{appendNameKey(nil, app, nameID, u.ID), appendNameKey(nil, app, nameUUID, u.UUID)}
	if u.Username != "" {
		names = append(names, appendNameKey(nil, app, nameUsername, u.Username))
	}
	return names
}

// rivals returns the keys of names that another account must not have, for an address would mean both.
func (u *User) rivals(app uint32) [][]byte {
	rivals := [][]byte{appendNameKey(nil, app, nameID, u.UUID)}
	if len(u.ID) == UUIDLength {
		rivals = append(rivals,
			appendNameKey(nil, app, nameUUID, u.ID), appendNameKey(nil, app, nameUUID, strings.ToUpper(u.ID)))
	}
	return rivals
}

// findShadows looks for the names of users who are to be registered. It returns for each the number of the shadow with
// its ID, or zero, and an Exists fault where a name belongs to an account.
func findShadows(r storage.Reader, app uint32, users []*User) ([]UserNumber, error) {
	shadows := make([]UserNumber, len(users))
	var names [][]byte
	var owners []int
	for i, u := range users {
		for _, name := range slices.Concat(u.names(app), u.rivals(app)) {
			names, owners = append(names, name), append(owners, i)
		}
	}
	values, err := r.GetMulti(names)
	if err != nil {
		return nil, err
	}
	for j, value := range values {
		if value == nil {
			continue
		}
		u := users[owners[j]]
		var number UserNumber
		if err := parseCounters(value, (*uint64)(&number)); err != nil {
			return nil, err
		}
		holder, err := readUser(r, userKey{app, number})
		if err != nil {
			return nil, err
		}
		if !holder.Shadow {
			return nil, NewFault(Exists, FieldUser, u.ID)
		}
		if holder.ID == u.ID {
			shadows[owners[j]] = number
		}
	}
	return shadows, nil
}
