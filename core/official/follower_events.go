package official

import (
	"context"

	"parley/storage"
)

// Subscribe notes that somebody has begun to follow: a new or returning follower becomes ungrouped, of one who has never
// left only the profile changes. With a nil profile that stays as it is.
func (s *Service) Subscribe(ctx context.Context, account, openID string, at int64, p *Profile) (*Follower, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	u := FollowerUpdate{OpenID: openID, SubscribeTime: at}
	if p != nil {
		u.Profile = *p
	}
	if err := checkUpdate(&u); err != nil {
		return nil, err
	}
	now := s.now()
	var stored *Follower
	err = s.changeFollowers(ctx, a, []string{openID}, nil, func(_ int, old *Follower) (*Follower, error) {
		next := Follower{OpenID: openID}
		if old != nil {
			next = *old
		}
		if !next.Subscribed {
			next.comeBack()
			next.SubscribeTime = at
		}
		if p != nil {
			next.Profile = *p
		}
		next.Seen = now
		stored = &next
		return &next, nil
	})
	return stored, err
}

// Unsubscribe notes that a follower has left, which takes it out of all groups. With forget the profile is blanked, too.
// An unknown follower is not an error.
func (s *Service) Unsubscribe(ctx context.Context, account, openID string, at int64, forget bool) error {
	a, err := s.account(account)
	if err != nil || len(openID) == 0 || len(openID) > maxOpenID {
		return err
	}
	if err := checkTime(at); err != nil {
		return err
	}
	now := s.now()
	return s.changeFollowers(ctx, a, []string{openID}, nil, func(_ int, old *Follower) (*Follower, error) {
		if old == nil {
			return nil, nil
		}
		next := *old
		if next.Subscribed {
			next.leave(at)
		}
		if forget {
			next.Profile = Profile{}
		}
		next.Seen = now
		return &next, nil
	})
}

// UnsubscribeUnseen unsubscribes all subscribed followers that were last seen before a time, as an import does with those
// that it has not found; it returns how many.
func (s *Service) UnsubscribeUnseen(ctx context.Context, account string, before int64) (int, error) {
	a, err := s.account(account)
	if err != nil {
		return 0, err
	}
	now, count := s.now(), 0
	prefix := tableKey(a.number, tableFollowers)
	for from := prefix; from != nil; {
		var unseen []string
		var next []byte
		err := s.view(ctx, func(r storage.Reader) (err error) {
			unseen, next, err = unseenFollowers(r, from, storage.After(prefix), before)
			return err
		})
		if err != nil {
			return count, err
		}
		left := make([]bool, len(unseen))
		err = s.changeFollowers(ctx, a, unseen, nil, func(i int, old *Follower) (*Follower, error) {
			if left[i] = old != nil && old.Subscribed && old.Seen < before; !left[i] {
				return nil, nil
			}
			f := *old
			f.leave(now)
			return &f, nil
		})
		if err != nil {
			return count, err
		}
		for _, gone := range left {
			if gone {
				count++
			}
		}
		from = next
	}
	return count, nil
}

// unseenFollowers looks through MaxPage followers for subscribed ones that were last seen before a time, and returns where
// the next portion begins, nil after the last.
func unseenFollowers(r storage.Reader, from, to []byte, before int64) (openIDs []string, next []byte, err error) {
	var failed error
	err = r.Scan(storage.Range{From: from, To: to, Limit: MaxPage}, func(key, value []byte) bool {
		f, err := decode[Follower](value)
		if err != nil {
			failed = err
			return false
		}
		if f.Subscribed && f.Seen < before {
			openIDs = append(openIDs, f.OpenID)
		}
		if next == nil {
			next = []byte{}
		}
		next = append(append(next[:0], key...), 0)
		return true
	})
	if failed != nil {
		err = failed
	}
	return openIDs, next, err
}
