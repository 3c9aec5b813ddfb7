package openim

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"parley/adapters/wire"
)

// SendMsgReq and the types in it are what the platform would decode a request of bodyParams into. The two that have
// names of the platform's carry them into the error texts.
type SendMsgReq struct {
	RecvID string `json:"recvID"`
	SendMsg
	RecvIDs []string       `json:"recvIDs"`
	Seqs    []int64        `json:"seqs"`
	Users   []*userRequest `json:"users"`
}

// SendMsg is embedded in SendMsgReq.
type SendMsg struct {
	SendID          string         `json:"sendID"`
	Content         map[string]any `json:"content"`
	ContentType     int32          `json:"contentType"`
	IsOnlineOnly    bool           `json:"isOnlineOnly"`
	SendTime        int64          `json:"sendTime"`
	OfflinePushInfo *pushRequest   `json:"offlinePushInfo"`
	Ex              *string        `json:"ex"`
}

type pushRequest struct {
	Title         string         `json:"title"`
	IOSBadgeCount bool           `json:"iOSBadgeCount"`
	Users         []*userRequest `json:"users"`
}

type userRequest struct {
	UserID string `json:"userID"`
	Age    uint32 `json:"age"`
}

func users(from []*userRequest) (to []userQuery) {
	if from != nil {
		to = []userQuery{}
	}
	for _, u := range from {
		if u == nil {
			u = &userRequest{}
		}
		to = append(to, userQuery{userID: u.UserID, age: int64(u.Age)})
	}
	return to
}

// query is what bodyParams make of the same request, without the content.
func (r *SendMsgReq) query() bodyQuery {
	q := bodyQuery{
		recvID: r.RecvID, sendID: r.SendID, contentType: int64(r.ContentType), onlineOnly: r.IsOnlineOnly,
		sendTime: r.SendTime, recvIDs: r.RecvIDs, seqs: r.Seqs, users: users(r.Users),
	}
	if p := r.OfflinePushInfo; p != nil {
		q.pushGiven, q.push = true, pushQuery{title: p.Title, badge: p.IOSBadgeCount, users: users(p.Users)}
	}
	if r.Ex != nil {
		q.exGiven, q.ex = true, *r.Ex
	}
	return q
}

func standard(raw string, bind bool) (r SendMsgReq, text string) {
	var err error
	if bind {
		err = json.NewDecoder(strings.NewReader(raw)).Decode(&r)
	} else {
		err = json.Unmarshal([]byte(raw), &r)
	}
	if err != nil {
		text = err.Error()
	}
	return r, text
}

// FuzzBody compares with encoding/json: what is accepted, the values, and the text where there is one fault.
func FuzzBody(f *testing.F) {
	for _, raw := range captured(f) {
		f.Add(raw, true)
		f.Add(raw, false)
	}
	for _, raw := range []string{
		"", " ", "null", "[]", "{} x", `{"users":[{"age":1},null,{"userID":"\ud83d\ude00\ud83d\u00e9"}]}`,
		`{"seqs":[1,2.0,3],"recvIDs":["a",null]}`, `{"content":{"a":[1e400,{"b":"\u0000"}]}}`,
		`{"offlinePushInfo":{"title":"` + "\xff" + `","users":[[]]},"ex":null,"\u0065x":1}`, `{"sendTime":-0,"contentType":-2147483649}`,
	} {
		f.Add(raw, true)
		f.Add(raw, false)
	}
	var b body
	f.Fuzz(func(t *testing.T, raw string, bind bool) {
		if len(raw) > 4096 {
			return
		}
		got, err := decodeBody(&b, raw, bind)
		text := textOf(t, err, bind)
		if text == "exceeded max depth" && strings.Count(raw, "[")+strings.Count(raw, "{") > wire.MaxDepth {
			return
		}
		r, want := standard(raw, bind)
		first := json.RawMessage{}
		if json.NewDecoder(strings.NewReader(raw)).Decode(&first) == nil && repeats(first) {
			return // encoding/json merges members of the same name
		}
		if (text == "") != (want == "") {
			t.Fatalf("%q, want %q", text, want)
		}
		if text != "" {
			if text != want && !faultsOf(first)[text] {
				t.Fatalf("%q, want %q", text, want)
			}
			return
		}
		var content map[string]any
		if got.content != "" {
			if err := json.Unmarshal([]byte(got.content), &content); err != nil {
				t.Fatal(err)
			}
		}
		if got.content = ""; !reflect.DeepEqual(content, r.Content) || !reflect.DeepEqual(got, r.query()) {
			t.Fatalf("%+v, want %+v; content %v, want %v", got, r.query(), content, r.Content)
		}
	})
}

// faultsOf returns the texts of encoding/json for each path of a request alone.
func faultsOf(raw json.RawMessage) map[string]bool {
	all := map[string]bool{}
	for _, path := range paths(raw) {
		r := SendMsgReq{}
		if err := json.Unmarshal(path, &r); err != nil {
			all[strings.Replace(err.Error(), "Go value of type SendMsgReq", "Go value of type openim.SendMsgReq", 1)] = true
		}
	}
	return all
}

// paths takes a value apart into values that hold one leaf each.
func paths(raw json.RawMessage) (all [][]byte) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) == nil && len(items) > 0 {
		for _, item := range items {
			for _, path := range paths(item) {
				all = append(all, bytes.Join([][]byte{[]byte("["), path, []byte("]")}, nil))
			}
		}
		return all
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || len(members) == 0 {
		return [][]byte{raw}
	}
	for name, member := range members {
		key, err := json.Marshal(name)
		if err != nil {
			continue
		}
		for _, path := range paths(member) {
			all = append(all, bytes.Join([][]byte{[]byte("{"), key, []byte(":"), path, []byte("}")}, nil))
		}
	}
	return all
}

// repeats tells whether an object in the value has two members whose names differ in case only.
func repeats(raw json.RawMessage) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	var names [][]string // of the objects around the token; nil for a list
	for key := false; ; {
		token, err := d.Token()
		if err != nil {
			return false
		}
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				names = append(names, []string{})
			case '[':
				names = append(names, nil)
			default:
				names = names[:len(names)-1]
			}
			key = false
			if len(names) > 0 {
				key = names[len(names)-1] != nil
			}
			continue
		case string:
			if key {
				last := len(names) - 1
				for _, name := range names[last] {
					if strings.EqualFold(name, v) {
						return true
					}
				}
				names[last] = append(names[last], v)
				key = false
				continue
			}
		}
		key = len(names) > 0 && names[len(names)-1] != nil
	}
}
