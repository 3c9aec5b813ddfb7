package yesapi_test

import (
	"context"
	"strings"
	"testing"

	"parley/core"
)

const (
	updateExt    = "App.User.UpdateExtInfo"
	otherProfile = "App.User.OtherProfile"
)

func TestProfiles(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", `{"yesapi_avatar":"https://example.com/a.png"}`)
	w.user(t, uuidC, "AB君", "")
	info := func(uuid, name, ip, ext string) string {
		return `{"err_code":0,"err_msg":"","info":{"uuid":"` + uuid + `","username":"` + name + `","role":"user","rolename":"普通用户","status":0,"register_time":"` + clock + `","register_ip":"` + ip + `","ext_info":` + ext + `}}`
	}
	const gone = `{"err_code":1,"err_msg":"用户不存在或已被封号","info":{"uuid":"","username":"","role":"","rolename":"","status":0,"register_time":"","register_ip":"","ext_info":{}}}`
	check(t, w.call(t, "App.User.Profile", "uuid", uuidA, "token", tokenB), succeeded("App.User.Profile", info(uuidA, "dogstar", "", `{"yesapi_avatar":"https:\/\/example.com\/a.png"}`)))
	check(t, w.call(t, otherProfile, "other_uuid", uuidC), succeeded(otherProfile, info(uuidC, "AB君", "", "{}")))
	check(t, w.call(t, otherProfile, "other_uuid", strings.ToLower(uuidC)), succeeded(otherProfile, info(uuidC, "AB君", "", "{}")))
	check(t, w.call(t, otherProfile, "other_uuid", nobody), succeeded(otherProfile, gone))
	if _, err := w.engine.SetBanned(context.Background(), w.app, uuidC, true); err != nil {
		t.Fatal(err)
	}
	check(t, w.call(t, otherProfile, "other_uuid", uuidC), succeeded(otherProfile, gone))
	w.random.set(0xdd)
	if body := w.call(t, "App.User.Register", "username", "carol", "password", digest); !strings.Contains(body, uuidD) {
		t.Fatal(body)
	}
	check(t, w.call(t, otherProfile, "other_uuid", uuidD), succeeded(otherProfile, info(uuidD, "carol", "0.0.0.0", "{}")))
}

// TestExtInfo: members are merged in, and the object is never a list.
func TestExtInfo(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", `{"nickname":"","age":"18"}`)
	update := func(ext, want string) {
		t.Helper()
		check(t, w.call(t, updateExt, "uuid", uuidA, "token", tokenB, "ext_info", ext), succeeded(updateExt, want))
	}
	ok := func(ext string) string { return `{"err_code":0,"err_msg":"","ext_info":` + ext + `}` }
	update(`{"nickname":"AB\u541b", "score":1.0}`, ok(`{"nickname":"AB君","age":"18","score":1.0}`))
	update(`{}`, ok(`{"nickname":"AB君","age":"18","score":1.0}`))
	update(`[]`, ok(`{"nickname":"AB君","age":"18","score":1.0}`))
	update(`["x"]`, `{"err_code":2,"err_msg":"扩展信息必须为JSON对象","ext_info":{}}`)
	update(`{"big":"`+strings.Repeat("x", core.MaxExt)+`"}`, `{"err_code":2,"err_msg":"扩展信息过大","ext_info":{}}`)
	body := w.post(t, "/?s="+updateExt+"&app_key="+appKey, jsonType, "", `{"uuid":"`+uuidA+`","token":"`+tokenB+`","ext_info":{"age":19,"nickname":null}}`).body
	check(t, body, succeeded(updateExt, ok(`{"nickname":null,"age":19,"score":1.0}`)))

	w.random.set(0xcc)
	if body := w.call(t, "App.User.Register", "username", "carol", "password", digest, "ext_info", "[]"); !strings.Contains(body, uuidC) {
		t.Fatal(body)
	}
	if body := w.call(t, otherProfile, "other_uuid", uuidC); !strings.Contains(body, `"ext_info":{}}`) {
		t.Error(body)
	}
}

func TestUserList(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.user(t, uuidA, "dogstar", `{"yesapi_points":5}`)
	if _, err := w.engine.Register(context.Background(), w.app, core.NewUser{UUID: uuidC, Username: "root", Role: core.RoleAdmin}); err != nil {
		t.Fatal(err)
	}
	w.user(t, uuidD, "AB君", "")
	if _, err := w.engine.SetBanned(context.Background(), w.app, uuidD, true); err != nil {
		t.Fatal(err)
	}
	const (
		rest = `,"reg_time":"` + clock + `","ext_info":`
		one  = `{"uuid":"` + uuidA + `","username":"dogstar","role":"user","role_desc":"普通用户","status":0,"status_desc":"正常"` + rest + `{"yesapi_points":5}}`
		two  = `{"uuid":"` + uuidC + `","username":"root","role":"admin","role_desc":"管理员","status":0,"status_desc":"正常"` + rest + `{}}`
		last = `{"uuid":"` + uuidD + `","username":"AB君","role":"user","role_desc":"普通用户","status":1,"status_desc":"封号"` + rest + `{}}`
	)
	for _, c := range []struct{ params, total, users string }{
		{"", "3", one + "," + two + "," + last},
		{"role=all&perpage=100", "3", one + "," + two + "," + last},
		{"role=admin", "1", two},
		{"role=user", "2", one + "," + last},
		{"perpage=2", "3", one + "," + two},
		{"perpage=2&page=2", "3", last},
		{"perpage=2&page=3", "3", ""},
		{"perpage=1&page=2&role=user", "2", last},
		{"perpage=0", "3", ""},
		{"perpage=0&role=user", "2", ""},
		{"page=9223372036854775807", "3", ""},
	} {
		body := w.get(t, "/?s=App.User.GetList&app_key="+appKey+"&"+c.params).body
		if want := succeeded("App.User.GetList", `{"err_code":0,"err_msg":"","total":`+c.total+`,"users":[`+c.users+`]}`); body != want {
			t.Errorf("%s: got %s\nwant %s", c.params, body, want)
		}
	}
}
