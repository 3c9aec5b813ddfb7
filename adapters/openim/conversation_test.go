package openim_test

import (
	"fmt"
	"strings"
	"testing"
)

const (
	allPath   = "/conversation/get_all_conversations"
	onePath   = "/conversation/get_conversation"
	somePath  = "/conversation/get_conversations"
	ownerPath = "/conversation/get_owner_conversation"
	setPath   = "/conversation/set_conversations"
)

// shownConversation is a conversation of a user that nobody has set anything about, with members replaced.
func shownConversation(owner, id string, kind int, peer, group string, replace ...string) string {
	text := fmt.Sprintf(`{"ownerUserID":%q,"conversationID":%q,"recvMsgOpt":0,"conversationType":%d,"userID":%q,"groupID":%q,"isPinned":false,`+
		`"attachedInfo":"","isPrivateChat":false,"groupAtType":0,"ex":"","burnDuration":0,"minSeq":0,"maxSeq":0,"msgDestructTime":0,`+
		`"latestMsgDestructTime":0,"isMsgDestruct":false}`, owner, id, kind, peer, group)
	return strings.NewReplacer(replace...).Replace(text)
}

// TestWhoGetsAConversation: both sides of a chat, the receiver of a notice, the members of a group.
func TestWhoGetsAConversation(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	dataOf[any](t, s.do("/user/add_notification_account", `{"userID":"bot","nickName":"Bot","appMangerLevel":3}`))
	s.gives(allPath, `{"ownerUserID":"a"}`, with(`{"conversations":null}`))
	s.talk("a", "b", "1")
	s.deliver(notice("bot", "a", "1"))
	s.group("g", "a", "c")
	s.deliver(groupText("a", "g", "1"))
	group, single := shownConversation("a", "sg_g", 3, "", "g"), shownConversation("a", "si_a_b", 1, "b", "")
	announced := shownConversation("a", "sn_a_bot", 4, "bot", "")
	for body, want := range map[string]string{
		`{"ownerUserID":"a"}`:   group + `,` + single + `,` + announced,
		`{"ownerUserID":"b"}`:   shownConversation("b", "si_a_b", 1, "a", ""),
		`{"ownerUserID":"c"}`:   shownConversation("c", "sg_g", 3, "", "g"),
		`{"ownerUserID":"adm"}`: shownConversation("adm", "sg_g", 3, "", "g"),
	} {
		s.gives(allPath, body, with(`{"conversations":[`+want+`]}`))
	}
	s.gives(allPath, `{"ownerUserID":"bot"}`, with(`{"conversations":null}`))
	none := refused(1004, "RecordNotFoundError", "conversation not found")
	for _, tt := range []struct{ path, body, want string }{
		{allPath, `{}`, badArgs("ownerUserID is empty")},
		{allPath, `{"ownerUserID":"nobody"}`, refused(1004, "RecordNotFoundError", "record not found")},
		{onePath, `{}`, badArgs("conversationID is empty")},
		{onePath, `{"ownerUserID":"a"}`, badArgs("conversationID is empty")},
		{onePath, `{"conversationID":"si_a_b"}`, badArgs("ownerUserID is empty")},
		{onePath, `{"ownerUserID":"a","conversationID":"si_a_b"}`, with(`{"conversation":` + single + `}`)},
		{onePath, `{"ownerUserID":"a","conversationID":"sn_a_bot"}`, with(`{"conversation":` + announced + `}`)},
		{onePath, `{"ownerUserID":"a","conversationID":"si_a_c"}`, none},
		{onePath, `{"ownerUserID":"b","conversationID":"sg_g"}`, none},
		{onePath, `{"ownerUserID":"a","conversationID":"sg_none"}`, none},
		{onePath, `{"ownerUserID":"a","conversationID":"si_b_c"}`, none},
		{onePath, `{"ownerUserID":"a","conversationID":"x"}`, none},
		{somePath, `{}`, badArgs("ownerUserID is empty")},
		{somePath, `{"ownerUserID":"a"}`, badArgs("conversationIDs is empty")},
		{somePath, `{"ownerUserID":"a","conversationIDs":[]}`, with(`{"conversations":null}`)},
		{somePath, `{"ownerUserID":"a","conversationIDs":["x","si_a_b","si_a_c","sg_g"]}`, with(`{"conversations":[` + single + `,` + group + `]}`)},
		{somePath, `{"ownerUserID":"a","conversationIDs":[` + strings.Repeat(`"x",`, 1000) + `"x"]}`, badArgs("too many conversationIDs")},
		{ownerPath, `{}`, badArgs("userID is empty")},
		{ownerPath, `{"userID":"a"}`, badArgs("pagination is empty")},
		{ownerPath, `{"userID":"a","pagination":{"pageNumber":1,"showNumber":2}}`, with(`{"total":3,"conversations":[` + group + `,` + single + `]}`)},
		{ownerPath, `{"userID":"a","pagination":{"pageNumber":2,"showNumber":2}}`, with(`{"total":3,"conversations":[` + announced + `]}`)},
		{ownerPath, `{"userID":"a","pagination":{"pageNumber":3,"showNumber":2}}`, with(`{"total":3,"conversations":null}`)},
	} {
		s.gives(tt.path, tt.body, tt.want)
	}
}

