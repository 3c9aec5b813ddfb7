package openim_test

import (
	"strings"
	"testing"
)

// newGroupWorld has the users ann, bob, cid and dan, and ann's group "g" with the admin bob and the member cid.
func newGroupWorld(t *testing.T) (w *world, admin string) {
	t.Helper()
	w = newWorld(t, section)
	w.user(t, "ann", "bob", "cid", "dan")
	admin = w.admin(t)
	created := w.call(t, "/group/create_group", admin, `{"memberUserIDs":["cid"],"adminUserIDs":["bob"],"ownerUserID":"ann",`+
		`"groupInfo":{"groupID":"g","groupName":"G","introduction":"about","ex":"{}","groupType":2,"needVerification":2}}`)
	check(t, created, `{"errCode":0,"errMsg":"","errDlt":"","data":{"groupInfo":{"groupID":"g","groupName":"G","notification":"",`+
		`"introduction":"about","faceURL":"","ownerUserID":"ann","createTime":1795201811000,"memberCount":3,"ex":"{}","status":0,`+
		`"creatorUserID":"imAdmin","groupType":2,"needVerification":2,"lookMemberInfo":0,"applyMemberFriend":0,`+
		`"notificationUpdateTime":0,"notificationUserID":""}}}`)
	return w, admin
}

func notInGroup() string { return refused(1203, "NotInGroupYetError", "NotInGroupYetError") }

func dismissed() string { return refused(1204, "DismissedAlreadyError", "DismissedAlreadyError") }

func unknownGroup() string { return refused(1004, "RecordNotFoundError", "record not found") }

