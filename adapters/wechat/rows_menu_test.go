package wechat_test

import (
	"fmt"
	"testing"

	"parley/adapters/wechat/weixin"
	"parley/core/official"
)

func button(parent, name string, sequence any) string {
	return fmt.Sprintf(`{"parent_id":%q,"name":%q,"sequence":%v}`, parent, name, sequence)
}

func TestMenu(t *testing.T) {
	d := newDesk(t)
	d.gives("GET /v1/$I/menu", "", ok("[]"))
	second := d.makes("POST /v1/$I/menu", button("0", "案例", 2))
	first := d.makes("POST /v1/$I/menu", button("0", "网站", `"1"`))
	child := d.makes("POST /v1/$I/menu", button(first, "POP", 1))
	other := d.makes("POST /v1/$I/menu", `{"parent_id":"`+first+`","name":7,"sequence":" 2 "}`)
	const unbound = `"type":null,"keycode":null,"url":null,"reply_id":null,"reply_type":null`
	leaf := func(id, name, binding, sequence string) string {
		return `{"id":"` + id + `","name":"` + name + `",` + binding + `,"sequence":` + sequence + `}`
	}
	menu := func(first, second string) string { return ok("[" + first + "," + second + "]") }
	d.gives("GET /v1/$I/menu", "", menu(`{"id":"`+first+`","name":"网站",`+unbound+`,"sequence":1,"sub_button":[`+
		leaf(child, "POP", unbound, "1")+","+leaf(other, "7", unbound, "2")+"]}", leaf(second, "案例", unbound, "2")))

	d.done("POST /v1/$I/menu/bind", `{"menu_id":"`+second+`","reply_id":"http://m.example/?a=b","reply_type":"link"}`)
	d.done("POST /v1/$I/menu/bind", `{"menu_id":"`+child+`","reply_id":"r1","reply_type":"image"}`)
	top := must[[]*official.Button](t)(d.service.Menu(t.Context(), d.account.ID))
	keycode := top[0].Children[0].Keycode
	d.done("PUT /v1/$I/menu/"+child, `{"name":"POP2","sequence":2}`)
	d.gives("GET /v1/$I/menu", "", menu(`{"id":"`+first+`","name":"网站",`+unbound+`,"sequence":1,"sub_button":[`+leaf(other, "7", unbound, "1")+","+
		leaf(child, "POP2", `"type":"click","keycode":"`+keycode+`","url":null,"reply_id":"r1","reply_type":"image"`, "2")+"]}",
		leaf(second, "案例", `"type":"view","keycode":null,"url":"http://m.example/?a=b","reply_id":null,"reply_type":null`, "2")))
	if len(keycode) != 36 {
		t.Error(keycode)
	}

	d.done("POST /v1/$I/menu/unbind", `{"menu_id":"`+second+`"}`)
	d.done("DELETE /v1/$I/menu/"+first, "")
	d.gives("GET /v1/$I/menu", "", ok("["+leaf(second, "案例", unbound, "1")+"]"))
}

