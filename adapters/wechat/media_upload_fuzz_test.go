package wechat

import (
	"io"
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzForm reads forms of all kinds: a file that is found has a name of which nothing leads elsewhere.
func FuzzForm(f *testing.F) {
	const kind = "multipart/form-data; boundary=x"
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nabc\r\n--x--\r\n", kind)
	f.Add("--x\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%2e%2e%2fa\r\n\r\nabc", kind)
	f.Add("--x\r\nContent-Disposition: form-data; name=file; filename=\"\xff\x00\\a\"\r\n\r\n", `multipart/form-data; boundary="x"`)
	f.Fuzz(func(t *testing.T, body, contentType string) {
		part, err := findFile(strings.NewReader(body), contentType)
		if err != nil {
			return
		}
		name := fileName(part.FileName())
		if !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxFileName || strings.ContainsAny(name, "/\\\x00\r\n") {
			t.Fatalf("the name is %q", name)
		}
		if ending := path.Ext(name); strings.ContainsAny(disposition(name), "\r\n\"") {
			t.Fatalf("%q with the ending %q gives a header that it can leave", name, ending)
		}
		_, _ = io.Copy(io.Discard, part)
	})
}
