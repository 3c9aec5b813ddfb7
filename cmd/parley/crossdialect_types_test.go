package main

import (
	"context"
	"strconv"
	"testing"

	"parley/core"
)

// A crossingRow is a message that is sent in one dialect and read in all: its own bytes come back in its own dialect, the
// best rendering in the others.
type crossingRow struct {
	from string // phalapi, yesapi or openim
	// kind is that of the two platforms with named types, contentType OpenIM's; both as they are read.
	kind            core.Kind
	contentType     int
	body            string // as it is sent
	phalapi, yesapi string
	openim          string
}

func crossingRows() []crossingRow {
	const (
		emoji   = "你好 😀 <b>\"q\"</b> a/b"
		image   = `{"height":0,"size":0,"type":"image","url":"https://e.com/a.png","uuid":"","width":0}`
		picture = `{"height":2,"size":9,"type":"png","url":"https://e.com/a.png","uuid":"u","width":3}`
	)
	pictures := func(p string) string {
		return `{"bigPicture":` + p + `,"snapshotPicture":` + p + `,"sourcePath":"","sourcePicture":` + p + `}`
	}
	return []crossingRow{
		{"phalapi", core.KindText, 101, emoji, emoji, `{"content":"你好 😀 <b>\"q\"</b> a/b"}`, `{"content":"你好 😀 \u003cb\u003e\"q\"\u003c/b\u003e a/b"}`},
		{"phalapi", core.KindHTML, 110, "<p>x</p>", "<p>x</p>", `{"content":"<p>x</p>"}`, `{"data":"\u003cp\u003ex\u003c/p\u003e","description":"x","extension":""}`},
		{"phalapi", core.KindImage, 102, "https://e.com/a.png", "https://e.com/a.png", `{"url":"https://e.com/a.png"}`, pictures(image)},
		{"phalapi", core.KindLink, 110, "https://e.com/?a=1", "https://e.com/?a=1", `{"url":"https://e.com/?a=1"}`, `{"data":"{\"url\":\"https://e.com/?a=1\"}","description":"https://e.com/?a=1","extension":""}`},
		{"phalapi", core.KindCustom, 110, `{"a": {}}`, `{"a": {}}`, `{"a":{}}`, `{"data":"{\"a\": {}}","description":"","extension":""}`},
		{"phalapi", core.KindCustom, 110, "not json", "not json", `{"content":"not json"}`, `{"data":"not json","description":"","extension":""}`},

		{"yesapi", core.KindText, 101, `{"content":"q a/b"}`, `q a/b`, `{"content":"q a/b"}`, `{"content":"q a/b"}`},
		{"yesapi", core.KindText, 101, `{"content":"x","n":1.0}`, "x", `{"content":"x","n":1.0}`, `{"content":"x","n":1.0}`},
		{"yesapi", core.KindHTML, 110, `{"content":"<p>x</p>"}`, "<p>x</p>", `{"content":"<p>x</p>"}`, `{"data":"\u003cp\u003ex\u003c/p\u003e","description":"x","extension":""}`},
		{"yesapi", core.KindImage, 102, `{"url":"https://e.com/a.png"}`, "https://e.com/a.png", `{"url":"https://e.com/a.png"}`, pictures(image)},
		{"yesapi", core.KindLink, 110, `{"url":"https://e.com/","title":"t"}`, `{"url":"https://e.com/","title":"t"}`, `{"url":"https://e.com/","title":"t"}`, `{"data":"{\"url\":\"https://e.com/\",\"title\":\"t\"}","description":"t","extension":""}`},
		{"yesapi", core.KindCustom, 110, `{"a":{},"b":[1,2]}`, `{"a":{},"b":[1,2]}`, `{"a":{},"b":[1,2]}`, `{"data":"{\"a\":{},\"b\":[1,2]}","description":"","extension":""}`},
		{"yesapi", core.KindCustom, 110, `{}`, `{}`, `{}`, `{"data":"{}","description":"","extension":""}`},

		{"openim", core.KindText, 101, `{"content":"你好 😀 a/b"}`, "你好 😀 a/b", `{"content":"你好 😀 a/b"}`, `{"content":"你好 😀 a/b"}`},
		{"openim", core.KindText, 101, `{"content":"x","zz":1.0}`, "x", `{"content":"x","zz":1}`, `{"content":"x","zz":1}`},
		{
			"openim", core.KindImage, 102, pictures(picture), `{"url":"https://e.com/a.png","width":3,"height":2,"size":9,"type":"png"}`,
			`{"url":"https://e.com/a.png","width":3,"height":2,"size":9,"type":"png"}`, pictures(picture),
		},
		{
			"openim", core.KindCustom, 103, `{"dataSize":7,"duration":2,"soundPath":"","sourceUrl":"https://e.com/a.mp3","uuid":"u"}`,
			`{"url":"https://e.com/a.mp3","duration":2,"size":7}`, `{"url":"https://e.com/a.mp3","duration":2,"size":7}`,
			`{"dataSize":7,"duration":2,"soundPath":"","sourceUrl":"https://e.com/a.mp3","uuid":"u"}`,
		},
		{
			"openim", core.KindCustom, 105, `{"fileName":"f.pdf","filePath":"","fileSize":7,"sourceUrl":"https://e.com/f.pdf","uuid":"u"}`,
			`{"url":"https://e.com/f.pdf","name":"f.pdf","size":7}`, `{"url":"https://e.com/f.pdf","name":"f.pdf","size":7}`,
			`{"fileName":"f.pdf","filePath":"","fileSize":7,"sourceUrl":"https://e.com/f.pdf","uuid":"u"}`,
		},
		{
			"openim", core.KindCustom, 104,
			`{"duration":2,"snapshotHeight":2,"snapshotUrl":"https://e.com/s.png","snapshotWidth":3,"videoSize":7,"videoType":"mp4","videoUrl":"https://e.com/v.mp4"}`,
			`{"url":"https://e.com/v.mp4","duration":2,"size":7,"type":"mp4","thumbnail":"https://e.com/s.png","width":3,"height":2}`,
			`{"url":"https://e.com/v.mp4","duration":2,"size":7,"type":"mp4","thumbnail":"https://e.com/s.png","width":3,"height":2}`,
			`{"duration":2,"snapshotHeight":2,"snapshotUrl":"https://e.com/s.png","snapshotWidth":3,"videoSize":7,"videoType":"mp4","videoUrl":"https://e.com/v.mp4"}`,
		},
		{"openim", core.KindText, 106, `{"atUserList":["u1"],"text":"hi"}`, "hi", `{"content":"hi","atUserList":["u1"]}`, `{"atUserList":["u1"],"text":"hi"}`},
		{"openim", core.KindCustom, 110, `{"data":"{\"a\":1}","description":"","extension":""}`, `{"a":1}`, `{"a":1}`, `{"data":"{\"a\":1}","description":"","extension":""}`},
		{"openim", core.KindCustom, 110, `{"data":"plain","description":"d","extension":""}`, `{"data":"plain","description":"d","extension":""}`, `{"data":"plain","description":"d","extension":""}`, `{"data":"plain","description":"d","extension":""}`},
		{
			"openim", core.KindCustom, 1400, `{"notificationName":"n","notificationType":1,"text":"t"}`,
			`{"notificationName":"n","notificationType":1,"text":"t"}`, `{"notificationName":"n","notificationType":1,"text":"t"}`,
			`{"detail":"{\"notificationName\":\"n\",\"notificationType\":1,\"text\":\"t\"}"}`,
		},
	}
}

