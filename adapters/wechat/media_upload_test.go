package wechat_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"parley/adapters/wechat"
)

const (
	jpeg = "\xff\xd8\xff\xe0 a picture"
	amr  = "#!AMR\n a voice"
	mp3  = "ID3\x03 a voice"
	mp4  = "\x00\x00\x00\x18ftypmp42 a film"
)

var hexID = regexp.MustCompile(`[0-9a-f]{32}`)

// TestUploads sends each kind of file and compares the answers.
func TestUploads(t *testing.T) {
	s := newMediaStage(t)
	for _, tt := range []struct{ path, name, content, want string }{
		{"/image", "a b.jpg", jpeg, `{"id":"ID","name":"a b.jpg","url":"URL.jpg"}`},
		{"/image", "A.JPG", jpeg, `{"id":"ID","name":"A.JPG","url":"URL.jpg"}`},
		{"/image", `C:\dir\图.jpg`, jpeg, `{"id":"ID","name":"图.jpg","url":"URL.jpg"}`},
		{"/image", "../../etc/a.jpg", jpeg, `{"id":"ID","name":"a.jpg","url":"URL.jpg"}`},
		{"/image", strings.Repeat("图", 200) + ".jpg", jpeg, `{"id":"ID","name":"` + strings.Repeat("图", 96) + `.jpg","url":"URL.jpg"}`},
		{"/voice", "a.mp3", mp3, `{"id":"ID","name":"a.mp3","url":"URL.mp3"}`},
		{"/voice", "a.Amr", amr, `{"id":"ID","name":"a.Amr","url":"URL.amr"}`},
		{"/video/upload", "a.mp4", mp4, `{"id":"ID","url":"URL.mp4"}`},
		{"/news/image", "a.jpg", jpeg, `{"id":"ID","url":"URL.jpg"}`},
		{"/image", "empty.jpg", "", `{"id":"ID","name":"empty.jpg","url":"URL.jpg"}`},
	} {
		got := s.upload(tt.path, tt.name, []byte(tt.content))
		id := mediaData[struct{ ID string }](t, got).ID
		if !hexID.MatchString(id) {
			t.Errorf("the ID is %q", id)
		}
		want := strings.NewReplacer("ID", id, "URL", s.public(id)).Replace(`{"code":200,"message":"OK","data":` + tt.want + `}`)
		if got != want {
			t.Errorf("%s %q\ngot  %s\nwant %s", tt.path, tt.name, got, want)
		}
		url := mediaData[struct{ URL string }](t, got).URL
		if a := s.do("GET", strings.TrimPrefix(url, mediaBase), nil); a.body != tt.content {
			t.Errorf("%s has %d %q", url, a.status, a.body)
		}
	}
}

// TestUploadLimits: exactly the limit is accepted, and the size is judged before the name.
func TestUploadLimits(t *testing.T) {
	s := newMediaStage(t)
	s.call("POST", "/image", "")
	video := s.stored("/video/upload", "a.mp4", []byte(mp4))
	const (
		onlyJPG   = "only JPG formated images are supported"
		onlyVoice = "only AMR/MP3 formated voices are supported"
		onlyMP4   = "only MP4 formated videos are supported"
	)
	for _, tt := range []struct {
		path, good, bad, refusal string
		limit                    int
	}{
		{"/image", "a.jpg", "a.jpg.txt", onlyJPG, 1_048_576},
		{"/image", "a.jpg", "a.jpeg", onlyJPG, 1_048_576},
		{"/news/image", "a.jpg", "a.png", onlyJPG, 1_048_576},
		{"/voice", "a.amr", "a.wav", onlyVoice, 2_097_152},
		{"/video/upload", "a.mp4", "a.avi", onlyMP4, 10_485_760},
		{"/video/upload/" + video, "a.mp4", "a", onlyMP4, 10_485_760},
	} {
		content := make([]byte, tt.limit+1)
		if got := s.upload(tt.path, tt.good, content[:tt.limit]); !strings.HasPrefix(got, `{"code":200`) {
			t.Errorf("%s refuses the limit: %s", tt.path, got)
		}
		for name, want := range map[string]string{
			tt.good: mediaRefusal(413, "file size exceeded limit"), tt.bad: mediaRefusal(413, "file size exceeded limit"),
		} {
			if got := s.upload(tt.path, name, content); got != want {
				t.Errorf("%s of one byte too many to %s: %s", name, tt.path, got)
			}
			if got := s.upload(tt.path, name, append(content, make([]byte, 200_000)...)); got != want {
				t.Errorf("%s of many bytes too many to %s: %s", name, tt.path, got)
			}
		}
		if got := s.upload(tt.path, tt.bad, content[:tt.limit]); got != mediaRefusal(415, tt.refusal) {
			t.Errorf("%s to %s: %s", tt.bad, tt.path, got)
		}
	}
}

