package official

import (
	"context"
	"time"
)

// leaseRecord says who may do what only one at a time may.
type leaseRecord struct {
	Owner string
	Until int64
}

const maxLeaseName = 100

// Hold gives owner, for a while, what only one of those who share the store may do at a time, or keeps it for it; false
// if somebody else has it. Where this process is alone it has everything.
func (s *Service) Hold(ctx context.Context, name, owner string, lease time.Duration) (held bool, err error) {
	if err := checkBytes(FieldKind, name, 1, maxLeaseName); err != nil {
		return false, err
	}
	if err := checkOwner(owner, lease); err != nil {
		return false, err
	}
	if !s.shared {
		return true, nil
	}
	err = s.commit(ctx, func(c *change) error {
		now := s.now()
		key := idKey(0, tableLeases, name)
		old, err := load[leaseRecord](c, key)
		if err != nil {
			return err
		}
		if held = old == nil || old.Owner == owner || old.Until <= now; !held {
			return nil
		}
		return save(c, key, leaseRecord{owner, now + lease.Milliseconds()})
	})
	return held && err == nil, err
}

// Release ends what Hold has given to owner.
func (s *Service) Release(ctx context.Context, name, owner string) error {
	if !s.shared {
		return nil
	}
	return s.commit(ctx, func(c *change) error {
		key := idKey(0, tableLeases, name)
		old, err := load[leaseRecord](c, key)
		if err != nil || old == nil || old.Owner != owner {
			return err
		}
		return c.Delete(key)
	})
}
