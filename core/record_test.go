package core

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestContentRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Content{
			Kind:   Kind(rapid.IntRange(1, int(KindNotification)).Draw(t, "kind")),
			Object: rapid.Bool().Draw(t, "object"),
			Body:   rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
			Origin: rapid.String().Draw(t, "origin"),
			Type:   rapid.String().Draw(t, "type"),
		}
		if rapid.Bool().Draw(t, "has raw") {
			c.Raw = append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "raw")...)
		}
		if rapid.Bool().Draw(t, "has meta") {
			c.Meta = append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, "meta")...)
		}
		m := messageRecord{
			id: 9, time: rapid.Int64Range(0, 1<<50).Draw(t, "time"), seq: 3,
			from: [2]uint64{rapid.Uint64().Draw(t, "a"), 2}, sender: rapid.IntRange(0, 1).Draw(t, "sender"),
			body: appendContent(nil, &c), deleted: rapid.Bool().Draw(t, "deleted"),
		}
		if rapid.Bool().Draw(t, "in a group") {
			m.from, m.sender, m.author = [2]uint64{}, 0, UserNumber(rapid.Uint64Min(1).Draw(t, "author"))
		}
		if rapid.Bool().Draw(t, "is revoked") {
			m.revoked = &revocation{by: 7, role: GroupAdmin, time: 1}
		}
		got, err := parseMessageRecord(9, appendMessageRecord(nil, &m))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Fatalf("message %+v, %v; want %+v", got, err, m)
		}
		content, err := parseContent(got.body)
		if err != nil || content.Kind != c.Kind || content.Object != c.Object || content.Origin != c.Origin ||
			content.Type != c.Type || !bytes.Equal(content.Body, c.Body) || !bytes.Equal(content.Raw, c.Raw) ||
			(content.Raw == nil) != (c.Raw == nil) || !bytes.Equal(content.Meta, c.Meta) {
			t.Fatalf("content %+v, %v; want %+v", content, err, c)
		}
	})
}

func TestFeedRecord(t *testing.T) {
	entries := []feedEntry{
		{conversation: directConversation(5, 1, 2), previous: 0, newest: 1, from: [2]uint32{1, 0}},
		{conversation: directConversation(5, 9, 3), previous: 7, newest: 1 << 52, from: [2]uint32{300, 1 << 31}},
	}
	b := []byte{recordVersion}
	for i := range entries {
		b = appendFeedEntry(b, &entries[i])
	}
	got, err := parseFeed(5, b)
	if err != nil || !reflect.DeepEqual(got, entries) {
		t.Fatalf("%+v, %v; want %+v", got, err, entries)
	}
}

func TestUserRecord(t *testing.T) {
	u := &User{
		Number: 3, ID: "id", UUID: deriveUUID("id"), Username: "AB君", Role: RoleAdmin, Banned: true,
		Registered: 1700000000000, RegisteredIP: "127.0.0.1", Ext: []byte(`{"age":"18"}`), password: []byte{1, 2},
	}
	got, err := parseUser(3, appendUser(nil, u))
	if err != nil || !reflect.DeepEqual(got, u) {
		t.Fatalf("%+v, %v; want %+v", got, err, u)
	}
}

// No bytes that a store may hold make a parser panic or read what is not there.
func FuzzParseRecords(f *testing.F) {
	f.Add(appendMessageRecord(nil, &messageRecord{time: 1, seq: 1, body: appendContent(nil, &Content{Kind: KindText, Body: []byte("x")})}))
	f.Add(appendUser(nil, &User{ID: "a", UUID: "b"}))
	f.Add((&memberState{read: spanSet{upTo: 3, spans: []span{{5, 6}, {9, 9}}}}).append(nil))
	f.Add([]byte{recordVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := parseMessageRecord(1, b); err == nil {
			if c, err := parseContent(m.body); err == nil && len(c.Body)+len(c.Raw) > len(b) {
				t.Fatal("a content larger than its record")
			}
		}
		if entries, err := parseFeed(1, b); err == nil && len(entries) > len(b) {
			t.Fatal("more entries than bytes")
		}
		if s, err := parseMemberState(b); err == nil && len(s.read.spans)+len(s.hidden.spans) > len(b) {
			t.Fatal("more spans than bytes")
		}
		if u, err := parseUser(1, b); err == nil && len(u.ID)+len(u.Ext) > len(b) {
			t.Fatal("a user larger than its record")
		}
	})
}
