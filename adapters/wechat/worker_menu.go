package wechat

import (
	"context"

	"parley/adapters/wechat/weixin"
	"parley/core/official"
)

// ImportMenu implements Background.
func (w *Worker) ImportMenu(ctx context.Context, account string) error {
	ctx, cancel := w.detached(ctx)
	defer cancel()
	client, err := w.client(ctx, account)
	if err != nil {
		return err
	}
	menu, err := client.Menu(ctx)
	if err != nil && !weixin.IsCode(err, weixin.CodeNoMenu) {
		return platformFault(err)
	}
	if err := w.service.ReplaceMenu(ctx, account, importedButtons(menu)); err != nil {
		return err
	}
	return w.service.SetMenuFetched(ctx, account, true)
}

// importedButtons leaves out the types of buttons that can not be edited here.
func importedButtons(menu []weixin.Button) []official.ButtonInput {
	var all []official.ButtonInput
	for i := range menu {
		b := &menu[i]
		in := official.ButtonInput{Name: clip(b.Name, 100)}
		switch {
		case len(b.Below) > 0:
			in.Children = importedButtons(b.Below)
		case b.Type == official.ButtonClick:
			in.Type, in.Keycode = b.Type, b.Key
		case b.Type == official.ButtonView:
			in.Type, in.URL = b.Type, b.URL
		case b.Type != "":
			continue
		}
		all = append(all, in)
	}
	return all
}

// PublishMenu implements Background.
func (w *Worker) PublishMenu(ctx context.Context, account string, top []*official.Button) error {
	ctx, cancel := w.detached(ctx)
	defer cancel()
	client, err := w.client(ctx, account)
	if err != nil {
		return err
	}
	if len(top) == 0 {
		return platformFault(client.DeleteMenu(ctx))
	}
	return platformFault(client.CreateMenu(ctx, publishedButtons(top)))
}

func publishedButtons(buttons []*official.Button) []weixin.Button {
	all := make([]weixin.Button, len(buttons))
	for i, b := range buttons {
		all[i] = weixin.Button{Name: b.Name}
		switch {
		case len(b.Children) > 0:
			all[i].Below = publishedButtons(b.Children)
		case b.Type == official.ButtonView:
			all[i].Type, all[i].URL = b.Type, b.URL
		default:
			all[i].Type, all[i].Key = b.Type, b.Keycode
		}
	}
	return all
}
