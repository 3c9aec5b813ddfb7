package wechat

import (
	"errors"
	"net/http"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

type bindQuery struct{ originalID string }

type bindAnswer struct{ id, url, token string }

func bindRow() *wire.Row[bindQuery, bindAnswer] {
	return &wire.Row[bindQuery, bindAnswer]{
		Name: "POST /v1/bind", ZH: "绑定公众号", EN: "Binds an official account; an account that is bound already gets the same answer again",
		Params: []wire.Param[bindQuery]{
			text("weixin_id", func(q *bindQuery) *string { return &q.originalID }, "公众号原始ID", "The account's original ID"),
		},
		Answer: []wire.Field[bindAnswer]{
			wire.Text("id", func(a *bindAnswer) *string { return &a.id }).Means("公众号ID，即其他接口的INFO_ID", "The account, INFO_ID of the other endpoints"),
			wire.Text("url", func(a *bindAnswer) *string { return &a.url }).Means("回调URL，填入公众平台", "The callback URL to enter at the official platform"),
			wire.Text("token", func(a *bindAnswer) *string { return &a.token }).Means("回调Token，填入公众平台", "The callback token to enter there"),
		},
		Do: in(func(x *exchange, q *bindQuery, a *bindAnswer) error {
			account, err := x.service().Bind(x.ctx, q.originalID)
			if err != nil {
				return err
			}
			*a = bindAnswer{account.ID, x.dialect.base.callback(account.ID), account.Token}
			return nil
		}),
	}
}

type fillinQuery struct {
	id          string
	credentials official.Credentials
}

func fillinRow() *wire.Row[fillinQuery, nothing] {
	return &wire.Row[fillinQuery, nothing]{
		Name: "POST /v1/bind/fillin", ZH: "填写开发者凭据，并在后台拉取分组、用户与菜单",
		EN: "Stores the account's credentials after trying them, and imports groups, followers and menu in the background",
		Params: []wire.Param[fillinQuery]{
			text("id", func(q *fillinQuery) *string { return &q.id }, "绑定时返回的ID", "The account, as the binding gave it"),
			text("app_id", func(q *fillinQuery) *string { return &q.credentials.AppID }, "AppID", "The AppID"),
			text("app_secret", func(q *fillinQuery) *string { return &q.credentials.Secret }, "AppSecret", "The AppSecret"),
			wire.String("encoding_aes_key", func(q *fillinQuery) *string { return &q.credentials.EncodingKey }).At(wire.PlaceBody).
				Means("EncodingAESKey，安全模式使用", "The EncodingAESKey, where the account is in safe mode"),
		},
		Check: checkFillin,
		Do:    in(fillin),
	}
}

func checkFillin(q *fillinQuery) error {
	const most = 100 // characters; less than what an ID has in bytes is never refused later
	switch c := &q.credentials; {
	case c.AppID == "" || len(c.AppID) > most:
		return invalid("app_id")
	case c.Secret == "" || len(c.Secret) > most:
		return invalid("app_secret")
	case c.EncodingKey != "":
		if _, err := weixin.NewSealer(c.EncodingKey, c.AppID); err != nil {
			return invalid("encoding_aes_key")
		}
	}
	return nil
}

// fillin stores credentials that work. Those that do not are the client's mistake.
func fillin(x *exchange, q *fillinQuery, _ *nothing) error {
	if _, err := x.service().Account(x.ctx, q.id); err != nil {
		return err
	}
	if err := x.background().CheckCredentials(x.ctx, q.id, q.credentials); err != nil {
		if api, refused := errors.AsType[*weixin.APIError](err); refused {
			return &refusal{http.StatusBadRequest, upstreamText(api), core.Invalid}
		}
		return err
	}
	if err := x.service().SetCredentials(x.ctx, q.id, q.credentials); err != nil {
		return err
	}
	return x.background().CredentialsChanged(x.ctx, q.id)
}

func refreshRow() *wire.Row[nothing, nothing] {
	return &wire.Row[nothing, nothing]{
		Name: "GET /v1/bind/refresh/{INFO_ID}", ZH: "丢弃缓存的凭据与access_token", EN: "Forgets the credentials and the access token that are kept in memory",
		Params: []wire.Param[nothing]{accountParam[nothing]()},
		Do: in(func(x *exchange, _ *nothing, _ *nothing) error {
			return x.background().Forget(x.ctx, x.account.ID)
		}),
	}
}
