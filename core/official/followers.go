package official

import (
	"bytes"
	"context"
	"slices"

	"parley/core"
	"parley/storage"
)

// standing is a follower's place in one list.
type standing struct {
	group   string
	sortKey []byte
}

// standingCost bounds the writes of coming into a list or leaving it: the entry, the list's total, and the rows of the
// segment and of the one that a split or a merger touches.
const standingCost = 4

func followerList(account uint32, group string) list { return list{account, "f" + group} }

// standings are the lists in which a follower is.
func (f *Follower) standings() []standing {
	if f == nil || !f.Subscribed {
		return nil
	}
	bySubscription := newestFirst(f.SubscribeTime, f.OpenID)
	all := make([]standing, 0, 2+len(f.Groups))
	if f.Blocked {
		all = append(all, standing{GroupBlocked, bySubscription})
	} else {
		all = append(all, standing{GroupAll, bySubscription})
	}
	if f.Ungrouped {
		all = append(all, standing{GroupUngrouped, bySubscription})
	}
	for _, m := range f.Groups {
		all = append(all, standing{m.Group, newestFirst(m.Joined, f.OpenID)})
	}
	return all
}

func (a standing) equal(b standing) bool {
	return a.group == b.group && bytes.Equal(a.sortKey, b.sortKey)
}

// saveFollower stores a follower and moves it between the lists. It reports false, and has written nothing, if the
// transaction has no room for that.
func (c *change) saveFollower(account uint32, old, next *Follower) (bool, error) {
	before, after := old.standings(), next.standings()
	gone := slices.DeleteFunc(slices.Clone(before), func(s standing) bool { return slices.ContainsFunc(after, s.equal) })
	come := slices.DeleteFunc(slices.Clone(after), func(s standing) bool { return slices.ContainsFunc(before, s.equal) })
	record, err := encode(next)
	if err != nil || !c.roomFor(1+standingCost*(len(gone)+len(come)), len(record)) {
		return false, err
	}
	for _, s := range gone {
		if err := c.remove(followerList(account, s.group), s.sortKey); err != nil {
			return false, err
		}
	}
	for _, s := range come {
		if err := c.insert(followerList(account, s.group), s.sortKey); err != nil {
			return false, err
		}
	}
	return true, c.Set(idKey(account, tableFollowers, next.OpenID), record)
}

// changeFollowers applies modify to the followers with the given OpenIDs, in as few transactions as possible, each of which
// begins with guard unless that is nil. modify gets nil for a follower that is not known, and returns what it shall be, or
// nil to leave it; it does not modify its argument, and may be called again for the same index.
func (s *Service) changeFollowers(ctx context.Context, a *accountState, openIDs []string,
	guard func(c *change) error, modify func(i int, old *Follower) (*Follower, error),
) error {
	for done := 0; done < len(openIDs); {
		var reached int
		err := s.update(ctx, a, func(c *change) (err error) {
			if guard != nil {
				if err := guard(c); err != nil {
					return err
				}
			}
			reached, err = c.modifyFollowers(a.number, openIDs, done, modify)
			return err
		})
		if err != nil {
			return err
		}
		done = reached
	}
	return nil
}

// modifyFollowers applies modify to followers from an index on, and returns the first for which there was no room.
func (c *change) modifyFollowers(account uint32, openIDs []string, from int,
	modify func(i int, old *Follower) (*Follower, error),
) (int, error) {
	for i := from; i < len(openIDs); i++ {
		old, err := load[Follower](c, idKey(account, tableFollowers, openIDs[i]))
		if err != nil {
			return i, err
		}
		next, err := modify(i, old)
		if err != nil {
			return i, err
		}
		if next == nil {
			continue
		}
		ok, err := c.saveFollower(account, old, next)
		switch {
		case err != nil:
			return i, err
		case !ok && i == from:
			return i, core.NewFault(core.TooLarge, FieldFollower, "the follower exceeds one transaction")
		case !ok:
			return i, nil
		}
	}
	return len(openIDs), nil
}

func checkProfile(p *Profile) error {
	if p.Gender > GenderFemale {
		return core.NewFault(core.Invalid, FieldGender, "the gender is 0, 1 or 2")
	}
	for _, text := range [...]string{p.Nickname, p.Country, p.Province, p.City, p.Language, p.UnionID, p.Remark} {
		if err := checkText(FieldFollower, text, 0, maxDescription); err != nil {
			return err
		}
	}
	return checkText(FieldFollower, p.Avatar, 0, maxURL)
}

// Follower returns a follower, also one that has left.
func (s *Service) Follower(ctx context.Context, account, openID string) (*Follower, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	f, err := s.follower(ctx, a, openID)
	if err == nil && f == nil {
		err = notFound(FieldFollower)
	}
	return f, err
}

// follower returns a follower, or nil.
func (s *Service) follower(ctx context.Context, a *accountState, openID string) (f *Follower, err error) {
	if len(openID) == 0 || len(openID) > maxOpenID {
		return nil, nil
	}
	err = s.view(ctx, func(r storage.Reader) (err error) {
		f, err = load[Follower](r, idKey(a.number, tableFollowers, openID))
		return err
	})
	return f, err
}

// Followers returns a page of a group, the newest first: by the time of subscribing in the special groups, by that of
// joining in others. An unknown group is empty.
func (s *Service) Followers(ctx context.Context, account, group string, p Page) (page FollowerPage, err error) {
	a, err := s.account(account)
	if err != nil {
		return page, err
	}
	if err := checkPage(p); err != nil {
		return page, err
	}
	if len(group) > maxID {
		return page, nil
	}
	err = s.view(ctx, func(r storage.Reader) error {
		l := followerList(a.number, group)
		if page.Total, err = l.total(r); err != nil {
			return err
		}
		sortKeys, err := l.page(r, p.Offset, p.Limit)
		if err != nil {
			return err
		}
		page.Followers, err = readFollowers(r, a.number, sortKeys)
		return err
	})
	return page, err
}

// readFollowers returns the followers of sort keys.
func readFollowers(r storage.Reader, account uint32, sortKeys [][]byte) ([]*Follower, error) {
	keys := make([][]byte, len(sortKeys))
	for i, sortKey := range sortKeys {
		_, openID, err := parseNewestFirst(sortKey)
		if err != nil {
			return nil, err
		}
		keys[i] = idKey(account, tableFollowers, openID)
	}
	all, err := loadAll[Follower](r, keys)
	if err != nil {
		return nil, err
	}
	for i, f := range all {
		if f == nil {
			return nil, corrupt(keys[i])
		}
	}
	return all, nil
}
