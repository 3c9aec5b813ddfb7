package openim

import (
	"testing"

	"parley/core"
)

// TestOtherDialects renders what the other dialects send.
func TestOtherDialects(t *testing.T) {
	const picture = `{"height":0,"size":0,"type":"image","url":"u","uuid":"","width":0}`
	for _, row := range []struct {
		kind        core.Kind
		object      bool
		body        string
		contentType int64
		want        string
	}{
		{core.KindText, false, "a <b> \u2028", 101, `{"content":"a \u003cb\u003e \u2028"}`},
		{core.KindText, true, `{"content":"<"}`, 101, `{"content":"\u003c"}`},
		{core.KindText, true, `{"a":1,"content":"<"}`, 101, `{"a":1,"content":"\u003c"}`},
		{core.KindHTML, false, "<p>a &amp; <b>b</b></p>", 110, custom(`\u003cp\u003ea \u0026amp; \u003cb\u003eb\u003c/b\u003e\u003c/p\u003e`, `a \u0026 b`)},
		{core.KindHTML, true, `{"content":"1 < 2"}`, 110, custom(`1 \u003c 2`, `1 \u003c 2`)},
		{core.KindImage, false, "u", 102, `{"bigPicture":` + picture + `,"snapshotPicture":` + picture + `,"sourcePath":"","sourcePicture":` + picture + `}`},
		{
			core.KindImage, true, `{"url":"u","width":"2","height":3,"size":4,"type":"png","thumbnail":"t"}`, 102,
			`{"bigPicture":{"height":3,"size":4,"type":"png","url":"u","uuid":"","width":2},` +
				`"snapshotPicture":{"height":3,"size":4,"type":"png","url":"t","uuid":"","width":2},` +
				`"sourcePath":"","sourcePicture":{"height":3,"size":4,"type":"png","url":"u","uuid":"","width":2}}`,
		},
		{core.KindImage, false, `{"width": 1}`, 110, custom(`{\"width\": 1}`, ``)},
		{core.KindImage, true, `{"url":"u","width":"wide"}`, 110, custom(`{\"url\":\"u\",\"width\":\"wide\"}`, ``)},
		{core.KindLink, false, "https://e.com/?a&b", 110, custom(`{\"url\":\"https://e.com/?a\u0026b\"}`, `https://e.com/?a\u0026b`)},
		{core.KindLink, true, `{"url":"u","title":"t"}`, 110, custom(`{\"url\":\"u\",\"title\":\"t\"}`, `t`)},
		{core.KindVoice, false, "u", 103, `{"dataSize":0,"duration":0,"soundPath":"","soundType":"","sourceUrl":"u","uuid":""}`},
		{
			core.KindVideo, true, `{"url":"u","duration":1,"size":2,"type":"mp4","thumbnail":"s","width":3,"height":4}`, 104,
			`{"duration":1,"snapshotHeight":4,"snapshotPath":"","snapshotSize":0,"snapshotUUID":"","snapshotUrl":"s","snapshotWidth":3,` +
				`"videoPath":"","videoSize":2,"videoType":"mp4","videoUUID":"","videoUrl":"u"}`,
		},
		{core.KindFile, true, `{"url":"u","name":"n"}`, 105, `{"fileName":"n","filePath":"","fileSize":0,"fileType":"","sourceUrl":"u","uuid":""}`},
		{core.KindLocation, true, `{"latitude":"1.50","longitude":2}`, 109, `{"description":"","latitude":1.5,"longitude":2}`},
		{core.KindLocation, true, `{"latitude":"north","longitude":2}`, 110, custom(`{\"latitude\":\"north\",\"longitude\":2}`, ``)},
		{core.KindLocation, false, "here", 110, custom(`here`, ``)},
		{core.KindCard, true, `{"userID":"u","nickname":"n"}`, 108, `{"ex":"","faceURL":"","nickname":"n","userID":"u"}`},
		{core.KindCustom, false, `{"a": {}}`, 110, custom(`{\"a\": {}}`, ``)},
		{core.KindCustom, true, `[1]`, 110, custom(`[1]`, ``)},
		{core.KindNotification, true, `{"a":1}`, 110, custom(`{\"a\":1}`, ``)},
	} {
		c := core.Content{Kind: row.kind, Object: row.object, Body: []byte(row.body)}
		n, got := appendContent([]byte("x"), &c)
		if n != row.contentType || string(got) != "x"+row.want {
			t.Errorf("%v %s: %d %s, want %s", row.kind, row.body, n, got, row.want)
			continue
		}
		// The platform would keep the same, and read as the same kind unless it has none such.
		if same, err := appendStored(nil, n, got[1:]); err != nil || string(same) != row.want {
			t.Errorf("%v %s: the stored form of %s is %s, %v", row.kind, row.body, got[1:], same, err)
		}
		if back := contentFrom(n, got[1:]); n != typeCustom && back.Kind != row.kind {
			t.Errorf("%v %s is read as %v", row.kind, row.body, back.Kind)
		}
	}
}

func custom(data, description string) string {
	return `{"data":"` + data + `","description":"` + description + `","extension":""}`
}

func TestWithoutTags(t *testing.T) {
	for page, want := range map[string]string{
		"plain":                        "plain",
		"<p>a</p><p>b</p>":             "ab",
		" <img src='x'> a ":            "a",
		"1 &lt; 2":                     "1 < 2",
		"a < b":                        "a < b",
		"<b":                           "<b",
		"":                             "",
		"<a href=\"x\">你好</a> &nbsp;😀": "你好 \u00a0😀",
	} {
		if got := withoutTags(page); got != want {
			t.Errorf("%q: %q, want %q", page, got, want)
		}
	}
}
