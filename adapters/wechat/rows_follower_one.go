package wechat

import (
	"parley/adapters/wire"
	"parley/core/official"
)

// followerView is all that is shown of a follower.
type followerView struct {
	infoID string // in the original's shape only
	official.Follower

	gender, since int64
	until         *int64
}

func followerRow(original bool) *wire.Row[openIDQuery, followerView] {
	line := func(name string, at func(*followerView) *string, zh, en string) wire.Field[followerView] {
		return wire.Text(name, at).Means(zh, en)
	}
	answer := []wire.Field[followerView]{
		line("openid", func(a *followerView) *string { return &a.OpenID }, "用户openid", "The follower"),
		line("nickname", func(a *followerView) *string { return &a.Nickname }, "昵称", "The nickname"),
		line("country", func(a *followerView) *string { return &a.Country }, "国家", "The country"),
		line("province", func(a *followerView) *string { return &a.Province }, "省份", "The province"),
		line("city", func(a *followerView) *string { return &a.City }, "城市", "The city"),
		wire.Number("gender", func(a *followerView) *int64 { return &a.gender }).Means("性别：0未知，1男，2女", "The gender: 0 unknown, 1 male, 2 female"),
		line("avatar", func(a *followerView) *string { return &a.Avatar }, "头像地址", "The avatar's URL"),
		line("language", func(a *followerView) *string { return &a.Language }, "语言", "The language"),
		wire.Flag("subscribed", func(a *followerView) *bool { return &a.Subscribed }).Means("是否关注", "Whether the follower has not left"),
		wire.Number("subscribe_time", func(a *followerView) *int64 { return &a.since }).Means("关注时间，毫秒", "Since when, in milliseconds"),
		line("unionid", func(a *followerView) *string { return &a.UnionID }, "unionid", "The unionid"),
		line("remark", func(a *followerView) *string { return &a.Remark }, "备注", "The remark"),
		wire.NumberOrNull("unsubscribe_time", func(a *followerView) **int64 { return &a.until }).Means("取消关注时间，毫秒", "When the follower left, in milliseconds"),
		wire.Flag("ungrouped", func(a *followerView) *bool { return &a.Ungrouped }).Means("是否未分组", "Whether the follower is in no group"),
		wire.Flag("blocked", func(a *followerView) *bool { return &a.Blocked }).Means("是否在黑名单", "Whether the follower is blocked"),
	}
	if original {
		answer = append(answer, line("info_id", func(a *followerView) *string { return &a.infoID }, "公众号ID", "The account"))
	}
	return &wire.Row[openIDQuery, followerView]{
		Name: "GET /v1/{INFO_ID}/user/{OPENID}", ZH: "用户信息", EN: "A follower, also one that has left",
		Params: []wire.Param[openIDQuery]{accountParam[openIDQuery](), openIDParam()},
		Answer: answer,
		Do: in(func(x *exchange, q *openIDQuery, a *followerView) error {
			f, err := x.service().Follower(x.ctx, x.account.ID, q.openID)
			if err != nil {
				return err
			}
			*a = followerView{infoID: x.account.ID, Follower: *f, gender: int64(f.Gender), since: f.SubscribeTime}
			if f.UnsubscribeTime != 0 {
				a.until = &f.UnsubscribeTime
			}
			return nil
		}),
	}
}
