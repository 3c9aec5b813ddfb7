package openim

import (
	"math"
	"unicode"

	"parley/adapters/wire"
	"parley/core"
)

// The platform's levels of users, beside 0 and 1 for ordinary ones.
const (
	levelAdmin    = 2
	levelNotifier = 3
	levelRobot    = 4
)

// userInfo is a user as the platform shows and takes it.
type userInfo struct {
	userID, nickname, faceURL, ex string
	created                       int64 // in milliseconds since the Unix epoch; shown only
	level, reception              int64
	given                         bool
}

func userInfoFields() []wire.Field[userInfo] {
	return []wire.Field[userInfo]{
		wire.Text("userID", func(u *userInfo) *string { return &u.userID }).Means("用户 ID", "The user's ID"),
		wire.Text("nickname", func(u *userInfo) *string { return &u.nickname }).Means("昵称", "The nickname"),
		wire.Text("faceURL", func(u *userInfo) *string { return &u.faceURL }).Means("头像地址", "The avatar's URL"),
		wire.Text("ex", func(u *userInfo) *string { return &u.ex }).Means("扩展字段", "A text of the app's own"),
		wire.Number("createTime", func(u *userInfo) *int64 { return &u.created }).Means("注册时间（毫秒）", "When the user was registered, in milliseconds"),
		wire.Number("appMangerLevel", func(u *userInfo) *int64 { return &u.level }).Means("级别：0、1 普通，2 管理员，3 通知号，4 机器人", "The level: 0 and 1 ordinary, 2 administrator, 3 notification account, 4 robot"),
		wire.Number("globalRecvMsgOpt", func(u *userInfo) *int64 { return &u.reception }).Means("全局免打扰：0 接收，1 不接收，2 接收不提醒", "0 receives, 1 does not, 2 receives without notice"),
	}
}

// userInfoOf shows a user.
func userInfoOf(u *core.User) userInfo {
	return userInfo{
		userID: u.ID, nickname: u.Nickname, faceURL: u.Avatar, ex: u.Extra,
		created: u.Registered, level: levelOf(u.Role), reception: int64(u.Reception),
	}
}

// levelOf gives a role the platform's number.
func levelOf(r core.Role) int64 {
	switch r {
	case core.RoleAdmin:
		return levelAdmin
	case core.RoleNotifier:
		return levelNotifier
	case core.RoleRobot:
		return levelRobot
	case core.RoleUser:
	}
	return 0
}

// roleOf returns the role of a level of the platform.
func roleOf(level int64) (core.Role, error) {
	switch level {
	case 0, 1:
		return core.RoleUser, nil
	case levelAdmin:
		return core.RoleAdmin, nil
	case levelNotifier:
		return core.RoleNotifier, nil
	case levelRobot:
		return core.RoleRobot, nil
	}
	return 0, badArgs("appMangerLevel is invalid")
}

// globalReception returns what a globalRecvMsgOpt means, whose numbers are the engine's.
func globalReception(option int64) (core.Reception, error) {
	if option < int64(core.ReceiveAll) || option > int64(core.ReceiveQuietly) {
		return 0, badArgs("GlobalRecvMsgOpt is invalid")
	}
	return core.Reception(option & math.MaxUint8), nil
}

// isLegalUserID tells whether an ID has only letters, digits and underscores. The platform lets an empty one pass here.
func isLegalUserID(id string) bool {
	for _, r := range id {
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// anyRepeated tells whether two of the texts are the same.
func anyRepeated(texts []string) bool {
	seen := make(map[string]bool, len(texts))
	for _, text := range texts {
		if seen[text] {
			return true
		}
		seen[text] = true
	}
	return false
}

// accountOf returns the account with an ID, or the platform's error that there is none.
func accountOf(c *wire.Call, id string) (*core.User, error) {
	accounts, err := c.Engine.Accounts(c.Context, c.Caller.App, []string{id})
	if err != nil {
		return nil, err
	}
	if accounts[0] == nil {
		return nil, notFound("userID not found")
	}
	return accounts[0], nil
}
