package official

import (
	"context"
	"io"
)

// changeMedia stores a medium as modify leaves it.
func (s *Service) changeMedia(ctx context.Context, account, id string, modify func(c *change, number uint32, m *mediaRecord) error) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		m, err := readMedia(c, a.number, id)
		if err != nil {
			return err
		}
		if err := modify(c, a.number, m); err != nil {
			return err
		}
		return save(c, idKey(a.number, tableMedia, id), m)
	})
}

// RenameMedia changes the name.
func (s *Service) RenameMedia(ctx context.Context, account, id, name string) error {
	if err := checkText(FieldName, name, 1, maxName); err != nil {
		return err
	}
	return s.changeMedia(ctx, account, id, func(_ *change, _ uint32, m *mediaRecord) error {
		m.Name = name
		return nil
	})
}

// DescribeMedia changes title and description.
func (s *Service) DescribeMedia(ctx context.Context, account, id, title, description string) error {
	if err := checkTexts(
		textCheck{FieldTitle, title, 0, maxName},
		textCheck{FieldDescription, description, 0, maxDescription},
	); err != nil {
		return err
	}
	return s.changeMedia(ctx, account, id, func(_ *change, _ uint32, m *mediaRecord) error {
		m.Title, m.Description = title, description
		return nil
	})
}

// ReplaceMedia replaces the content as CreateMedia stores it, and forgets its uploads.
func (s *Service) ReplaceMedia(ctx context.Context, account, id string, r io.Reader, limit int64) (*Media, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if _, err := s.Media(ctx, account, id); err != nil {
		return nil, err // before anything is read from r
	}
	blob, err := s.writeBlob(ctx, a, FieldMedia, r, limit)
	if err != nil {
		return nil, err
	}
	var next *mediaRecord
	var old blobRef
	err = s.changeMedia(ctx, account, id, func(c *change, number uint32, m *mediaRecord) error {
		old, next = m.Blob, m
		m.Blob, m.Size = blob, blob.Size
		m.Version++
		if err := c.adopt(number, blob); err != nil {
			return err
		}
		if err := c.disown(number, old); err != nil {
			return err
		}
		return c.forgetUploads(number, id)
	})
	if err != nil {
		return nil, err // the new blob stays loose, or the row refers to it
	}
	s.discard(ctx, a, old.ID)
	return next.media(), nil
}

// DeleteMedia takes a medium out of its list. Deleting it again is not an error.
func (s *Service) DeleteMedia(ctx context.Context, account, id string) error {
	return s.changeMedia(ctx, account, id, func(c *change, number uint32, m *mediaRecord) error {
		m.Deleted = true
		return c.remove(mediaList(number, m.Kind), m.Place.newest(id))
	})
}
