package openim_test

import (
	"fmt"
	"testing"
)

// TestContents sends each type that the platform takes, and a few forms of texts, and compares what receivers get.
func TestContents(t *testing.T) {
	s := newStage(t, "a", "b", "bot")
	s.done("/user/update_user_info", `{"userInfo":{"userID":"bot","appMangerLevel":3}}`)
	const picture = `{"height":3,"size":1,"type":"png","url":"u","uuid":"","width":2}`
	notification := `{"notificationName":"n","notificationType":1,"text":"<t>"}`
	for seq, tt := range []struct {
		contentType     int
		content, stored string
	}{
		{101, `{"content":"hi"}`, `{"content":"hi"}`},
		{101, ` { "b" : 1.0 , "content" : "<a>&\u4f60\/" } `, `{"b":1,"content":"\u003ca\u003e\u0026你/"}`},
		{101, `{"content":123}`, `{"content":123}`},
		{101, `{"content":"x","n":12345678901234567890}`, `{"content":"x","n":12345678901234567000}`},
		{102, `{"sourcePicture":` + picture + `,"snapshotPicture":` + picture + `,"bigPicture":` + picture + `}`, `{"bigPicture":` + picture + `,"snapshotPicture":` + picture + `,"sourcePicture":` + picture + `}`},
		{103, `{"sourceUrl":"u","duration":5}`, `{"duration":5,"sourceUrl":"u"}`},
		{104, `{"videoUrl":"u","videoType":"mp4","videoSize":1,"duration":2,"snapshotUrl":"s","snapshotWidth":3,"snapshotHeight":4}`, `{"duration":2,"snapshotHeight":4,"snapshotUrl":"s","snapshotWidth":3,"videoSize":1,"videoType":"mp4","videoUrl":"u"}`},
		{105, `{"sourceUrl":"u","fileName":"n","fileSize":7}`, `{"fileName":"n","fileSize":7,"sourceUrl":"u"}`},
		{106, `{"text":"hi","atUserList":["b"],"isAtSelf":false}`, `{"atUserList":["b"],"isAtSelf":false,"text":"hi"}`},
		{110, `{"data":"{\"a\": 1}","description":"d"}`, `{"data":"{\"a\": 1}","description":"d"}`},
	} {
		s.deliver(text("a", "b", "", fmt.Sprintf(`"contentType":%d,"content":%s`, tt.contentType, tt.content)))
		m := s.pull("b", "si_a_b", seq+1, seq+1, 1, 0).Msgs
		if len(m) != 1 || m[0].ContentType != tt.contentType || string(m[0].Content) != tt.stored {
			t.Errorf("%d %s: %+v", tt.contentType, tt.content, m)
		}
	}
	s.deliver(notice("bot", "b", "", `"content":`+notification))
	m := s.pull("b", "sn_b_bot", 1, 1, 1, 0).Msgs
	if want := `{"detail":"{\"notificationName\":\"n\",\"notificationType\":1,\"text\":\"\\u003ct\\u003e\"}"}`; len(m) != 1 || string(m[0].Content) != want {
		t.Errorf("1400: %+v", m)
	}
	for _, unsupported := range []int{107, 108, 109, 111, 113, 114, 115, 117, 118, 119, 120, 1201, 1501, 2001, 2101, -1} {
		s.gives(sendPath, text("a", "b", "x", fmt.Sprintf(`"contentType":%d`, unsupported)), badArgs(""))
	}
}
