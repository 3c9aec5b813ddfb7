package openim

import (
	"errors"
	"strings"
	"testing"

	"parley/core"
)

// violations writes the platform's report of broken rules, each given as the path of a field and the rule's name.
func violations(broken ...string) string {
	lines := make([]string, len(broken))
	for i, b := range broken {
		path, rule, _ := strings.Cut(b, " ")
		name := path[strings.LastIndexByte(path, '.')+1:]
		lines[i] = "Key: '" + path + "' Error:Field validation for '" + name + "' failed on the '" + rule + "' tag"
	}
	return strings.Join(lines, "\n")
}

// TestCheckContent holds the words of the libraries that the platform checks contents with; those for a 102 with nothing
// but a path, a 106 without a list and a 110 with an object are in the captured exchanges, too.
func TestCheckContent(t *testing.T) {
	for _, row := range []struct {
		contentType int64
		content     string
		words       string // empty: the content is fine
	}{
		{101, `{}`, violations("TextElem.Content required")},
		{101, `{"content":""}`, violations("TextElem.Content required")},
		{101, `{"Content":"folded"}`, ""},
		{101, `{"content":[1,"a"]}`, "1 error(s) decoding:\n\n* 'Content' expected type 'string', got unconvertible type '[]interface {}', value: '[1 a]'"},
		{101, `{"content":null}`, violations("TextElem.Content required")},
		{102, `{"sourcePath":"x"}`, violations(
			"PictureElem.SourcePicture.Type required",
			"PictureElem.SourcePicture.Width required",
			"PictureElem.SourcePicture.Height required",
			"PictureElem.SourcePicture.Url required",
			"PictureElem.BigPicture.Type required",
			"PictureElem.BigPicture.Width required",
			"PictureElem.BigPicture.Height required",
			"PictureElem.BigPicture.Url required",
			"PictureElem.SnapshotPicture.Type required",
			"PictureElem.SnapshotPicture.Width required",
			"PictureElem.SnapshotPicture.Height required",
			"PictureElem.SnapshotPicture.Url required",
		)},
		{102, `{"sourcePicture":"x","bigPicture":[1],"snapshotPicture":5}`, "3 error(s) decoding:\n\n* 'bigPicture' expected a map, got 'slice'\n* 'snapshotPicture' expected a map, got 'float64'\n* 'sourcePicture' expected a map, got 'string'"},
		{102, `{"sourcePicture":{"type":"png","width":"wide","height":4294967296,"url":"u"},"bigPicture":{"type":{},"width":1,"height":1,"url":"u"}}`, "2 error(s) decoding:\n\n* 'bigPicture.type' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[]'\n* cannot parse 'sourcePicture.width' as int: strconv.ParseInt: parsing \"wide\": invalid syntax"},
		{103, `{"sourceUrl":"u","duration":-1}`, violations("SoundElem.Duration min")},
		{103, `{"sourceUrl":"u","duration":0.9}`, violations("SoundElem.Duration required")},
		{103, `{"sourceUrl":"u","duration":"99999999999999999999"}`, "1 error(s) decoding:\n\n* cannot parse 'duration' as int: strconv.ParseInt: parsing \"99999999999999999999\": value out of range"},
		{104, `{"videoUrl":"u","videoType":"mp4","videoSize":1}`, violations(
			"VideoElem.Duration required",
			"VideoElem.SnapshotURL required",
			"VideoElem.SnapshotWidth required",
			"VideoElem.SnapshotHeight required",
		)},
		{105, `{"sourceUrl":1,"fileName":true,"fileSize":"0x10"}`, ""},
		{105, `{}`, violations("FileElem.SourceURL required", "FileElem.FileName required", "FileElem.FileSize required")},
		{106, `{"text":"hi"}`, violations("AtElem.AtUserList required")},
		{106, `{"text":"hi","atUserList":[]}`, ""},
		{106, `{"text":"hi","atUserList":"one"}`, ""},
		{106, `{"atUserList":["a",{"b":1},null,[2]],"isAtSelf":"maybe"}`, "3 error(s) decoding:\n\n* 'atUserList[1]' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[b:1]'\n* 'atUserList[3]' expected type 'string', got unconvertible type '[]interface {}', value: '[2]'\n* cannot parse 'isAtSelf' as bool: strconv.ParseBool: parsing \"maybe\": invalid syntax"},
		{106, `{"atUserList":{},"atUsersInfo":[{"atUserID":[]},"x",null],"quoteMessage":"q"}`, "3 error(s) decoding:\n\n* 'AtUsersInfo[0].AtUserID' expected type 'string', got unconvertible type '[]interface {}', value: '[]'\n* 'AtUsersInfo[1]' expected a map, got 'string'\n* 'QuoteMessage' expected a map, got 'string'"},
		{110, `{"data":{"a":1}}`, "1 error(s) decoding:\n\n* 'data' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[a:1]'"},
		{110, `{"data":5,"description":[],"extension":{"b":null}}`, "2 error(s) decoding:\n\n* 'description' expected type 'string', got unconvertible type '[]interface {}', value: '[]'\n* 'extension' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[b:<nil>]'"},
		{110, `{"description":"d"}`, violations("CustomElem.Data required")},
		{1400, `{}`, violations("OANotificationElem.NotificationName required", "OANotificationElem.NotificationType required", "OANotificationElem.Text required")},
		{1400, `{"notificationName":"n","notificationType":1,"text":"t","mixType":6}`, violations("OANotificationElem.MixType lte")},
		{1400, `{"notificationName":"n","notificationType":1,"text":"t","mixType":-1,"soundElem":{},"pictureElem":null,"fileElem":{"sourceUrl":"u","fileName":"f"}}`, violations(
			"OANotificationElem.MixType gte",
			"OANotificationElem.SoundElem.SourceURL required",
			"OANotificationElem.SoundElem.Duration required",
			"OANotificationElem.FileElem.FileSize required",
		)},
		{1400, `{"notificationName":"n","notificationType":1,"text":"t","videoElem":[{}]}`, "1 error(s) decoding:\n\n* 'videoElem' expected a map, got 'slice'"},
		{101, `{"content": 123, "zz": 12345678901234567890, "f": 1.0}`, ""},
		{101, `{"content":"hello <b>&"}`, ""},
		{106, `{"atUserList":[` + strings.Repeat(`"u",`, 999) + `"u"]}`, ""},
		{106, `{"atUserList":[` + strings.Repeat(`"u",`, 1000) + `"u"]}`, violations("AtElem.AtUserList max")},
	} {
		err := checkContent(row.contentType, []byte(row.content))
		if row.words == "" {
			if err != nil {
				t.Errorf("%d %s: %v", row.contentType, row.content, err)
			}
			continue
		}
		var r *refusal
		if !errors.As(err, &r) || r.number != codeInternal || r.code != core.Invalid || r.detail != row.words {
			t.Errorf("%d %s:\n%v\nwant\n%s", row.contentType, row.content, err, row.words)
		}
		if _, again := contentOf(row.contentType, []byte(row.content)); again == nil || again.Error() != err.Error() {
			t.Errorf("%d %s: contentOf says %v", row.contentType, row.content, again)
		}
	}
}

