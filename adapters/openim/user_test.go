package openim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	emptyInfo   = `"ex":"","createTime":1795201811000,"appMangerLevel":0,"globalRecvMsgOpt":0}`
	adminIsUser = "user u1 is not admin userID"
)

// with is the whole answer of a success with data.
func with(data string) string { return `{"errCode":0,"errMsg":"","errDlt":"","data":` + data + `}` }

// checkCalls compares the answers that a token gets to bodies.
func (w *world) checkCalls(t *testing.T, path, token string, calls [][2]string) {
	t.Helper()
	for _, c := range calls {
		if got := w.call(t, path, token, c[0]); got != c[1] {
			t.Errorf("%s %s\ngot  %s\nwant %s", path, c[0], got, c[1])
		}
	}
}

func TestUserRegister(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	exists := refused(1102, "RegisteredAlreadyError", "userID registered already")
	w.checkCalls(t, "/user/user_register", w.admin(t), [][2]string{
		{`{}`, badArgs("users are empty")},
		{`{"users":null}`, badArgs("users are empty")},
		{`{"users":[]}`, badArgs("users is empty")},
		{`{"users":[null]}`, badArgs("user is empty")},
		{`{"users":[{"userID":"a-b","nickname":"n"}]}`, badArgs("userID is legal")},
		{`{"users":[{"userID":"a:b"}]}`, badArgs("userID is legal")},
		{`{"users":[{"userID":"ab"}]}`, badArgs("user name is empty")},
		{`{"users":[{"userID":"a","nickname":"n"},{"userID":"a","nickname":"n"}]}`, badArgs("userID repeated")},
		{`{"users":[{"nickname":"n"}]}`, badArgs("userID is empty")},
		{`{"users":[{"userID":"new","nickname":"n"},{"userID":"u1","nickname":"n"}]}`, exists},
		{`{"users":[{"userID":"new","nickname":"n","appMangerLevel":5}]}`, badArgs("appMangerLevel is invalid")},
		{`{"users":[{"userID":"new","nickname":"n","globalRecvMsgOpt":3}]}`, badArgs("GlobalRecvMsgOpt is invalid")},
		{`{"users":[{"userID":"new","nickname":"` + strings.Repeat("n", 2000) + `"}]}`, badArgs("the request is too large")},
		{`{"users":[{"userID":"用户_1","nickname":"n","faceURL":"http://f/x.png","ex":"e","createTime":1,"appMangerLevel":1,"globalRecvMsgOpt":2},{"userID":"new","nickname":"n","appMangerLevel":4}]}`, done},
		{`{"users":[{"userID":"new","nickname":"n"}]}`, exists},
	})
	check(t, w.call(t, "/user/user_register", w.token(t, "u1", 1), `{"users":[{"userID":"x","nickname":"n"}]}`), noPermission(adminIsUser))
	check(t, w.call(t, "/user/get_users_info", w.token(t, "u1", 1), `{"userIDs":["用户_1","new"]}`), with(`{"usersInfo":[`+
		`{"userID":"用户_1","nickname":"n","faceURL":"http://f/x.png","ex":"e","createTime":1795201811000,"appMangerLevel":0,"globalRecvMsgOpt":2},`+
		`{"userID":"new","nickname":"n","faceURL":"","ex":"","createTime":1795201811000,"appMangerLevel":4,"globalRecvMsgOpt":0}]}`))
}

func TestManyUsersRegister(t *testing.T) {
	w := newWorld(t, section)
	var list []string
	for i := range 1000 {
		list = append(list, fmt.Sprintf(`{"userID":"m%d","nickname":"n"}`, i))
	}
	all := `{"users":[` + strings.Join(list, ",") + `]}`
	check(t, w.call(t, "/user/user_register", w.admin(t), all), done)
	got := w.call(t, "/user/get_all_users_uid", w.admin(t), `{"pagination":{"pageNumber":1001,"showNumber":1}}`)
	check(t, got, with(`{"total":1001,"userIDs":["m999"]}`))
}

func TestAccountCheck(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	if _, err := w.engine.Sender(context.Background(), w.app, "ghost"); err != nil {
		t.Fatal(err)
	}
	w.checkCalls(t, "/user/account_check", w.admin(t), [][2]string{
		{`{}`, badArgs("CheckUserIDs is empty")},
		{`{"checkUserIDs":["a","a"]}`, badArgs("userID repeated")},
		{`{"checkUserIDs":[]}`, with(`{"results":null}`)},
		{`{"checkUserIDs":["x","u1","ghost","imAdmin"]}`, with(`{"results":[{"userID":"x","accountStatus":0},{"userID":"u1","accountStatus":1},` +
			`{"userID":"ghost","accountStatus":0},{"userID":"imAdmin","accountStatus":1}]}`)},
	})
	check(t, w.call(t, "/user/account_check", w.token(t, "u1", 1), `{"checkUserIDs":["a","a"]}`), noPermission(adminIsUser))
}

