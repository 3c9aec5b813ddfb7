package yesapi

import (
	"parley/adapters/wire"
	"parley/core"
)

// passwordDigest is the length of a password as most services take it: the lower-case hex MD5 of the clear one.
const passwordDigest = 32

type accountQuery struct {
	username, password string
	ext                string // register
	many, client       string // login
}

type registerAnswer struct{ uuid string }

type loginAnswer struct{ uuid, token, role string }

func accountParams(digest bool) []wire.Param[accountQuery] {
	password := wire.String("password", func(q *accountQuery) *string { return &q.password }).Must().AtLeast(1)
	if digest {
		password = password.AtLeast(passwordDigest).AtMost(passwordDigest).Means("密码，md5后的值，小写", "The password's MD5 in lower-case hex")
	} else {
		password = password.Means("密码，明文", "The password in clear")
	}
	return []wire.Param[accountQuery]{
		wire.String("username", func(q *accountQuery) *string { return &q.username }).Must().AtLeast(1).AtMost(50).Means("账号", "The login name; it can not be changed"),
		password,
	}
}

func registerRow(name string, digest bool) *wire.Row[accountQuery, registerAnswer] {
	return &wire.Row[accountQuery, registerAnswer]{
		Name: name, ZH: "会员注册", EN: "Registers a member",
		Outcomes: []wire.Outcome{
			{Code: core.Exists, Number: 1, ZH: "用户已注册，不能重复注册", EN: "the member exists"},
		},
		Params: append(accountParams(digest),
			wire.JSON("ext_info", func(q *accountQuery) *string { return &q.ext }).Means("扩展信息，JSON格式", "The member's ext object")),
		Answer: []wire.Field[registerAnswer]{
			wire.Text("uuid", func(a *registerAnswer) *string { return &a.uuid }).Means("会员uuid", "The member's uuid"),
		},
		Do: func(c *wire.Call, q *accountQuery, a *registerAnswer) error { return register(c, q, a, digest) },
	}
}

func loginRow(name string, digest bool) *wire.Row[accountQuery, loginAnswer] {
	return &wire.Row[accountQuery, loginAnswer]{
		Name: name, ZH: "会员登录", EN: "Logs a member in",
		Outcomes: []wire.Outcome{
			{Code: core.NotFound, Number: 1, ZH: "登录失败，账号不存在", EN: "there is no such account"},
			{Code: core.Forbidden, Number: 2, ZH: "登录失败，密码错误或已被封号", EN: "the password is wrong or the member is banned"},
		},
		Params: append(accountParams(digest),
			wire.String("is_allow_many", func(q *accountQuery) *string { return &q.many }).Means("是否允许多处登录", "1 or true keeps the member's other sessions"),
			wire.String("client", func(q *accountQuery) *string { return &q.client }).Means("客户端类型", "The kind of client; not used")),
		Answer: []wire.Field[loginAnswer]{
			wire.Text("uuid", func(a *loginAnswer) *string { return &a.uuid }).Means("会员uuid", "The member's uuid"),
			wire.Text("token", func(a *loginAnswer) *string { return &a.token }).Means("会话凭证", "The session's token"),
			wire.Text("role", func(a *loginAnswer) *string { return &a.role }).Means("角色", "user or admin"),
		},
		Do: func(c *wire.Call, q *accountQuery, a *loginAnswer) error { return login(c, q, a, digest) },
	}
}

// sessionQuery repeats two of the common parameters for the services that require them.
type sessionQuery struct{ uuid, token string }

