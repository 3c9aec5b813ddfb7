package weixin

import "context"

// Button is one entry of an account's menu: one with entries below it, or one that does something.
type Button struct {
	Type string // click, view, and so on; empty for one with entries below it
	Name string
	Key  string // of click
	URL  string // of view
	// MediaID, AppID and PagePath belong to further types.
	MediaID, AppID, PagePath string
	Below                    []Button
}

type buttonAnswer struct {
	Type     string         `json:"type"`
	Name     string         `json:"name"`
	Key      string         `json:"key"`
	URL      string         `json:"url"`
	MediaID  string         `json:"media_id"`
	AppID    string         `json:"appid"`
	PagePath string         `json:"pagepath"`
	Below    []buttonAnswer `json:"sub_button"`
}

func buttons(answers []buttonAnswer, levels int) []Button {
	if levels == 0 || len(answers) == 0 {
		return nil
	}
	all := make([]Button, len(answers))
	for i, a := range answers {
		all[i] = Button{a.Type, a.Name, a.Key, a.URL, a.MediaID, a.AppID, a.PagePath, buttons(a.Below, levels-1)}
	}
	return all
}

// menuLevels is how many levels a menu has.
const menuLevels = 2

// Menu gives the account's menu. Without one the platform refuses with CodeNoMenu.
func (c *Client) Menu(ctx context.Context) ([]Button, error) {
	var a struct {
		Menu struct {
			Buttons []buttonAnswer `json:"button"`
		} `json:"menu"`
	}
	if err := c.do(ctx, &call{name: "menu/get", read: true}, &a); err != nil {
		return nil, err
	}
	return buttons(a.Menu.Buttons, menuLevels), nil
}

// CreateMenu replaces the account's menu.
func (c *Client) CreateMenu(ctx context.Context, menu []Button) error {
	var o object
	writeButtons(&o, "button", menu, menuLevels)
	return c.do(ctx, &call{name: "menu/create", body: o.end()}, nil)
}

func writeButtons(o *object, name string, all []Button, levels int) {
	o.objects(name, len(all), func(o *object, i int) {
		b := &all[i]
		o.string("name", b.Name)
		for _, member := range [...]struct{ name, value string }{
			{"type", b.Type}, {"key", b.Key}, {"url", b.URL}, {"media_id", b.MediaID}, {"appid", b.AppID}, {"pagepath", b.PagePath},
		} {
			if member.value != "" {
				o.string(member.name, member.value)
			}
		}
		if len(b.Below) > 0 && levels > 1 {
			writeButtons(o, "sub_button", b.Below, levels-1)
		}
	})
}

// DeleteMenu removes the account's menu.
func (c *Client) DeleteMenu(ctx context.Context) error {
	return c.do(ctx, &call{name: "menu/delete"}, nil)
}
