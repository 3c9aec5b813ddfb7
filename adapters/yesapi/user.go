package yesapi

import (
	"crypto/md5" //nolint:gosec // the platform's clients send passwords as MD5; what is stored is an argon2id hash of it
	"encoding/hex"

	"parley/adapters/wire"
	"parley/adapters/wire/php"
	"parley/core"
)

// notLoggedIn is the platform's own text, captured by its public test suite at App.User.Check.
const notLoggedIn = "用户未登录，或登录态已过期"

// digestOf gives a clear password the form in which the other services take it.
func digestOf(password string) string {
	sum := md5.Sum([]byte(password)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

func register(c *wire.Call, q *accountQuery, a *registerAnswer, digest bool) error {
	password := q.password
	if !digest {
		password = digestOf(password)
	}
	ext := extOf(q.ext)
	if len(ext) > 0 && ext[0] != '{' {
		return &php.Violation{Reason: php.BadJSON, Name: "ext_info"}
	}
	u, err := c.Engine.Register(c.Context, c.Caller.App, core.NewUser{
		Username: string([]byte(q.username)), Password: password, IP: c.RemoteIP.String(), Ext: ext,
	})
	if err != nil {
		return err
	}
	a.uuid = u.UUID
	return nil
}

func login(c *wire.Call, q *accountQuery, a *loginAnswer, digest bool) error {
	password := q.password
	if !digest {
		password = digestOf(password)
	}
	many := q.many == "1" || q.many == "true"
	token, u, err := c.Engine.Login(c.Context, c.Caller.App, q.username, password, many)
	if err != nil {
		return err
	}
	a.uuid, a.token, a.role = u.UUID, token, roleOf(u)
	return nil
}

func check(c *wire.Call, q *sessionQuery, _ *nothing) error {
	_, err := c.Engine.Session(c.Context, c.Caller.App, q.uuid, q.token)
	return err
}

func logout(c *wire.Call, q *sessionQuery, _ *nothing) error {
	return c.Engine.Logout(c.Context, c.Caller, q.token)
}

func ownProfile(c *wire.Call, _ *sessionQuery, a *profileAnswer) error {
	a.info = profileOf(c.Caller.App, c.Caller.User)
	return nil
}

func otherProfile(c *wire.Call, q *otherQuery, a *profileAnswer) error {
	u, err := c.Engine.As(c.Caller).User(c.Context, q.other)
	if err != nil {
		return err
	}
	a.info = profileOf(c.Caller.App, u)
	return nil
}

// extOf returns an ext_info that the row has checked; PHP clients write an object without members as an empty list.
func extOf(normal string) []byte {
	if normal == "[]" {
		return []byte("{}")
	}
	return []byte(normal)
}

func updateExt(c *wire.Call, q *extQuery, a *extAnswer) error {
	u, err := c.Engine.SetExt(c.Context, c.Caller, extOf(q.ext))
	if err != nil {
		return err
	}
	a.ext = u.Ext
	return nil
}

func alterPassword(c *wire.Call, q *passwordQuery, _ *nothing) error {
	return c.Engine.SetPassword(c.Context, c.Caller.App, q.username, q.old, q.next)
}

func listUsers(c *wire.Call, q *usersQuery, a *usersAnswer) error {
	query := core.UserQuery{Limit: int(max(1, q.perpage))}
	query.Offset = int(min(q.page-1, 1<<32)) * query.Limit
	switch q.role {
	case "admin", "user":
		role := core.RoleUser
		if q.role == "admin" {
			role = core.RoleAdmin
		}
		query.Role = &role
	}
	page, err := c.Engine.Users(c.Context, c.Caller.App, query)
	if err != nil {
		return err
	}
	a.total = int64(page.Total)
	if q.perpage < 1 {
		return nil
	}
	for _, u := range page.Users {
		p := profileOf(c.Caller.App, u)
		item := userItem{
			uuid: p.uuid, username: p.username, role: p.role, roleDesc: p.rolename, status: p.status, statusDesc: "正常",
			registered: p.registered, ext: p.ext,
		}
		if u.Banned {
			item.statusDesc = "封号"
		}
		a.users = append(a.users, item)
	}
	return nil
}

func profileOf(app *core.App, u *core.User) profile {
	p := profile{
		uuid: u.UUID, username: u.Username, role: roleOf(u), rolename: "普通用户",
		registered: wire.Moment{Milli: u.Registered, Zone: app.Location()}, ip: u.RegisteredIP, ext: u.Ext,
	}
	if u.Role == core.RoleAdmin {
		p.rolename = "管理员"
	}
	if u.Banned {
		p.status = 1
	}
	return p
}

func roleOf(u *core.User) string {
	if u.Role == core.RoleAdmin {
		return "admin"
	}
	return "user"
}
