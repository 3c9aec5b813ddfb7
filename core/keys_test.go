package core

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"
)

func drawConversation(t *rapid.T, label string) conversationKey {
	u := UserNumber(rapid.Uint64Range(1, 1<<40).Draw(t, label+" a"))
	v := UserNumber(rapid.Uint64Range(1, 1<<40).Filter(func(n uint64) bool { return UserNumber(n) != u }).Draw(t, label+" b"))
	return directConversation(rapid.Uint32().Draw(t, label+" app"), u, v)
}

// Building and parsing a key are inverse, and the order of keys is the order of their fields.
func TestMessageKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawConversation(t, "conversation")
		ids := rapid.Int64Range(0, maxMessageID)
		a, b := ids.Draw(t, "id a"), ids.Draw(t, "id b")
		keyA, keyB := appendMessageKey(nil, k, a), appendMessageKey(nil, k, b)
		if id, err := parseMessageID(keyA); err != nil || id != a {
			t.Fatalf("parsed %d, %v; want %d", id, err, a)
		}
		if bytes.Compare(keyA, keyB) != cmp.Compare(a, b) {
			t.Fatalf("ids %d and %d are out of order", a, b)
		}
		other, err := parseConversation(k.app, appendConversation(nil, k))
		if err != nil || other != k {
			t.Fatalf("parsed %+v, %v; want %+v", other, err, k)
		}
	})
}

func TestRunKeysAreDescending(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.Int64Range(0, maxMessageID)
		a, b := ids.Draw(t, "id a"), ids.Draw(t, "id b")
		user := UserNumber(rapid.Uint64().Draw(t, "user"))
		run := runRef{a, rapid.IntRange(1, maxRun).Draw(t, "count")}
		keyA, keyB := appendRunKey(nil, 7, user, run), appendRunKey(nil, 7, user, runRef{b, run.count})
		if got, err := parseRunKey(keyA); err != nil || got != run {
			t.Fatalf("parsed %+v, %v; want %+v", got, err, run)
		}
		if bytes.Compare(keyA, keyB) != cmp.Compare(b, a) {
			t.Fatalf("ids %d and %d are out of order", a, b)
		}
	})
}

func TestNumberedKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		app := rapid.Uint32().Draw(t, "app")
		a, b := rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		if n, err := parseAppNumber(appendTable(nil, tableApps, app)); err != nil || n != app {
			t.Fatalf("parsed app %d, %v; want %d", n, err, app)
		}
		if n, err := parseFeedPosition(appendFeedKey(nil, app, a)); err != nil || n != a {
			t.Fatalf("parsed position %d, %v; want %d", n, err, a)
		}
		keyA, keyB := appendUserKey(nil, tableUsers, app, UserNumber(a)), appendUserKey(nil, tableUsers, app, UserNumber(b))
		if n, err := parseUserNumber(keyA); err != nil || n != UserNumber(a) {
			t.Fatalf("parsed user %d, %v; want %d", n, err, a)
		}
		if bytes.Compare(keyA, keyB) != cmp.Compare(a, b) {
			t.Fatalf("users %d and %d are out of order", a, b)
		}
	})
}

// The members of a group stand together in order of their numbers, and so do the groups of a user.
func TestGroupKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		app := rapid.Uint32().Draw(t, "app")
		group, other := rapid.Uint64().Draw(t, "group"), rapid.Uint64().Draw(t, "other group")
		user, second := rapid.Uint64().Draw(t, "user"), rapid.Uint64().Draw(t, "second user")
		groupA, groupB := appendGroupKey(nil, app, GroupNumber(group)), appendGroupKey(nil, app, GroupNumber(other))
		if bytes.Compare(groupA, groupB) != cmp.Compare(group, other) {
			t.Fatalf("groups %d and %d are out of order", group, other)
		}
		memberA := appendMemberKey(nil, app, GroupNumber(group), UserNumber(user))
		memberB := appendMemberKey(nil, app, GroupNumber(other), UserNumber(second))
		if n, err := parseSecond(memberA); err != nil || n != user {
			t.Fatalf("parsed member %d, %v; want %d", n, err, user)
		}
		if bytes.Compare(memberA, memberB) != cmp.Or(cmp.Compare(group, other), cmp.Compare(user, second)) {
			t.Fatalf("members %d of %d and %d of %d are out of order", user, group, second, other)
		}
		joinedA := appendJoinedKey(nil, app, UserNumber(user), GroupNumber(group))
		joinedB := appendJoinedKey(nil, app, UserNumber(second), GroupNumber(other))
		if n, err := parseSecond(joinedA); err != nil || n != group {
			t.Fatalf("parsed group %d, %v; want %d", n, err, group)
		}
		if bytes.Compare(joinedA, joinedB) != cmp.Or(cmp.Compare(user, second), cmp.Compare(group, other)) {
			t.Fatalf("groups %d of %d and %d of %d are out of order", group, user, other, second)
		}
		if k := groupConversation(app, GroupNumber(group)); k.kind != kindGroup || k.a != UserNumber(group) {
			t.Fatalf("the conversation of group %d is %+v", group, k)
		}
	})
}

