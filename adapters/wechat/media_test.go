package wechat_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/adapters/wechat"
)

// TestMediaLists compares lists of all kinds, page by page.
func TestMediaLists(t *testing.T) {
	s := newMediaStage(t)
	for _, tt := range []struct{ path, upload, name, ending, list string }{
		{"/image", "/image", "n.jpg", ".jpg", `"image":[ITEMS]`},
		{"/voice", "/voice", "n.amr", ".amr", `"image":[ITEMS],"music":[ITEMS],"voice":[ITEMS]`},
		{"/video", "/video/upload", "n.mp4", ".mp4", `"video":[ITEMS]`},
	} {
		var items []string
		for range 3 {
			s.now = s.now.Add(time.Second)
			id := s.stored(tt.upload, tt.name, []byte("content"))
			item := `{"id":"` + id + `","name":"` + tt.name + `","url":"` + s.public(id+tt.ending) + `"}`
			if tt.path == "/video" {
				item = `{"id":"` + id + `","title":"","description":"","url":"` + s.public(id+tt.ending) +
					`","create_time":` + strconv.FormatInt(s.now.UnixMilli(), 10) + `}`
			}
			items = append([]string{item}, items...)
		}
		page := func(items []string, pagination string) string {
			return `{"code":200,"message":"OK","data":{` + strings.ReplaceAll(tt.list, "ITEMS", strings.Join(items, ",")) +
				`,"pagination":{` + pagination + `,"count":3}}}`
		}
		s.gives("GET", tt.path, "", page(items, `"index":1,"size":10`))
		s.gives("GET", tt.path+"?index=2&size=2", "", page(items[2:], `"index":2,"size":2`))
		s.gives("GET", tt.path+"?index=3&size=2", "", page(nil, `"index":3,"size":2`))
		s.gives("GET", tt.path+"?size=1000", "", page(items, `"index":1,"size":100`))
	}
	// The covers of articles are not among the images.
	before := s.call("GET", "/image", "")
	s.stored("/news/image", "n.jpg", []byte(jpeg))
	s.gives("GET", "/image", "", before)
}

// TestMediaLifetime follows an image and a voice from their upload to their deletion and beyond.
func TestMediaLifetime(t *testing.T) {
	s := newMediaStage(t)
	for path, name := range map[string]string{"/image": "a.jpg", "/voice": "a.mp3"} {
		id := s.stored(path, name, []byte("content"))
		url := s.public(id + name[1:])
		s.gives("GET", path+"/url/"+id, "", `{"code":200,"message":"OK","data":{"name":"`+name+`","url":"`+url+`"}}`)
		s.gives("PUT", path+"/"+id, `{"name":"新 名.x"}`, mediaDone)
		s.gives("GET", path+"/url/"+id, "", `{"code":200,"message":"OK","data":{"name":"新 名.x","url":"`+url+`"}}`)
		s.gives("DELETE", path+"/"+id, "", mediaDone)
		s.gives("DELETE", path+"/"+id, "", mediaDone)
		if list := s.call("GET", path, ""); strings.Contains(list, id) {
			t.Errorf("the deleted one is listed: %s", list)
		}
		s.gives("GET", path+"/url/"+id, "", `{"code":200,"message":"OK","data":{"name":"新 名.x","url":"`+url+`"}}`)
		for _, at := range []string{path + "/" + id, "/../.." + s.publicPath(id+name[1:])} {
			if a := s.do("GET", strings.TrimPrefix("/v1/"+s.account.ID+at, "/v1/"+s.account.ID+"/../.."), nil); a.body != "content" {
				t.Errorf("%s has %d %q", at, a.status, a.body)
			}
		}
	}
}

// TestMediaRefusals: unknown ones, and those of another kind or account, are not found.
func TestMediaRefusals(t *testing.T) {
	s := newMediaStage(t)
	image, video := s.stored("/image", "a.jpg", []byte(jpeg)), s.stored("/video/upload", "a.mp4", []byte(mp4))
	other, err := s.service.Bind(t.Context(), "gh_other")
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := s.service.CreateMedia(t.Context(), other.ID, "image", "a.jpg", strings.NewReader(jpeg), 100)
	if err != nil {
		t.Fatal(err)
	}
	const long = "0123456789012345678901234567890123456789012345678901234567890123456789"
	for _, id := range []string{"unknown", long, video, foreign.ID} {
		for method, path := range map[string]string{"GET": "/image/url/", "PUT": "/image/", "DELETE": "/image/"} {
			s.gives(method, path+id, `{"name":"n"}`, mediaRefusal(404, "not found"))
		}
		s.gives("GET", "/image/"+id, "", mediaRefusal(404, "not found"))
	}
	for _, id := range []string{"unknown", image} {
		s.gives("GET", "/video/"+id, "", mediaRefusal(404, "not found"))
		s.gives("POST", "/video/"+id, `{"title":"t"}`, mediaRefusal(404, "not found"))
		s.gives("DELETE", "/video/"+id, "", mediaRefusal(404, "not found"))
		if got := s.upload("/video/upload/"+id, "a.mp4", []byte(mp4)); got != mediaRefusal(404, "not found") {
			t.Errorf("replaces %s: %s", id, got)
		}
	}
	s.gives("PUT", "/image/"+image, `{}`, mediaRefusal(400, "missing parameter: name"))
	s.gives("PUT", "/image/"+image, `{"name":""}`, mediaRefusal(400, "invalid parameter: name"))
	s.gives("PUT", "/image/"+image, `{"name":"`+strings.Repeat("名", 101)+`"}`, mediaRefusal(400, "invalid parameter: name"))
	s.gives("PUT", "/image/"+image, `{"name":"`+strings.Repeat("名", 100)+`"}`, mediaDone)
	s.gives("POST", "/video/"+video, `{"description":"d"}`, mediaRefusal(400, "missing parameter: title"))
	s.gives("POST", "/video/"+video, `{"title":"`+strings.Repeat("t", 101)+`"}`, mediaRefusal(400, "invalid parameter: title"))
	s.gives("POST", "/video/"+video, `{"title":"t","description":"`+strings.Repeat("t", 1001)+`"}`, mediaRefusal(400, "invalid parameter: description"))
	s.account.ID = "0123456789abcdef0123456789abcdef"
	s.gives("GET", "/image", "", mediaRefusal(404, "not found"))
	if got := s.upload("/image", "a.jpg", []byte(jpeg)); got != mediaRefusal(404, "not found") {
		t.Errorf("an unknown account takes an upload: %s", got)
	}
}

