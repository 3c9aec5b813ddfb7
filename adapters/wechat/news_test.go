package wechat_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestNews stores news of one and of several articles, changes and deletes them.
func TestNews(t *testing.T) {
	s := newMediaStage(t)
	cover, image := s.stored("/news/image", "a.jpg", []byte(jpeg)), s.stored("/image", "b.jpg", []byte(jpeg))
	full := func(title, cover string) string {
		return `{"title":"` + title + `","author":"作者","image_id":"` + cover + `","digest":"摘要","content":"<p>\"正文\"</p>","content_source_url":"http://s/","show_cover_pic":0}`
	}
	shownFull := func(title, cover string) string {
		return fmt.Sprintf(`{"update_time":%d,"title":%q,"author":"作者","image_id":%q,"url":%q,"show_cover_pic":false,"digest":"摘要","content":"<p>\"正文\"</p>","content_source_url":"http://s/"}`,
			s.now.UnixMilli(), title, cover, s.public(cover+".jpg"))
	}
	brief := func(title, cover string) string {
		return fmt.Sprintf(`{"update_time":%d,"title":%q,"url":%q,"show_cover_pic":%t,"digest":%q}`,
			s.now.UnixMilli(), title, s.public(cover+".jpg"), title == "short", map[bool]string{false: "摘要"}[title == "short"])
	}
	short := `{"title":"short","image_id":"` + image + `","content":"c"}`
	shownShort := fmt.Sprintf(`{"update_time":%d,"title":"short","author":"","image_id":%q,"url":%q,"show_cover_pic":true,"digest":"","content":"c","content_source_url":""}`,
		s.now.UnixMilli(), image, s.public(image+".jpg"))
	wrap := func(data string) string { return `{"code":200,"message":"OK","data":` + data + `}` }

	single := mediaData[string](t, s.call("POST", "/news/single", short))
	s.gives("GET", "/news/"+single, "", wrap("["+shownShort+"]"))
	oldBrief := brief("short", image)
	s.now = s.now.Add(time.Minute)
	multiple := mediaData[string](t, s.call("POST", "/news/multiple", "["+full("one", cover)+","+full("two", image)+"]"))
	s.gives("GET", "/news/"+multiple, "", wrap("["+shownFull("one", cover)+","+shownFull("two", image)+"]"))
	newBrief := brief("one", cover) + "," + brief("two", image)
	list := func(first, second, pagination string) string {
		both := first
		if second != "" {
			both += "," + second
		}
		return wrap(`{"news":{` + both + `},"pagination":{` + pagination + `}}`)
	}
	a, b := `"`+single+`":[`+oldBrief+`]`, `"`+multiple+`":[`+newBrief+`]`
	s.gives("GET", "/news", "", list(b, a, `"index":1,"size":10,"count":2`))
	s.gives("GET", "/news?index=2&size=1", "", list(a, "", `"index":2,"size":1,"count":2`))
	s.gives("GET", "/news?index=3&size=1", "", list("", "", `"index":3,"size":1,"count":2`))

	// A change moves a news to the front, whichever of the two kinds it is and becomes.
	s.now = s.now.Add(time.Minute)
	s.gives("PUT", "/news/multiple/"+single, "["+full("three", cover)+"]", mediaDone)
	s.gives("GET", "/news/"+single, "", wrap("["+shownFull("three", cover)+"]"))
	s.gives("GET", "/news?size=1", "", list(`"`+single+`":[`+brief("three", cover)+`]`, "", `"index":1,"size":1,"count":2`))
	s.gives("PUT", "/news/single/"+multiple, short, mediaDone)

	s.gives("DELETE", "/news/"+single, "", mediaDone)
	s.gives("DELETE", "/news/"+single, "", mediaDone)
	s.gives("GET", "/news/"+single, "", wrap("[]"))
	s.gives("GET", "/news/unknown", "", wrap("[]"))
	s.gives("GET", "/news", "", list(`"`+multiple+`":[`+brief("short", image)+`]`, "", `"index":1,"size":10,"count":1`))
	s.gives("PUT", "/news/single/unknown", short, mediaRefusal(404, "not found"))
	s.gives("PUT", "/news/multiple/unknown", "["+short+"]", mediaRefusal(404, "not found"))
	s.gives("DELETE", "/news/unknown", "", mediaRefusal(404, "not found"))
}

// TestNewsRefusals: what an article needs, and what it may have.
func TestNewsRefusals(t *testing.T) {
	s := newMediaStage(t)
	image := s.stored("/image", "b.jpg", []byte(jpeg))
	article := func(change ...string) string {
		members := map[string]string{"title": `"t"`, "image_id": strconv.Quote(image), "content": `"c"`}
		for i := 0; i < len(change); i += 2 {
			members[change[i]] = change[i+1]
		}
		var all []string
		for _, name := range []string{"title", "author", "image_id", "digest", "content", "content_source_url", "show_cover_pic"} {
			if members[name] != "" {
				all = append(all, strconv.Quote(name)+":"+members[name])
			}
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	long := func(n int) string { return strconv.Quote(strings.Repeat("字", n)) }
	for name, tt := range map[string]struct{ body, want string }{
		"title missing":    {article("title", ""), "missing parameter: title"},
		"title null":       {article("title", "null"), "missing parameter: title"},
		"title empty":      {article("title", `""`), "invalid parameter: title"},
		"title long":       {article("title", long(101)), "invalid parameter: title"},
		"title fits":       {article("title", long(100)), ""},
		"author long":      {article("author", long(101)), "invalid parameter: author"},
		"digest long":      {article("digest", long(501)), "invalid parameter: digest"},
		"digest fits":      {article("digest", long(500)), ""},
		"source long":      {article("content_source_url", long(2001)), "invalid parameter: content_source_url"},
		"image missing":    {article("image_id", ""), "missing parameter: image_id"},
		"content missing":  {article("content", ""), "missing parameter: content"},
		"content empty":    {article("content", `""`), "invalid parameter: content"},
		"cover as text":    {article("show_cover_pic", `"0"`), ""},
		"cover as boolean": {article("show_cover_pic", `true`), ""},
		"cover null":       {article("show_cover_pic", `null`), ""},
		"cover odd":        {article("show_cover_pic", `7`), "invalid parameter: show_cover_pic"},
		"number as title":  {article("title", "5"), ""},
		"object as title":  {article("title", "{}"), "invalid parameter: title"},
	} {
		got := s.call("POST", "/news/single", tt.body)
		if tt.want == "" {
			mediaData[string](t, got)
		} else if got != mediaRefusal(400, tt.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	s.gives("POST", "/news/single", article("image_id", `"unknown"`), mediaRefusal(404, "not found"))
	s.gives("POST", "/news/multiple", "["+strings.Repeat(article()+",", 8)+article()+"]", mediaRefusal(400, "invalid parameter: articles"))
	s.gives("POST", "/news/multiple", "[]", mediaRefusal(400, "invalid parameter: articles"))
	s.gives("POST", "/news/multiple", article(), mediaRefusal(400, "invalid parameter: articles"))
	s.gives("POST", "/news/multiple", "["+article()+","+article("title", "")+"]", mediaRefusal(400, "missing parameter: articles[1].title"))
	mediaData[string](t, s.call("POST", "/news/multiple", "["+strings.Repeat(article()+",", 7)+article()+"]"))
}