func TestEveryTypeCrosses(t *testing.T) {
	for _, row := range crossingRows() {
		t.Run(row.from+" "+strconv.Itoa(row.contentType)+" "+row.body, func(t *testing.T) {
			c := openCrossing(t)
			readers, prefix := []int{0, 1}, "si_"
			switch row.from {
			case "openim":
				if row.contentType == 1400 {
					c.openim.call(t, "/user/update_user_info", `{"userInfo":{"userID":"`+crossingIDs[0]+`","appMangerLevel":3}}`, nil)
					readers, prefix = []int{1}, "sn_" // what an account announces is the receiver's alone
				}
				c.openim.send(t, row.contentType, row.body)
			default:
				sender := c.phalapi[0]
				if row.from == "yesapi" {
					sender = c.yesapi[0]
				}
				content := core.Content{Kind: row.kind, Object: row.from == "yesapi", Body: []byte(row.body)}
				if _, err := sender.Send(context.Background(), core.Outgoing{To: []string{c.uuids[1]}, Content: content}); err != nil {
					t.Fatal(err)
				}
			}
			for _, i := range readers {
				reads(t, c.phalapi[i], c.uuids[1-i], row.kind, row.phalapi)
				reads(t, c.yesapi[i], c.uuids[1-i], row.kind, row.yesapi)
				c.openim.reads(t, crossingIDs[i], prefix, row.contentType, row.openim)
			}
		})
	}
}

func reads(t *testing.T, m core.Messenger, peer string, kind core.Kind, want string) {
	t.Helper()
	h, err := m.History(context.Background(), core.HistoryQuery{Peer: peer, Limit: 10})
	if err != nil || len(h.Messages) != 1 {
		t.Fatalf("%d messages, %v", len(h.Messages), err)
	}
	if got := h.Messages[0].Content; got.Kind != kind || string(got.Body) != want {
		t.Errorf("read %v %s, want %v %s", got.Kind, got.Body, kind, want)
	}
}