// TestVideo describes a video, replaces its file and deletes it.
func TestVideo(t *testing.T) {
	for shapes, replaced := range map[bool]string{false: "null", true: `{"url":"URL"}`} {
		s := newMediaStage(t, func(o *wechat.Options) { o.OriginalShapes = shapes })
		id := s.stored("/video/upload", "a.mp4", []byte("old film"))
		url := s.public(id + ".mp4")
		video := func(title, description string) string {
			return `{"code":200,"message":"OK","data":{"title":"` + title + `","description":"` + description + `","url":"` + url +
				`","create_time":` + strconv.FormatInt(s.now.UnixMilli(), 10) + `}}`
		}
		s.gives("GET", "/video/"+id, "", video("", ""))
		s.gives("POST", "/video/"+id, `{"title":"标题","description":"描述"}`, mediaDone)
		s.gives("GET", "/video/"+id, "", video("标题", "描述"))
		s.gives("POST", "/video/"+id, `{"title":"标题"}`, mediaDone)
		s.gives("GET", "/video/"+id, "", video("标题", ""))
		old := s.do("GET", s.publicPath(id+".mp4"), nil)
		if got, want := s.upload("/video/upload/"+id, "b.mp4", []byte("new film")), `{"code":200,"message":"OK","data":`+strings.ReplaceAll(replaced, "URL", url)+`}`; got != want {
			t.Errorf("replacing answers %s", got)
		}
		fresh := s.do("GET", s.publicPath(id+".mp4"), nil, "If-None-Match", old.header.Get("Etag"))
		if fresh.status != 200 || fresh.body != "new film" || fresh.header.Get("Cache-Control") != "public, no-cache" {
			t.Errorf("after replacing: %d %q %v", fresh.status, fresh.body, fresh.header)
		}
		s.gives("DELETE", "/video/"+id, "", mediaDone)
		s.gives("GET", "/video/"+id, "", video("标题", ""))
		s.gives("GET", "/video", "", `{"code":200,"message":"OK","data":{"video":[],"pagination":{"index":1,"size":10,"count":0}}}`)
	}
}

// TestDownloads compares the headers of downloads.
func TestDownloads(t *testing.T) {
	s := newMediaStage(t)
	for _, tt := range []struct{ path, sent, renamed, content, kind, file string }{
		{"/image", "a.jpg", "", jpeg, "application/jpg", "a.jpg"},
		{"/image", "A.JPG", "", jpeg, "application/jpg", "A.JPG.jpg"},
		{"/image", "a.jpg", "图 1~*.png", jpeg, "application/jpg", "%E5%9B%BE+1%7E*.png.jpg"},
		{"/image", "a.jpg", `"a";b=c`, jpeg, "application/jpg", "%22a%22%3Bb%3Dc.jpg"},
		{"/voice", "a.mp3", "", mp3, "application/mp3", "a.mp3"},
		{"/voice", "a.AMR", "", amr, "application/mp3", "a.AMR"},
		{"/voice", "a.amr", "voice", amr, "application/mp3", "voice.amr"},
		{"/voice", "a.mp3", "voice", mp3, "application/mp3", "voice.mp3"},
		{"/voice", "a.mp3", "voice", "", "application/mp3", "voice.mp3"},
	} {
		id := s.stored(tt.path, tt.sent, []byte(tt.content))
		if tt.renamed != "" {
			s.gives("PUT", tt.path+"/"+id, `{"name":`+strconv.Quote(tt.renamed)+`}`, mediaDone)
		}
		a := s.do("GET", "/v1/"+s.account.ID+tt.path+"/"+id, nil)
		if a.status != 200 || a.body != tt.content || a.header.Get("Content-Type") != tt.kind ||
			a.header.Get("Content-Length") != strconv.Itoa(len(tt.content)) ||
			a.header.Get("Content-Disposition") != "attachment; filename="+tt.file {
			t.Errorf("%s %q: %d %q %v", tt.sent, tt.renamed, a.status, a.body, a.header)
		}
	}
}