func TestUsersInfo(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1", "u2")
	w.checkCalls(t, "/user/get_users_info", w.token(t, "u1", 1), [][2]string{
		{`{}`, badArgs("UserIDs is empty")},
		{`{"userIDs":[]}`, with(`{"usersInfo":null}`)},
		{`{"userIDs":["x"]}`, with(`{"usersInfo":null}`)},
		{`{"userIDs":["u2","x","u1","u2"]}`, with(`{"usersInfo":[{"userID":"u2","nickname":"Nick u2","faceURL":"",` + emptyInfo +
			`,{"userID":"u1","nickname":"Nick u1","faceURL":"",` + emptyInfo + `]}`)},
	})
}

func TestUsersAreListed(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1", "u2", "abc")
	one := `{"userID":"u1","nickname":"Nick u1","faceURL":"",` + emptyInfo
	two := `{"userID":"u2","nickname":"Nick u2","faceURL":"",` + emptyInfo
	third := `{"userID":"abc","nickname":"Nick abc","faceURL":"",` + emptyInfo
	w.checkCalls(t, "/user/get_users", w.token(t, "u1", 1), [][2]string{
		{`{}`, badArgs("pagination is empty")},
		{`{"pagination":{}}`, badArgs("pageNumber is invalid")},
		{`{"pagination":{"pageNumber":1,"showNumber":1001}}`, badArgs("showNumber is invalid")},
		{`{"pagination":{"pageNumber":1,"showNumber":2}}`, with(`{"total":3,"users":[` + one + `,` + two + `]}`)},
		{`{"pagination":{"pageNumber":2,"showNumber":2}}`, with(`{"total":3,"users":[` + third + `]}`)},
		{`{"pagination":{"pageNumber":2147483647,"showNumber":1000}}`, with(`{"total":3,"users":null}`)},
		{`{"pagination":{"pageNumber":1},"userID":"^U\\d$"}`, with(`{"total":2,"users":[` + one + `,` + two + `]}`)},
		{`{"pagination":{"pageNumber":1},"userID":"b","nickName":"U1"}`, with(`{"total":2,"users":[` + one + `,` + third + `]}`)},
		{`{"pagination":{"pageNumber":1},"userID":"("}`, badArgs("userID is no regular expression")},
		{`{"pagination":{"pageNumber":1},"nickName":"` + strings.Repeat("a", 257) + `"}`, badArgs("nickName is too long")},
	})
	w.checkCalls(t, "/user/get_all_users_uid", w.token(t, "u1", 1), [][2]string{
		{`{}`, badArgs("pagination is empty")},
		{`{"pagination":{"pageNumber":1,"showNumber":2}}`, with(`{"total":4,"userIDs":["imAdmin","u1"]}`)},
		{`{"pagination":{"pageNumber":3,"showNumber":2}}`, with(`{"total":4,"userIDs":null}`)},
	})
}