// TestUploadForms sends what is no form with one file.
func TestUploadForms(t *testing.T) {
	s := newMediaStage(t)
	good, contentType := mediaForm(t, "file", "a.jpg", []byte(jpeg))
	other, otherType := mediaForm(t, "files", "a.jpg", []byte(jpeg))
	const missing, broken = "missing parameter: file", "invalid parameter: file"
	for name, tt := range map[string]struct {
		body              []byte
		contentType, want string
	}{
		"another part":  {other, otherType, missing},
		"no file":       {[]byte("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--x--\r\n"), "multipart/form-data; boundary=x", missing},
		"no parts":      {[]byte("--x--\r\n"), "multipart/form-data; boundary=x", missing},
		"JSON":          {[]byte(`{"file":"a"}`), "application/json", missing},
		"no boundary":   {good, "multipart/form-data", missing},
		"no type":       {good, "", missing},
		"cut":           {good[:len(good)-20], contentType, broken},
		"cut before":    {good[:60], contentType, missing},
		"nothing":       {nil, contentType, missing},
		"other content": {[]byte("garbage"), contentType, missing},
		"endless part":  {append([]byte("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"), make([]byte, 2<<20)...), "multipart/form-data; boundary=x", ""},
	} {
		want := mediaRefusal(400, tt.want)
		if tt.want == "" {
			want = mediaRefusal(413, "file size exceeded limit")
		}
		if a := s.do("POST", "/v1/"+s.account.ID+"/image", bytes.NewReader(tt.body), "Content-Type", tt.contentType); a.body != want {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	s.gives("GET", "/image", "", `{"code":200,"message":"OK","data":{"image":[],"pagination":{"index":1,"size":10,"count":0}}}`)
}

// TestUploadIsInspected: by default names alone count, and with the settings contents and other names.
func TestUploadIsInspected(t *testing.T) {
	plain := newMediaStage(t)
	strict := newMediaStage(t, func(o *wechat.Options) { o.LenientUploads, o.CheckedUploads = true, true })
	for _, tt := range []struct {
		path, name, content string
		plain, strict       int
	}{
		{"/image", "a.jpg", jpeg, 200, 200},
		{"/image", "a.jpeg", jpeg, 415, 200},
		{"/image", "a.jpg", "\x89PNG", 200, 415},
		{"/image", "a.jpg", "<script>", 200, 415},
		{"/image", "a.jpg", "", 200, 415},
		{"/voice", "a.mp3", mp3, 200, 200},
		{"/voice", "a.mp3", "\xff\xfb\x90\x00", 200, 200},
		{"/voice", "a.mp3", amr, 200, 200},
		{"/voice", "a.amr", amr, 200, 200},
		{"/voice", "a.amr", "RIFF", 200, 415},
		{"/video/upload", "a.mp4", mp4, 200, 200},
		{"/video/upload", "a.mp4", "\x1aE\xdf\xa3", 200, 415},
	} {
		for s, want := range map[*mediaStage]int{plain: tt.plain, strict: tt.strict} {
			if got := s.upload(tt.path, tt.name, []byte(tt.content)); !strings.HasPrefix(got, fmt.Sprintf(`{"code":%d,`, want)) {
				t.Errorf("%s %q to %s: %s, want %d", tt.name, tt.content, tt.path, got, want)
			}
		}
	}
}