func TestGroupRefusals(t *testing.T) {
	w, admin := newGroupWorld(t)
	ann, bob, cid, dan := w.token(t, "ann", 1), w.token(t, "bob", 1), w.token(t, "cid", 1), w.token(t, "dan", 1)
	for _, tt := range []struct{ path, token, body, want string }{
		{"create_group", admin, `{}`, badArgs("groupInfo is empty")},
		{"create_group", admin, `{"groupInfo":{"groupType":3},"ownerUserID":"ann"}`, badArgs("GroupType is invalid")},
		{"create_group", admin, `{"groupInfo":{"groupType":1},"ownerUserID":"ann"}`, badArgs("group type only supports 2")},
		{"create_group", admin, `{"groupInfo":{"groupType":2}}`, badArgs("ownerUserID is empty")},
		{
			"create_group", admin, `{"groupInfo":{"groupType":2},"ownerUserID":"ann","memberUserIDs":[` + strings.Repeat(`"x",`, 1000) + `"x"]}`,
			badArgs("too many MemberUserIDs, need to be less than 1000"),
		},
		{"create_group", admin, `{"groupInfo":{"groupType":2},"ownerUserID":"ann","memberUserIDs":["ann"]}`, badArgs("group member repeated")},
		{"create_group", admin, `{"groupInfo":{"groupType":2},"ownerUserID":"nobody"}`, refused(1101, "UserIDNotFoundError", "user not found")},
		{"create_group", admin, `{"groupInfo":{"groupType":2,"groupID":"g"},"ownerUserID":"ann"}`, refused(1202, "GroupIDExisted", "GroupIDExisted")},
		{"create_group", bob, `{"groupInfo":{"groupType":2},"ownerUserID":"ann"}`, noPermission("ownerUserID, ann=MISSING")},
		{"get_groups_info", admin, `{"groupIDs":null}`, badArgs("GroupIDs is empty")},
		{"invite_user_to_group", admin, `{"invitedUserIDs":["dan"]}`, badArgs("GroupID is empty")},
		{"invite_user_to_group", admin, `{"groupID":"x","invitedUserIDs":["dan"]}`, unknownGroup()},
		{"invite_user_to_group", admin, `{"groupID":"g","invitedUserIDs":["nobody"]}`, refused(1004, "RecordNotFoundError", "user not found")},
		{"invite_user_to_group", dan, `{"groupID":"g","invitedUserIDs":["dan"]}`, notInGroup()},
		{"kick_group", cid, `{"groupID":"g","kickedUserIDs":["bob"]}`, noPermission("NoPermissionError")},
		{"kick_group", bob, `{"groupID":"g","kickedUserIDs":["ann"]}`, noPermission("NoPermissionError")},
		{"kick_group", ann, `{"groupID":"g","kickedUserIDs":["dan"]}`, refused(1101, "UserIDNotFoundError", "UserIDNotFoundError")},
		{"kick_group", ann, `{"groupID":"g","kickedUserIDs":["bob","bob"]}`, badArgs("KickedUserIDs duplicate")},
		{"get_group_member_list", ann, `{"groupID":"g"}`, badArgs("pagination is empty")},
		{"get_group_member_list", ann, `{"groupID":"g","pagination":{"pageNumber":0,"showNumber":1}}`, badArgs("pageNumber is invalid")},
		{"get_group_member_list", ann, `{"groupID":"g","filter":6,"pagination":{"pageNumber":1,"showNumber":1}}`, badArgs("Filter is invalid")},
		{"get_group_member_list", dan, `{"groupID":"g","pagination":{"pageNumber":1,"showNumber":1}}`, noPermission("op user not in group")},
		{"get_group_members_info", dan, `{"groupID":"g","userIDs":["ann"]}`, noPermission("op user not in group")},
		{"get_group_member_user_id", dan, `{"groupID":"g"}`, noPermission("op user not in group")},
		{"get_group_member_user_id", admin, `{"groupID":"x"}`, unknownGroup()},
		{"get_joined_group_list", dan, `{"fromUserID":"ann","pagination":{"pageNumber":1,"showNumber":9}}`, noPermission("ownerUserID, ann=MISSING")},
		{"dismiss_group", bob, `{"groupID":"g"}`, noPermission("NoPermissionError")},
		{"dismiss_group", dan, `{"groupID":"g"}`, notInGroup()},
		{"mute_group", cid, `{"groupID":"g"}`, noPermission("NoPermissionError")},
		{"mute_group_member", ann, `{"groupID":"g","userID":"bob"}`, badArgs("MutedSeconds is empty")},
		{"mute_group_member", bob, `{"groupID":"g","userID":"ann","mutedSeconds":5}`, noPermission("NoPermissionError")},
		{"transfer_group", ann, `{"groupID":"g","oldOwnerUserID":"ann","newOwnerUserID":"ann"}`, badArgs("OldOwnerUserID == NewOwnerUserID")},
		{"transfer_group", ann, `{"groupID":"g","oldOwnerUserID":"ann","newOwnerUserID":"dan"}`, badArgs("NewOwnerUser not in group g")},
		{"transfer_group", bob, `{"groupID":"g","oldOwnerUserID":"bob","newOwnerUserID":"cid"}`, noPermission("OldOwnerUserID is not the group owner")},
		{"quit_group", ann, `{"groupID":"g"}`, noPermission("NoPermissionError")},
		{"quit_group", dan, `{"groupID":"g"}`, notInGroup()},
		{"quit_group", dan, `{"groupID":"g","userID":"cid"}`, noPermission("ownerUserID, cid=MISSING")},
		{"join_group", cid, `{"groupID":"g","inviterUserID":"cid"}`, badArgs("already in group")},
		{"set_group_info", ann, `{}`, badArgs("GroupInfoForSets is empty")},
		{"set_group_info", cid, `{"groupInfoForSet":{"groupID":"g","groupName":"x"}}`, noPermission("NoPermissionError")},
		{"set_group_info_ex", ann, `{"groupID":"g","groupName":" "}`, badArgs("group name is empty")},
		{"set_group_member_info", ann, `{"members":[]}`, badArgs("members empty")},
		{"set_group_member_info", ann, `{"members":[{"groupID":"g","userID":"bob","roleLevel":40}]}`, badArgs("invalid role level")},
		{"set_group_member_info", bob, `{"members":[{"groupID":"g","userID":"cid","roleLevel":60}]}`, noPermission("NoPermissionError")},
		{"set_group_member_info", ann, `{"members":[{"groupID":"g","userID":"cid","roleLevel":100}]}`, noPermission("NoPermissionError")},
	} {
		if got := w.call(t, "/group/"+tt.path, tt.token, tt.body); got != tt.want {
			t.Errorf("%s %.80s\ngot  %s\nwant %s", tt.path, tt.body, got, tt.want)
		}
	}
	check(t, w.call(t, "/group/get_group_member_user_id", cid, `{"groupID":"g"}`),
		`{"errCode":0,"errMsg":"","errDlt":"","data":{"userIDs":["ann","bob","cid"]}}`)
}

