package official

import (
	"context"
	"time"

	"parley/storage"
)

// uploadAge is how long the platform keeps an upload.
const uploadAge = 3 * 24 * time.Hour

const (
	maxUploadType = 40
	maxUploadID   = 512
)

// uploadRecord is an upload in the store.
type uploadRecord struct {
	ID      string
	Version uint64
	Created int64
}

func checkUpstream(key UpstreamKey) error {
	if err := checkID(FieldMedia, key.Material); err != nil {
		return err
	}
	return checkBytes(FieldKind, key.Type, 1, maxUploadType)
}

// UpstreamMedia returns the platform's ID of an upload that is younger than three days; false if there is none.
func (s *Service) UpstreamMedia(ctx context.Context, account string, key UpstreamKey) (mediaID string, ok bool, err error) {
	a, err := s.account(account)
	if err != nil {
		return "", false, err
	}
	if err := checkUpstream(key); err != nil {
		return "", false, err
	}
	var u *uploadRecord
	err = s.view(ctx, func(r storage.Reader) (err error) {
		u, err = load[uploadRecord](r, upstreamKey(a.number, key))
		return err
	})
	if err != nil || u == nil || u.Version != key.Version || s.now()-u.Created >= uploadAge.Milliseconds() {
		return "", false, err
	}
	return u.ID, true, nil
}

// RememberUpstreamMedia stores the platform's ID, of at most 512 bytes, of an upload made at a time.
func (s *Service) RememberUpstreamMedia(ctx context.Context, account string, key UpstreamKey, mediaID string, created int64) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkUpstream(key); err != nil {
		return err
	}
	if err := checkBytes(FieldMedia, mediaID, 1, maxUploadID); err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		return save(c, upstreamKey(a.number, key), uploadRecord{mediaID, key.Version, created})
	})
}

// ForgetUpstreamMedia forgets an upload that the platform does not know any more.
func (s *Service) ForgetUpstreamMedia(ctx context.Context, account string, key UpstreamKey) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkUpstream(key); err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error { return c.Delete(upstreamKey(a.number, key)) })
}

// forgetUploads forgets all uploads of a material. One that is remembered later is of an earlier version, and not found.
func (c *change) forgetUploads(account uint32, material string) error {
	keys, err := firstKeys(c, upstreamPrefix(account, material), 100)
	for _, key := range keys {
		if err == nil {
			err = c.Delete(key)
		}
	}
	return err
}