func TestUserUpdates(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1", "u2")
	unknown := refused(1004, "RecordNotFoundError", "userID not found")
	own, admin := w.token(t, "u1", 1), w.admin(t)
	info := func(want string) {
		t.Helper()
		check(t, w.call(t, "/user/get_users_info", own, `{"userIDs":["u1"]}`), with(`{"usersInfo":[{"userID":"u1",`+want+`}]}`))
	}
	const path, pathEx = "/user/update_user_info", "/user/update_user_info_ex"
	w.checkCalls(t, path, own, [][2]string{
		{`{}`, badArgs("UserInfo is empty")},
		{`{"userInfo":{"nickname":"x"}}`, badArgs("UserID is empty")},
		{`{"userInfo":{"userID":"u2","nickname":"x"}}`, noPermission("ownerUserID, u2=MISSING")},
		{`{"userInfo":{"userID":"u1","appMangerLevel":2}}`, noPermission(adminIsUser)},
		{`{"userInfo":{"userID":"u1","globalRecvMsgOpt":9}}`, badArgs("GlobalRecvMsgOpt is invalid")},
		{`{"userInfo":{"userID":"u1","nickname":"New","faceURL":"","ex":"e","createTime":5,"appMangerLevel":1,"globalRecvMsgOpt":1}}`, done},
	})
	info(`"nickname":"New","faceURL":"","ex":"e","createTime":1795201811000,"appMangerLevel":0,"globalRecvMsgOpt":1`)
	w.checkCalls(t, path, admin, [][2]string{
		{`{"userInfo":{"userID":"nobody","nickname":"x"}}`, unknown},
		{`{"userInfo":{"userID":"u1","faceURL":"f","appMangerLevel":3}}`, done},
	})
	info(`"nickname":"New","faceURL":"f","ex":"e","createTime":1795201811000,"appMangerLevel":3,"globalRecvMsgOpt":1`)
	w.checkCalls(t, pathEx, own, [][2]string{
		{`{}`, badArgs("UserInfo is empty")},
		{`{"userInfo":{}}`, badArgs("UserID is empty")},
		{`{"userInfo":{"userID":"u2"}}`, noPermission("ownerUserID, u2=MISSING")},
		{`{"userInfo":{"userID":"u1","ex":"","globalRecvMsgOpt":0,"faceURL":null}}`, done},
	})
	info(`"nickname":"New","faceURL":"f","ex":"","createTime":1795201811000,"appMangerLevel":3,"globalRecvMsgOpt":0`)
	check(t, w.call(t, pathEx, admin, `{"userInfo":{"userID":"nobody"}}`), unknown)
	w.checkCalls(t, "/user/set_global_msg_recv_opt", own, [][2]string{
		{`{"userID":"u1","globalRecvMsgOpt":3}`, badArgs("GlobalRecvMsgOpt is invalid")},
		{`{"userID":"u1","globalRecvMsgOpt":-1}`, badArgs("GlobalRecvMsgOpt is invalid")},
		{`{"userID":"u2","globalRecvMsgOpt":2}`, noPermission("ownerUserID, u2=MISSING")},
		{`{"userID":"u1","globalRecvMsgOpt":2}`, done},
	})
	info(`"nickname":"New","faceURL":"f","ex":"","createTime":1795201811000,"appMangerLevel":3,"globalRecvMsgOpt":2`)
}

func TestOnlineStatus(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	w.checkCalls(t, "/user/get_users_online_status", w.admin(t), [][2]string{
		{`{"userIDs":["u1","x"]}`, with(`[{"userID":"u1","status":0,"detailPlatformStatus":null},{"userID":"x","status":0,"detailPlatformStatus":null}]`)},
		{`{}`, with(`[]`)},
	})
	a := w.send(t, "POST", "/user/get_users_online_token_detail", `{"userIDs":["u1"]}`, "operationID", "op", "token", w.admin(t))
	if a.status != 404 {
		t.Errorf("a part that is left out: %d %s", a.status, a.body)
	}
}

func TestNotificationAccounts(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1")
	admin := w.admin(t)
	const add, update, search = "/user/add_notification_account", "/user/update_notification_account", "/user/search_notification_account"
	bot := `{"userID":"bot1","nickName":"Bot","faceURL":"f","appMangerLevel":4}`
	w.checkCalls(t, add, admin, [][2]string{
		{`{"userID":"bot1","appMangerLevel":4}`, badArgs("nickName is empty")},
		{`{"userID":"bot1","nickName":"Bot","appMangerLevel":2}`, badArgs("app level not supported")},
		{`{"userID":"bot1","nickName":"Bot","appMangerLevel":5}`, badArgs("app level not supported")},
		{`{"userID":"bot-1","nickName":"Bot","appMangerLevel":4}`, badArgs("userID is legal")},
		{`{"userID":"u1","nickName":"Bot","appMangerLevel":4}`, badArgs("userID is used")},
		{bot, with(bot)},
		{bot, badArgs("userID is used")},
	})
	drawn := w.call(t, add, admin, `{"nickName":"Drawn","appMangerLevel":3}`)
	id := strings.TrimPrefix(drawn, `{"errCode":0,"errMsg":"","errDlt":"","data":{"userID":"`)
	if len(id) < 10 || strings.Trim(id[:10], "0123456789") != "" {
		t.Fatalf("no ten digits: %s", drawn)
	}
	drawn = `{"userID":"` + id[:10] + `","faceURL":"","nickName":"Drawn","appMangerLevel":3}`
	w.checkCalls(t, update, admin, [][2]string{
		{`{"userID":"bot1"}`, badArgs("faceURL and nickName is empty at the same")},
		{`{"userID":"nobody","nickName":"x"}`, refused(1004, "RecordNotFoundError", "userID not found")},
		{`{"userID":"bot1","faceURL":"","nickName":"Bot2"}`, done},
	})
	bot = `{"userID":"bot1","faceURL":"f","nickName":"Bot2","appMangerLevel":4}`
	w.checkCalls(t, search, admin, [][2]string{
		{`{"keyword":""}`, badArgs("pagination is empty")},
		{`{"pagination":{"pageNumber":1,"showNumber":10}}`, with(`{"total":2,"notificationAccounts":[` + bot + `,` + drawn + `]}`)},
		{`{"keyword":"dRAW","pagination":{"pageNumber":1,"showNumber":10}}`, with(`{"total":1,"notificationAccounts":[` + drawn + `]}`)},
		{`{"keyword":"","appManagerLevel":4,"pagination":{"pageNumber":1,"showNumber":10}}`, with(`{"total":1,"notificationAccounts":[` + bot + `]}`)},
		{`{"keyword":"u1","pagination":{"pageNumber":1,"showNumber":10}}`, with(`{"total":0,"notificationAccounts":null}`)},
	})
	own := w.token(t, "u1", 1)
	for path, body := range map[string]string{
		add: `{"userID":"x","nickName":"x","appMangerLevel":1}`, update: `{"userID":"u1","nickName":"x"}`, search: `{"pagination":{"pageNumber":1}}`,
	} {
		check(t, w.call(t, path, own, body), noPermission(adminIsUser))
	}
}

