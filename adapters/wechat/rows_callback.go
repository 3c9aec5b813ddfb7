package wechat

import "parley/adapters/wire"

// callbackEndpoint hands what the official platform sends to what works in the background.
type callbackEndpoint struct {
	*wire.Row[callbackIDQuery, nothing]
}

type callbackIDQuery struct{ id string }

func callbackRow(method, zh, en string) wire.Endpoint {
	return &callbackEndpoint{&wire.Row[callbackIDQuery, nothing]{
		Name: method + " /wx/{ID}", ZH: zh, EN: en,
		Params: []wire.Param[callbackIDQuery]{
			idParam(func(q *callbackIDQuery) *string { return &q.id }, "公众号ID", "The account, as the binding gave it"),
		},
		Do: in(func(*exchange, *callbackIDQuery, *nothing) error { return nil }), // serve answers
	}}
}

// serve implements direct.
func (*callbackEndpoint) serve(x *exchange) error {
	id, _ := x.in.variable("ID")
	x.background().Callback(x.ctx, id)
	return nil
}
