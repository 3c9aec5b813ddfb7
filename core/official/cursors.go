package official

import (
	"context"

	"parley/storage"
)

const (
	maxCursorName = 100
	maxCursor     = 1024
)

// Cursor returns what SetCursor has stored under a name, empty at first.
func (s *Service) Cursor(ctx context.Context, account, name string) (position string, err error) {
	a, err := s.account(account)
	if err != nil {
		return "", err
	}
	if err := checkBytes(FieldCursor, name, 1, maxCursorName); err != nil {
		return "", err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		p, err := load[string](r, idKey(a.number, tableCursors, name))
		if p != nil {
			position = *p
		}
		return err
	})
	return position, err
}

// SetCursor stores a position of at most 1024 bytes of UTF-8 under a name of at most 100 bytes.
func (s *Service) SetCursor(ctx context.Context, account, name, position string) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	if err := checkBytes(FieldCursor, name, 1, maxCursorName); err != nil {
		return err
	}
	if err := checkBytes(FieldCursor, position, 0, maxCursor); err != nil {
		return err
	}
	if err := checkText(FieldCursor, position, 0, maxCursor); err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error { return save(c, idKey(a.number, tableCursors, name), position) })
}
