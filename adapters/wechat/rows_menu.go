package wechat

import (
	"parley/adapters/wire"
	"parley/core/official"
)

// buttonQuery is a button, or what is to become of one.
type buttonQuery struct {
	id, parent, name, replyID, replyType string
	sequence                             int64
}

func buttonNameParams() []wire.Param[buttonQuery] {
	return []wire.Param[buttonQuery]{
		text("name", func(q *buttonQuery) *string { return &q.name }, "菜单名称", "The button's name"),
		wire.Int("sequence", func(q *buttonQuery) *int64 { return &q.sequence }).At(wire.PlaceBody).Must().AtLeast(0).AtMost(1<<31-1).
			Means("序号，从1开始", "Its place among the buttons of its parent, from 1"),
	}
}

func buttonIDParam() wire.Param[buttonQuery] {
	return idParam(func(q *buttonQuery) *string { return &q.id }, "菜单ID", "The button")
}

func menuIDParam() wire.Param[buttonQuery] {
	return text("menu_id", func(q *buttonQuery) *string { return &q.id }, "菜单ID", "The button")
}

func buttonCreateRow() *wire.Row[buttonQuery, created] {
	return &wire.Row[buttonQuery, created]{
		Name: "POST /v1/{INFO_ID}/menu", ZH: "新建菜单", EN: "Adds a button to the menu, which nobody sees before it is published", Bare: true,
		Params: append([]wire.Param[buttonQuery]{
			accountParam[buttonQuery](),
			text("parent_id", func(q *buttonQuery) *string { return &q.parent }, "上级菜单ID，顶级为0", "The button above it, 0 at the top"),
		}, buttonNameParams()...),
		Answer: createdField(),
		Do: in(func(x *exchange, q *buttonQuery, a *created) (err error) {
			a.id, err = x.service().CreateButton(x.ctx, x.account.ID, q.parent, q.name, int(q.sequence))
			return err
		}),
	}
}

func buttonUpdateRow() *wire.Row[buttonQuery, nothing] {
	return &wire.Row[buttonQuery, nothing]{
		Name: "PUT /v1/{INFO_ID}/menu/{ID}", ZH: "修改菜单；序号被占用则互换", EN: "Renames and moves a button; the one at its new place gets the old",
		Params: append([]wire.Param[buttonQuery]{accountParam[buttonQuery](), buttonIDParam()}, buttonNameParams()...),
		Do: in(func(x *exchange, q *buttonQuery, _ *nothing) error {
			return x.service().UpdateButton(x.ctx, x.account.ID, q.id, q.name, int(q.sequence))
		}),
	}
}

func buttonDeleteRow() *wire.Row[buttonQuery, nothing] {
	return &wire.Row[buttonQuery, nothing]{
		Name: "DELETE /v1/{INFO_ID}/menu/{ID}", ZH: "删除菜单及其子菜单", EN: "Deletes a button with those below it",
		Params: []wire.Param[buttonQuery]{accountParam[buttonQuery](), buttonIDParam()},
		Do: in(func(x *exchange, q *buttonQuery, _ *nothing) error {
			return x.service().DeleteButton(x.ctx, x.account.ID, q.id)
		}),
	}
}

// replyLink is the type of a reply that opens a URL.
const replyLink = "link"

func buttonBindRow() *wire.Row[buttonQuery, nothing] {
	return &wire.Row[buttonQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/menu/bind", ZH: "绑定菜单的回复或链接", EN: "Makes a button answer, or open a URL, once the menu is published",
		Params: []wire.Param[buttonQuery]{
			accountParam[buttonQuery](),
			menuIDParam(),
			text("reply_id", func(q *buttonQuery) *string { return &q.replyID }, "回复素材的ID；类型为link时为URL", "What is answered; of the type link, the URL"),
			replyTypeParam("reply_type", func(q *buttonQuery) *string { return &q.replyType }, append(replyTypes(), replyLink)...),
		},
		Outcomes: calledHere(official.FieldURL, "reply_id"),
		Do: in(func(x *exchange, q *buttonQuery, _ *nothing) error {
			if q.replyType == replyLink {
				return x.service().LinkButton(x.ctx, x.account.ID, q.id, q.replyID)
			}
			return x.service().BindButton(x.ctx, x.account.ID, q.id, official.Reply{ID: q.replyID, Type: official.ReplyType(q.replyType)})
		}),
	}
}

func buttonUnbindRow() *wire.Row[buttonQuery, nothing] {
	return &wire.Row[buttonQuery, nothing]{
		Name: "POST /v1/{INFO_ID}/menu/unbind", ZH: "解除菜单绑定", EN: "Takes a button's reply or URL away",
		Params: []wire.Param[buttonQuery]{accountParam[buttonQuery](), menuIDParam()},
		Do: in(func(x *exchange, q *buttonQuery, _ *nothing) error {
			return x.service().UnbindButton(x.ctx, x.account.ID, q.id)
		}),
	}
}
