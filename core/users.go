package core

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/storage"
)

// userKey names a user among all apps.
type userKey struct {
	app    uint32
	number UserNumber
}

// userAddress is what a client may call a user.
type userAddress struct {
	app     uint32
	address string
}

// UUIDLength is the length of a user's UUID.
const UUIDLength = 32

const (
	flagBanned = 1 << iota
	flagAdmin
)

func appendUser(dst []byte, u *User) []byte {
	var flags byte
	if u.Banned {
		flags |= flagBanned
	}
	if u.Role == RoleAdmin {
		flags |= flagAdmin
	}
	dst = append(dst, recordVersion, flags)
	dst = appendBytes(dst, u.ID)
	dst = appendBytes(dst, u.UUID)
	dst = appendBytes(dst, u.Username)
	dst = appendBytes(dst, u.RegisteredIP)
	dst = appendBytes(dst, u.password)
	dst = appendBytes(dst, u.Ext)
	return appendUint(dst, u.Registered)
}

// parseUser reads a user record; nothing in the result refers to b.
func parseUser(number UserNumber, b []byte) (*User, error) {
	r := fieldReader{rest: append([]byte(nil), b...)}
	r.version()
	flags := r.byte()
	u := &User{Number: number, ID: r.text(), UUID: r.text(), Username: r.text(), RegisteredIP: r.text()}
	u.password = r.bytes()
	u.Ext = r.bytes()
	u.Registered = int64(r.uvarint())
	u.Banned = flags&flagBanned != 0
	if flags&flagAdmin != 0 {
		u.Role = RoleAdmin
	}
	if r.bad {
		return nil, corrupt(b)
	}
	return u, nil
}

// Register creates a user. A user with the same ID, UUID or Username is the fault Exists.
func (e *Engine) Register(ctx context.Context, app *App, n NewUser) (*User, error) {
	u := &User{ID: n.ID, UUID: n.UUID, Username: n.Username, Role: n.Role, RegisteredIP: n.IP, Ext: n.Ext}
	if err := e.name(u); err != nil {
		return nil, err
	}
	if err := u.check(); err != nil {
		return nil, err
	}
	if n.Password != "" {
		var err error
		if u.password, err = e.passwords.seal(ctx, n.Password); err != nil {
			return nil, err
		}
	}
	op := &registerOperation{app: app.Number, user: u}
	if err := e.committer.commit(op); err != nil {
		return nil, err
	}
	return u, nil
}

// name completes a new user's ID and UUID from what is given.
func (e *Engine) name(u *User) error {
	switch {
	case u.UUID == "" && u.ID == "":
		random, err := e.randomHex(UUIDLength / 2)
		if err != nil {
			return err
		}
		u.UUID = strings.ToUpper(random)
		u.ID = u.UUID
	case u.UUID == "":
		u.UUID = deriveUUID(u.ID)
	case u.ID == "":
		u.ID = u.UUID
	}
	return nil
}

// deriveUUID gives an ID its 32-character form: always the same, and not to be guessed back.
func deriveUUID(id string) string {
	sum := sha256.Sum256([]byte(id))
	return strings.ToUpper(hex.EncodeToString(sum[:UUIDLength/2]))
}

func (u *User) check() error {
	switch {
	case !isUUID(u.UUID):
		return NewFault(Invalid, FieldUser, "a UUID has 32 letters and digits")
	case !isName(u.ID):
		return NewFault(Invalid, FieldUser, "an ID has 1 to 128 bytes of UTF-8 without control characters")
	case u.Username != "" && !isName(u.Username):
		return NewFault(Invalid, FieldUser, "a username has 1 to 128 bytes of UTF-8 without control characters")
	case len(u.Ext) > MaxExt:
		return NewFault(TooLarge, FieldUser, "the ext object is too large")
	}
	return nil
}

// MaxExt is the largest ext object of a user, in bytes.
const MaxExt = 32 << 10

