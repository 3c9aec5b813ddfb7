package openim

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"parley/core"
)

const onePicture = `{"uuid":"","type":"png","size":1,"width":2,"height":3,"url":"u"}`

// TestContentForms holds what core, and so the other dialects, see of each type.
func TestContentForms(t *testing.T) {
	for _, row := range []struct {
		contentType   int64
		content, body string
		kind          core.Kind
		object, raw   bool
	}{
		{101, `{"content":"hi"}`, "hi", core.KindText, false, false},
		{101, ` { "content" : "a\u0062\n\ud83d\ude00<" } `, "ab\n😀<", core.KindText, false, false},
		{101, `{"content":"hi","b":1.0}`, `{"b":1,"content":"hi"}`, core.KindText, true, false},
		{101, `{"content":123}`, "123", core.KindText, false, true},
		{101, `{"Content":"x"}`, "x", core.KindText, false, true},
		{
			102, `{"sourcePath":"p","sourcePicture":` + onePicture + `,"bigPicture":` + onePicture + `,"snapshotPicture":` + onePicture + `}`,
			`{"url":"u","width":2,"height":3,"size":1,"type":"png"}`, core.KindImage, true, true,
		},
		{103, `{"sourceUrl":"u","duration":"5","dataSize":9}`, `{"url":"u","duration":5,"size":9}`, core.KindVoice, true, true},
		{
			104, `{"videoUrl":"u","videoType":"mp4","videoSize":1,"duration":2,"snapshotUrl":"s","snapshotWidth":3,"snapshotHeight":4}`,
			`{"url":"u","duration":2,"size":1,"type":"mp4","thumbnail":"s","width":3,"height":4}`, core.KindVideo, true, true,
		},
		{105, `{"sourceUrl":"u","fileName":"n","fileSize":7}`, `{"url":"u","name":"n","size":7}`, core.KindFile, true, true},
		{106, `{"text":"hi","atUserList":["u1","u2"],"isAtSelf":false}`, `{"content":"hi","atUserList":["u1","u2"]}`, core.KindText, true, true},
		{106, `{"atUserList":[]}`, `{"content":""}`, core.KindText, true, true},
		{110, `{"data":"{\"a\": 1}"}`, `{"a":1}`, core.KindCustom, true, true},
		{110, `{"data":"{\"a\":1}","description":"d"}`, `{"data":"{\"a\":1}","description":"d"}`, core.KindCustom, true, false},
		{110, ` { "data" : "a<\u00e9" , "extension" : "" } `, `{"data":"a<é","extension":""}`, core.KindCustom, true, false},
		{110, `{"extension":"","data":"{}"}`, `{}`, core.KindCustom, true, true},
		{110, `{"data":"{}","description":"","extension":""}`, `{}`, core.KindCustom, true, true},
		{110, `{"data":"{ no"}`, `{"data":"{ no"}`, core.KindCustom, true, false},
		{110, `{"data":"a","description":5}`, `{"data":"a","description":5}`, core.KindCustom, true, false},
		{110, `{"data":"plain","x":"<"}`, `{"data":"plain","x":"<"}`, core.KindCustom, true, false},
		{
			1400, `{"text":"<t>","notificationName":"n","notificationType":1.0}`,
			`{"notificationName":"n","notificationType":1,"text":"<t>"}`, core.KindNotification, true, false,
		},
	} {
		c, err := contentOf(row.contentType, []byte(row.content))
		if err != nil {
			t.Errorf("%d %s: %v", row.contentType, row.content, err)
			continue
		}
		stored, err := appendStored(nil, row.contentType, []byte(row.content))
		if err != nil {
			t.Fatal(err)
		}
		want := core.Content{Kind: row.kind, Object: row.object, Body: []byte(row.body), Origin: "openim", Type: decimal(row.contentType)}
		if row.raw {
			want.Raw = stored
		}
		if diff := cmp.Diff(want, c); diff != "" {
			t.Errorf("%d %s: %s", row.contentType, row.content, diff)
		}
		if _, main := c.Main(); !main && c.Kind.MainField() != "" {
			t.Errorf("%d %s has no main value", row.contentType, row.content)
		}
	}
}

// TestStored holds what the platform was seen to keep.
func TestStored(t *testing.T) {
	for _, row := range []struct {
		contentType   int64
		content, want string
	}{
		{101, `{"content": "hello <b>&"}`, `{"content":"hello \u003cb\u003e\u0026"}`},
		{101, `{"content": 123, "zz": 12345678901234567890, "f": 1.0}`, `{"content":123,"f":1,"zz":12345678901234567000}`},
		{110, `{"data":"a","data":"b"}`, `{"data":"b"}`},
		{1400, `{"text": "t", "ex": ""}`, `{"detail":"{\"ex\":\"\",\"text\":\"t\"}"}`},
	} {
		if got, err := appendStored([]byte("x"), row.contentType, []byte(row.content)); err != nil || string(got) != "x"+row.want {
			t.Errorf("%s: %s, %v", row.content, got, err)
		}
	}
}

