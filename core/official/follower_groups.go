package official

import (
	"bytes"
	"context"
	"slices"

	"parley/core"
	"parley/storage"
)

// GroupsOf returns the IDs of the follower's ordinary groups, or if there are none GroupUngrouped and GroupBlocked as far
// as they apply.
func (s *Service) GroupsOf(ctx context.Context, account, openID string) ([]string, error) {
	f, err := s.Follower(ctx, account, openID)
	if err != nil {
		return nil, err
	}
	groups := make([]string, 0, len(f.Groups))
	for _, m := range f.Groups {
		groups = append(groups, m.Group)
	}
	if len(groups) > 0 {
		return groups, nil
	}
	if f.Ungrouped {
		groups = append(groups, GroupUngrouped)
	}
	if f.Blocked {
		groups = append(groups, GroupBlocked)
	}
	return groups, nil
}

// maxMoved is how many followers one call puts into a group or takes out of it.
const maxMoved = 10_000

// AddToGroup puts followers into a group. GroupUngrouped and GroupBlocked take them out of all groups and set the one mark
// and clear the other; an ordinary group comes in addition and clears both. A follower who has left gets marks, but no
// groups. If one of the followers or the group is unknown, nothing is changed; the change itself is made in as few
// transactions as the store's limits allow. At most 10,000 followers.
func (s *Service) AddToGroup(ctx context.Context, account, group string, openIDs ...string) error {
	now := s.now()
	return s.move(ctx, account, group, openIDs, func(f *Follower) error { return f.join(group, now) })
}

// RemoveFromGroup takes followers out of a group. Out of GroupUngrouped it does nothing, out of GroupBlocked it clears that
// mark and sets the ungrouped one, and whoever loses the last ordinary group becomes ungrouped. Otherwise as AddToGroup.
func (s *Service) RemoveFromGroup(ctx context.Context, account, group string, openIDs ...string) error {
	return s.move(ctx, account, group, openIDs, func(f *Follower) error {
		f.quit(group)
		return nil
	})
}

func (f *Follower) join(group string, now int64) error {
	switch {
	case group == GroupUngrouped || group == GroupBlocked:
		f.Groups = nil
	case !f.Subscribed || f.member(group) >= 0:
	case len(f.Groups) >= MaxMemberships:
		return core.NewFault(core.Limited, core.FieldGroup, "a follower is in as many groups as one can be")
	default:
		f.Groups = append(slices.Clone(f.Groups), Membership{group, now})
	}
	f.Ungrouped, f.Blocked = group == GroupUngrouped, group == GroupBlocked
	return nil
}

func (f *Follower) quit(group string) {
	switch group {
	case GroupUngrouped:
	case GroupBlocked:
		f.Blocked, f.Ungrouped = false, true
	default:
		if i := f.member(group); i >= 0 {
			f.Groups = slices.Delete(slices.Clone(f.Groups), i, i+1)
		}
		if len(f.Groups) == 0 {
			f.Ungrouped = true
		}
	}
}

// move applies modify to followers if all of them and the group exist.
func (s *Service) move(ctx context.Context, account, group string, openIDs []string, modify func(f *Follower) error) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if len(openIDs) > maxMoved {
		return core.NewFault(core.TooLarge, FieldFollower, "there are more than 10000 followers")
	}
	guard := func(r storage.Reader) error { return checkGroup(r, a.number, group) }
	err = s.view(ctx, func(r storage.Reader) error {
		if err := guard(r); err != nil {
			return err
		}
		return checkFollowers(r, a.number, openIDs)
	})
	if err != nil {
		return err
	}
	return s.changeFollowers(ctx, a, openIDs, func(c *change) error { return guard(c) },
		func(_ int, old *Follower) (*Follower, error) {
			if old == nil {
				return nil, nil
			}
			next := *old
			return &next, modify(&next)
		})
}

// checkFollowers refuses followers that are not all known.
func checkFollowers(r storage.Reader, account uint32, openIDs []string) error {
	for batch := range slices.Chunk(openIDs, MaxPage) {
		keys := make([][]byte, len(batch))
		for i, openID := range batch {
			if openID == "" || len(openID) > maxOpenID {
				return notFound(FieldFollower)
			}
			keys[i] = idKey(account, tableFollowers, openID)
		}
		values, err := r.GetMulti(keys)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(values, func(b []byte) bool { return b == nil }) {
			return notFound(FieldFollower)
		}
	}
	return nil
}

// EachFollower calls visit for the followers of a selection until it returns false. It reads in portions, between which
// others may change the group; a follower that stays in it is visited once. visit may keep the follower and may call the
// service.
func (s *Service) EachFollower(ctx context.Context, account string, sel Selection, visit func(*Follower) bool) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if sel.Gender != nil && *sel.Gender > GenderFemale {
		return core.NewFault(core.Invalid, FieldGender, "the gender is 0, 1 or 2")
	}
	err = s.view(ctx, func(r storage.Reader) error {
		if sel.Group == GroupAll {
			return nil
		}
		return checkGroup(r, a.number, sel.Group)
	})
	if err != nil {
		return err
	}
	l := followerList(a.number, sel.Group)
	for start := []byte{}; start != nil; {
		var portion []*Follower
		err := s.view(ctx, func(r storage.Reader) error {
			sortKeys, err := l.scan(r, start, MaxPage)
			if err != nil {
				return err
			}
			start = nil
			if len(sortKeys) == MaxPage {
				start = append(bytes.Clone(sortKeys[MaxPage-1]), 0)
			}
			portion, err = readFollowers(r, a.number, sortKeys)
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range portion {
			if !sel.has(f) {
				continue
			}
			if !visit(f) {
				return nil
			}
		}
	}
	return nil
}

// has tells whether a follower of the selection's group belongs to the selection.
func (sel *Selection) has(f *Follower) bool {
	return (!f.Blocked || sel.Group == GroupBlocked) && (sel.Gender == nil || f.Gender == *sel.Gender)
}