func isUUID(s string) bool {
	if len(s) != UUIDLength {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func isName(s string) bool {
	return s != "" && len(s) <= MaxUserID && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

type registerOperation struct {
	app  uint32
	user *User
}

func (op *registerOperation) weight() (keys, bytes int) {
	return 4, 1024 + 4*MaxUserID + len(op.user.Ext)
}

func (op *registerOperation) stage(g *commitGroup) error {
	u := op.user
	names := [][]byte{appendNameKey(nil, op.app, nameID, u.ID), appendNameKey(nil, op.app, nameUUID, u.UUID)}
	if u.Username != "" {
		names = append(names, appendNameKey(nil, op.app, nameUsername, u.Username))
	}
	taken, err := g.tx.GetMulti(names)
	if err != nil {
		return err
	}
	for _, value := range taken {
		if value != nil {
			return NewFault(Exists, FieldUser, "a user with this name exists")
		}
	}
	a, err := g.app(op.app)
	if err != nil {
		return err
	}
	a.head.lastUser++
	u.Number = UserNumber(a.head.lastUser)
	u.Registered = g.now
	value := appendCounters(nil, uint64(u.Number))
	for _, name := range names {
		if err := g.tx.Set(name, value); err != nil {
			return err
		}
	}
	return writeUser(g.tx, op.app, u)
}

func writeUser(tx storage.Writer, app uint32, u *User) error {
	return tx.Set(appendUserKey(nil, tableUsers, app, u.Number), appendUser(nil, u))
}

// Find returns the user with the given UUID or ID, banned or not; in an app with OpenUsers it is created if need be.
func (e *Engine) Find(ctx context.Context, app *App, address string) (*User, error) {
	u, err := e.lookup(ctx, app, address)
	if !app.OpenUsers || CodeOf(err) != NotFound || !isName(address) {
		return u, err
	}
	n := NewUser{ID: strings.Clone(address)}
	if isUUID(address) {
		n = NewUser{UUID: n.ID}
	}
	if u, err = e.Register(ctx, app, n); CodeOf(err) == Exists {
		return e.lookup(ctx, app, address)
	}
	return u, err
}

// lookup is Find without creation.
func (e *Engine) lookup(ctx context.Context, app *App, address string) (*User, error) {
	number, ok := e.addresses.get(userAddress{app.Number, address})
	if !ok {
		var err error
		if number, err = e.resolve(ctx, app.Number, address); err != nil {
			return nil, err
		}
		e.addresses.put(userAddress{app.Number, strings.Clone(address)}, number, int64(64+len(address)))
	}
	return e.user(ctx, userKey{app.Number, number})
}

// resolve finds the number behind an address: a UUID, the same in upper case, or an ID.
func (e *Engine) resolve(ctx context.Context, app uint32, address string) (number UserNumber, err error) {
	if address == "" || len(address) > MaxUserID {
		return 0, NewFault(NotFound, FieldUser, "the user does not exist")
	}
	names := [][]byte{appendNameKey(nil, app, nameID, address)}
	if len(address) == UUIDLength {
		names = [][]byte{
			appendNameKey(nil, app, nameUUID, address),
			appendNameKey(nil, app, nameUUID, strings.ToUpper(address)),
			names[0],
		}
	}
	return e.resolveNames(ctx, names)
}

func (e *Engine) resolveNames(ctx context.Context, names [][]byte) (number UserNumber, err error) {
	err = e.store.View(ctx, func(r storage.Reader) error {
		values, err := r.GetMulti(names)
		if err != nil {
			return err
		}
		for _, value := range values {
			if value != nil {
				return parseCounters(value, (*uint64)(&number))
			}
		}
		return NewFault(NotFound, FieldUser, "the user does not exist")
	})
	return number, e.readFault(err)
}

// user returns the current snapshot of a user that exists.
func (e *Engine) user(ctx context.Context, key userKey) (*User, error) {
	if u, ok := e.users.get(key); ok {
		return u, nil
	}
	before := e.changes.Load()
	var u *User
	err := e.store.View(ctx, func(r storage.Reader) error {
		value, err := r.Get(appendUserKey(nil, tableUsers, key.app, key.number))
		if err != nil {
			return err
		}
		if value == nil {
			return NewFault(NotFound, FieldUser, "the user does not exist")
		}
		u, err = parseUser(key.number, value)
		return err
	})
	if err != nil {
		return nil, e.readFault(err)
	}
	e.users.put(key, u, int64(256+len(u.Ext)+len(u.ID)+len(u.Username)))
	if e.changes.Load() != before {
		e.users.drop(key)
	}
	return u, nil
}

// Users lists an app's users.
func (e *Engine) Users(ctx context.Context, app *App, q UserQuery) (UserPage, error) {
	if q.Offset < 0 || q.Limit < 1 || q.Limit > MaxPage {
		return UserPage{}, NewFault(Invalid, FieldPage, "the page is out of bounds")
	}
	var page UserPage
	err := e.store.View(ctx, func(r storage.Reader) (err error) {
		if q.Role == nil {
			page, err = pageOfUsers(r, app.Number, q)
		} else {
			page, err = pageOfRole(r, app.Number, q)
		}
		return err
	})
	return page, e.readFault(err)
}

// pageOfUsers uses that user numbers are dense.
func pageOfUsers(r storage.Reader, app uint32, q UserQuery) (page UserPage, err error) {
	value, err := r.Get(appendTable(nil, tableHeads, app))
	if err != nil {
		return page, err
	}
	head, err := parseHead(value)
	if err != nil {
		return page, err
	}
	page.Total = int(head.lastUser)
	area := storage.Prefix(appendTable(nil, tableUsers, app))
	area.From = appendUserKey(nil, tableUsers, app, UserNumber(q.Offset)+1)
	area.Limit = q.Limit
	return page, scanUsers(r, area, func(u *User) { page.Users = append(page.Users, u) })
}

func pageOfRole(r storage.Reader, app uint32, q UserQuery) (page UserPage, err error) {
	err = scanUsers(r, storage.Prefix(appendTable(nil, tableUsers, app)), func(u *User) {
		if u.Role != *q.Role {
			return
		}
		if page.Total >= q.Offset && len(page.Users) < q.Limit {
			page.Users = append(page.Users, u)
		}
		page.Total++
	})
	return page, err
}

func scanUsers(r storage.Reader, area storage.Range, visit func(*User)) error {
	var failed error
	err := r.Scan(area, func(key, value []byte) bool {
		var number UserNumber
		var u *User
		if number, failed = parseUserNumber(key); failed != nil {
			return false
		}
		if u, failed = parseUser(number, value); failed != nil {
			return false
		}
		visit(u)
		return true
	})
	if err == nil {
		err = failed
	}
	return err
}
