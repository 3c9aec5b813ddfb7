package yesapi_test

import (
	"context"
	"strings"
	"testing"

	"parley/core"
)

// other is the MD5 of the password abcdef.
const other = "e80b5017098950fc58aad83c8c14978e"

func TestRegisterAndLogin(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	const register, login = "App.User.Register", "App.User.Login"
	w.random.set(0xaa)
	check(t, w.call(t, register, "username", "dogstar", "password", digest, "ext_info", `{"nickname":"\u5c0f","age":"18"}`),
		succeeded(register, `{"err_code":0,"err_msg":"","uuid":"`+uuidA+`"}`))
	w.random.set(0xcc)
	check(t, w.call(t, register, "username", "dogstar", "password", other), succeeded(register, `{"err_code":1,"err_msg":"用户已注册，不能重复注册","uuid":""}`))
	check(t, w.call(t, "App.User.RegisterExt", "username", "dogstar", "password", "123456"), succeeded("App.User.RegisterExt", `{"err_code":1,"err_msg":"用户已注册，不能重复注册","uuid":""}`))
	check(t, w.call(t, "App.User.RegisterExt", "username", "AB君", "password", "123456"), succeeded("App.User.RegisterExt", `{"err_code":0,"err_msg":"","uuid":"`+uuidC+`"}`))

	w.random.set(0xbb)
	loggedIn := func(service, uuid string) string {
		return succeeded(service, `{"err_code":0,"err_msg":"","uuid":"`+uuid+`","token":"`+tokenB+`","role":"user"}`)
	}
	failed := func(service, code, text string) string {
		return succeeded(service, `{"err_code":`+code+`,"err_msg":"`+text+`","uuid":"","token":"","role":""}`)
	}
	check(t, w.call(t, login, "username", "dogstar", "password", digest), loggedIn(login, uuidA))
	check(t, w.call(t, "App.User.LoginExt", "username", "dogstar", "password", "123456"), loggedIn("App.User.LoginExt", uuidA))
	check(t, w.call(t, login, "username", "AB君", "password", digest, "client", "web"), loggedIn(login, uuidC))
	check(t, w.call(t, login, "username", "nobody", "password", digest), failed(login, "1", "登录失败，账号不存在"))
	check(t, w.call(t, login, "username", "Dogstar", "password", digest), failed(login, "1", "登录失败，账号不存在"))
	check(t, w.call(t, login, "username", "dogstar", "password", other), failed(login, "2", "登录失败，密码错误或已被封号"))
	check(t, w.call(t, "App.User.LoginExt", "username", "dogstar", "password", digest), failed("App.User.LoginExt", "2", "登录失败，密码错误或已被封号"))
	if _, err := w.engine.SetBanned(context.Background(), w.app, uuidA, true); err != nil {
		t.Fatal(err)
	}
	check(t, w.call(t, login, "username", "dogstar", "password", digest), failed(login, "2", "登录失败，密码错误或已被封号"))
}

func TestAccountRefusals(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	for _, c := range []struct {
		service string
		params  []string
		want    string
	}{
		{"App.User.Register", nil, "缺少必要参数username"},
		{"App.User.Register", []string{"username", ""}, "username.len应该大于或等于1, 但现在username.len = 0"},
		{"App.User.Login", []string{"username", "", "password", digest}, "username.len应该大于或等于1, 但现在username.len = 0"},
		{"App.User.Register", []string{"username", strings.Repeat("x", 51), "password", digest}, "username.len应该小于等于50, 但现在username.len = 51"},
		{"App.User.Register", []string{"username", "x"}, "缺少必要参数password"},
		{"App.User.Register", []string{"username", "x", "password", "123456"}, "password.len应该大于或等于32, 但现在password.len = 6"},
		{"App.User.Login", []string{"username", "x", "password", digest + "0"}, "password.len应该小于等于32, 但现在password.len = 33"},
		{"App.User.RegisterExt", []string{"username", "x", "password", ""}, "password.len应该大于或等于1, 但现在password.len = 0"},
		{"App.User.Register", []string{"username", "x", "password", digest, "ext_info", "{"}, "参数ext_info的JSON数据格式错误"},
		{"App.User.Register", []string{"username", "x", "password", digest, "ext_info", ""}, "参数ext_info的JSON数据格式错误"},
		{"App.User.Register", []string{"username", "x", "password", digest, "ext_info", `["x"]`}, "参数ext_info的JSON数据格式错误"},
		{"App.User.Check", nil, "缺少必要参数uuid"},
		{"App.User.Check", []string{"uuid", uuidA}, "缺少必要参数token"},
		{"App.User.Check", []string{"uuid", uuidA, "token", tokenB[1:]}, "token.len应该大于或等于64, 但现在token.len = 63"},
		{"App.User.Check", []string{"uuid", uuidA[1:], "token", tokenB}, "uuid.len应该大于或等于32, 但现在uuid.len = 31"},
		{"App.User.Logout", []string{"token", tokenB}, "缺少必要参数uuid"},
		{"App.User.Profile", []string{"uuid", uuidA}, "缺少必要参数token"},
		{"App.User.UpdateExtInfo", []string{"uuid", uuidA, "token", tokenB}, "缺少必要参数ext_info"},
		{"App.User.OtherProfile", nil, "缺少必要参数other_uuid"},
		{"App.User.OtherProfile", []string{"other_uuid", "x"}, "other_uuid.len应该大于或等于32, 但现在other_uuid.len = 1"},
		{"App.User.AlterPassword", []string{"username", "x"}, "缺少必要参数old_password"},
		{"App.User.AlterPassword", []string{"username", "x", "old_password", digest}, "缺少必要参数new_password"},
		{"App.User.AlterPassword", []string{"username", "x", "old_password", digest, "new_password", "x"}, "new_password.len应该大于或等于32, 但现在new_password.len = 1"},
		{"App.User.GetList", []string{"perpage", "101"}, "perpage应该小于等于100, 但现在perpage = 101"},
		{"App.User.GetList", []string{"uuid", "x"}, "uuid.len应该大于或等于32, 但现在uuid.len = 1"},
		{"App.User.GetList", []string{"token", "x"}, "token.len应该大于或等于64, 但现在token.len = 1"},
		{"App.User.GetList", []string{"role", "root"}, "参数role应该为：admin/user/all，但现在role = root"},
		{"App.Hello.World", nil, "缺少必要参数name"},
	} {
		check(t, w.call(t, c.service, c.params...), refused(400, c.want))
	}
	check(t, w.call(t, "App.User.GetList"), succeeded("App.User.GetList", `{"err_code":0,"err_msg":"","total":0,"users":[]}`))
	check(t, w.call(t, hello, "name", ""), succeeded(hello, `{"err_code":0,"err_msg":"","title":"Hi ，欢迎使用小白接口！"}`))
	check(t, w.call(t, hello, "name", "a\xffb"), succeeded(hello, `{"err_code":0,"err_msg":"","title":"Hi a�b，欢迎使用小白接口！"}`))
}

