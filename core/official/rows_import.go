package official

import (
	"context"
	"encoding/json"
	"slices"

	"parley/core"
	"parley/storage"
)

// ImportRow takes over a row that ExportRows gave: its kind, its JSON, and of a medium its content, which is the
// service's from then on. The account is named by its original ID and has to be there, unless the row makes it. A row
// that is there already, under the same ID, stays as it is: stored is false then. IDs, times and places are kept.
func (s *Service) ImportRow(ctx context.Context, originalID string, kind RowKind, value []byte, content *Upload) (stored bool, err error) {
	if kind == RowAccount {
		return s.importAccount(ctx, originalID, value)
	}
	a, err := s.accountOf(originalID)
	if err != nil {
		return false, err
	}
	i := rowImport{service: s, account: a}
	switch kind {
	case RowGroup:
		return importAs(ctx, value, i.group)
	case RowFollower:
		return importAs(ctx, value, i.follower)
	case RowText:
		return importAs(ctx, value, i.text)
	case RowMedia:
		return importAs(ctx, value, func(ctx context.Context, r *MediaRow) (bool, error) { return i.media(ctx, r, content) })
	case RowArticle:
		return importAs(ctx, value, i.article)
	case RowNews:
		return importAs(ctx, value, i.news)
	case RowRule:
		return importAs(ctx, value, i.rule)
	case RowButton:
		return importAs(ctx, value, i.button)
	case RowInbound:
		return importAs(ctx, value, i.inbound)
	case RowMassSend:
		return importAs(ctx, value, i.massSend)
	case RowCursor:
		return importAs(ctx, value, i.cursor)
	case RowAccount:
	}
	return false, core.NewFault(core.Unsupported, FieldKind, "this version knows no rows of the kind "+string(kind))
}

// importAs reads a row and imports it.
func importAs[T any](ctx context.Context, value []byte, take func(context.Context, *T) (bool, error)) (bool, error) {
	row := new(T)
	if err := json.Unmarshal(value, row); err != nil {
		return false, core.NewFault(core.Invalid, FieldKind, "the row cannot be read: "+err.Error())
	}
	return take(ctx, row)
}

// accountOf returns the account with an original ID.
func (s *Service) accountOf(originalID string) (*accountState, error) {
	for _, a := range s.all() {
		if a.row.Load().OriginalID == originalID {
			return a, nil
		}
	}
	return nil, core.NewFault(core.NotFound, FieldAccount, "there is no account "+originalID)
}

// importAccount binds an account under the ID that it had, if that is free.
func (s *Service) importAccount(ctx context.Context, originalID string, value []byte) (bool, error) {
	if _, err := s.accountOf(originalID); err == nil {
		return false, nil
	}
	var r AccountRow
	if err := json.Unmarshal(value, &r); err != nil {
		return false, core.NewFault(core.Invalid, FieldKind, "the row cannot be read: "+err.Error())
	}
	if err := checkTexts(textCheck{FieldOriginal, originalID, 1, maxName}, textCheck{FieldAccount, r.Token, 0, maxName}); err != nil {
		return false, err
	}
	if c := r.Credentials; c != nil && len(c.KeyID)+len(c.Nonce)+len(c.Box) > 4096 {
		return false, core.NewFault(core.TooLarge, FieldCredentials, "the credentials are too long")
	}
	bound, err := s.Bind(ctx, originalID)
	if err != nil {
		return false, err
	}
	a, err := s.account(bound.ID)
	if err != nil {
		return false, err
	}
	return true, s.adoptAccount(ctx, a, &r)
}

// adoptAccount gives a new account what is known of it.
func (s *Service) adoptAccount(ctx context.Context, a *accountState, r *AccountRow) error {
	s.binding.Lock()
	defer s.binding.Unlock()
	old := a.row.Load()
	next := *old
	next.Created, next.FollowersFetched, next.MenuFetched = max(r.Created, 0), r.FollowersFetched, r.MenuFetched
	if r.Token != "" {
		next.Token = r.Token
	}
	s.known.RLock()
	free := isID(r.ID) && s.byID[r.ID] == nil
	s.known.RUnlock()
	if free {
		next.ID = r.ID
	}
	if next.HasCredentials = r.Credentials != nil && next.ID == r.ID; next.HasCredentials {
		box := sealed{r.Credentials.KeyID, r.Credentials.Nonce, r.Credentials.Box}
		if err := s.commit(ctx, func(c *change) error { return save(c, tableKey(a.number, tableCredentials), box) }); err != nil {
			return err
		}
	}
	if err := s.commit(ctx, func(c *change) error { return save(c, accountKey(a.number), &next) }); err != nil {
		return err
	}
	s.known.Lock()
	defer s.known.Unlock()
	a.row.Store(&next)
	delete(s.byID, old.ID)
	s.byID[next.ID] = a
	return nil
}

// isID tells whether an account can have an ID.
func isID(id string) bool {
	return len(id) == 32 && !slices.ContainsFunc([]byte(id), func(c byte) bool { return (c < '0' || c > '9') && (c < 'a' || c > 'f') })
}

// rowImport takes over the rows of one account.
type rowImport struct {
	service *Service
	account *accountState
}

