package openim

import "parley/adapters/wire"

// The paths that need no token; the platform compares only the beginning of a path with them.
const (
	pathAdminToken  = "/auth/get_admin_token" //nolint:gosec // G101: a path
	pathParseToken  = "/auth/parse_token"     //nolint:gosec // G101: a path
	pathSecretToken = "/auth/user_token"      //nolint:gosec // G101: a path
)

type adminTokenQuery struct{ secret, userID string }

type tokenAnswer struct {
	token   string
	seconds int64 // how long it lives
}

func tokenFields() []wire.Field[tokenAnswer] {
	return []wire.Field[tokenAnswer]{
		wire.Text("token", func(a *tokenAnswer) *string { return &a.token }).Means("令牌", "The token"),
		wire.Number("expireTimeSeconds", func(a *tokenAnswer) *int64 { return &a.seconds }).Means("有效时长（秒）", "How long it lives, in seconds"),
	}
}

func adminTokenRow() *wire.Row[adminTokenQuery, tokenAnswer] {
	return &wire.Row[adminTokenQuery, tokenAnswer]{
		Name: pathAdminToken, ZH: "获取管理员令牌", EN: "Gives an administrator a token", Request: "GetAdminTokenReq",
		Params: []wire.Param[adminTokenQuery]{
			wire.String("secret", func(q *adminTokenQuery) *string { return &q.secret }).Means("服务端密钥", "The app's secret"),
			wire.String("userID", func(q *adminTokenQuery) *string { return &q.userID }).Means("管理员 userID", "The administrator's userID"),
		},
		Answer: tokenFields(),
		Check:  func(q *adminTokenQuery) error { return userIDGiven(q.userID) },
		Do:     giveAdminToken,
	}
}

type userPlatformQuery struct {
	userID   string
	platform int64
}

func userPlatformParams() []wire.Param[userPlatformQuery] {
	return []wire.Param[userPlatformQuery]{
		wire.Int("platformID", func(q *userPlatformQuery) *int64 { return &q.platform }).Means("平台 ID", "The platform"),
		wire.String("userID", func(q *userPlatformQuery) *string { return &q.userID }).Means("用户 ID", "The user"),
	}
}

func userTokenRow() *wire.Row[userPlatformQuery, tokenAnswer] {
	return &wire.Row[userPlatformQuery, tokenAnswer]{
		Name: "/auth/get_user_token", ZH: "获取用户令牌", EN: "Gives a user a token",
		Access: wire.Operator, Request: "GetUserTokenReq",
		Params: userPlatformParams(), Answer: tokenFields(), Do: giveUserToken,
	}
}

func forceLogoutRow() *wire.Row[userPlatformQuery, nothing] {
	return &wire.Row[userPlatformQuery, nothing]{
		Name: "/auth/force_logout", ZH: "强制退出登录", EN: "Ends a user's tokens on a platform",
		Access: wire.Operator, Request: "ForceLogoutReq",
		Params: userPlatformParams(), Check: checkForceLogout, Do: forceLogout,
	}
}

type parseTokenQuery struct{ token string }

type parseTokenAnswer struct {
	userID   string
	platform int64
	expires  int64
}

func parseTokenRow() *wire.Row[parseTokenQuery, parseTokenAnswer] {
	return &wire.Row[parseTokenQuery, parseTokenAnswer]{
		Name: pathParseToken, ZH: "解析令牌", EN: "Tells whose a token is", Request: "ParseTokenReq",
		Params: []wire.Param[parseTokenQuery]{
			wire.String("token", func(q *parseTokenQuery) *string { return &q.token }).Means("令牌", "The token"),
		},
		Answer: []wire.Field[parseTokenAnswer]{
			wire.Text("userID", func(a *parseTokenAnswer) *string { return &a.userID }).Means("用户 ID", "The user"),
			wire.Number("platformID", func(a *parseTokenAnswer) *int64 { return &a.platform }).Means("平台 ID", "The platform"),
			wire.Number("expireTimeSeconds", func(a *parseTokenAnswer) *int64 { return &a.expires }).Means("过期时刻（Unix 秒）", "When it ends, in Unix seconds"),
		},
		// The platform has only this text for it.
		Check: func(q *parseTokenQuery) error { return userIDGiven(q.token) },
		Do:    parseToken,
	}
}

type secretTokenQuery struct {
	secret, userID string
	platform       int64
}

// secretTokenRow is how releases before 3.8 gave tokens, administrators' included.
func secretTokenRow() *wire.Row[secretTokenQuery, tokenAnswer] {
	return &wire.Row[secretTokenQuery, tokenAnswer]{
		Name: pathSecretToken, ZH: "获取令牌（旧版）", EN: "Gives a token to whoever has the secret", Request: "UserTokenReq",
		Params: []wire.Param[secretTokenQuery]{
			wire.String("secret", func(q *secretTokenQuery) *string { return &q.secret }).Means("服务端密钥", "The app's secret"),
			wire.Int("platformID", func(q *secretTokenQuery) *int64 { return &q.platform }).Means("平台 ID", "The platform"),
			wire.String("userID", func(q *secretTokenQuery) *string { return &q.userID }).Means("用户 ID", "The user"),
		},
		Answer: tokenFields(), Do: giveTokenForSecret,
	}
}