func sessionParams() []wire.Param[sessionQuery] {
	return []wire.Param[sessionQuery]{
		wire.String("uuid", func(q *sessionQuery) *string { return &q.uuid }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("会员uuid", "The member's uuid"),
		wire.String("token", func(q *sessionQuery) *string { return &q.token }).Must().AtLeast(core.TokenLength).AtMost(core.TokenLength).Means("会话凭证", "The session's token"),
	}
}

func checkRow() *wire.Row[sessionQuery, nothing] {
	return &wire.Row[sessionQuery, nothing]{
		Name: "App.User.Check", ZH: "检测会员登录态", EN: "Tells whether a session is alive",
		Outcomes: []wire.Outcome{
			{Code: core.Unauthenticated, Number: 1, ZH: notLoggedIn, EN: "there is no such session"},
		},
		Params: sessionParams(),
		Do:     check,
	}
}

func logoutRow() *wire.Row[sessionQuery, nothing] {
	return &wire.Row[sessionQuery, nothing]{
		Name: "App.User.Logout", ZH: "会员退出登录", EN: "Ends the session", Access: wire.Member,
		Params: sessionParams(),
		Do:     logout,
	}
}

type profile struct {
	uuid, username, role, rolename string
	status                         int64
	registered                     wire.Moment
	ip                             string
	ext                            []byte
}

type profileAnswer struct{ info profile }

func profileFields() []wire.Field[profileAnswer] {
	return []wire.Field[profileAnswer]{
		wire.Object("info", func(a *profileAnswer) *profile { return &a.info },
			wire.Text("uuid", func(p *profile) *string { return &p.uuid }).Means("会员uuid", "The member's uuid"),
			wire.Text("username", func(p *profile) *string { return &p.username }).Means("账号", "The login name"),
			wire.Text("role", func(p *profile) *string { return &p.role }).Means("角色", "user or admin"),
			wire.Text("rolename", func(p *profile) *string { return &p.rolename }).Means("角色名称", "The role's name"),
			wire.Number("status", func(p *profile) *int64 { return &p.status }).Means("状态，0正常1封号", "0 normal, 1 banned"),
			wire.Clock("register_time", func(p *profile) *wire.Moment { return &p.registered }).Means("注册时间", "When the member registered"),
			wire.Text("register_ip", func(p *profile) *string { return &p.ip }).Means("注册IP", "From where"),
			wire.Raw("ext_info", func(p *profile) *[]byte { return &p.ext }).Means("扩展信息", "The ext object"),
		).Means("会员信息", "The member"),
	}
}

func profileRow() *wire.Row[sessionQuery, profileAnswer] {
	return &wire.Row[sessionQuery, profileAnswer]{
		Name: "App.User.Profile", ZH: "获取会员资料", EN: "The caller's own profile", Access: wire.Member,
		Params: sessionParams(),
		Answer: profileFields(),
		Do:     ownProfile,
	}
}

type otherQuery struct{ other string }

func otherProfileRow() *wire.Row[otherQuery, profileAnswer] {
	return &wire.Row[otherQuery, profileAnswer]{
		Name: "App.User.OtherProfile", ZH: "获取其他会员资料", EN: "Another member's profile",
		Outcomes: []wire.Outcome{
			{Code: core.NotFound, Number: 1, ZH: "用户不存在或已被封号", EN: "the member does not exist or is banned"},
		},
		Params: []wire.Param[otherQuery]{
			wire.String("other_uuid", func(q *otherQuery) *string { return &q.other }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("会员uuid", "The member's uuid"),
		},
		Answer: profileFields(),
		Do:     otherProfile,
	}
}

type extQuery struct {
	sessionQuery
	ext string
}

type extAnswer struct{ ext []byte }

func updateExtRow() *wire.Row[extQuery, extAnswer] {
	return &wire.Row[extQuery, extAnswer]{
		Name: "App.User.UpdateExtInfo", ZH: "更新会员扩展信息", EN: "Merges members into the caller's ext object", Access: wire.Member,
		Outcomes: []wire.Outcome{
			{Code: core.NotFound, Number: 1, ZH: "用户不存在或已被封号", EN: "the member does not exist or is banned"},
			{Code: core.Invalid, Field: core.FieldUser, Number: 2, ZH: "扩展信息必须为JSON对象", EN: "ext_info must be a JSON object"},
			{Code: core.TooLarge, Field: core.FieldUser, Number: 2, ZH: "扩展信息过大", EN: "ext_info is too large"},
		},
		Params: []wire.Param[extQuery]{
			wire.String("uuid", func(q *extQuery) *string { return &q.uuid }).Must().AtLeast(core.UUIDLength).AtMost(core.UUIDLength).Means("会员uuid", "The member's uuid"),
			wire.String("token", func(q *extQuery) *string { return &q.token }).Must().AtLeast(core.TokenLength).AtMost(core.TokenLength).Means("会话凭证", "The session's token"),
			wire.JSON("ext_info", func(q *extQuery) *string { return &q.ext }).Must().Means("扩展信息，JSON格式", "The members to set"),
		},
		Answer: []wire.Field[extAnswer]{
			wire.Raw("ext_info", func(a *extAnswer) *[]byte { return &a.ext }).Means("扩展信息", "The whole ext object"),
		},
		Do: updateExt,
	}
}

type passwordQuery struct{ username, old, next string }

func alterPasswordRow() *wire.Row[passwordQuery, nothing] {
	return &wire.Row[passwordQuery, nothing]{
		Name: "App.User.AlterPassword", ZH: "修改会员密码", EN: "Changes a password and ends the member's sessions",
		Outcomes: []wire.Outcome{
			{Code: core.Forbidden, Number: 1, ZH: "密码修改失败，原密码错误或账号不存在", EN: "the old password is wrong or there is no such account"},
			{Code: core.Conflict, Number: 2, ZH: "密码修改失败，不能与原来密码相同", EN: "the new password is the old one"},
		},
		Params: []wire.Param[passwordQuery]{
			wire.String("username", func(q *passwordQuery) *string { return &q.username }).Must().AtLeast(1).AtMost(50).Means("账号", "The login name"),
			wire.String("old_password", func(q *passwordQuery) *string { return &q.old }).Must().AtLeast(passwordDigest).AtMost(passwordDigest).Means("旧密码，md5后的值", "The old password's MD5"),
			wire.String("new_password", func(q *passwordQuery) *string { return &q.next }).Must().AtLeast(passwordDigest).AtMost(passwordDigest).Means("新密码，md5后的值", "The new password's MD5"),
		},
		Do: alterPassword,
	}
}

type usersQuery struct {
	page, perpage int64
	role          string
}

type usersAnswer struct {
	total int64
	users []userItem
}

type userItem struct {
	uuid, username, role, roleDesc string
	status                         int64
	statusDesc                     string
	registered                     wire.Moment
	ext                            []byte
}

// usersRow has no lower bound for perpage: the platform's public test suite asks for pages of nothing.
func usersRow() *wire.Row[usersQuery, usersAnswer] {
	return &wire.Row[usersQuery, usersAnswer]{
		Name: "App.User.GetList", ZH: "获取会员列表", EN: "Lists the app's members",
		Params: []wire.Param[usersQuery]{
			wire.Int("page", func(q *usersQuery) *int64 { return &q.page }).Or("1").AtLeast(1).Means("第几页", "The page, from 1"),
			wire.Int("perpage", func(q *usersQuery) *int64 { return &q.perpage }).Or("20").AtMost(100).Means("分页数量", "The size of a page"),
			wire.Enum("role", func(q *usersQuery) *string { return &q.role }, "admin", "user", "all").Or("all").Means("角色", "Whom to list"),
		},
		Answer: []wire.Field[usersAnswer]{
			wire.Number("total", func(a *usersAnswer) *int64 { return &a.total }).Means("总数量", "How many there are in all"),
			wire.Objects("users", func(a *usersAnswer) *[]userItem { return &a.users },
				wire.Text("uuid", func(u *userItem) *string { return &u.uuid }).Means("会员uuid", "The member's uuid"),
				wire.Text("username", func(u *userItem) *string { return &u.username }).Means("账号", "The login name"),
				wire.Text("role", func(u *userItem) *string { return &u.role }).Means("角色", "user or admin"),
				wire.Text("role_desc", func(u *userItem) *string { return &u.roleDesc }).Means("角色名称", "The role's name"),
				wire.Number("status", func(u *userItem) *int64 { return &u.status }).Means("状态，0正常1封号", "0 normal, 1 banned"),
				wire.Text("status_desc", func(u *userItem) *string { return &u.statusDesc }).Means("状态名称", "The status's name"),
				wire.Clock("reg_time", func(u *userItem) *wire.Moment { return &u.registered }).Means("注册时间", "When the member registered"),
				wire.Raw("ext_info", func(u *userItem) *[]byte { return &u.ext }).Means("扩展信息", "The ext object"),
			).Means("会员列表", "The members in order of registration"),
		},
		Do: listUsers,
	}
}
