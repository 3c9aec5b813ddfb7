package core

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// Writing and reading a user are inverse, and a record that is cut off is refused.
func TestUserRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string { return rapid.StringN(0, 40, 160).Draw(t, label) }
		u := &User{
			Number: UserNumber(rapid.Uint64().Draw(t, "number")), ID: text("id"), UUID: text("uuid"), Username: text("username"),
			Role: Role(rapid.Byte().Draw(t, "role")), Reception: Reception(rapid.Byte().Draw(t, "reception")),
			Banned: rapid.Bool().Draw(t, "banned"), Shadow: rapid.Bool().Draw(t, "shadow"),
			Registered: rapid.Int64().Draw(t, "registered"), RegisteredIP: text("ip"),
			Nickname: text("nickname"), Avatar: text("avatar"), Extra: text("extra"),
			Ext: []byte(text("ext")), password: []byte(text("password")),
		}
		record := appendUser(nil, u)
		if len(record) > u.size() {
			t.Fatalf("a record of %d bytes, estimated as %d", len(record), u.size())
		}
		got, err := parseUser(u.Number, record)
		if err != nil || !reflect.DeepEqual(got, u) {
			t.Fatalf("%+v, %v; want %+v", got, err, u)
		}
		if _, err := parseUser(u.Number, record[:rapid.IntRange(0, len(record)-1).Draw(t, "length")]); err == nil {
			t.Fatal("a record that is cut off was read")
		}
	})
}

func TestSessionRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := sessionEntry{
			place: rapid.Uint64().Draw(t, "place"), expires: rapid.Int64().Draw(t, "expires"),
			device: rapid.Byte().Draw(t, "device"), ended: rapid.Bool().Draw(t, "ended"),
		}
		record := appendSession(nil, &s)
		if got, err := parseSession(record); err != nil || got != s {
			t.Fatalf("%+v, %v; want %+v", got, err, s)
		}
		if _, err := parseSession(record[:len(record)-1]); err == nil {
			t.Fatal("a record that is cut off was read")
		}
	})
}

// The largest user fits into one operation together with all its sessions.
func TestLargestUserFits(t *testing.T) {
	op := changeUserOperation{endsSessions: true}
	if keys, bytes := op.weight(); keys > groupKeys || bytes > groupBytes {
		t.Errorf("a change weighs %d keys and %d bytes", keys, bytes)
	}
}
