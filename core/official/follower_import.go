package official

import (
	"context"
	"slices"

	"parley/core"
)

// maxUpdates is how many followers one call imports.
const maxUpdates = 500

// UpsertFollowers stores what an import knows of up to 500 followers, in as few transactions as the store's limits allow;
// after an error the first ones may have been stored, and repeating the call does no harm. Groups need not exist yet, but
// are listed only once they do.
func (s *Service) UpsertFollowers(ctx context.Context, account string, updates []FollowerUpdate) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if len(updates) > maxUpdates {
		return core.NewFault(core.TooLarge, FieldFollower, "there are more than 500 followers")
	}
	openIDs := make([]string, len(updates))
	for i := range updates {
		if err := checkUpdate(&updates[i]); err != nil {
			return err
		}
		openIDs[i] = updates[i].OpenID
	}
	now := s.now()
	return s.changeFollowers(ctx, a, openIDs, nil, func(i int, old *Follower) (*Follower, error) {
		return updates[i].apply(old, now), nil
	})
}

func checkUpdate(u *FollowerUpdate) error {
	if err := checkBytes(FieldFollower, u.OpenID, 1, maxOpenID); err != nil {
		return err
	}
	if err := checkText(FieldFollower, u.OpenID, 1, maxOpenID); err != nil {
		return err
	}
	if len(u.Groups) > MaxMemberships {
		return core.NewFault(core.TooLarge, core.FieldGroup, "the follower is in too many groups")
	}
	for _, group := range u.Groups {
		if group == GroupAll || checkID(core.FieldGroup, group) != nil {
			return core.NewFault(core.Invalid, core.FieldGroup, "a follower cannot be in that group")
		}
	}
	if err := checkTime(u.SubscribeTime); err != nil {
		return err
	}
	return checkProfile(&u.Profile)
}

// apply returns the follower as it is after the update.
func (u *FollowerUpdate) apply(old *Follower, now int64) *Follower {
	next := Follower{OpenID: u.OpenID, Ungrouped: true}
	if old != nil {
		next = *old
	}
	next.Profile, next.Seen = u.Profile, now
	switch {
	case !u.Subscribed && next.Subscribed:
		next.leave(now)
	case u.Subscribed && !next.Subscribed && old != nil:
		next.comeBack()
	}
	next.Subscribed = u.Subscribed
	if u.Subscribed {
		next.SubscribeTime, next.UnsubscribeTime = u.SubscribeTime, 0
	}
	if u.Groups != nil && u.Subscribed {
		next.place(u.Groups, now)
	}
	return &next
}

// place puts a follower into exactly the given groups. It keeps the time of joining where the follower is already.
func (f *Follower) place(groups []string, now int64) {
	old := f.Groups
	f.Groups, f.Blocked = nil, slices.Contains(groups, GroupBlocked)
	for _, group := range groups {
		if group == GroupUngrouped || group == GroupBlocked || f.member(group) >= 0 {
			continue
		}
		joined := Membership{group, now}
		if i := slices.IndexFunc(old, func(m Membership) bool { return m.Group == group }); i >= 0 {
			joined = old[i]
		}
		f.Groups = append(f.Groups, joined)
	}
	f.Ungrouped = len(f.Groups) == 0 && !f.Blocked
}

// member returns the index of the follower's membership in a group, or -1.
func (f *Follower) member(group string) int {
	return slices.IndexFunc(f.Groups, func(m Membership) bool { return m.Group == group })
}

// leave takes a follower out of all groups.
func (f *Follower) leave(at int64) {
	f.Subscribed, f.UnsubscribeTime, f.Groups = false, at, nil
}

// comeBack makes a returning follower ungrouped; one that was blocked remains it.
func (f *Follower) comeBack() {
	f.Subscribed, f.UnsubscribeTime, f.Ungrouped, f.Groups = true, 0, true, nil
}