func TestGroupLife(t *testing.T) {
	w, admin := newGroupWorld(t)
	ann, bob, cid, dan := w.token(t, "ann", 1), w.token(t, "bob", 1), w.token(t, "cid", 1), w.token(t, "dan", 1)
	for _, step := range []struct{ path, token, body string }{
		{"join_group", dan, `{"groupID":"g","reqMessage":"hi","joinSource":3,"inviterUserID":"dan"}`},
		{"quit_group", admin, `{"groupID":"g","userID":"dan"}`},
		{"invite_user_to_group", cid, `{"groupID":"g","reason":"","invitedUserIDs":["dan","bob"],"sendMessage":null}`},
		{"kick_group", bob, `{"groupID":"g","kickedUserIDs":["cid"],"reason":""}`},
		{"set_group_info", bob, `{"groupInfoForSet":{"groupID":"g","groupName":"","notification":"news","ex":"","lookMemberInfo":1}}`},
		{"set_group_info_ex", ann, `{"groupID":"g","introduction":"","faceURL":"u"}`},
		{"set_group_member_info", ann, `{"members":[{"groupID":"g","userID":"dan","nickname":"Danny","roleLevel":60},{"groupID":"g","userID":"bob","roleLevel":20}]}`},
		{"mute_group", ann, `{"groupID":"g"}`},
		{"mute_group_member", ann, `{"groupID":"g","userID":"bob","mutedSeconds":60}`},
		{"transfer_group", ann, `{"groupID":"g","oldOwnerUserID":"ann","newOwnerUserID":"dan"}`},
	} {
		if got := w.call(t, "/group/"+step.path, step.token, step.body); got != done {
			t.Fatalf("%s: %s", step.path, got)
		}
	}
	check(t, w.call(t, "/group/get_groups_info", cid, `{"groupIDs":["x","g"]}`),
		`{"errCode":0,"errMsg":"","errDlt":"","data":{"groupInfos":[{"groupID":"g","groupName":"G","notification":"news",`+
			`"introduction":"","faceURL":"u","ownerUserID":"dan","createTime":1795201811000,"memberCount":3,"ex":"","status":3,`+
			`"creatorUserID":"imAdmin","groupType":2,"needVerification":2,"lookMemberInfo":1,"applyMemberFriend":0,`+
			`"notificationUpdateTime":1795201811000,"notificationUserID":"bob"}]}}`)
	shown := func(user, role, nickname, inviter, muted string) string {
		return `{"groupID":"g","userID":"` + user + `","roleLevel":` + role + `,"joinTime":1795201811000,"nickname":"` + nickname +
			`","faceURL":"","appMangerLevel":0,"joinSource":2,"operatorUserID":"` + inviter + `","ex":"","muteEndTime":` + muted +
			`,"inviterUserID":"` + inviter + `"}`
	}
	annShown := shown("ann", "20", "Nick ann", "imAdmin", "0")
	bobShown := shown("bob", "20", "Nick bob", "imAdmin", "1795201871000")
	danShown := shown("dan", "100", "Danny", "cid", "0")
	const opened = `{"errCode":0,"errMsg":"","errDlt":"","data":{`
	for body, want := range map[string]string{
		`{"groupID":"g","pagination":{"pageNumber":1,"showNumber":2}}`:                      `"total":3,"members":[` + danShown + `,` + annShown + `]`,
		`{"groupID":"g","pagination":{"pageNumber":2,"showNumber":2}}`:                      `"total":3,"members":[` + bobShown + `]`,
		`{"groupID":"g","filter":1,"pagination":{"pageNumber":1,"showNumber":2}}`:           `"total":1,"members":[` + danShown + `]`,
		`{"groupID":"g","filter":2,"pagination":{"pageNumber":1,"showNumber":2}}`:           `"total":0,"members":[]`,
		`{"groupID":"g","filter":3,"pagination":{"pageNumber":2,"showNumber":1}}`:           `"total":2,"members":[` + bobShown + `]`,
		`{"groupID":"g","filter":4,"pagination":{"pageNumber":1,"showNumber":1}}`:           `"total":2,"members":[` + annShown + `]`,
		`{"groupID":"g","filter":5,"pagination":{"pageNumber":1,"showNumber":9}}`:           `"total":1,"members":[` + danShown + `]`,
		`{"groupID":"g","keyword":"ann","pagination":{"pageNumber":1,"showNumber":9}}`:      `"total":2,"members":[` + danShown + `,` + annShown + `]`,
		`{"groupID":"g","keyword":"Nick bob","pagination":{"pageNumber":1,"showNumber":9}}`: `"total":1,"members":[` + bobShown + `]`,
	} {
		check(t, w.call(t, "/group/get_group_member_list", ann, body), opened+want+`}}`)
	}
	check(t, w.call(t, "/group/get_group_members_info", ann, `{"groupID":"g","userIDs":["bob","cid","dan"]}`),
		opened+`"members":[`+bobShown+`,`+danShown+`]}}`)
	for _, step := range []struct{ path, token, body string }{
		{"cancel_mute_group", dan, `{"groupID":"g"}`},
		{"cancel_mute_group_member", dan, `{"groupID":"g","userID":"bob"}`},
		{"dismiss_group", dan, `{"groupID":"g","deleteMember":true}`},
	} {
		if got := w.call(t, "/group/"+step.path, step.token, step.body); got != done {
			t.Fatalf("%s: %s", step.path, got)
		}
	}
	check(t, w.call(t, "/group/invite_user_to_group", admin, `{"groupID":"g","invitedUserIDs":["cid"]}`), dismissed())
	check(t, w.call(t, "/group/join_group", cid, `{"groupID":"g","inviterUserID":"cid"}`), dismissed())
	check(t, w.call(t, "/group/get_joined_group_list", dan, `{"fromUserID":"dan","pagination":{"pageNumber":1,"showNumber":9}}`),
		opened+`"total":0,"groups":null}}`)
	if got := w.call(t, "/group/get_groups_info", dan, `{"groupIDs":["g"]}`); !strings.Contains(got, `"status":2`) {
		t.Error(got)
	}
}

func TestGroupApproval(t *testing.T) {
	w, admin := newGroupWorld(t)
	cid, dan := w.token(t, "cid", 1), w.token(t, "dan", 1)
	check(t, w.call(t, "/group/set_group_info_ex", admin, `{"groupID":"g","needVerification":1}`), done)
	check(t, w.call(t, "/group/join_group", dan, `{"groupID":"g","inviterUserID":"dan"}`), noPermission("the group needs verification"))
	check(t, w.call(t, "/group/invite_user_to_group", cid, `{"groupID":"g","invitedUserIDs":["dan"]}`), noPermission("the group needs verification"))
	check(t, w.call(t, "/group/invite_user_to_group", w.token(t, "bob", 1), `{"groupID":"g","invitedUserIDs":["dan"]}`), done)
	if got := w.call(t, "/group/get_joined_group_list", admin, `{"fromUserID":"dan","pagination":{"pageNumber":1,"showNumber":9}}`); !strings.Contains(got, `"total":1,"groups":[{"groupID":"g"`) {
		t.Error(got)
	}
}