func TestCheckContentRefusesArguments(t *testing.T) {
	deep := strings.Repeat(`{"content":`, 64) + `{}` + strings.Repeat(`}`, 64)
	for _, row := range []struct {
		contentType   int64
		content, want string
	}{
		{109, `{"description":"x","longitude":1.5,"latitude":2.5}`, ""},
		{108, `{"userID":"x"}`, ""},
		{114, `{"text":"x"}`, ""},
		{118, `{"content":"x"}`, ""},
		{0, `{}`, ""},
		{101, deep, "exceeded max depth"},
		{101, `{"content":1e400}`, "json: cannot unmarshal number 1e400 into Go value of type float64"},
		{110, `[]`, "json: cannot unmarshal array into Go value of type map[string]interface {}"},
	} {
		var r *refusal
		if err := checkContent(row.contentType, []byte(row.content)); !errors.As(err, &r) || r.number != codeArgs || r.detail != row.want {
			t.Errorf("%d %s: %v, want %s", row.contentType, row.content, err, row.want)
		}
	}
}

func TestPlainTextCostsNothing(t *testing.T) {
	content := []byte(`{"content":"hello <b>& 你好"}`)
	dst := make([]byte, 0, 256)
	n := testing.AllocsPerRun(100, func() {
		if checkContent(typeText, content) != nil {
			t.Fatal("refused")
		}
		c, err := contentOf(typeText, content)
		if err != nil {
			t.Fatal(err)
		}
		if _, dst = appendContent(dst[:0], &c); len(dst) == 0 {
			t.Fatal("nothing stored")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPlainText(b *testing.B) {
	content := []byte(`{"content":"hello <b>& 你好, this is a message of an ordinary length"}`)
	b.ReportAllocs()
	for b.Loop() {
		if err := checkContent(typeText, content); err != nil {
			b.Fatal(err)
		}
		if _, err := contentOf(typeText, content); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCustom(b *testing.B) {
	content := []byte(`{"data":"{\"a\":1}","description":"a custom message","extension":""}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contentOf(typeCustom, content); err != nil {
			b.Fatal(err)
		}
	}
}