func TestSetConversationRefusals(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a")
	for _, tt := range []struct{ body, want string }{
		{`{}`, badArgs("userID is empty")},
		{`{"userIDs":[]}`, badArgs("userID is empty")},
		{`{"userIDs":["a"]}`, badArgs("conversation is empty")},
		{`{"userIDs":["a"],"conversation":null}`, badArgs("conversation is empty")},
		{`{"userIDs":["a"],"conversation":{}}`, badArgs("conversationType is invalid")},
		{`{"userIDs":["a"],"conversation":{"conversationType":2}}`, badArgs("conversationType is invalid")},
		{`{"userIDs":["a"],"conversation":{"conversationType":3}}`, badArgs("groupID is empty")},
		{`{"userIDs":["a"],"conversation":{"conversationType":1}}`, badArgs("userID is empty")},
		{`{"userIDs":["a"],"conversation":{"conversationType":1,"userID":"b","recvMsgOpt":3}}`, badArgs("recvMsgOpt is invalid")},
		{`{"userIDs":["a"],"conversation":{"conversationType":3,"groupID":"none"}}`, unknownGroup()},
		{`{"userIDs":[` + strings.Repeat(`"a",`, 1000) + `"a"],"conversation":{"conversationType":1,"userID":"b"}}`, badArgs("too many userIDs")},
	} {
		s.gives(setPath, tt.body, tt.want)
	}
	for _, body := range []string{
		`{"userIDs":["a","nobody"],"conversation":{"conversationType":1,"userID":"c","isPinned":true}}`,
		`{"userIDs":["a"],"conversation":{"conversationType":1,"userID":"nobody","isPinned":true}}`,
	} {
		if got := s.do(setPath, body); !strings.HasPrefix(got, `{"errCode":1004,"errMsg":"RecordNotFoundError",`) {
			t.Errorf("%s: %s", body, got)
		}
	}
	s.givesTo("a", setPath, `{"userIDs":["a","b"],"conversation":{"conversationType":1,"userID":"c","isPinned":true}}`, noPermission("ownerUserID, b=MISSING"))
	s.gives(onePath, `{"ownerUserID":"a","conversationID":"si_a_c"}`, refused(1004, "RecordNotFoundError", "conversation not found"))
}

// TestSetConversations: what is given is set, what is absent stays, and a conversation that is not there is made.
func TestSetConversations(t *testing.T) {
	s := newStage(t, "a", "b", "c", "adm")
	s.group("g", "a", "b")
	s.done(setPath, `{"userIDs":["a","b"],"conversation":{"conversationID":"si_a_c","conversationType":1,"userID":"c","recvMsgOpt":2,"isPinned":true,"attachedInfo":"i",`+
		`"isPrivateChat":true,"ex":"e","burnDuration":30,"minSeq":5,"maxSeq":9,"groupAtType":1,"msgDestructTime":60,"isMsgDestruct":true}}`)
	all := []string{
		`"recvMsgOpt":0`, `"recvMsgOpt":2`, `"isPinned":false`, `"isPinned":true`, `"attachedInfo":""`, `"attachedInfo":"i"`,
		`"isPrivateChat":false`, `"isPrivateChat":true`, `"groupAtType":0`, `"groupAtType":1`, `"ex":""`, `"ex":"e"`, `"burnDuration":0`, `"burnDuration":30`,
		`"minSeq":0`, `"minSeq":5`, `"maxSeq":0`, `"maxSeq":9`, `"msgDestructTime":0`, `"msgDestructTime":60`, `"isMsgDestruct":false`, `"isMsgDestruct":true`,
	}
	for _, owner := range []string{"a", "b"} {
		id := pair("si_", owner, "c")
		s.gives(onePath, fmt.Sprintf(`{"ownerUserID":%q,"conversationID":%q}`, owner, id), with(`{"conversation":`+shownConversation(owner, id, 1, "c", "", all...)+`}`))
	}
	s.done(setPath, `{"userIDs":["a"],"conversation":{"conversationType":1,"userID":"c","isPinned":false,"ex":""}}`)
	all[3], all[11] = `"isPinned":false`, `"ex":""`
	s.gives(onePath, `{"ownerUserID":"a","conversationID":"si_a_c"}`, with(`{"conversation":`+shownConversation("a", "si_a_c", 1, "c", "", all...)+`}`))
	s.gives(onePath, `{"ownerUserID":"c","conversationID":"si_a_c"}`, refused(1004, "RecordNotFoundError", "conversation not found")) // it is the two's own
	s.done(setPath, `{"userIDs":["a"],"conversation":{"conversationType":3,"groupID":"g","isPinned":true}}`)
	s.gives(onePath, `{"ownerUserID":"a","conversationID":"sg_g"}`, with(`{"conversation":`+shownConversation("a", "sg_g", 3, "", "g", `"isPinned":false`, `"isPinned":true`)+`}`))
	s.gives(onePath, `{"ownerUserID":"b","conversationID":"sg_g"}`, with(`{"conversation":`+shownConversation("b", "sg_g", 3, "", "g")+`}`))
}
