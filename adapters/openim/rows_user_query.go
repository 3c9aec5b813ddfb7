package openim

import (
	"regexp"

	"parley/adapters/wire"
	"parley/core"
)

// userIDs is a list of users that a request names.
type userIDs struct {
	list  []string
	given bool
}

func userIDsParam(name string) wire.Param[userIDs] {
	return wire.List(name, func(q *userIDs) *[]string { return &q.list }).
		Given(func(q *userIDs) *bool { return &q.given }).Means("用户 ID 列表", "The users' IDs")
}

type accountStatus struct {
	userID string
	status int64 // 1 if there is such an account
}

type accountCheckAnswer struct{ results []accountStatus }

func accountCheckRow() *wire.Row[userIDs, accountCheckAnswer] {
	return &wire.Row[userIDs, accountCheckAnswer]{
		Name: "/user/account_check", ZH: "检查用户是否已注册", EN: "Tells which users are registered",
		Access: wire.Operator, Request: "AccountCheckReq",
		Params: []wire.Param[userIDs]{userIDsParam("checkUserIDs")},
		Answer: []wire.Field[accountCheckAnswer]{
			wire.ObjectsOrNull("results", func(a *accountCheckAnswer) *[]accountStatus { return &a.results },
				wire.Text("userID", func(s *accountStatus) *string { return &s.userID }).Means("用户 ID", "The user's ID"),
				wire.Number("accountStatus", func(s *accountStatus) *int64 { return &s.status }).Means("1 已注册，0 未注册", "1 registered, 0 not"),
			).Means("结果，按请求顺序", "The results in the order of the request"),
		},
		Check: func(q *userIDs) error {
			if !q.given {
				return badArgs("CheckUserIDs is empty")
			}
			return nil
		},
		Do: checkAccounts,
	}
}

func checkAccounts(c *wire.Call, q *userIDs, a *accountCheckAnswer) error {
	if anyRepeated(q.list) {
		return badArgs("userID repeated")
	}
	accounts, err := c.Engine.Accounts(c.Context, c.Caller.App, q.list)
	if err != nil {
		return err
	}
	for i, u := range accounts {
		s := accountStatus{userID: q.list[i]}
		if u != nil {
			s.status = 1
		}
		a.results = append(a.results, s)
	}
	return nil
}

type usersInfoAnswer struct{ users []userInfo }

func usersInfoRow() *wire.Row[userIDs, usersInfoAnswer] {
	return &wire.Row[userIDs, usersInfoAnswer]{
		Name: "/user/get_users_info", ZH: "获取用户资料", EN: "The users with the given IDs; others are left out",
		Access: wire.Member, Request: "GetDesignateUsersReq",
		Params: []wire.Param[userIDs]{userIDsParam("userIDs")},
		Answer: []wire.Field[usersInfoAnswer]{
			wire.ObjectsOrNull("usersInfo", func(a *usersInfoAnswer) *[]userInfo { return &a.users }, userInfoFields()...).
				Means("用户资料", "The users"),
		},
		Check: func(q *userIDs) error {
			if !q.given {
				return badArgs("UserIDs is empty")
			}
			return nil
		},
		Do: usersInfo,
	}
}

// usersInfo shows a user that is named several times once.
func usersInfo(c *wire.Call, q *userIDs, a *usersInfoAnswer) error {
	accounts, err := c.Engine.Accounts(c.Context, c.Caller.App, q.list)
	if err != nil {
		return err
	}
	shown := make(map[core.UserNumber]bool, len(accounts))
	for _, u := range accounts {
		if u != nil && !shown[u.Number] {
			shown[u.Number] = true
			a.users = append(a.users, userInfoOf(u))
		}
	}
	return nil
}

type usersQuery struct {
	page             pagination
	userID, nickname string // patterns
}

type usersAnswer struct {
	total int64
	users []userInfo
}

