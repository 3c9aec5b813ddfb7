package openim_test

import (
	"strings"
	"testing"
	"time"
)

var (
	memberMuted = refused(1402, "MutedInGroup", "MutedInGroup")
	groupMuted  = refused(1403, "MutedGroup", "MutedGroup")
)

// TestGroupSends holds who may talk in a group: own is its owner, adm its admin, m an ordinary member.
func TestGroupSends(t *testing.T) {
	s := newStage(t, "own", "adm", "m", "out")
	s.group("g", "own", "m")
	may := func(want map[string]string) {
		t.Helper()
		for user, answer := range want {
			got := s.do(sendPath, groupText(user, "g", "x"))
			if answer == "" {
				dataOf[sent](t, got)
				continue
			}
			check(t, got, answer)
		}
	}
	s.gives(sendPath, groupText("own", "none", "x"), unknownGroup())
	may(map[string]string{"own": "", "adm": "", "m": "", "out": notInGroup(), "nobody": notInGroup(), "imAdmin": ""})
	s.done("/group/mute_group", `{"groupID":"g"}`)
	may(map[string]string{"own": "", "adm": "", "m": groupMuted, "out": notInGroup(), "imAdmin": ""})
	s.done("/group/cancel_mute_group", `{"groupID":"g"}`)
	s.done("/group/mute_group_member", `{"groupID":"g","userID":"m","mutedSeconds":60}`)
	s.done("/group/mute_group_member", `{"groupID":"g","userID":"adm","mutedSeconds":60}`)
	may(map[string]string{"own": "", "adm": memberMuted, "m": memberMuted, "imAdmin": ""})
	s.done("/group/cancel_mute_group_member", `{"groupID":"g","userID":"adm"}`)
	s.clock.pass(time.Minute)
	may(map[string]string{"adm": "", "m": ""})
	s.done("/group/kick_group", `{"groupID":"g","kickedUserIDs":["m"]}`)
	may(map[string]string{"m": notInGroup()})
	s.done("/group/dismiss_group", `{"groupID":"g"}`)
	may(map[string]string{"own": dismissed(), "adm": dismissed(), "m": dismissed(), "out": dismissed(), "imAdmin": dismissed()})
	s.gives(batchPath, groupText("own", "g", "x", `"recvIDs":["m"]`), with(`{"results":null,"failedUserIDs":["m"]}`))
}

// TestGroupSendsThatAreNotStored meet the same refusals.
func TestGroupSendsThatAreNotStored(t *testing.T) {
	s := newStage(t, "own", "adm", "m", "out")
	s.group("g", "own", "m")
	online := func(user string) string { return groupText(user, "g", "x", `"isOnlineOnly":true`) }
	s.done("/group/mute_group", `{"groupID":"g"}`)
	s.gives(sendPath, online("out"), notInGroup())
	s.gives(sendPath, online("m"), groupMuted)
	s.deliver(online("own"))
	s.deliver(online("adm"))
	s.deliver(online("imAdmin"))
	s.done("/group/mute_group_member", `{"groupID":"g","userID":"adm","mutedSeconds":60}`)
	s.gives(sendPath, online("adm"), memberMuted)
	s.done("/group/dismiss_group", `{"groupID":"g"}`)
	s.gives(sendPath, online("imAdmin"), dismissed())
}

// TestGroupLogIsTheMembers: members see all of it, those who left what they saw, others nothing.
func TestGroupLogIsTheMembers(t *testing.T) {
	s := newStage(t, "own", "adm", "m", "late", "out")
	s.group("g", "own", "m")
	say := func(content string) { s.deliver(groupText("own", "g", content)) }
	say("1")
	s.done("/group/invite_user_to_group", `{"groupID":"g","invitedUserIDs":["late"]}`)
	say("2")
	s.done("/group/kick_group", `{"groupID":"g","kickedUserIDs":["m"]}`)
	say("3")
	s.sees("own", "sg_g", "1 1", "2 2", "3 3")
	s.sees("m", "sg_g", "1 1", "2 2")
	s.sees("late", "sg_g", "1 1", "2 2", "3 3")
	s.sees("out", "sg_g")
	s.hasRead("own", "sg_g", 3, 3)
	s.hasRead("adm", "sg_g", 0, 3)
	s.gives("/msg/newest_seq", `{"userID":"m"}`, with(`{"maxSeqs":{"sg_g":2},"minSeqs":null}`))
}

// TestGroupIDs: a group without an ID gets up to ten digits, and its conversation has its name.
func TestGroupIDs(t *testing.T) {
	s := newStage(t, "a")
	made := make(map[string]bool)
	for range 3 {
		answer := s.do("/group/create_group", `{"ownerUserID":"a","groupInfo":{"groupName":"G","groupType":2}}`)
		id := dataOf[struct{ GroupInfo struct{ GroupID string } }](t, answer).GroupInfo.GroupID
		if len(id) > 10 || strings.Trim(id, "0123456789") != "" || made[id] {
			t.Errorf("the group is called %q", id)
		}
		made[id] = true
		s.deliver(groupText("a", id, "x"))
		s.sees("a", "sg_"+id, "1 x")
	}
}
