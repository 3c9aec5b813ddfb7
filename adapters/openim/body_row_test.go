package openim

import (
	"reflect"
	"slices"
	"testing"

	"parley/adapters/wire"
)

// admitAll lets every call pass.
type admitAll struct{}

func (admitAll) Admit(*wire.Call, *wire.Spec) error { return nil }

// TestBodyReadsWhatRowsWrite checks that the client half and the body are inverse.
func TestBodyReadsWhatRowsWrite(t *testing.T) {
	row := &wire.Row[bodyQuery, struct{}]{Name: "/x", Params: bodyParams()}
	want := bodyQuery{
		recvID: "r\"\\\u2028é", content: `{"a":[1,2]}`, contentType: 101, sendTime: -1, onlineOnly: true, exGiven: true,
		recvIDs: []string{"", "b"}, seqs: []int64{1 << 62, 0}, pushGiven: true,
		push:  pushQuery{badge: true, users: []userQuery{{"u", 1}}},
		users: []userQuery{{}, {"v", 2}},
	}
	got, err := decodeBody(new(body), string(row.AppendBody(nil, &want)), false)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v (%v)", got, want, err)
	}
}

// TestRowReusesLists checks that a row keeps the memory of its lists of objects from call to call, and nothing else of
// them.
func TestRowReusesLists(t *testing.T) {
	var seen bodyQuery
	row := &wire.Row[bodyQuery, struct{}]{
		Name: "/x", Params: bodyParams(),
		Do: func(_ *wire.Call, q *bodyQuery, _ *struct{}) error {
			seen = *q
			seen.users, seen.push.users = slices.Clone(q.users), slices.Clone(q.push.users)
			return nil
		},
	}
	var b body
	call := &wire.Call{Gate: admitAll{}}
	invoke := func(raw []byte) {
		if err := b.read(raw, "X", true); err != nil {
			t.Fatal(err)
		}
		if _, err := row.Invoke(call, &b, nil); err != nil {
			t.Fatal(err)
		}
	}
	full := []byte(`{"users":[{"userID":"a","age":1},{"userID":"b","age":2}],"offlinePushInfo":{"users":[{"age":3}]}}`)
	other := []byte(`{"users":[{},{"age":4}],"offlinePushInfo":{"title":"t"}}`)
	empty := []byte(`{"users":[]}`)
	for range 3 {
		invoke(full)
		if len(seen.users) != 2 || seen.users[1] != (userQuery{"b", 2}) || seen.push.users[0].age != 3 {
			t.Fatalf("%+v", seen)
		}
		invoke(other)
		if len(seen.users) != 2 || seen.users[0] != (userQuery{}) || seen.users[1].userID != "" || seen.push.users != nil {
			t.Fatalf("%+v", seen)
		}
		invoke(empty)
		if seen.users == nil || len(seen.users) != 0 || seen.pushGiven {
			t.Fatalf("%+v", seen)
		}
		invoke([]byte("{}"))
		if seen.users != nil {
			t.Fatalf("%+v", seen)
		}
	}
}
