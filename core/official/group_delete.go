package official

import (
	"context"

	"parley/core"
	"parley/storage"
)

// DeleteGroup deletes a group; followers that are in no other become ungrouped. The group is hidden at once, the followers
// leave it in several transactions, and if the process ends in between Open goes on. GroupUngrouped and GroupBlocked are
// Invalid.
func (s *Service) DeleteGroup(ctx context.Context, account, group string) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if isSpecial(group) || group == GroupAll {
		return core.NewFault(core.Invalid, core.FieldGroup, "this group cannot be deleted")
	}
	err = s.update(ctx, a, func(c *change) error {
		g, err := readGroup(c, a.number, group)
		if err != nil {
			return err
		}
		g.Deleting = true
		return save(c, groupKey(a.number, group), g)
	})
	if err != nil {
		return err
	}
	return s.emptyGroup(ctx, a, group)
}

// emptyGroup lets all followers leave a group that is being deleted and removes its row.
func (s *Service) emptyGroup(ctx context.Context, a *accountState, group string) error {
	l := followerList(a.number, group)
	for {
		var members []*Follower
		err := s.view(ctx, func(r storage.Reader) error {
			sortKeys, err := l.scan(r, nil, MaxPage)
			if err == nil {
				members, err = readFollowers(r, a.number, sortKeys)
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(members) > 0 {
			if err := s.leaveGroup(ctx, a, group, members); err != nil {
				return err
			}
			continue
		}
		gone := false
		err = s.update(ctx, a, func(c *change) error {
			n, err := l.total(c)
			if gone = n == 0; err != nil || !gone {
				return err
			}
			return c.Delete(groupKey(a.number, group))
		})
		if err != nil || gone {
			return err
		}
	}
}

func (s *Service) leaveGroup(ctx context.Context, a *accountState, group string, members []*Follower) error {
	openIDs := make([]string, len(members))
	for i, f := range members {
		openIDs[i] = f.OpenID
	}
	return s.changeFollowers(ctx, a, openIDs, nil, func(_ int, old *Follower) (*Follower, error) {
		if old == nil || old.member(group) < 0 {
			return nil, nil
		}
		next := *old
		next.quit(group)
		return &next, nil
	})
}

// finishDeletions makes sure that groups which are to be imported are not being deleted.
func (s *Service) finishDeletions(ctx context.Context, a *accountState, updates []GroupUpdate) error {
	for _, u := range updates {
		var g *groupRecord
		err := s.view(ctx, func(r storage.Reader) (err error) {
			g, err = load[groupRecord](r, groupKey(a.number, u.ID))
			return err
		})
		if err == nil && g != nil && g.Deleting {
			err = s.emptyGroup(ctx, a, u.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// resumeGroupDeletions ends the deletions that a crash has interrupted.
func (s *Service) resumeGroupDeletions(ctx context.Context) error {
	for _, a := range s.all() {
		var all []storedGroup
		err := s.view(ctx, func(r storage.Reader) (err error) {
			all, err = readGroups(r, a.number)
			return err
		})
		if err != nil {
			return err
		}
		for _, g := range all {
			if !g.Deleting {
				continue
			}
			if err := s.emptyGroup(ctx, a, g.id); err != nil {
				return err
			}
		}
	}
	return nil
}
