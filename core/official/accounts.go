package official

import (
	"context"
	"encoding/json"

	"parley/core"
	"parley/storage"
)

// loadAccounts reads all accounts into memory.
func (s *Service) loadAccounts(ctx context.Context) error {
	var rows []*Account
	err := s.view(ctx, func(r storage.Reader) error {
		var failed error
		err := r.Scan(storage.Prefix(tableKey(0, tableAccounts)), func(key, value []byte) bool {
			number, err := parseAccountNumber(key)
			if err == nil && number != uint32(len(rows)+1) {
				err = corrupt(key)
			}
			var row *Account
			if err == nil {
				row, err = decode[Account](value)
			}
			rows, failed = append(rows, row), err
			return err == nil
		})
		if failed != nil {
			return failed
		}
		return err
	})
	if err != nil {
		return err
	}
	for i, row := range rows {
		s.remember(uint32(i+1), row)
	}
	return nil
}

// remember adds the account with the next number, or replaces the row of one that is known.
func (s *Service) remember(number uint32, row *Account) {
	s.known.Lock()
	defer s.known.Unlock()
	if int(number) <= len(s.accounts) {
		s.accounts[number-1].row.Store(row)
		return
	}
	a := &accountState{number: number}
	a.row.Store(row)
	s.accounts = append(s.accounts, a)
	s.byID[row.ID] = a
}

// Bind returns the account with an original ID of 1 to 100 characters, making it if there is none.
func (s *Service) Bind(ctx context.Context, originalID string) (*Account, error) {
	if err := checkText(FieldOriginal, originalID, 1, maxName); err != nil {
		return nil, err
	}
	s.binding.Lock()
	defer s.binding.Unlock()
	for {
		if s.shared {
			if err := s.loadAccounts(ctx); err != nil {
				return nil, err
			}
		}
		row, err := s.newAccount(originalID)
		if err != nil {
			return nil, err
		}
		number := uint32(len(s.all()) + 1)
		var existing uint32
		var unknown *Account
		err = s.commit(ctx, func(c *change) (err error) {
			existing, unknown, err = bind(c, number, row)
			return err
		})
		switch {
		case err != nil:
			return nil, err
		case unknown != nil:
			s.remember(number, unknown)
		case existing != 0:
			return s.all()[existing-1].row.Load(), nil
		default:
			s.remember(number, row)
			return row, nil
		}
	}
}

func (s *Service) newAccount(originalID string) (row *Account, err error) {
	row = &Account{OriginalID: originalID, Created: s.now()}
	if row.ID, err = s.newID(); err != nil {
		return nil, err
	}
	row.Token, err = s.newToken()
	return row, err
}

// bind stores an account under the next number, unless there is one with its original ID, or one with the number: that
// has been stored by a transaction which seemed to fail.
func bind(c *change, number uint32, row *Account) (existing uint32, unknown *Account, err error) {
	if unknown, err = load[Account](c, accountKey(number)); err != nil || unknown != nil {
		return 0, unknown, err
	}
	key := idKey(0, tableOriginals, row.OriginalID)
	old, err := c.Get(key)
	if err != nil {
		return 0, nil, err
	}
	if old != nil {
		n, err := decodeNumber(old)
		return uint32(n), nil, err
	}
	if err := c.Set(key, encodeNumber(uint64(number))); err != nil {
		return 0, nil, err
	}
	return 0, nil, save(c, accountKey(number), row)
}

// Account returns an account.
func (s *Service) Account(_ context.Context, id string) (*Account, error) {
	a, err := s.account(id)
	if err != nil {
		return nil, err
	}
	return a.row.Load(), nil
}

// Accounts returns all accounts in the order of their creation.
func (s *Service) Accounts(ctx context.Context) ([]*Account, error) {
	if s.shared {
		if err := s.loadAccounts(ctx); err != nil {
			return nil, err
		}
	}
	all := s.all()
	rows := make([]*Account, len(all))
	for i, a := range all {
		rows[i] = a.row.Load()
	}
	return rows, nil
}

// changeAccount stores an account as modify leaves it, together with what more writes.
func (s *Service) changeAccount(ctx context.Context, id string, modify func(*Account), more func(c *change, a *accountState) error) error {
	a, err := s.account(id)
	if err != nil {
		return err
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	var next Account
	err = s.commit(ctx, func(c *change) error {
		row, err := load[Account](c, accountKey(a.number))
		if err != nil {
			return err
		}
		if row == nil {
			return corrupt(accountKey(a.number))
		}
		next = *row
		modify(&next)
		if more != nil {
			if err := more(c, a); err != nil {
				return err
			}
		}
		return save(c, accountKey(a.number), &next)
	})
	if err == nil {
		a.row.Store(&next)
	}
	return err
}

// SetFollowersFetched stores whether the followers have been imported.
func (s *Service) SetFollowersFetched(ctx context.Context, account string, fetched bool) error {
	return s.changeAccount(ctx, account, func(a *Account) { a.FollowersFetched = fetched }, nil)
}

// SetMenuFetched stores whether the menu has been imported.
func (s *Service) SetMenuFetched(ctx context.Context, account string, fetched bool) error {
	return s.changeAccount(ctx, account, func(a *Account) { a.MenuFetched = fetched }, nil)
}

func noKey() error {
	return core.NewFault(core.Unavailable, FieldCredentials,
		"no key is configured with which credentials are sealed; set one and try again")
}

// SetCredentials seals and stores credentials. Without Options.Key the fault is Unavailable.
func (s *Service) SetCredentials(ctx context.Context, account string, c Credentials) error {
	if err := checkTexts(
		textCheck{FieldCredentials, c.AppID, 1, maxName},
		textCheck{FieldCredentials, c.Secret, 1, maxName},
		textCheck{FieldCredentials, c.EncodingKey, 0, maxName},
	); err != nil {
		return err
	}
	if s.sealer == nil {
		return noKey()
	}
	plain, err := json.Marshal(c)
	if err != nil {
		return core.AsFault(err)
	}
	nonce := make([]byte, s.sealer.aead.NonceSize())
	if err := s.readRandom(nonce); err != nil {
		return err
	}
	return s.changeAccount(ctx, account, func(a *Account) { a.HasCredentials = true }, func(tx *change, a *accountState) error {
		return save(tx, tableKey(a.number, tableCredentials), s.sealer.seal(nonce, plain, account))
	})
}

// Credentials returns the account's credentials: NotFound with FieldCredentials if it has none, Unavailable if they were
// sealed with a key that this service does not have.
func (s *Service) Credentials(ctx context.Context, account string) (c Credentials, err error) {
	a, err := s.account(account)
	if err != nil {
		return c, err
	}
	var row *sealed
	err = s.view(ctx, func(r storage.Reader) (err error) {
		row, err = load[sealed](r, tableKey(a.number, tableCredentials))
		return err
	})
	switch {
	case err != nil:
		return c, err
	case row == nil:
		return c, core.NewFault(core.NotFound, FieldCredentials, "the account has no credentials yet")
	case s.sealer == nil:
		return c, noKey()
	}
	plain, err := s.sealer.open(row, account)
	if err != nil {
		return c, fault(err)
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, core.AsFault(err)
	}
	return c, nil
}
