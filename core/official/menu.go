package official

import (
	"cmp"
	"context"
	"slices"

	"parley/core"
	"parley/storage"
)

// menuState is the menu of an account inside a transaction.
type menuState struct {
	tx      *change
	account uint32
	buttons []*Button // without children
}

// readButtons returns all buttons of an account.
func readButtons(r storage.Reader, account uint32) (all []*Button, err error) {
	var failed error
	err = r.Scan(storage.Prefix(tableKey(account, tableButtons)), func(_, value []byte) bool {
		b, err := decode[Button](value)
		if err != nil {
			failed = err
			return false
		}
		all = append(all, b)
		return true
	})
	if failed != nil {
		err = failed
	}
	slices.SortFunc(all, func(a, b *Button) int { return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.ID, b.ID)) })
	return all, err
}

// find returns a button, or nil.
func (m *menuState) find(id string) *Button {
	for _, b := range m.buttons {
		if b.ID == id {
			return b
		}
	}
	return nil
}

// under returns the buttons of a parent in order.
func under(all []*Button, parent string) (buttons []*Button) {
	for _, b := range all {
		if b.Parent == parent {
			buttons = append(buttons, b)
		}
	}
	return buttons
}

func (m *menuState) save(b *Button) error { return save(m.tx, idKey(m.account, tableButtons, b.ID), b) }

func (m *menuState) delete(b *Button) error { return m.tx.Delete(idKey(m.account, tableButtons, b.ID)) }

// changeMenu runs fn on the menu.
func (s *Service) changeMenu(ctx context.Context, account string, fn func(m *menuState) error) error {
	a, err := s.account(account)
	if err != nil {
		return err
	}
	return s.update(ctx, a, func(c *change) error {
		// Scanning the buttons does not make the transaction conflict with one that adds another; this row does.
		key := tableKey(a.number, tableMenu)
		changes, err := c.Get(key)
		if err != nil {
			return err
		}
		n, err := decodeNumber(changes)
		if err != nil {
			return err
		}
		if err := c.Set(key, encodeNumber(n+1)); err != nil {
			return err
		}
		m := &menuState{tx: c, account: a.number}
		if m.buttons, err = readButtons(c, a.number); err != nil {
			return err
		}
		return fn(m)
	})
}

// changeButton stores a button as modify leaves it.
func (s *Service) changeButton(ctx context.Context, account, id string, modify func(m *menuState, b *Button) error) error {
	return s.changeMenu(ctx, account, func(m *menuState) error {
		b := m.find(id)
		if b == nil {
			return notFound(FieldButton)
		}
		if err := modify(m, b); err != nil {
			return err
		}
		return m.save(b)
	})
}

// Menu returns the buttons at the top, in order, with their children.
func (s *Service) Menu(ctx context.Context, account string) ([]*Button, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	var all []*Button
	err = s.view(ctx, func(r storage.Reader) error {
		all, err = readButtons(r, a.number)
		return err
	})
	if err != nil {
		return nil, err
	}
	top := under(all, TopButton)
	for _, b := range top {
		b.Children = under(all, b.ID)
	}
	return top, nil
}

// ButtonByKeycode returns a button, without its children.
func (s *Service) ButtonByKeycode(ctx context.Context, account, keycode string) (*Button, error) {
	a, err := s.account(account)
	if err != nil {
		return nil, err
	}
	var all []*Button
	err = s.view(ctx, func(r storage.Reader) error {
		all, err = readButtons(r, a.number)
		return err
	})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(b *Button) bool { return b.Keycode == keycode && keycode != "" })
	if i < 0 {
		return nil, core.NewFault(core.NotFound, FieldKeycode, "no button has this keycode")
	}
	return all[i], nil
}
