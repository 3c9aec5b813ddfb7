package wechat

import "parley/adapters/wire"

type textQuery struct{ id, content string }

func textCreateRow() *wire.Row[textQuery, created] {
	return &wire.Row[textQuery, created]{
		Name: "POST /v1/{INFO_ID}/text", ZH: "新建文本素材", EN: "Stores a text to reply with or to send", Bare: true,
		Params: []wire.Param[textQuery]{
			accountParam[textQuery](),
			text("content", func(q *textQuery) *string { return &q.content }, "文本内容", "The text"),
		},
		Answer: createdField(),
		Do: in(func(x *exchange, q *textQuery, a *created) (err error) {
			a.id, err = x.service().CreateText(x.ctx, x.account.ID, q.content)
			return err
		}),
	}
}

func textRow() *wire.Row[textQuery, textQuery] {
	return &wire.Row[textQuery, textQuery]{
		Name: "GET /v1/{INFO_ID}/text/{ID}", ZH: "文本素材", EN: "A stored text",
		Params: []wire.Param[textQuery]{
			accountParam[textQuery](), idParam(func(q *textQuery) *string { return &q.id }, "文本ID", "The text"),
		},
		Answer: []wire.Field[textQuery]{
			wire.Text("id", func(a *textQuery) *string { return &a.id }).Means("文本ID", "The text's ID"),
			wire.Text("content", func(a *textQuery) *string { return &a.content }).Means("文本内容", "The text"),
		},
		Do: in(func(x *exchange, q *textQuery, a *textQuery) error {
			t, err := x.service().Text(x.ctx, x.account.ID, q.id)
			if err == nil {
				*a = textQuery{t.ID, t.Content}
			}
			return err
		}),
	}
}
