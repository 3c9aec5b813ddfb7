package official

import (
	"context"

	"parley/core"
)

const (
	maxKeycode  = 500
	maxSequence = 1 << 30
)

func checkButton(name string, sequence int) error {
	if sequence < -maxSequence || sequence > maxSequence {
		return core.NewFault(core.Invalid, FieldSequence, "the sequence is too large")
	}
	return checkText(FieldName, name, 1, maxName)
}

// CreateButton adds a button under TopButton or a button at the top, and returns its ID. Its neighbours stay as they are.
// Beyond MaxButtons the fault is Limited.
func (s *Service) CreateButton(ctx context.Context, account, parent, name string, sequence int) (string, error) {
	if err := checkButton(name, sequence); err != nil {
		return "", err
	}
	id, err := s.newID()
	if err != nil {
		return "", err
	}
	return id, s.changeMenu(ctx, account, func(m *menuState) error {
		if len(m.buttons) >= MaxButtons {
			return core.NewFault(core.Limited, FieldButton, "the menu has as many buttons as it can")
		}
		if parent != TopButton {
			above := m.find(parent)
			if above == nil {
				return notFound(FieldParent)
			}
			if above.Parent != TopButton {
				return core.NewFault(core.Invalid, FieldParent, "the parent is not at the top of the menu")
			}
		}
		return m.save(&Button{ID: id, Parent: parent, Name: name, Sequence: sequence})
	})
}

// UpdateButton renames and moves a button; the neighbour that had the new sequence gets the old one.
func (s *Service) UpdateButton(ctx context.Context, account, id, name string, sequence int) error {
	if err := checkButton(name, sequence); err != nil {
		return err
	}
	return s.changeButton(ctx, account, id, func(m *menuState, b *Button) error {
		if sequence != b.Sequence {
			for _, other := range under(m.buttons, b.Parent) {
				if other.Sequence != sequence {
					continue
				}
				other.Sequence = b.Sequence
				if err := m.save(other); err != nil {
					return err
				}
				break
			}
		}
		b.Name, b.Sequence = name, sequence
		return nil
	})
}

// DeleteButton deletes a button with its children; its neighbours are numbered anew from 1.
func (s *Service) DeleteButton(ctx context.Context, account, id string) error {
	return s.changeMenu(ctx, account, func(m *menuState) error {
		b := m.find(id)
		if b == nil {
			return notFound(FieldButton)
		}
		for _, gone := range append(under(m.buttons, id), b) {
			if err := m.delete(gone); err != nil {
				return err
			}
		}
		next := 1
		for _, other := range under(m.buttons, b.Parent) {
			if other == b {
				continue
			}
			if other.Sequence != next {
				other.Sequence = next
				if err := m.save(other); err != nil {
					return err
				}
			}
			next++
		}
		return nil
	})
}

// BindButton makes a button answer with r, under a new keycode.
func (s *Service) BindButton(ctx context.Context, account, id string, r Reply) error {
	if err := checkReply(r); err != nil {
		return err
	}
	keycode, err := s.newKeycode()
	if err != nil {
		return err
	}
	return s.changeButton(ctx, account, id, func(_ *menuState, b *Button) error {
		b.Type, b.Keycode, b.URL, b.Reply = ButtonClick, keycode, "", r
		return nil
	})
}

// LinkButton makes a button open a URL of 1 to 2000 characters.
func (s *Service) LinkButton(ctx context.Context, account, id, url string) error {
	if err := checkText(FieldURL, url, 1, maxURL); err != nil {
		return err
	}
	return s.changeButton(ctx, account, id, func(_ *menuState, b *Button) error {
		b.Type, b.Keycode, b.URL, b.Reply = ButtonView, "", url, Reply{}
		return nil
	})
}

// UnbindButton takes a button's reply or URL away.
func (s *Service) UnbindButton(ctx context.Context, account, id string) error {
	return s.changeButton(ctx, account, id, func(_ *menuState, b *Button) error {
		b.Type, b.Keycode, b.URL, b.Reply = "", "", "", Reply{}
		return nil
	})
}

// ReplaceMenu puts an imported menu of two levels in the place of everything that is there.
func (s *Service) ReplaceMenu(ctx context.Context, account string, top []ButtonInput) error {
	buttons, err := s.plant(TopButton, top)
	if err != nil {
		return err
	}
	if len(buttons) > MaxButtons {
		return core.NewFault(core.Limited, FieldButton, "the menu has too many buttons")
	}
	return s.changeMenu(ctx, account, func(m *menuState) error {
		for _, old := range m.buttons {
			if err := m.delete(old); err != nil {
				return err
			}
		}
		for _, b := range buttons {
			if err := m.save(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// plant makes the buttons of an imported menu under a parent.
func (s *Service) plant(parent string, inputs []ButtonInput) (buttons []*Button, err error) {
	for i, in := range inputs {
		if in.Type != "" && in.Type != ButtonClick && in.Type != ButtonView {
			return nil, core.NewFault(core.Invalid, FieldKind, "there is no such type of button")
		}
		if parent != TopButton && len(in.Children) > 0 {
			return nil, core.NewFault(core.Invalid, FieldParent, "the menu has more than two levels")
		}
		if err := checkTexts(
			textCheck{FieldName, in.Name, 1, maxName},
			textCheck{FieldKeycode, in.Keycode, 0, maxKeycode},
			textCheck{FieldURL, in.URL, 0, maxURL},
		); err != nil {
			return nil, err
		}
		id, err := s.newID()
		if err != nil {
			return nil, err
		}
		buttons = append(buttons, &Button{
			ID: id, Parent: parent, Name: in.Name, Type: in.Type, Keycode: in.Keycode, URL: in.URL, Sequence: i + 1,
		})
		children, err := s.plant(id, in.Children)
		if err != nil {
			return nil, err
		}
		buttons = append(buttons, children...)
	}
	return buttons, nil
}
