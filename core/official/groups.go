package official

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"parley/core"
	"parley/storage"
)

// MaxGroups is how many groups an account has at the most.
const MaxGroups = 1000

// maxGroupDigits keeps the IDs of the platform's groups in the range of numbers.
const maxGroupDigits = 18

// groupRecord is a group in the store.
type groupRecord struct {
	Name  string
	Place place
	// Deleting hides the group while its followers leave it.
	Deleting bool `json:",omitempty"`
}

func groupKey(account uint32, id string) []byte { return idKey(account, tableGroups, id) }

// isSpecial tells the groups that are there without a row.
func isSpecial(group string) bool { return group == GroupUngrouped || group == GroupBlocked }

// readGroup returns a group that is not being deleted.
func readGroup(r storage.Reader, account uint32, id string) (*groupRecord, error) {
	if err := checkID(core.FieldGroup, id); err != nil {
		return nil, err
	}
	g, err := load[groupRecord](r, groupKey(account, id))
	if err == nil && (g == nil || g.Deleting) {
		return nil, notFound(core.FieldGroup)
	}
	return g, err
}

// checkGroup refuses a group that followers cannot be in.
func checkGroup(r storage.Reader, account uint32, id string) error {
	if isSpecial(id) {
		return nil
	}
	_, err := readGroup(r, account, id)
	return err
}

// storedGroup is a row of the table of groups.
type storedGroup struct {
	id string
	groupRecord
}

// readGroups returns all groups of an account, also those that are being deleted.
func readGroups(r storage.Reader, account uint32) (all []storedGroup, err error) {
	prefix := tableKey(account, tableGroups)
	var failed error
	err = r.Scan(storage.Prefix(prefix), func(key, value []byte) bool {
		g, err := decode[groupRecord](value)
		if err != nil {
			failed = err
			return false
		}
		all = append(all, storedGroup{string(key[len(prefix):]), *g})
		return true
	})
	if failed != nil {
		err = failed
	}
	return all, err
}

// groupNumber returns the number of a group that has one.
func groupNumber(id string) (int64, bool) {
	if len(id) > maxGroupDigits {
		return 0, false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil && n >= 0 && strconv.FormatInt(n, 10) == id
}

// compareGroups orders groups with numbers before the others, which follow in the order of creation.
func compareGroups(a, b storedGroup) int {
	m, aNumbered := groupNumber(a.id)
	n, bNumbered := groupNumber(b.id)
	switch {
	case aNumbered && bNumbered:
		return cmp.Compare(m, n)
	case aNumbered:
		return -1
	case bNumbered:
		return 1
	}
	return cmp.Or(cmp.Compare(a.Place.Time, b.Place.Time), cmp.Compare(a.Place.Tick, b.Place.Tick), cmp.Compare(a.id, b.id))
}

// Groups returns all groups with their numbers of followers.
func (s *Service) Groups(ctx context.Context, account string) (GroupList, error) {
	result := GroupList{Groups: []Group{}}
	a, err := s.account(account)
	if err != nil {
		return result, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		if result.Total, err = followerList(a.number, GroupAll).total(r); err != nil {
			return err
		}
		all, err := readGroups(r, a.number)
		if err != nil {
			return err
		}
		slices.SortFunc(all, compareGroups)
		for _, g := range all {
			if g.Deleting {
				continue
			}
			n, err := followerList(a.number, g.id).total(r)
			if err != nil {
				return err
			}
			result.Groups = append(result.Groups, Group{ID: g.id, Name: g.Name, Created: g.Place.Time, Followers: n})
		}
		return nil
	})
	return result, err
}

// CreateGroup makes a group, whose name need not be unique, and returns its ID. There are at most MaxGroups.
func (s *Service) CreateGroup(ctx context.Context, account, name string) (string, error) {
	a, err := s.account(account)
	if err != nil {
		return "", err
	}
	if err := checkText(FieldName, name, 1, maxName); err != nil {
		return "", err
	}
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	record := groupRecord{Name: name, Place: s.place()}
	return id, s.update(ctx, a, func(c *change) error {
		if err := checkRoomForGroups(c, a.number, 1); err != nil {
			return err
		}
		return save(c, groupKey(a.number, id), record)
	})
}

// checkRoomForGroups refuses more groups than an account may have.
func checkRoomForGroups(r storage.Reader, account uint32, more int) error {
	err := r.Scan(storage.Range{
		From: tableKey(account, tableGroups), To: storage.After(tableKey(account, tableGroups)), KeysOnly: true,
	}, func(_, _ []byte) bool {
		more++
		return true
	})
	if err == nil && more > MaxGroups {
		err = core.NewFault(core.Limited, core.FieldGroup, "the account has as many groups as it can")
	}
	return err
}

// RenameGroup renames a group.
func (s *Service) RenameGroup(ctx context.Context, account, group, name string) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkText(FieldName, name, 1, maxName); err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		g, err := readGroup(c, a.number, group)
		if err != nil {
			return err
		}
		g.Name = name
		return save(c, groupKey(a.number, group), g)
	})
}

// ImportGroups creates or renames groups under the IDs of the platform.
func (s *Service) ImportGroups(ctx context.Context, account string, updates []GroupUpdate) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	for _, u := range updates {
		if _, ok := groupNumber(u.ID); !ok {
			return core.NewFault(core.Invalid, core.FieldGroup, "the ID is not a number of at most 18 digits")
		}
		if err := checkText(FieldName, u.Name, 0, maxName); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(updates, MaxGroups/2) {
		if err := s.finishDeletions(ctx, a, batch); err != nil {
			return err
		}
		at := s.place()
		err := s.update(ctx, a, func(c *change) error {
			for _, u := range batch {
				g, err := load[groupRecord](c, groupKey(a.number, u.ID))
				if err != nil {
					return err
				}
				if g == nil {
					g = &groupRecord{Place: at}
				}
				g.Name = u.Name
				if err := save(c, groupKey(a.number, u.ID), g); err != nil {
					return err
				}
			}
			return checkRoomForGroups(c, a.number, 0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