// put stores a row unless there is one under its key.
func (i *rowImport) put(ctx context.Context, key []byte, write func(c *change) error) (stored bool, err error) {
	err = i.service.changeRules(ctx, i.account, func(c *change) error {
		old, err := c.Get(key)
		if stored = err == nil && old == nil; !stored {
			return err
		}
		return write(c)
	})
	return stored && err == nil, err
}

// checkRowID refuses an ID that no row is made with.
func checkRowID(field core.Field, id string) error { return checkText(field, id, 1, maxID) }

func (i *rowImport) group(ctx context.Context, r *GroupRow) (bool, error) {
	if err := checkTexts(textCheck{core.FieldGroup, r.ID, 1, maxID}, textCheck{FieldName, r.Name, 0, maxName}); err != nil {
		return false, err
	}
	if r.ID == GroupAll || isSpecial(r.ID) {
		return false, core.NewFault(core.Invalid, core.FieldGroup, "the group is there without being created")
	}
	key := groupKey(i.account.number, r.ID)
	return i.put(ctx, key, func(c *change) error {
		if err := checkRoomForGroups(c, i.account.number, 1); err != nil {
			return err
		}
		return save(c, key, groupRecord{Name: r.Name, Place: r.Place.place(0)})
	})
}

func (i *rowImport) follower(ctx context.Context, r *FollowerRow) (stored bool, err error) {
	f := &Follower{
		OpenID: r.OpenID, Subscribed: r.Subscribed, SubscribeTime: r.SubscribeTime, UnsubscribeTime: r.UnsubscribeTime,
		Ungrouped: r.Ungrouped, Blocked: r.Blocked, Seen: r.Seen,
		Profile: Profile{
			Nickname: r.Nickname, Country: r.Country, Province: r.Province, City: r.City, Language: r.Language,
			UnionID: r.UnionID, Remark: r.Remark, Avatar: r.Avatar, Gender: r.Gender,
		},
	}
	check := FollowerUpdate{OpenID: r.OpenID, Profile: f.Profile, SubscribeTime: r.SubscribeTime}
	for _, m := range r.Groups {
		check.Groups = append(check.Groups, m.Group)
		f.Groups = append(f.Groups, Membership(m))
		if err := checkTime(m.Joined); err != nil {
			return false, err
		}
	}
	if err := checkUpdate(&check); err != nil {
		return false, err
	}
	if err := checkTime(min(r.UnsubscribeTime, r.Seen)); err != nil {
		return false, err
	}
	err = i.service.changeFollowers(ctx, i.account, []string{r.OpenID}, nil, func(_ int, old *Follower) (*Follower, error) {
		if stored = old == nil; !stored {
			return nil, nil
		}
		return f, nil
	})
	return stored && err == nil, err
}

func (i *rowImport) inbound(ctx context.Context, r *InboundRow) (bool, error) {
	m := r.record()
	if err := checkInbound(&m.Inbound); err != nil {
		return false, err
	}
	if m.Kind == InboundEvent {
		return false, core.NewFault(core.Invalid, FieldKind, "events are not imported")
	}
	return i.put(ctx, idKey(i.account.number, tableInbound, m.ID), func(c *change) error { return c.addInbound(i.account.number, m) })
}

func (i *rowImport) massSend(ctx context.Context, r *MassSendRow) (bool, error) {
	if err := checkTexts(
		textCheck{FieldMassSend, r.ID, 1, maxID}, textCheck{core.FieldGroup, r.Group, 1, maxID},
		textCheck{FieldKind, r.Type, 1, maxID}, textCheck{core.FieldMessage, r.Material, 1, maxID},
	); err != nil {
		return false, err
	}
	for k := range r.Chunks {
		c := &r.Chunks[k]
		if c.State == ChunkPending {
			return false, core.NewFault(core.Invalid, FieldChunk, "a mass send that goes on cannot be imported")
		}
		if err := checkResult(&ChunkResult{c.State, c.MessageID, c.Code, c.Note}); err != nil {
			return false, err
		}
		if f := c.Finish; f != nil {
			if err := checkText(core.FieldContent, f.Status, 1, maxName); err != nil {
				return false, err
			}
		}
	}
	m, number := r.record(), i.account.number
	return i.put(ctx, idKey(number, tableMassSends, m.ID), func(c *change) error {
		for k := range m.Chunks {
			if id := m.Chunks[k].MessageID; id != 0 {
				if err := save(c, reportKey(number, tableReports, id), chunkRef{m.ID, k}); err != nil {
					return err
				}
			}
		}
		if err := c.insert(massList(number), m.Place.newest(m.ID)); err != nil {
			return err
		}
		return c.saveMass(number, m)
	})
}

func (i *rowImport) cursor(ctx context.Context, r *CursorRow) (bool, error) {
	if err := checkTexts(textCheck{FieldCursor, r.Name, 1, maxCursorName}, textCheck{FieldCursor, r.Position, 0, maxCursor}); err != nil {
		return false, err
	}
	key := idKey(i.account.number, tableCursors, r.Name)
	return i.put(ctx, key, func(c *change) error { return save(c, key, r.Position) })
}

// has tells whether there is a row.
func (i *rowImport) has(ctx context.Context, key []byte) (found bool, err error) {
	err = i.service.view(ctx, func(r storage.Reader) error {
		value, err := r.Get(key)
		found = value != nil
		return err
	})
	return found, err
}