func TestMenuRefusals(t *testing.T) {
	d := newDesk(t)
	id := d.makes("POST /v1/$I/menu", button("0", "x", 1))
	below := d.makes("POST /v1/$I/menu", button(id, "y", 1))
	for body, message := range map[string]string{
		`{"name":"a","sequence":1}`:           "missing parameter: parent_id",
		`{"parent_id":"0","sequence":1}`:      "missing parameter: name",
		`{"parent_id":0,"name":"a"}`:          "missing parameter: sequence",
		button("0", "a", `"x"`):               "invalid parameter: sequence",
		button("0", "a", `1.5`):               "invalid parameter: sequence",
		button("0", "a", `true`):              "invalid parameter: sequence",
		button("0", "a", `[]`):                "invalid parameter: sequence",
		button("0", "a", `-1`):                "invalid parameter: sequence",
		button("0", "a", `99999999999999999`): "invalid parameter: sequence",
		button("0", "", `1`):                  "invalid parameter: name",
		button(below, "a", `1`):               "invalid parameter: parent_id",
	} {
		d.refuses("POST /v1/$I/menu", body, 400, message)
	}
	d.refuses("POST /v1/$I/menu", button("nothing", "a", 1), 404, "not found")
	d.refuses("PUT /v1/$I/menu/"+id, `{"sequence":1}`, 400, "missing parameter: name")
	d.refuses("PUT /v1/$I/menu/"+id, `{"name":"a"}`, 400, "missing parameter: sequence")
	d.refuses("PUT /v1/$I/menu/nothing", `{"name":"a","sequence":1}`, 404, "not found")
	d.refuses("DELETE /v1/$I/menu/nothing", "", 404, "not found")
	for body, message := range map[string]string{
		`{"reply_id":"r","reply_type":"text"}`:                       "missing parameter: menu_id",
		`{"menu_id":"m","reply_type":"text"}`:                        "missing parameter: reply_id",
		`{"menu_id":"m","reply_id":"r"}`:                             "missing parameter: reply_type",
		`{"menu_id":"m","reply_id":"r","reply_type":"sound"}`:        "invalid parameter: reply_type",
		`{"menu_id":"` + id + `","reply_id":"","reply_type":"link"}`: "invalid parameter: reply_id",
		`{"menu_id":"` + id + `","reply_id":"","reply_type":"text"}`: "invalid parameter: reply_id",
	} {
		d.refuses("POST /v1/$I/menu/bind", body, 400, message)
	}
	d.refuses("POST /v1/$I/menu/bind", `{"menu_id":"nothing","reply_id":"r","reply_type":"text"}`, 404, "not found")
	d.refuses("POST /v1/$I/menu/bind", `{"menu_id":"nothing","reply_id":"http://x","reply_type":"link"}`, 404, "not found")
	d.refuses("POST /v1/$I/menu/unbind", `{}`, 400, "missing parameter: menu_id")
	d.refuses("POST /v1/$I/menu/unbind", `{"menu_id":"nothing"}`, 404, "not found")
	for i := range official.MaxButtons - 2 {
		d.makes("POST /v1/$I/menu", button("0", "z", i))
	}
	d.refuses("POST /v1/$I/menu", button("0", "z", 1), 429, "there are too many already")
}

func TestMenuFetch(t *testing.T) {
	const request, fetched = "GET /v1/$I/menu/fetch", "menu info has already been fetched"
	d := newDesk(t)
	d.done(request, "")
	d.told("menu")
	id := d.makes("POST /v1/$I/menu", button("0", "x", 1))
	d.refuses(request, "", 400, fetched)
	d.done("DELETE /v1/$I/menu/"+id, "")
	d.done(request, "")
	must[struct{}](t)(struct{}{}, d.service.SetMenuFetched(t.Context(), d.account.ID, true))
	d.refuses(request+"?force=0", "", 400, fetched)
	d.told("menu")
	d.done(request+"?force=1", "")
	d.helper.failWith(&weixin.CallError{Call: "menu/get", Err: &weixin.APIError{Code: 48001, Message: "api unauthorized"}})
	d.refuses(request+"?force=1", "", 502, `{"errcode":48001,"errmsg":"api unauthorized"}`)
}

func TestMenuPublish(t *testing.T) {
	const request = "POST /v1/$I/menu/publish"
	d := newDesk(t)
	d.done(request, "")
	d.told("publish 0")
	id := d.makes("POST /v1/$I/menu", button("0", "top", 1))
	d.refuses(request, "", 400, "the button top is bound to nothing")
	bind := func(id string) {
		t.Helper()
		d.done("POST /v1/$I/menu/bind", `{"menu_id":"`+id+`","reply_id":"r1","reply_type":"text"}`)
	}
	bind(id)
	d.done(request, "")
	child := d.makes("POST /v1/$I/menu", button(id, "child", 1))
	d.refuses(request, "", 400, "the button child is bound to nothing")
	bind(child)
	d.done(request, "")
	for i := range 5 {
		bind(d.makes("POST /v1/$I/menu", button(id, "child", i+2)))
	}
	d.refuses(request, "", 400, "the button top has more than 5 buttons below it")
	d.done("DELETE /v1/$I/menu/"+id, "")
	for i := range 4 {
		bind(d.makes("POST /v1/$I/menu", button("0", "top", i+1)))
	}
	d.refuses(request, "", 400, "the menu has more than 3 buttons at the top")
	d.told("publish 1; publish 1")
	top := must[[]*official.Button](t)(d.service.Menu(t.Context(), d.account.ID))
	d.done("DELETE /v1/$I/menu/"+top[0].ID, "")
	d.helper.failWith(&weixin.CallError{Call: "menu/create", Err: &weixin.APIError{Code: 40018, Message: "invalid button name size"}})
	d.refuses(request, "", 502, `publish menu failed: {"errcode":40018,"errmsg":"invalid button name size"}`)
}
