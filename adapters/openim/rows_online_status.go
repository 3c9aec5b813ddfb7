package openim

import (
	"slices"

	"parley/adapters/wire"
)

type onlineStatus struct {
	userID   string
	status   int64
	platform []onlinePlatform // where the user is online
}

type onlinePlatform struct {
	platform     string
	connectionID string
}

type onlineAnswer struct{ users []onlineStatus }

// onlineStatusRow answers that everybody is offline: nobody holds a connection to this server.
func onlineStatusRow() *wire.Row[userIDs, onlineAnswer] {
	return &wire.Row[userIDs, onlineAnswer]{
		Name: "/user/get_users_online_status", ZH: "获取用户在线状态", EN: "Tells which users are connected",
		Access: wire.Member, Request: "GetUsersOnlineStatusReq", Bare: true,
		Params: []wire.Param[userIDs]{userIDsParam("userIDs")},
		Answer: []wire.Field[onlineAnswer]{
			wire.Objects("users", func(a *onlineAnswer) *[]onlineStatus { return &a.users },
				wire.Text("userID", func(s *onlineStatus) *string { return &s.userID }).Means("用户 ID", "The user's ID"),
				wire.Number("status", func(s *onlineStatus) *int64 { return &s.status }).Means("1 在线，0 离线", "1 connected, 0 not"),
				wire.ObjectsOrNull("detailPlatformStatus", func(s *onlineStatus) *[]onlinePlatform { return &s.platform },
					wire.Text("platform", func(p *onlinePlatform) *string { return &p.platform }).Means("平台", "The platform"),
					wire.Text("connID", func(p *onlinePlatform) *string { return &p.connectionID }).Means("连接", "The connection"),
				).Means("各平台的连接", "The connections"),
			).Means("在线状态", "The users in the order of the request"),
		},
		Do: func(_ *wire.Call, q *userIDs, a *onlineAnswer) error {
			a.users = slices.Grow(a.users, len(q.list))
			for _, id := range q.list {
				a.users = append(a.users, onlineStatus{userID: id})
			}
			return nil
		},
	}
}
