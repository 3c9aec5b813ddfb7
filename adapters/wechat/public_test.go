package wechat_test

import (
	"strings"
	"testing"

	"parley/core/official"
)

// TestPublicMedia asks for a medium in whole, in part, and on conditions.
func TestPublicMedia(t *testing.T) {
	s := newMediaStage(t)
	id := s.stored("/image", "a.jpg", []byte("0123456789"))
	path := s.publicPath(id + ".jpg")
	whole := s.do("GET", path, nil)
	tag, modified := whole.header.Get("Etag"), whole.header.Get("Last-Modified")
	if whole.status != 200 || whole.body != "0123456789" || tag != `"`+id+`-1"` || modified != "Thu, 19 Jun 2014 07:32:00 GMT" {
		t.Errorf("%d %q %v", whole.status, whole.body, whole.header)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Cache-Control": "public, max-age=86400",
		"Accept-Ranges": "bytes", "Content-Length": "10", "Content-Disposition": "",
	} {
		if got := whole.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	const later, earlier = "Fri, 20 Jun 2014 00:00:00 GMT", "Wed, 18 Jun 2014 00:00:00 GMT"
	for _, tt := range []struct {
		headers []string
		status  int
		body    string
		part    string
	}{
		{[]string{"Range", "bytes=0-0"}, 206, "0", "bytes 0-0/10"},
		{[]string{"Range", "bytes=2-4"}, 206, "234", "bytes 2-4/10"},
		{[]string{"Range", "bytes=8-"}, 206, "89", "bytes 8-9/10"},
		{[]string{"Range", "bytes=8-100"}, 206, "89", "bytes 8-9/10"},
		{[]string{"Range", "bytes=-3"}, 206, "789", "bytes 7-9/10"},
		{[]string{"Range", "bytes=-100"}, 206, "0123456789", "bytes 0-9/10"},
		{[]string{"Range", "bytes=10-"}, 416, "", "bytes */10"},
		{[]string{"Range", "bytes=-0"}, 416, "", "bytes */10"},
		{[]string{"Range", "bytes=5-4"}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=0-1,3-4"}, 200, "0123456789", ""},
		{[]string{"Range", "lines=0-1"}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=+1-2"}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=99999999999999999999-"}, 200, "0123456789", ""},
		{[]string{"If-None-Match", tag}, 304, "", ""},
		{[]string{"If-None-Match", `"x", W/` + tag}, 304, "", ""},
		{[]string{"If-None-Match", "*"}, 304, "", ""},
		{[]string{"If-None-Match", `"x"`, "If-Modified-Since", later}, 200, "0123456789", ""},
		{[]string{"If-Modified-Since", modified}, 304, "", ""},
		{[]string{"If-Modified-Since", later}, 304, "", ""},
		{[]string{"If-Modified-Since", earlier}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=1-2", "If-Range", tag}, 206, "12", "bytes 1-2/10"},
		{[]string{"Range", "bytes=1-2", "If-Range", modified}, 206, "12", "bytes 1-2/10"},
		{[]string{"Range", "bytes=1-2", "If-Range", `"x"`}, 200, "0123456789", ""},
		{[]string{"Range", "bytes=1-2", "If-Range", later}, 200, "0123456789", ""},
	} {
		a := s.do("GET", path, nil, tt.headers...)
		if a.status != tt.status || a.body != tt.body || a.header.Get("Content-Range") != tt.part {
			t.Errorf("%q: %d %q %q", tt.headers, a.status, a.body, a.header.Get("Content-Range"))
		}
		head := s.do("HEAD", path, nil, tt.headers...)
		if head.status != tt.status || head.body != "" || head.header.Get("Etag") != tag ||
			tt.status < 300 && head.header.Get("Content-Length") != a.header.Get("Content-Length") {
			t.Errorf("HEAD %q: %d %q %v", tt.headers, head.status, head.body, head.header)
		}
	}
}

// TestPublicNames: only IDs lead to media, under endings that cannot make a browser run them.
func TestPublicNames(t *testing.T) {
	s := newMediaStage(t)
	image, voice := s.stored("/image", "a.jpg", []byte("i")), s.stored("/voice", "a.amr", []byte("v"))
	received := func(name string) string {
		m, err := s.service.CreateMedia(t.Context(), s.account.ID, official.KindReceived, name, strings.NewReader("r"), 1)
		if err != nil {
			t.Fatal(err)
		}
		return m.ID
	}
	odd := received("a.html")
	for file, want := range map[string]string{
		image:                      "image/jpeg",
		image + ".jpg":             "image/jpeg",
		image + ".html":            "",
		image + ".mp4":             "",
		image + ".jpg.html":        "",
		voice:                      "audio/amr",
		voice + ".amr":             "audio/amr",
		voice + ".mp3":             "audio/mpeg",
		received("a.speex"):        "audio/speex",
		received("a.mp4") + ".mp4": "video/mp4",
		odd:                        "application/octet-stream",
		odd + ".bin":               "application/octet-stream",
		odd + ".html":              "",
		"unknown":                  "",
		".jpg":                     "",
		"..":                       "",
		"..%2f..%2fetc%2fpasswd":   "",
		image + "%00.jpg":          "",
	} {
		a := s.do("GET", s.publicPath(file), nil)
		if want == "" {
			if a.status != 404 || strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("%s is answered %d %v", file, a.status, a.header)
			}
			continue
		}
		if a.status != 200 || a.header.Get("Content-Type") != want || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s is answered %d %v", file, a.status, a.header)
		}
		if attached := a.header.Get("Content-Disposition") == "attachment"; attached != (want == "application/octet-stream") {
			t.Errorf("%s is attached: %t", file, attached)
		}
	}
	other, err := s.service.Bind(t.Context(), "gh_other")
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{other.ID, "unknown"} {
		if a := s.do("GET", "/media/"+account+"/"+image+".jpg", nil); a.status != 404 {
			t.Errorf("%s has the medium of another account: %d", account, a.status)
		}
	}
}
