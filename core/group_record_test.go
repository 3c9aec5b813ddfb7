package core

import (
	"testing"

	"pgregory.net/rapid"
)

func TestGroupRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return rapid.String().Draw(t, label) }
		count := func(label string) int64 { return rapid.Int64Range(0, 1<<53).Draw(t, label) }
		group := groupRecord{owner: UserNumber(count("owner number")), joins: uint64(count("joins")), Group: Group{
			Number: 7, ID: text("id"), Name: text("name"), Notice: text("notice"), Introduction: text("introduction"),
			Avatar: text("avatar"), Extra: text("extra"), Creator: text("creator"), Owner: text("owner"), NoticeBy: text("by"),
			Policy:  GroupPolicy{rapid.Int32().Draw(t, "a"), rapid.Int32().Draw(t, "b"), rapid.Int32().Draw(t, "c")},
			Created: count("created"), NoticeChanged: count("changed"), Members: int(count("members")),
			Muted: rapid.Bool().Draw(t, "muted"), Dismissed: rapid.Bool().Draw(t, "dismissed"),
		}}
		if got, err := parseGroup(7, appendGroup(nil, &group)); err != nil || got != group {
			t.Fatalf("%+v, %v; want %+v", got, err, group)
		}
		member := memberRecord{
			role: GroupRole(rapid.IntRange(0, 2).Draw(t, "role")), place: uint64(count("place")), joined: count("joined"),
			mutedUntil: count("until"), nickname: text("nickname"), avatar: text("member avatar"), extra: text("member extra"),
			inviter: text("inviter"), operator: text("operator"),
		}
		record := appendMember(nil, &member)
		if got, err := parseMember(record); err != nil || got != member {
			t.Fatalf("%+v, %v; want %+v", got, err, member)
		}
		if role, place, err := parseRank(record); err != nil || role != member.role || place != member.place {
			t.Fatalf("%v %d, %v", role, place, err)
		}
		joined := joinedRecord{left: rapid.Bool().Draw(t, "left"), until: count("seq")}
		if got, err := parseJoined(appendJoined(nil, &joined)); err != nil || got != joined {
			t.Fatalf("%+v, %v; want %+v", got, err, joined)
		}
	})
}

// Whatever is in the store, reading it ends with a record or an error.
func FuzzParseGroupRecords(f *testing.F) {
	f.Add(appendGroup(nil, &groupRecord{Group: Group{ID: "g", Members: 3}, joins: 4}))
	f.Add(appendMember(nil, &memberRecord{role: GroupAdmin, nickname: "n"}))
	f.Add(appendJoined(nil, &joinedRecord{left: true, until: 5}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if g, err := parseGroup(1, b); err == nil {
			if again, err := parseGroup(1, appendGroup(nil, &g)); err != nil || again != g {
				t.Errorf("%+v became %+v, %v", g, again, err)
			}
		}
		if m, err := parseMember(b); err == nil {
			if again, err := parseMember(appendMember(nil, &m)); err != nil || again != m {
				t.Errorf("%+v became %+v, %v", m, again, err)
			}
		}
		if j, err := parseJoined(b); err == nil {
			if again, err := parseJoined(appendJoined(nil, &j)); err != nil || again != j {
				t.Errorf("%+v became %+v, %v", j, again, err)
			}
		}
	})
}
