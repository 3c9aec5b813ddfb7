package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

// userInfoParams are those of a user to register or to change; given tells of each what it sets, nil of none.
func userInfoParams() []wire.Param[userInfo] {
	some := func(u *userInfo) *bool { return &u.given }
	return []wire.Param[userInfo]{
		wire.String("userID", func(u *userInfo) *string { return &u.userID }).Given(some).Means("用户 ID：字母、数字、下划线", "The user's ID: letters, digits and underscores"),
		wire.String("nickname", func(u *userInfo) *string { return &u.nickname }).Given(some).Means("昵称", "The nickname"),
		wire.String("faceURL", func(u *userInfo) *string { return &u.faceURL }).Given(some).Means("头像地址", "The avatar's URL"),
		wire.String("ex", func(u *userInfo) *string { return &u.ex }).Given(some).Means("扩展字段", "A text of the app's own"),
		wire.Int("createTime", func(u *userInfo) *int64 { return &u.created }).Given(some).Means("不使用", "Not used: the server's time counts"),
		wire.Int("appMangerLevel", func(u *userInfo) *int64 { return &u.level }).As("int32").Given(some).Means("级别：0、1 普通，2 管理员，3 通知号，4 机器人", "The level: 0 and 1 ordinary, 2 administrator, 3 notification account, 4 robot"),
		wire.Int("globalRecvMsgOpt", func(u *userInfo) *int64 { return &u.reception }).As("int32").Given(some).Means("全局免打扰：0 接收，1 不接收，2 接收不提醒", "0 receives, 1 does not, 2 receives without notice"),
	}
}

type userRegisterQuery struct{ users []userInfo }

func userRegisterRow() *wire.Row[userRegisterQuery, nothing] {
	return &wire.Row[userRegisterQuery, nothing]{
		Name: "/user/user_register", ZH: "注册用户", EN: "Registers users, all or none",
		Access: wire.Operator, Request: "UserRegisterReq",
		Outcomes: []wire.Outcome{
			{Code: core.Exists, Field: core.FieldUser, Number: 1102, ZH: "RegisteredAlreadyError", EN: "userID registered already"},
		},
		Params: []wire.Param[userRegisterQuery]{
			wire.NestedList("users", func(q *userRegisterQuery) *[]userInfo { return &q.users }, userInfoParams()...).
				Go("UserInfo").Means("用户列表", "The users"),
		},
		Check: checkRegister, Do: registerUsers,
	}
}

func checkRegister(q *userRegisterQuery) error {
	switch {
	case q.users == nil:
		return badArgs("users are empty")
	case len(q.users) == 0:
		return badArgs("users is empty")
	}
	for i := range q.users {
		switch u := &q.users[i]; {
		case !u.given:
			return badArgs("user is empty")
		case !isLegalUserID(u.userID):
			return badArgs("userID is legal")
		case u.nickname == "":
			return badArgs("user name is empty")
		}
	}
	return nil
}

func registerUsers(c *wire.Call, q *userRegisterQuery, _ *nothing) error {
	ids := make([]string, len(q.users))
	for i := range q.users {
		ids[i] = q.users[i].userID
	}
	if anyRepeated(ids) {
		return badArgs("userID repeated")
	}
	list := make([]core.NewUser, len(q.users))
	for i := range q.users {
		u := &q.users[i]
		if u.userID == "" {
			return badArgs("userID is empty")
		}
		role, err := roleOf(u.level)
		if err != nil {
			return err
		}
		reception, err := globalReception(u.reception)
		if err != nil {
			return err
		}
		list[i] = core.NewUser{
			ID: u.userID, Nickname: u.nickname, Avatar: u.faceURL, Extra: u.ex, Role: role, Reception: reception,
			IP: c.RemoteIP.String(),
		}
	}
	return c.Engine.RegisterAll(c.Context, c.Caller.App, list)
}