// TestStoredByOthers reads what other servers list, which need not be in the stored form, or be JSON at all.
func TestStoredByOthers(t *testing.T) {
	for _, row := range []struct {
		contentType  int64
		stored, body string
		kind         core.Kind
	}{
		{101, `{"content":"hi"}`, "hi", core.KindText},
		{101, `{ "content":"hi" }`, "hi", core.KindText},
		{101, `{"text":"hi"}`, `{"text":"hi"}`, core.KindCustom},
		{102, `{"sourcePicture":{}}`, `{"sourcePicture":{}}`, core.KindCustom},
		{108, `{"userID":"u","nickname":"n","faceURL":"","ex":""}`, `{"ex":"","faceURL":"","nickname":"n","userID":"u"}`, core.KindCard},
		{109, `{"latitude":1.5}`, `{"latitude":1.5}`, core.KindLocation},
		{114, `{"text":"x"}`, `{"text":"x"}`, core.KindCustom},
		{118, `{"content":"# x"}`, `{"content":"# x"}`, core.KindText},
		{1201, `{"detail":"{\"b\":1,\"a\":2}"}`, `{"a":2,"b":1}`, core.KindNotification},
		{1201, `{"detail":5}`, `{"detail":5}`, core.KindNotification},
		{101, `not json`, `not json`, core.KindCustom},
		{1400, `null`, `null`, core.KindCustom},
	} {
		c := contentFrom(row.contentType, []byte(row.stored))
		if c.Kind != row.kind || string(c.Body) != row.body {
			t.Errorf("%d %s: %v %s", row.contentType, row.stored, c.Kind, c.Body)
		}
		if n, back := appendContent(nil, &c); n != row.contentType || string(back) != row.stored {
			t.Errorf("%d %s came back as %d %s", row.contentType, row.stored, n, back)
		}
	}
}

// FuzzContent compares the stored form with the standard library's, and what core keeps with both.
func FuzzContent(f *testing.F) {
	f.Add(int64(101), []byte(`{"content":"a<\u2028\ud83d\n"}`))
	f.Add(int64(110), []byte(`{"data":"{\"a\":[1.50,-0,1e21]}","data":"x","\u0000":null}`))
	f.Add(int64(1400), []byte(`{"notificationName":"n","notificationType":1,"text":"t","pictureElem":{}}`))
	f.Add(int64(106), []byte("{\"text\":\"\xff\",\"atUserList\":[1,true]}"))
	f.Fuzz(func(t *testing.T, contentType int64, content []byte) {
		c := contentFrom(contentType, content)
		valid := utf8.Valid(content)
		if n, back := appendContent(nil, &c); n != contentType || valid && !bytes.Equal(back, content) {
			t.Errorf("%d %q came back as %d %q", contentType, content, n, back)
		}
		if !utf8.Valid(c.Body) || !utf8.Valid(c.Raw) {
			t.Errorf("%q is not text", c.Body)
		}
		if !json.Valid(content) || nesting(content) > 64 {
			return
		}
		var members map[string]any
		if json.Unmarshal(content, &members) != nil {
			return
		}
		want, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		if contentType >= firstSystemType {
			if want, err = json.Marshal(map[string]string{"detail": string(want)}); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := appendStored(nil, contentType, content); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s stored as %s, want %s, %v", content, got, want, err)
		}
		refused := checkContent(contentType, content)
		c, err = contentOf(contentType, content)
		if (refused == nil) != (err == nil) {
			t.Fatalf("%s: %v, %v", content, refused, err)
		}
		if err != nil {
			return
		}
		if slow, err := readContent(contentType, content); err != nil {
			t.Errorf("%s: %v", content, err)
		} else if slow.object, slow.stored = want, want; contentType == typeText || contentType == typeCustom {
			if diff := cmp.Diff(slow.form(), c); diff != "" {
				t.Errorf("%s is read in two ways: %s", content, diff)
			}
		}
		if n, back := appendContent(nil, &c); n != contentType || !bytes.Equal(back, want) || !utf8.Valid(c.Body) || !utf8.Valid(c.Raw) {
			t.Errorf("%d %q came back as %d %q", contentType, content, n, back)
		}
	})
}
