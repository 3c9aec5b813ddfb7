package wechat_test

import (
	"strings"
	"testing"

	"parley/adapters/wechat"
	"parley/core"
	"parley/core/official"
)

func follower1(openID string, groups ...string) official.FollowerUpdate {
	return official.FollowerUpdate{OpenID: openID, Groups: append([]string{}, groups...), Profile: official.Profile{
		Nickname: "Nick " + openID, Avatar: "http://a/" + openID,
	}}
}

func item(openID string) string {
	return `{"openid":"` + openID + `","nickname":"Nick ` + openID + `","avatar":"http://a/` + openID + `"}`
}

func pages(index, size, count string) string {
	return `"pagination":{"index":` + index + `,"size":` + size + `,"count":` + count + `}`
}

func TestGroups(t *testing.T) {
	d := newDesk(t)
	d.gives("GET /v1/$I/group", "", ok(`{"total":0,"groups":[]}`))
	must[struct{}](t)(struct{}{}, d.service.ImportGroups(t.Context(), d.account.ID, []official.GroupUpdate{{ID: "2", Name: "星标"}, {ID: "0", Name: "未分组"}}))
	d.follow(follower1("a", "2"), follower1("b"))
	id := d.makes("POST /v1/$I/group", `{"name":"A/\"B\""}`)
	d.gives("GET /v1/$I/group", "",
		ok(`{"total":2,"groups":[{"id":"0","name":"未分组","num":1},{"id":"2","name":"星标","num":1},{"id":"`+id+`","name":"A/\"B\"","num":0}]}`))
	d.done("PUT /v1/$I/group/"+id, `{"name":12}`)
	d.done("PUT /v1/$I/group/2", " ")
	d.gives("GET /v1/$I/group", "", ok(`{"total":2,"groups":[{"id":"0","name":"未分组","num":2},{"id":"`+id+`","name":"12","num":0}]}`))
	d.done("DELETE /v1/$I/group/"+id, "")
	d.refuses("DELETE /v1/$I/group/"+id, "", 404, "not found")

	d.refuses("POST /v1/$I/group", `{}`, 400, "missing parameter: name")
	d.refuses("POST /v1/$I/group", `{"name":""}`, 400, "invalid parameter: name")
	d.refuses("POST /v1/$I/group", `{"name":"`+strings.Repeat("组", 101)+`"}`, 400, "invalid parameter: name")
	d.refuses("PUT /v1/$I/group/0", `{}`, 400, "missing parameter: name")
	d.refuses("PUT /v1/$I/group/0", `{"name":""}`, 400, "invalid parameter: name")
	d.refuses("PUT /v1/$I/group/0", `{"name":[]}`, 400, "invalid parameter: name")
	d.refuses("PUT /v1/$I/group/nothing", `{"name":"x"}`, 404, "not found")
	for _, special := range []string{"0", "1", "-1"} {
		d.refuses("DELETE /v1/$I/group/"+special, "", 400, "invalid parameter: ID")
		d.refuses("PUT /v1/$I/group/"+special, "", 400, "invalid parameter: ID")
	}
}

func TestFollowers(t *testing.T) {
	d := newDesk(t)
	must[struct{}](t)(struct{}{}, d.service.ImportGroups(t.Context(), d.account.ID, []official.GroupUpdate{{ID: "2", Name: "x"}}))
	d.follow(follower1("a", "2"), follower1("b"), follower1("c", "1"), follower1("d", "2"))
	list := func(pagination string, openIDs ...string) string {
		items := make([]string, len(openIDs))
		for i, id := range openIDs {
			items[i] = item(id)
		}
		return ok(`{"user":[` + strings.Join(items, ",") + `],` + pagination + `}`)
	}
	d.gives("GET /v1/$I/user?group=-1", "", list(pages("1", "10", "3"), "d", "b", "a"))
	d.gives("GET /v1/$I/user?group=-1&index=2&size=2", "", list(pages("2", "2", "3"), "a"))
	d.gives("GET /v1/$I/user?group=-1&index=3&size=2", "", list(pages("3", "2", "3")))
	d.gives("GET /v1/$I/user?group=-1&index=0&size=0", "", list(pages("1", "10", "3"), "d", "b", "a"))
	d.gives("GET /v1/$I/user?group=-1&index=&size=101", "", list(pages("1", "100", "3"), "d", "b", "a"))
	d.gives("GET /v1/$I/user?group=-1&index=9223372036854775807&size=-5", "", list(pages("9223372036854775807", "10", "3")))
	d.gives("GET /v1/$I/user?group=0", "", list(pages("1", "10", "1"), "b"))
	d.gives("GET /v1/$I/user?group=1", "", list(pages("1", "10", "1"), "c"))
	d.gives("GET /v1/$I/user?group=nothing", "", list(pages("1", "10", "0")))
	d.refuses("GET /v1/$I/user", "", 400, "missing parameter: group")
	d.refuses("GET /v1/$I/user?group=", "", 400, "missing parameter: group")
	d.refuses("GET /v1/$I/user?group=%ff", "", 400, "invalid parameter: group")
	d.refuses("GET /v1/$I/user?group=0&index=a", "", 400, "invalid parameter: index")
	d.refuses("GET /v1/$I/user?group=0&size=1.5", "", 400, "invalid parameter: size")
}