// Two different things never share a key, whatever their names contain.
func TestKeysAreDistinct(t *testing.T) {
	k := directConversation(1, 2, 3)
	keys := [][]byte{
		appendTable(nil, tableApps, 1), appendTable(nil, tableHeads, 1), appendTable(nil, tableCursors, 1),
		appendAppKeyKey(nil, "a"), appendAppKeyKey(nil, "aa"),
		appendUserKey(nil, tableUsers, 1, 2), appendUserKey(nil, tableReadTotals, 1, 2),
		appendNameKey(nil, 1, nameID, "x"), appendNameKey(nil, 1, nameUUID, "x"), appendNameKey(nil, 1, nameUsername, "x"),
		appendSessionKey(nil, 1, 2, []byte("digest")), appendMessageKey(nil, k, 4), appendReadKey(nil, k, 2),
		appendMessageKeyKey(nil, k, 2, "key"), appendMessageKeyKey(nil, k, 3, "key"),
		appendFeedKey(nil, 1, 2), appendRunKey(nil, 1, 2, runRef{3, 4}),
		appendNameKey(nil, 1, nameGroup, "x"), appendGroupKey(nil, 1, 2), appendMemberKey(nil, 1, 2, 3), appendJoinedKey(nil, 1, 2, 3),
		appendFriendKey(nil, 1, 2, 3), appendImportKey(nil, 1, "x"), appendOriginKey(nil, k, "x", "y"), appendOriginKey(nil, k, "xy", ""),
		appendPlacesKey(nil, k, "x"),
	}
	for i := range keys {
		for j := range i {
			if bytes.Equal(keys[i], keys[j]) {
				t.Errorf("keys %d and %d are equal: %x", j, i, keys[i])
			}
		}
	}
}

func TestImportKeys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := drawConversation(t, "conversation")
		source, origin := rapid.StringN(0, -1, 255).Draw(t, "source"), rapid.String().Draw(t, "origin")
		gotK, gotSource, gotOrigin, err := parseOrigin(appendOriginKey(nil, k, source, origin))
		if err != nil || gotK != k || gotSource != source || gotOrigin != origin {
			t.Fatalf("parsed %+v %q %q, %v", gotK, gotSource, gotOrigin, err)
		}
		user, key := UserNumber(rapid.Uint64().Draw(t, "user")), rapid.String().Draw(t, "key")
		gotK, gotUser, gotKey, err := parseMemberOf(appendMessageKeyKey(nil, k, user, key))
		if err != nil || gotK != k || gotUser != user || gotKey != key {
			t.Fatalf("parsed %+v %d %q, %v", gotK, gotUser, gotKey, err)
		}
		gotK, tail, err := parseTail(appendPlacesKey(nil, k, source))
		if err != nil || gotK != k || string(tail) != source {
			t.Fatalf("parsed %+v %q, %v", gotK, tail, err)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	f.Add(appendMessageKey(nil, directConversation(1, 2, 3), 4))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if id, err := parseMessageID(b); err == nil && id != 0 && len(b) < 8 {
			t.Fatal("an id from a short key")
		}
		if k, err := parseConversation(1, b); err == nil && !bytes.Equal(appendConversation(nil, k), b) {
			t.Fatalf("%x does not survive", b)
		}
		if k, source, origin, err := parseOrigin(b); err == nil && !bytes.Equal(appendOriginKey(nil, k, source, origin)[1:], b[1:]) {
			t.Fatalf("%x does not survive as an origin", b)
		}
	})
}