func TestFriends(t *testing.T) {
	w := newWorld(t, section)
	w.user(t, "u1", "u2", "u3")
	unknown := refused(1101, "UserIDNotFoundError", "user not found")
	w.checkCalls(t, "/friend/import_friend", w.admin(t), [][2]string{
		{`{"friendUserIDs":["u2"]}`, badArgs("ownerUserID is empty")},
		{`{"ownerUserID":"u1"}`, badArgs("friendUserIDS is empty")},
		{`{"ownerUserID":"u1","friendUserIDs":["u2","u2"]}`, badArgs("friend userID repeated")},
		{`{"ownerUserID":"x","friendUserIDs":["u2"]}`, unknown},
		{`{"ownerUserID":"u1","friendUserIDs":["u2","x"]}`, unknown},
		{`{"ownerUserID":"u1","friendUserIDs":["u1"]}`, refused(1301, "CanNotAddYourselfError", "can not add yourself")},
		{`{"ownerUserID":"u1","friendUserIDs":["u3","u2"]}`, done},
		{`{"ownerUserID":"u1","friendUserIDs":["u2"]}`, done},
	})
	own := w.token(t, "u1", 1)
	check(t, w.call(t, "/friend/import_friend", own, `{"ownerUserID":"u1","friendUserIDs":["u2"]}`), noPermission(adminIsUser))
	w.checkCalls(t, "/friend/get_friend_id", own, [][2]string{
		{`{}`, badArgs("userID is empty")},
		{`{"userID":"u2"}`, noPermission("ownerUserID, u2=MISSING")},
		{`{"userID":"u1"}`, with(`{"friendIDs":["u2","u3"]}`)},
	})
	w.checkCalls(t, "/friend/get_friend_id", w.admin(t), [][2]string{
		{`{"userID":"u2"}`, with(`{"friendIDs":["u1"]}`)},
		{`{"userID":"imAdmin"}`, with(`{"friendIDs":null}`)},
		{`{"userID":"nobody"}`, with(`{"friendIDs":null}`)},
	})
}

func TestRegistrationsAreCounted(t *testing.T) {
	w := newWorld(t, section) // imAdmin registers at 2026-11-20T19:10:11Z
	start := w.clock.now().UnixMilli()
	w.clock.pass(time.Millisecond)
	w.user(t, "u1", "u2")
	w.clock.pass(24 * time.Hour)
	w.user(t, "u3")
	end := w.clock.now().UnixMilli()
	w.clock.pass(24 * time.Hour)
	w.user(t, "u4")
	body := func(start, end int64) string { return fmt.Sprintf(`{"start":%d,"end":%d}`, start, end) }
	w.checkCalls(t, "/statistics/user/register", w.admin(t), [][2]string{
		{`{}`, badArgs("start is invalid")},
		{`{"start":1}`, badArgs("end is invalid")},
		{`{"start":2,"end":1}`, badArgs("end is invalid")},
		{body(start+1, end), with(`{"total":5,"before":1,"count":{"2026-11-20":2}}`)},
		{body(start, end+1), with(`{"total":5,"before":0,"count":{"2026-11-20":3,"2026-11-21":1}}`)},
		{body(1, 2), with(`{"total":5,"before":0}`)},
	})
}
