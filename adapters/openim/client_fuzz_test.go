package openim

import (
	"testing"
	"unicode/utf8"

	"parley/core"
)

// FuzzIncoming reads contents that servers list: whatever they hold, they can be sent on to a server, which either takes
// them or misses something that nobody can make up.
func FuzzIncoming(f *testing.F) {
	for _, stored := range []string{
		`{"content":"x"}`, `{"data":"<p>","description":"","extension":"text/html"}`,
		`{"data":"{\"url\":\"u\"}","description":"t","extension":"text/uri-list"}`, `{"data":1,"extension":"text/html"}`,
		`{"detail":"{\"text\":\"x\"}"}`, `{"sourceUrl":"u","fileSize":0}`, `[]`, `nul`, `{"bigPicture":{},"sourcePicture":{"url":"u"}}`,
	} {
		for _, contentType := range []int64{typeText, typePicture, typeFile, typeLocation, typeCustom, typeNotification, 2101} {
			f.Add(contentType, []byte(stored))
		}
	}
	f.Fuzz(func(t *testing.T, contentType int64, stored []byte) {
		c := incoming(contentType, stored)
		if !utf8.Valid(c.Body) {
			t.Fatalf("the body %q is not UTF-8", c.Body)
		}
		sent, content := outgoing(&c)
		if _, fields := contentStruct(sent); fields == nil {
			t.Errorf("programs may not send type %d", sent)
		}
		if err := checkContent(sent, content); err != nil && sent != typeCustom {
			t.Errorf("type %d %s is refused: %v", sent, content, err)
		}
	})
}

// FuzzOpen reads answers of any server: an answer is data or a fault, never both.
func FuzzOpen(f *testing.F) {
	for _, body := range []string{
		`{"errCode":0,"errMsg":"","errDlt":"","data":{"token":"t","expireTimeSeconds":1}}`, `{"errCode":1004}`, `{"errCode":"x"}`,
		`{"data":{"token":1}}`, `[]`, ``, `{"errCode":1506,"errMsg":"m","errDlt":"d"}`,
	} {
		f.Add(200, []byte(body))
		f.Add(400, []byte(body))
	}
	c := &Client{faults: faults()}
	row := adminTokenRow()
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		data, number, err := c.open(row.Spec(), status, body)
		if (len(data) > 0) == (err != nil) || number != 0 && err == nil {
			t.Fatalf("%q, %d and %v", data, number, err)
		}
		if code := core.CodeOf(err); err != nil && (code == 0 || code > core.Internal) {
			t.Fatalf("%v", err)
		}
		var a tokenAnswer
		_ = row.Read(data, &a) // may fail, and must not panic
	})
}
