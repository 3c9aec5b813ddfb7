package wechat

import (
	"errors"
	"net/http"

	"parley/adapters/wechat/weixin"
	"parley/adapters/wire"
	"parley/core"
	"parley/core/official"
)

// The platform's words around the menu.
const (
	textMenuFetched   = "menu info has already been fetched"
	textPublishFailed = "publish menu failed"
)

func menuFetchRow() *wire.Row[forceQuery, nothing] {
	return &wire.Row[forceQuery, nothing]{
		Name: "GET /v1/{INFO_ID}/menu/fetch", ZH: "拉取菜单", EN: "Puts the menu of the official platform in the place of the one here",
		Params: forceParams(),
		Do:     in(fetchMenu),
	}
}

// fetchMenu replaces a menu that was fetched, or made here, only by force.
func fetchMenu(x *exchange, q *forceQuery, _ *nothing) error {
	if !forced(q.force) {
		top, err := x.service().Menu(x.ctx, x.account.ID)
		if err != nil {
			return err
		}
		if x.account.MenuFetched || len(top) > 0 {
			return refuse(textMenuFetched)
		}
	}
	return x.background().ImportMenu(x.ctx, x.account.ID)
}

func menuPublishRow() *wire.Row[nothing, nothing] {
	return &wire.Row[nothing, nothing]{
		Name: "POST /v1/{INFO_ID}/menu/publish", ZH: "发布菜单；没有菜单则删除已发布的", EN: "Publishes the menu at the official platform; an empty one is deleted there",
		Params: []wire.Param[nothing]{accountParam[nothing]()},
		Do:     in(publishMenu),
	}
}

func publishMenu(x *exchange, _ *nothing, _ *nothing) error {
	top, err := x.service().Menu(x.ctx, x.account.ID)
	if err != nil {
		return err
	}
	if err := checkMenu(top); err != nil {
		return err
	}
	err = x.background().PublishMenu(x.ctx, x.account.ID, top)
	if api, refused := errors.AsType[*weixin.APIError](err); refused {
		return &refusal{http.StatusBadGateway, textPublishFailed + ": " + upstreamText(api), core.Conflict}
	}
	return err
}

// What the official platform takes as a menu.
const (
	maxTop      = 3
	maxChildren = 5
)

// checkMenu refuses what the official platform would refuse without saying which button is at fault.
func checkMenu(top []*official.Button) error {
	if len(top) > maxTop {
		return refuse("the menu has more than 3 buttons at the top")
	}
	for _, button := range top {
		if len(button.Children) > maxChildren {
			return refuse("the button " + button.Name + " has more than 5 buttons below it")
		}
		leaves := button.Children
		if len(leaves) == 0 {
			leaves = []*official.Button{button}
		}
		for _, leaf := range leaves {
			if leaf.Type == "" {
				return refuse("the button " + leaf.Name + " is bound to nothing")
			}
		}
	}
	return nil
}

// buttonView is a button as it is shown.
type buttonView struct {
	id, name, kind, keycode, url, replyID, replyType string
	sequence                                         int64
	children                                         []buttonView
}

func showButtons(buttons []*official.Button) []buttonView {
	all := make([]buttonView, len(buttons))
	for i, b := range buttons {
		all[i] = buttonView{
			b.ID, b.Name, b.Type, b.Keycode, b.URL, b.Reply.ID, string(b.Reply.Type), int64(b.Sequence), showButtons(b.Children),
		}
	}
	return all
}

func buttonFields() []wire.Field[buttonView] {
	return []wire.Field[buttonView]{
		wire.Text("id", func(b *buttonView) *string { return &b.id }).Means("菜单ID", "The button"),
		wire.Text("name", func(b *buttonView) *string { return &b.name }).Means("菜单名称", "Its name"),
		wire.Text("type", func(b *buttonView) *string { return &b.kind }).OrNull().Means("click、view", "click or view"),
		wire.Text("keycode", func(b *buttonView) *string { return &b.keycode }).OrNull().Means("点击事件的KEY", "What the official platform sends when it is clicked"),
		wire.Text("url", func(b *buttonView) *string { return &b.url }).OrNull().Means("链接", "The URL that it opens"),
		wire.Text("reply_id", func(b *buttonView) *string { return &b.replyID }).OrNull().Means("回复素材的ID", "What it answers"),
		wire.Text("reply_type", func(b *buttonView) *string { return &b.replyType }).OrNull().Means("回复素材的类型", "The type of that"),
		wire.Number("sequence", func(b *buttonView) *int64 { return &b.sequence }).Means("序号", "Its place among the buttons of its parent"),
	}
}

type menuAnswer struct{ buttons []buttonView }

func menuRow() *wire.Row[nothing, menuAnswer] {
	below := wire.Objects("sub_button", func(b *buttonView) *[]buttonView { return &b.children }, buttonFields()...).OmitEmpty().
		Means("子菜单", "The buttons below it")
	return &wire.Row[nothing, menuAnswer]{
		Name: "GET /v1/{INFO_ID}/menu", ZH: "菜单", EN: "The menu", Bare: true,
		Params: []wire.Param[nothing]{accountParam[nothing]()},
		Answer: []wire.Field[menuAnswer]{
			wire.Objects("menu", func(a *menuAnswer) *[]buttonView { return &a.buttons }, append(buttonFields(), below)...).Means("顶级菜单", "The buttons at the top"),
		},
		Do: in(func(x *exchange, _ *nothing, a *menuAnswer) error {
			top, err := x.service().Menu(x.ctx, x.account.ID)
			a.buttons = showButtons(top)
			return err
		}),
	}
}