func usersRow() *wire.Row[usersQuery, usersAnswer] {
	return &wire.Row[usersQuery, usersAnswer]{
		Name: "/user/get_users", ZH: "分页查询普通用户", EN: "Lists ordinary users",
		Access: wire.Member, Request: "GetPaginationUsersReq",
		Params: []wire.Param[usersQuery]{
			paginationParam(func(q *usersQuery) *pagination { return &q.page }),
			wire.String("userID", func(q *usersQuery) *string { return &q.userID }).Means("userID 正则，不区分大小写", "A pattern of IDs, in any letter case"),
			wire.String("nickName", func(q *usersQuery) *string { return &q.nickname }).Means("昵称正则，不区分大小写；与 userID 为或的关系", "A pattern of nicknames, in any letter case; one of the two must match"),
		},
		Answer: []wire.Field[usersAnswer]{
			wire.Number("total", func(a *usersAnswer) *int64 { return &a.total }).Means("总数", "How many there are in all"),
			wire.ObjectsOrNull("users", func(a *usersAnswer) *[]userInfo { return &a.users }, userInfoFields()...).Means("用户", "The users"),
		},
		Check: func(q *usersQuery) error { return q.page.check() },
		Do:    listUsers,
	}
}

// maxPattern bounds the patterns in a request, in bytes: what matching costs grows with them.
const maxPattern = 256

// patternOf compiles a pattern of the caller's; nil matches nothing.
func patternOf(text, name string) (*regexp.Regexp, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // an absent pattern is no error
	}
	if len(text) > maxPattern {
		return nil, badArgs(name + " is too long")
	}
	pattern, err := regexp.Compile("(?i)" + text)
	if err != nil {
		return nil, badArgs(name + " is no regular expression")
	}
	return pattern, nil
}

func listUsers(c *wire.Call, q *usersQuery, a *usersAnswer) error {
	userID, err := patternOf(q.userID, "userID")
	if err != nil {
		return err
	}
	nickname, err := patternOf(q.nickname, "nickName")
	if err != nil {
		return err
	}
	ordinary := core.RoleUser
	query := core.UserQuery{Role: &ordinary}
	query.Offset, query.Limit = q.page.bounds()
	if userID != nil || nickname != nil {
		query.Match = func(u *core.User) bool {
			return userID != nil && userID.MatchString(u.ID) || nickname != nil && nickname.MatchString(u.Nickname)
		}
	}
	page, err := c.Engine.Users(c.Context, c.Caller.App, query)
	if err != nil {
		return err
	}
	a.total = int64(page.Total)
	for _, u := range page.Users {
		a.users = append(a.users, userInfoOf(u))
	}
	return nil
}

type allUsersQuery struct{ page pagination }

type allUsersAnswer struct {
	total   int64
	userIDs []string
}

func allUsersRow() *wire.Row[allUsersQuery, allUsersAnswer] {
	return &wire.Row[allUsersQuery, allUsersAnswer]{
		Name: "/user/get_all_users_uid", ZH: "分页获取所有用户 ID", EN: "Lists the IDs of all users, administrators included",
		Access: wire.Member, Request: "GetAllUserIDReq",
		Params: []wire.Param[allUsersQuery]{paginationParam(func(q *allUsersQuery) *pagination { return &q.page })},
		Answer: []wire.Field[allUsersAnswer]{
			wire.Number("total", func(a *allUsersAnswer) *int64 { return &a.total }).Means("总数", "How many there are in all"),
			wire.Strings("userIDs", func(a *allUsersAnswer) *[]string { return &a.userIDs }).Means("用户 ID", "The IDs"),
		},
		Check: func(q *allUsersQuery) error { return q.page.check() },
		Do: func(c *wire.Call, q *allUsersQuery, a *allUsersAnswer) error {
			offset, limit := q.page.bounds()
			page, err := c.Engine.Users(c.Context, c.Caller.App, core.UserQuery{Offset: offset, Limit: limit})
			if err != nil {
				return err
			}
			a.total = int64(page.Total)
			for _, u := range page.Users {
				a.userIDs = append(a.userIDs, u.ID)
			}
			return nil
		},
	}
}
