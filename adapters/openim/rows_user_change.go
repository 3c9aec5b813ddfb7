package openim

import (
	"parley/adapters/wire"
	"parley/core"
)

type userUpdateQuery struct {
	info  userInfo
	given bool
}

func userUpdateRow() *wire.Row[userUpdateQuery, nothing] {
	return &wire.Row[userUpdateQuery, nothing]{
		Name: "/user/update_user_info", ZH: "更新用户资料，空值不修改", EN: "Changes a user's fields that are not empty",
		Access: wire.Member, Request: "UpdateUserInfoReq",
		Params: []wire.Param[userUpdateQuery]{
			wire.Nested("userInfo", func(q *userUpdateQuery) *userInfo { return &q.info }, userInfoParams()...).
				Go("UserInfo").Given(func(q *userUpdateQuery) *bool { return &q.given }).Means("用户资料", "The user"),
		},
		Check: func(q *userUpdateQuery) error { return checkUpdate(q.given, q.info.userID) },
		Do:    updateUser,
	}
}

func checkUpdate(given bool, userID string) error {
	switch {
	case !given:
		return badArgs("UserInfo is empty")
	case userID == "":
		return badArgs("UserID is empty")
	}
	return nil
}

func updateUser(c *wire.Call, q *userUpdateQuery, _ *nothing) error {
	change := core.ProfileChange{
		Nickname: unlessEmpty(&q.info.nickname), Avatar: unlessEmpty(&q.info.faceURL), Extra: unlessEmpty(&q.info.ex),
	}
	if q.info.reception != 0 {
		reception, err := globalReception(q.info.reception)
		if err != nil {
			return err
		}
		change.Reception = &reception
	}
	if q.info.level != 0 {
		role, err := roleOf(q.info.level)
		if err != nil {
			return err
		}
		change.Role = &role
	}
	return changeProfile(c, q.info.userID, change)
}

// unlessEmpty returns nil for the empty text, which changes nothing.
func unlessEmpty(text *string) *string {
	if *text == "" {
		return nil
	}
	return text
}

// changeProfile changes the user with an ID, for itself or for an administrator. Nobody else than an administrator gives
// a user another role.
func changeProfile(c *wire.Call, id string, change core.ProfileChange) error {
	if err := checkAccess(c, id); err != nil {
		return err
	}
	u, err := accountOf(c, id)
	if err != nil {
		return err
	}
	if change.Role != nil && *change.Role != u.Role {
		if err := checkAdmin(c); err != nil {
			return err
		}
	}
	_, err = c.Engine.ChangeProfile(c.Context, c.Caller.App, u.UUID, change)
	return err
}

// userPatch changes the fields that are given, empty ones too.
type userPatch struct {
	userID, nickname, faceURL, ex  string
	reception                      int64
	hasNickname, hasFaceURL, hasEx bool
	hasReception                   bool
}

type userPatchQuery struct {
	info  userPatch
	given bool
}

func userPatchRow() *wire.Row[userPatchQuery, nothing] {
	return &wire.Row[userPatchQuery, nothing]{
		Name: "/user/update_user_info_ex", ZH: "更新用户资料，出现的字段都修改", EN: "Changes the fields of a user that are given",
		Access: wire.Member, Request: "UpdateUserInfoExReq",
		Params: []wire.Param[userPatchQuery]{
			wire.Nested("userInfo", func(q *userPatchQuery) *userPatch { return &q.info },
				wire.String("userID", func(u *userPatch) *string { return &u.userID }).Means("用户 ID", "The user's ID"),
				wire.String("nickname", func(u *userPatch) *string { return &u.nickname }).
					Given(func(u *userPatch) *bool { return &u.hasNickname }).Means("昵称", "The nickname"),
				wire.String("faceURL", func(u *userPatch) *string { return &u.faceURL }).
					Given(func(u *userPatch) *bool { return &u.hasFaceURL }).Means("头像地址", "The avatar's URL"),
				wire.String("ex", func(u *userPatch) *string { return &u.ex }).
					Given(func(u *userPatch) *bool { return &u.hasEx }).Means("扩展字段", "A text of the app's own"),
				wire.Int("globalRecvMsgOpt", func(u *userPatch) *int64 { return &u.reception }).As("int32").
					Given(func(u *userPatch) *bool { return &u.hasReception }).Means("全局免打扰：0 接收，1 不接收，2 接收不提醒", "0 receives, 1 does not, 2 receives without notice"),
			).Go("UserInfoWithEx").Given(func(q *userPatchQuery) *bool { return &q.given }).Means("用户资料", "The user"),
		},
		Check: func(q *userPatchQuery) error { return checkUpdate(q.given, q.info.userID) },
		Do:    patchUser,
	}
}

func patchUser(c *wire.Call, q *userPatchQuery, _ *nothing) error {
	change := core.ProfileChange{
		Nickname: ifGiven(&q.info.nickname, q.info.hasNickname),
		Avatar:   ifGiven(&q.info.faceURL, q.info.hasFaceURL),
		Extra:    ifGiven(&q.info.ex, q.info.hasEx),
	}
	if q.info.hasReception {
		reception, err := globalReception(q.info.reception)
		if err != nil {
			return err
		}
		change.Reception = &reception
	}
	return changeProfile(c, q.info.userID, change)
}

func ifGiven(text *string, given bool) *string {
	if !given {
		return nil
	}
	return text
}

type receptionQuery struct {
	userID string
	option int64
}

func setReceptionRow() *wire.Row[receptionQuery, nothing] {
	return &wire.Row[receptionQuery, nothing]{
		Name: "/user/set_global_msg_recv_opt", ZH: "设置全局消息免打扰", EN: "Sets how a user receives all its messages",
		Access: wire.Member, Request: "SetGlobalRecvMessageOptReq",
		Params: []wire.Param[receptionQuery]{
			wire.String("userID", func(q *receptionQuery) *string { return &q.userID }).Means("用户 ID", "The user's ID"),
			wire.Int("globalRecvMsgOpt", func(q *receptionQuery) *int64 { return &q.option }).As("int32").Means("0 接收，1 不接收，2 接收不提醒", "0 receives, 1 does not, 2 receives without notice"),
		},
		Check: func(q *receptionQuery) error {
			_, err := globalReception(q.option)
			return err
		},
		Do: func(c *wire.Call, q *receptionQuery, _ *nothing) error {
			reception, err := globalReception(q.option)
			if err != nil {
				return err
			}
			return changeProfile(c, q.userID, core.ProfileChange{Reception: &reception})
		},
	}
}