func TestSessions(t *testing.T) {
	w := newWorld(t, `{"auth":false}`)
	w.member(t, uuidA, "dogstar", "")
	const done = `{"err_code":0,"err_msg":""}`
	const ended = `{"err_code":1,"err_msg":"用户未登录，或登录态已过期"}`
	tokens := func(fill byte, params ...string) string {
		t.Helper()
		w.random.set(fill)
		token := strings.Repeat(string("0123456789ABCDEF"[fill&15]), core.TokenLength)
		body := w.call(t, "App.User.Login", append(params, "username", "dogstar", "password", digest)...)
		check(t, body, succeeded("App.User.Login", `{"err_code":0,"err_msg":"","uuid":"`+uuidA+`","token":"`+token+`","role":"user"}`))
		return token
	}
	is := func(want, uuid, token string) {
		t.Helper()
		check(t, w.call(t, "App.User.Check", "uuid", uuid, "token", token), succeeded("App.User.Check", want))
	}
	is(done, uuidA, tokenB)
	is(done, strings.ToLower(uuidA), tokenB)
	is(ended, uuidC, tokenB)
	is(ended, uuidA, strings.Repeat("C", 64))
	is(ended, uuidA, strings.Repeat("君", 16)+strings.Repeat("x", 16))

	second := tokens(0x11, "is_allow_many", "1")
	third := tokens(0x22, "is_allow_many", "true")
	is(done, uuidA, tokenB)
	is(done, uuidA, second)
	fourth := tokens(0x33, "is_allow_many", "0")
	is(ended, uuidA, tokenB)
	is(ended, uuidA, second)
	is(ended, uuidA, third)
	fifth := tokens(0x44)
	is(ended, uuidA, fourth)
	sixth := tokens(0x55, "is_allow_many", "1")
	is(done, uuidA, fifth)

	check(t, w.call(t, "App.User.Logout", "uuid", uuidA, "token", fifth), succeeded("App.User.Logout", done))
	is(ended, uuidA, fifth)
	is(done, uuidA, sixth)
	check(t, w.call(t, "App.User.Logout", "uuid", uuidA, "token", fifth), refused(401, "用户未登录，或登录态已过期"))
	check(t, w.call(t, "App.User.Profile", "uuid", uuidA, "token", fifth), refused(401, "用户未登录，或登录态已过期"))

	const alter = "App.User.AlterPassword"
	change := func(name, old, next, want string) {
		t.Helper()
		check(t, w.call(t, alter, "username", name, "old_password", old, "new_password", next), succeeded(alter, want))
	}
	const wrong = `{"err_code":1,"err_msg":"密码修改失败，原密码错误或账号不存在"}`
	change("nobody", digest, other, wrong)
	change("dogstar", other, digest, wrong)
	change("dogstar", digest, digest, `{"err_code":2,"err_msg":"密码修改失败，不能与原来密码相同"}`)
	is(done, uuidA, sixth)
	change("dogstar", digest, other, done)
	is(ended, uuidA, sixth)
	change("dogstar", digest, other, wrong)
}