func TestFollower(t *testing.T) {
	profile := official.Profile{
		Nickname: "微😀", Country: "中国", Province: "广东", City: "深圳", Language: "zh_CN", Avatar: "http://a/b", Gender: official.GenderMale,
		UnionID: "u", Remark: "r",
	}
	const told = `{"openid":"o-1_","nickname":"微😀","country":"中国","province":"广东","city":"深圳","gender":1,"avatar":"http://a/b",` +
		`"language":"zh_CN","subscribed":true,"subscribe_time":1000,"unionid":"u","remark":"r","unsubscribe_time":null,"ungrouped":true,"blocked":false`
	for _, original := range []bool{false, true} {
		d := newDesk(t, func(o *wechat.Options) { o.OriginalShapes = original })
		d.follow(official.FollowerUpdate{OpenID: "o-1_", Profile: profile})
		if original {
			d.gives("GET /v1/$I/user/o-1_", "", ok(told+`,"info_id":"$I"}`))
			continue
		}
		d.gives("GET /v1/$I/user/o-1_", "", ok(told+`}`))
		must[struct{}](t)(struct{}{}, d.service.Unsubscribe(t.Context(), d.account.ID, "o-1_", 2000, true))
		d.gives("GET /v1/$I/user/o-1_", "", ok(`{"openid":"o-1_","nickname":"","country":"","province":"","city":"","gender":0,"avatar":"",`+
			`"language":"","subscribed":false,"subscribe_time":1000,"unionid":"","remark":"","unsubscribe_time":2000,"ungrouped":true,"blocked":false}`))
		d.refuses("GET /v1/$I/user/nobody", "", 404, "not found")
	}
}

func TestMembership(t *testing.T) {
	d := newDesk(t)
	g, h := d.makes("POST /v1/$I/group", `{"name":"g"}`), d.makes("POST /v1/$I/group", `{"name":"h"}`)
	d.follow(follower1("a"), follower1("7"))
	groups := func(openID string, ids ...string) {
		t.Helper()
		d.gives("GET /v1/$I/user/groups/"+openID, "", ok(`["`+strings.Join(ids, `","`)+`"]`))
	}
	groups("a", "0")
	d.done("POST /v1/$I/user/add", `{"openid":"a","group_id":"`+g+`"}`)
	d.done("POST /v1/$I/user/add", `{"openid":"a","group_id":"`+h+`"}`)
	groups("a", g, h)
	d.done("POST /v1/$I/user/add/batch", `{"openid":["a",7],"group_id":"`+g+`"}`)
	groups("7", g)
	d.done("POST /v1/$I/user/rm", `{"openid":7,"group_id":"`+g+`"}`)
	groups("7", "0")
	d.done("POST /v1/$I/user/add", `{"openid":"a","group_id":1}`)
	groups("a", "1")
	d.done("POST /v1/$I/user/rm/batch", `{"openid":["a","7"],"group_id":"1"}`)
	groups("a", "0")
	d.done("POST /v1/$I/user/add/batch", `{"openid":[],"group_id":"`+g+`"}`)

	for _, path := range []string{"add", "rm"} {
		request := "POST /v1/$I/user/" + path
		d.refuses(request, `{"group_id":"0"}`, 400, "missing parameter: openid")
		d.refuses(request, `{"openid":"a"}`, 400, "missing parameter: group_id")
		d.refuses(request, `{"openid":["a"],"group_id":"0"}`, 400, "invalid parameter: openid")
		d.refuses(request, `{"openid":"nobody","group_id":"0"}`, 404, "not found")
		d.refuses(request, `{"openid":"a","group_id":"nothing"}`, 404, "not found")
		d.refuses(request+"/batch", `{"group_id":"0"}`, 400, "missing parameter: openid")
		d.refuses(request+"/batch", `{"openid":["a"]}`, 400, "missing parameter: group_id")
		d.refuses(request+"/batch", `{"openid":"a","group_id":"0"}`, 400, "invalid parameter: openid")
		d.refuses(request+"/batch", `{"openid":["a",null],"group_id":"0"}`, 400, "invalid parameter: openid")
		d.refuses(request+"/batch", `{"openid":["a","nobody"],"group_id":"0"}`, 404, "not found")
		d.refuses(request+"/batch", `{"openid":["a`+strings.Repeat(`","a`, 10000)+`"],"group_id":"0"}`, 400, "invalid parameter: openid")
	}
	d.refuses("GET /v1/$I/user/groups/nobody", "", 404, "not found")
}

func TestMembershipOriginalShape(t *testing.T) {
	d := newDesk(t, func(o *wechat.Options) { o.OriginalShapes = true })
	d.follow(follower1("a"))
	d.gives("GET /v1/$I/user/groups/a", "", ok(`[{"group_id":"0"}]`))
}

func TestFollowersFetch(t *testing.T) {
	const request, fetched = "GET /v1/$I/user/fetch", "follower info has already been fetched"
	d := newDesk(t)
	d.done(request, "")
	d.told("followers")
	must[struct{}](t)(struct{}{}, d.service.SetFollowersFetched(t.Context(), d.account.ID, true))
	for _, query := range []string{"", "?force=", "?force=0", "?force=false"} {
		d.refuses(request+query, "", 400, fetched)
	}
	d.told("")
	d.done(request+"?force=1", "")
	d.done(request+"?force=yes", "")
	d.told("followers; followers")
	d.helper.failWith(core.NewFault(core.Exists, official.FieldJob, "one runs"))
	d.refuses(request+"?force=1", "", 400, fetched)
}
