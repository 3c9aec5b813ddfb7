package openim

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"parley/adapters/wire"
	"parley/core"
)

// announcer is an account that announces, as the platform shows and takes it.
type announcer struct {
	userID, nickname, faceURL string
	level                     int64
}

// announcerFields returns the fields of an account, which the platform gives in different orders.
func announcerFields() (id, nickname, face, level wire.Field[announcer]) {
	id = wire.Text("userID", func(n *announcer) *string { return &n.userID }).Means("用户 ID", "The account's ID")
	nickname = wire.Text("nickName", func(n *announcer) *string { return &n.nickname }).Means("昵称", "The nickname")
	face = wire.Text("faceURL", func(n *announcer) *string { return &n.faceURL }).Means("头像地址", "The avatar's URL")
	level = wire.Number("appMangerLevel", func(n *announcer) *int64 { return &n.level }).Means("级别：3 通知号，4 机器人", "The level: 3 notification account, 4 robot")
	return id, nickname, face, level
}

func announcerParams() []wire.Param[announcer] {
	return []wire.Param[announcer]{
		wire.String("userID", func(n *announcer) *string { return &n.userID }).Means("用户 ID", "The account's ID"),
		wire.String("nickName", func(n *announcer) *string { return &n.nickname }).Means("昵称", "The nickname"),
		wire.String("faceURL", func(n *announcer) *string { return &n.faceURL }).Means("头像地址", "The avatar's URL"),
	}
}

func addNotifierRow() *wire.Row[announcer, announcer] {
	id, nickname, face, level := announcerFields()
	return &wire.Row[announcer, announcer]{
		Name: "/user/add_notification_account", ZH: "添加通知号", EN: "Registers an account that announces; without userID it gets ten digits",
		Access: wire.Operator, Request: "AddNotificationAccountReq",
		Params: append(announcerParams(),
			wire.Int("appMangerLevel", func(n *announcer) *int64 { return &n.level }).As("int32").Means("级别：3 通知号，4 机器人", "The level: 3 notification account, 4 robot")),
		Answer: []wire.Field[announcer]{id, nickname, face, level},
		Check: func(q *announcer) error {
			switch {
			case q.nickname == "":
				return badArgs("nickName is empty")
			case !isLegalUserID(q.userID):
				return badArgs("userID is legal")
			}
			return nil
		},
		Do: addNotifier,
	}
}

// maxDraws bounds how often an ID is drawn anew because it is in use.
const maxDraws = 20

func addNotifier(c *wire.Call, q, a *announcer) error {
	if q.level < levelNotifier || q.level > levelRobot {
		return badArgs("app level not supported")
	}
	role, err := roleOf(q.level)
	if err != nil {
		return err
	}
	n := core.NewUser{ID: q.userID, Nickname: q.nickname, Avatar: q.faceURL, Role: role, IP: c.RemoteIP.String()}
	for range maxDraws {
		if q.userID == "" {
			if n.ID, err = tenDigits(); err != nil {
				return err
			}
		}
		_, err = c.Engine.Register(c.Context, c.Caller.App, n)
		if core.CodeOf(err) != core.Exists || q.userID != "" {
			break
		}
	}
	switch {
	case core.CodeOf(err) == core.Exists:
		return badArgs("userID is used")
	case err != nil:
		return err
	}
	*a = *q
	a.userID = n.ID
	return nil
}

func tenDigits() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1e10))
	if err != nil {
		return "", core.Wrap(core.Internal, "no random bytes", err)
	}
	return fmt.Sprintf("%010d", n), nil
}

func updateNotifierRow() *wire.Row[announcer, nothing] {
	return &wire.Row[announcer, nothing]{
		Name: "/user/update_notification_account", ZH: "更新通知号，空值不修改", EN: "Changes an account's fields that are not empty",
		Access: wire.Operator, Request: "UpdateNotificationAccountInfoReq",
		Params: announcerParams(),
		Check: func(q *announcer) error {
			if q.faceURL == "" && q.nickname == "" {
				return badArgs("faceURL and nickName is empty at the same")
			}
			return nil
		},
		Do: func(c *wire.Call, q *announcer, _ *nothing) error {
			return changeProfile(c, q.userID, core.ProfileChange{Nickname: unlessEmpty(&q.nickname), Avatar: unlessEmpty(&q.faceURL)})
		},
	}
}

type notifiersQuery struct {
	keyword    string
	level      int64
	levelGiven bool
	page       pagination
}

type notifiersAnswer struct {
	total    int64
	accounts []announcer
}

func notifiersRow() *wire.Row[notifiersQuery, notifiersAnswer] {
	id, nickname, face, level := announcerFields()
	return &wire.Row[notifiersQuery, notifiersAnswer]{
		Name: "/user/search_notification_account", ZH: "搜索通知号", EN: "Lists the accounts that announce",
		Access: wire.Operator, Request: "SearchNotificationAccountReq",
		Params: []wire.Param[notifiersQuery]{
			wire.String("keyword", func(q *notifiersQuery) *string { return &q.keyword }).Means("userID 或昵称包含的文字", "What the ID or the nickname contains, in any letter case"),
			wire.Int("appManagerLevel", func(q *notifiersQuery) *int64 { return &q.level }).As("int32").
				Given(func(q *notifiersQuery) *bool { return &q.levelGiven }).Means("级别：3 通知号，4 机器人；缺省为全部", "Only this level: 3 notification account, 4 robot"),
			paginationParam(func(q *notifiersQuery) *pagination { return &q.page }),
		},
		Answer: []wire.Field[notifiersAnswer]{
			wire.Number("total", func(a *notifiersAnswer) *int64 { return &a.total }).Means("总数", "How many there are in all"),
			wire.ObjectsOrNull("notificationAccounts", func(a *notifiersAnswer) *[]announcer { return &a.accounts },
				id, face, nickname, level).Means("通知号", "The accounts"),
		},
		Check: func(q *notifiersQuery) error { return q.page.check() },
		Do:    searchNotifiers,
	}
}

func searchNotifiers(c *wire.Call, q *notifiersQuery, a *notifiersAnswer) error {
	keyword := strings.ToLower(q.keyword)
	var query core.UserQuery
	query.Offset, query.Limit = q.page.bounds()
	query.Match = func(u *core.User) bool {
		if u.Role < core.RoleNotifier || q.levelGiven && levelOf(u.Role) != q.level {
			return false
		}
		return strings.Contains(strings.ToLower(u.ID), keyword) || strings.Contains(strings.ToLower(u.Nickname), keyword)
	}
	page, err := c.Engine.Users(c.Context, c.Caller.App, query)
	if err != nil {
		return err
	}
	a.total = int64(page.Total)
	for _, u := range page.Users {
		a.accounts = append(a.accounts, announcer{userID: u.ID, nickname: u.Nickname, faceURL: u.Avatar, level: levelOf(u.Role)})
	}
	return nil
}
