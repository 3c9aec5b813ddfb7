package official

import (
	"context"

	"parley/storage"
)

// CreateText stores a text of 1 to 1000 characters and returns its ID.
func (s *Service) CreateText(ctx context.Context, account, content string) (string, error) {
	a, err := s.account(account)
	if err != nil {
		return "", err
	}
	if err := checkText(FieldText, content, 1, 1000); err != nil {
		return "", err
	}
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	text := Text{ID: id, Content: content, Created: s.now()}
	return id, s.update(ctx, a, func(c *change) error { return save(c, idKey(a.number, tableTexts, id), text) })
}

// Text returns a text.
func (s *Service) Text(ctx context.Context, account, id string) (text *Text, err error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	if err := checkID(FieldText, id); err != nil {
		return nil, err
	}
	err = s.view(ctx, func(r storage.Reader) error {
		text, err = load[Text](r, idKey(a.number, tableTexts, id))
		if err == nil && text == nil {
			err = notFound(FieldText)
		}
		return err
	})
	return text, err
}
